/** After a pause for the destination one window goes first, and the others wait for what becomes of it. */
import { DestinationUnavailableError } from '../pipeline/errors.ts';

export type HalfOpen = {
  /** From now on one at a time, until one was not refused by the destination. */
  narrow(): void;
  /** @throws what `work` throws; DestinationUnavailableError where the one that went first was refused */
  run(work: () => Promise<void>): Promise<void>;
};

export function createHalfOpen(): HalfOpen {
  let isNarrow = false;
  /** Resolves with whether the one that goes first was refused. */
  let first: Promise<boolean> | undefined;

  async function goFirst(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    first = promise;
    let isRefused = false;
    try {
      await work();
    } catch (error) {
      isRefused = error instanceof DestinationUnavailableError;
      throw error;
    } finally {
      if (!isRefused) isNarrow = false;
      first = undefined;
      resolve(isRefused);
    }
  }

  return {
    narrow: () => void (isNarrow = true),
    run: async (work) => {
      while (isNarrow && first !== undefined)
        if (await first) throw new DestinationUnavailableError('waits with the window that Elasticsearch has refused');
      return isNarrow ? goFirst(work) : work();
    },
  };
}
