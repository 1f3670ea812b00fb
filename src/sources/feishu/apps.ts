/** The apps that read one tenant's audit log: each has the vendor's limit to itself, and all list the same records. */
import { NoCallLeftError, RetryableError, suspends } from '../../sdk/errors.ts';
import type { Page, SourceLog } from '../../sdk/source.ts';
import type { FeishuClient } from './client.ts';

export type FeishuApp = { readonly appId: string; readonly client: FeishuClient };

export type FeishuApps = {
  /**
   * Reads a window with one app: page tokens are an app's own. The apps take turns; where one has no call left, or is
   * refused, before it has given a page, the next one reads. A refusal is thrown only where all are refused.
   * @throws NoCallLeftError where one has only no call left, of several the one that waits least; RetryableError where one was refused after a page
   */
  read<Raw>(
    log: SourceLog,
    pages: (client: FeishuClient) => AsyncIterable<Page<Raw>>,
  ): AsyncGenerator<Page<Raw> & { readonly app: string }>;
  /** Asks with each. @throws what one of them throws, with all that are refused named */
  probe<T>(ask: (client: FeishuClient) => Promise<T>): Promise<T[]>;
};

/** An app that was refused is tried again after it. */
const REFUSED_MS = 5 * 60_000;

/** `apps`: one at least. `now` in milliseconds of any clock that only goes on. */
// oxlint-disable-next-line max-lines-per-function -- whose turn it is, and who was refused, is shared by its methods
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

  /** Where there are several, its words alone do not tell which. Once: whoever waits for the same token is thrown the same error. */
  function naming(error: Error, refused: readonly FeishuApp[]): Error {
    const names = refused.map(({ appId }) => appId).join(', ');
    const which = ` (${refused.length > 1 ? 'the apps' : 'the app'} ${names})`;
    if (apps.length > 1 && !error.message.endsWith(which)) error.message += which;
    return error;
  }

  /** Whether the vendor refused this app; another may fare better. */
  function isRefusal(app: FeishuApp, error: unknown, log: SourceLog): error is Error {
    const { name, message } = error as Error;
    if (!suspends(name)) return false;
    if (apps.length > 1 && !isRefused(app))
      log.warn(`the app ${app.appId} was refused, the others go on without it: ${message}`);
    refusedAt.set(app, now());
    return true;
  }

  /** What becomes of a window that one app has begun: only the whole of it may be read by another. */
  function afterPages(app: FeishuApp, error: unknown, log: SourceLog): unknown {
    if (!isRefusal(app, error, log)) return error;
    if (apps.every(isRefused)) return naming(error, apps);
    return new RetryableError(`the app ${app.appId} was refused after its first page, another reads the window anew: ${error.message}`, { vendor: 'feishu', cause: error }); // prettier-ignore
  }

  return {
    read: async function* (log, pages) {
      const waits: NoCallLeftError[] = [];
      let refusal: Error | undefined;
      for (const app of inTurn()) {
        // One that was refused a moment ago is asked only where no other could.
        if (isRefused(app) && waits.length > 0) continue;
        let hasBegun = false;
        try {
          for await (const page of pages(app.client)) {
            hasBegun = true;
            yield { ...page, app: app.appId };
          }
          refusedAt.delete(app);
          return;
        } catch (error) {
          if (hasBegun) throw afterPages(app, error, log);
          if (error instanceof NoCallLeftError) waits.push(error);
          else if (isRefusal(app, error, log)) refusal = error;
          else throw error;
        }
      }
      // Who only waits for a call will have one: all of a source is not suspended for the others.
      throw waits.toSorted((a, b) => a.waitMs - b.waitMs)[0] ?? (refusal && naming(refusal, apps));
    },
    probe: async (ask) => {
      const asked = await Promise.allSettled(apps.map(({ client }) => ask(client)));
      const failed = asked.flatMap((outcome, at) => (outcome.status === 'rejected' ? [{ ...outcome, at }] : []));
      const [first] = failed;
      if (first !== undefined)
        throw naming(
          first.reason as Error,
          failed.map(({ at }) => apps[at] as FeishuApp),
        );
      return asked.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    },
  };
}
