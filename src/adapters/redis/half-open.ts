/** After a pause for the destination one window goes first, and the others wait for what becomes of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { DestinationUnavailableError } from '../../sdk/errors.ts';

export type HalfOpen = {
  /** From now on one at a time, until the destination has taken what one of them brought; where it refuses one, none until the next call of this. */
  narrow(): void;
  /** @throws what `work` throws; DestinationUnavailableError where the one that went first was refused */
  run(work: () => Promise<void>): Promise<void>;
};

/** `failed`: for a reason of its own or the vendor's, so that nothing was heard of the destination. */
type Ended = 'written' | 'refused' | 'failed';

/** The one that goes first may wait for its vendor for an hour: after so long the next goes in its place. */
const TURN_MS = 30_000;

export function createHalfOpen(turnMs = TURN_MS): HalfOpen {
  let state: 'open' | 'narrow' | 'shut' = 'open';
  /** Of the one that goes first. */
  let first: Promise<Ended> | undefined;

  async function goFirst(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    first = promise;
    let ended: Ended = 'failed';
    try {
      await work();
      ended = 'written';
    } catch (error) {
      if (error instanceof DestinationUnavailableError) ended = 'refused';
      throw error;
    } finally {
      if (ended === 'written') state = 'open';
      else if (ended === 'refused') state = 'shut';
      if (first === promise) first = undefined;
      resolve(ended);
    }
  }

  async function waitFor(before: Promise<Ended>): Promise<void> {
    const over = new AbortController();
    const turn = pause(turnMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    const ended = await Promise.race([before, turn]);
    over.abort();
    if (ended === undefined && first === before) first = undefined;
  }

  return {
    narrow: () => void (state = 'narrow'),
    run: async (work) => {
      while (state === 'narrow' && first !== undefined) await waitFor(first);
      if (state === 'shut')
        throw new DestinationUnavailableError('waits with the window that Elasticsearch has refused');
      return state === 'narrow' ? goFirst(work) : work();
    },
  };
}
