/** Exponential backoff with full jitter: the wait before try `n` (1, 2, …) is uniform between 0 and base·2^(n−1), capped. */
import { setTimeout as pause } from 'node:timers/promises';

export type Backoff = { readonly baseMs: number; readonly maxMs: number };

/**
 * How long between tries, of each thing that is tried again within one piece of work. Between tries of a window it is
 * configured (`retries`), and a gap waits longer each time (`core/planning/plan.ts`).
 */
export const BACKOFF = {
  /** A call to a vendor, before its window goes back to the queue. */
  vendorCall: { baseMs: 300, maxMs: 3_000 },
  /** A request to Elasticsearch that it was too busy for. */
  elasticsearch: { baseMs: 250, maxMs: 8_000 },
} as const satisfies Record<string, Backoff>;

export function backoffMs(attempt: number, { baseMs, maxMs }: Backoff, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}

/** Resolves after the backoff, rejects with the signal's reason when aborted. */
export async function waitBackoff(attempt: number, backoff: Backoff, signal: AbortSignal): Promise<void> {
  await waitMs(backoffMs(attempt, backoff), signal);
}

/** Resolves after so many milliseconds, rejects with the signal's own reason when aborted. */
export async function waitMs(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await pause(milliseconds, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}
