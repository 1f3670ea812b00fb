/** What the tries share: a failure that is told without a stack, waiting for what must come, and an end to all of it. */
import { setTimeout as pause } from 'node:timers/promises';

export class TryError extends Error {
  override readonly name = 'TryError';
}

export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Waits for a condition; `what` is told where it never comes. @throws TryError */
export async function until<T>(what: () => string, seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const startedAt = Date.now(); Date.now() - startedAt < seconds * 1_000; await pause(1_000)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new TryError(`not within ${seconds} s: ${what()}`);
}

/** All of them, whatever becomes of the others. A failure is told, so that it does not hide why they are stopped. */
export async function stopAll(...stops: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const ended of await Promise.allSettled(stops.map((stop) => stop())))
    if (ended.status === 'rejected') {
      tell(`something was not stopped: ${String(ended.reason)}`);
      process.exitCode = 1;
    }
}
