/** While a data stream takes no documents its windows stay in the queue, and no vendor is asked for what nobody can store. */
import { setTimeout as pause } from 'node:timers/promises';
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import { createHalfOpen } from './half-open.ts';

export type GateOptions = {
  /** Resolves when the data stream can take documents again; rejects while it cannot. */
  readonly probe: () => Promise<void>;
  readonly turns: Turns;
  readonly restMs: number;
  readonly onPaused: (reason: string) => void;
  readonly onResumed: () => void;
};

export type Gate = {
  /** True while what is written to the destination is refused: its windows stay in the queue. */
  isShut(): boolean;
  /** Runs a window; shuts the gate where the destination refuses it. @throws what `work` throws, and DestinationUnavailableError where another was refused already */
  run(work: () => Promise<void>): Promise<void>;
  /** Ends the looks at the destination. */
  close(): void;
};

/**
 * One window at a time, of all gates of a process, shows whether what was refused is taken by now: a vendor is asked once in
 * `restMs` for it, however many data streams are refused.
 */
export type Turns = { take(who: object): boolean; succeed(who: object): void };

export function createTurns(restMs: number): Turns {
  let holder: object | undefined;
  let takenAt = -Infinity;
  return {
    take: (who) => {
      if (holder !== undefined && performance.now() - takenAt <= restMs) return false;
      holder = who;
      takenAt = performance.now();
      return true;
    },
    succeed: (who) => {
      if (holder === who) holder = undefined;
    },
  };
}

const PROBE_MS = 1_000;

export function createGate({ probe, turns, restMs, onPaused, onResumed }: GateOptions): Gate {
  const halfOpen = createHalfOpen();
  const self = {};
  let isShut = false;
  let isClosed = false;
  let resumedAt = -Infinity;

  const answers = (): Promise<boolean> =>
    probe().then(
      () => true,
      () => false,
    );
  /** The probe may be taken where a window is refused: the next window goes so long after the last. */
  const mayGo = (): boolean => performance.now() - resumedAt > restMs && turns.take(self);

  async function waitForDestination(): Promise<void> {
    while (!isClosed && !((await answers()) && mayGo())) await pause(PROBE_MS);
    if (isClosed) return;
    isShut = false;
    resumedAt = performance.now();
    halfOpen.narrow();
    onResumed();
  }

  function shut({ message }: DestinationUnavailableError): void {
    if (isShut || isClosed) return;
    isShut = true;
    onPaused(message);
    void waitForDestination();
  }

  return {
    isShut: () => isShut,
    run: async (work) => {
      try {
        await halfOpen.run(work);
        turns.succeed(self);
      } catch (error) {
        if (error instanceof DestinationUnavailableError) shut(error);
        throw error;
      }
    },
    close: () => void (isClosed = true),
  };
}
