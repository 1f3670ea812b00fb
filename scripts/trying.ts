/** What the tries share: a failure that is told without a stack, and waiting for what must come. */
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
