/** Asks a server again and again until it is ready, for a bounded time, and says meanwhile what is missing. */
import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration } from '../sdk/duration.ts';

export type WaitOptions = {
  readonly name: string;
  /** How long to wait; with 0 it is asked once. */
  readonly boundMs: number;
  readonly announce: (line: string) => void;
};

const POLL_MS = 1_000;
/** The same reason is said again so often. */
const REMIND_MS = 15_000;

/**
 * Resolves with what `ask` gives once the server is ready.
 * @throws at once an error that is not marked `retryable`, and the last one that is when the time is over
 */
export async function waitUntilReady<T>(ask: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { name, boundMs, announce } = options;
  const deadline = Date.now() + boundMs;
  let announced = { reason: '', at: 0 };
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const now = Date.now();
      const { message: reason, retryable } = error as Error & { readonly retryable?: boolean };
      if (retryable !== true || boundMs === 0) throw error;
      if (now >= deadline)
        throw new Error(`${name} was not ready within ${formatDuration(boundMs)}: ${reason}`, { cause: error });
      if (reason !== announced.reason || now - announced.at >= REMIND_MS) {
        announce(`waiting for ${name}, ${formatDuration(deadline - now)} at most: ${reason}`);
        announced = { reason, at: now };
      }
      await pause(Math.min(POLL_MS, deadline - now));
    }
  }
}
