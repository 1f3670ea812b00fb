/** Duplicates that a bulk may have left and that could not be looked into at once: looked into later, and never forgotten. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoffMs } from '../pipeline/backoff.ts';
import { withinBound } from '../pipeline/within-bound.ts';

/** What one look took away, and what it may not take away. */
export type Reconciled = { readonly repaired: number; readonly left: number };

/**
 * `failed` is tried again. `early` was done at the end of the process, before it was due: the bulk may be executed yet.
 * `abandoned` was never done, or was not over when the process ended.
 */
export type ReconcileOutcome = 'owed' | 'done' | 'early' | 'failed' | 'abandoned';

export type Reconciler = {
  /** Does the work after so many milliseconds, and again with growing pauses until it succeeds. */
  owe(source: string, work: () => Promise<Reconciled>, waitMs: number): void;
  /** Does at once what is owed; resolves when all of it has ended, after so many milliseconds at the latest. */
  close(boundMs: number): Promise<void>;
};

export type ReconcilerOptions = {
  readonly log: Logger;
  readonly onOutcome?: (source: string, outcome: ReconcileOutcome, reconciled?: Reconciled) => void;
};

const TRIES = 100;
const BACKOFF = { baseMs: 250, maxMs: 8_000 };
/** Who reads that time again finds them too. */
const REMEDY = 'the next settle pass or a backfill of that time repairs what is left';

export function createReconciler({ log, onOutcome = () => undefined }: ReconcilerOptions): Reconciler {
  const closing = new AbortController();
  /** What is owed yet, with the source that it is owed for. */
  const open = new Map<Promise<void>, string>();

  /** Whether it was waited to the end: the end of the process cuts it short, and it never keeps the process from its end. */
  const waited = (ms: number): Promise<boolean> =>
    pause(ms, true, { ref: false, signal: closing.signal }).catch(() => false);

  async function settle(source: string, work: () => Promise<Reconciled>, waitMs: number): Promise<void> {
    let isDue = await waited(waitMs);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      try {
        onOutcome(source, isDue ? 'done' : 'early', await work());
        if (!isDue)
          log.warn({ source }, `duplicates were looked for before a bulk can have come to its end: ${REMEDY}`);
        return;
      } catch (error) {
        onOutcome(source, 'failed');
        if (attempt === 1)
          log.warn({ source, err: error }, 'duplicates that a bulk may have left were not looked for yet');
      }
      if (closing.signal.aborted) break;
      isDue = (await waited(backoffMs(attempt, BACKOFF))) || isDue;
    }
    onOutcome(source, 'abandoned');
    log.error({ source }, `duplicates that a bulk may have left were not looked for: ${REMEDY}`);
  }

  function owe(source: string, work: () => Promise<Reconciled>, waitMs: number): void {
    onOutcome(source, 'owed');
    const settled = settle(source, work, waitMs).finally(() => open.delete(settled));
    open.set(settled, source);
  }

  async function close(boundMs: number): Promise<void> {
    closing.abort();
    await withinBound(Promise.all(open.keys()), boundMs);
    for (const source of open.values()) {
      onOutcome(source, 'abandoned');
      log.error(
        { source },
        `duplicates that a bulk may have left were looked for longer than the ${boundMs / 1_000} s that the end allows: ${REMEDY}`,
      );
    }
  }

  return { owe, close };
}
