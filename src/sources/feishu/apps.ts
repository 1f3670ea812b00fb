/** The apps that read one tenant's audit log: each has the vendor's limit to itself, and all list the same records. */
import type { Logger } from 'pino';
import { NoCallLeftError, suspends } from '../../pipeline/errors.ts';
import type { Page } from '../../source.ts';
import type { FeishuClient } from './client.ts';

export type FeishuApp = { readonly appId: string; readonly client: FeishuClient };

export type FeishuApps = {
  /**
   * Reads a window with one app: page tokens are an app's own. The apps take turns; where one has no call left, or is
   * refused, before it has given a page, the next one reads. @throws what the last of them throws
   */
  read<Raw>(
    log: Logger,
    pages: (client: FeishuClient) => AsyncIterable<Page<Raw>>,
  ): AsyncGenerator<Page<Raw> & { readonly app: string }>;
};

/** An app that was refused is tried again after it. */
const REFUSED_MS = 5 * 60_000;

/** `apps`: one at least. `now` in milliseconds of any clock that only goes on. */
export function createApps(apps: readonly FeishuApp[], now: () => number = () => performance.now()): FeishuApps {
  const refusedAt = new Map<FeishuApp, number>();
  let turn = 0;

  const isRefused = (app: FeishuApp): boolean => now() - (refusedAt.get(app) ?? -Infinity) < REFUSED_MS;

  /** From the one whose turn it is; those that were refused a moment ago last. */
  function inTurn(): readonly FeishuApp[] {
    turn = (turn + 1) % apps.length;
    const order = [...apps.slice(turn), ...apps.slice(0, turn)];
    return [...order.filter((app) => !isRefused(app)), ...order.filter(isRefused)];
  }

  /** Whether another app may fare better. */
  function isItsOwn(app: FeishuApp, error: unknown, log: Logger): boolean {
    if (error instanceof NoCallLeftError) return true;
    const { name, message } = error as Error;
    if (!suspends(name)) return false;
    if (apps.length > 1 && !isRefused(app))
      log.warn(`the app ${app.appId} was refused, the others go on without it: ${message}`);
    refusedAt.set(app, now());
    return true;
  }

  return {
    read: async function* (log, pages) {
      const order = inTurn();
      for (const [position, app] of order.entries()) {
        let hasBegun = false;
        try {
          for await (const page of pages(app.client)) {
            hasBegun = true;
            yield { ...page, app: app.appId };
          }
          refusedAt.delete(app);
          return;
        } catch (error) {
          const isLast = position === order.length - 1;
          if (hasBegun || !isItsOwn(app, error, log) || isLast) throw error;
        }
      }
    },
  };
}
