/** Tests wait for conditions, and never sleep. */
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when the condition holds; a look that fails counts as "not yet". Rejects with what was seen last when the time is over. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean = Boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let last: unknown = 'nothing'; ; await pause(50)) {
    try {
      const seen = await look();
      if (holds(seen)) return seen;
      last = seen;
    } catch (error) {
      last = (error as Error).message;
    }
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs / 1_000} s for ${what}; last seen: ${JSON.stringify(last)?.slice(0, 500)}`);
  }
}
