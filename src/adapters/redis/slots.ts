/** How many windows a process works on at once, and which kind may have the next slot. */
import type { Lane } from './window-job.ts';

/** Live windows may have every slot; one of several is kept free of all others for them. */
export const slotsOf = (lane: Lane, concurrency: number): number =>
  lane === 'live' ? concurrency : Math.max(1, concurrency - 1);

/** So many calls a minute keep one more window busy: a call and what is done with its page take a second or so. */
const CALLS_A_WINDOW = 50;

/** Windows of one source that more workers would not make faster: while one is written, another asks. */
export const windowsAtOnce = (callsPerMinute: number): number =>
  Math.max(2, Math.ceil(callsPerMinute / CALLS_A_WINDOW));

export type Slots = {
  isFree(lane: Lane): boolean;
  /** Holds a slot until the work has ended; never rejects. */
  hold(lane: Lane, work: Promise<unknown>): void;
  /** How many slots have become free so far. */
  freed(): number;
  /** Resolves when all work that is under way has ended. */
  idle(): Promise<void>;
};

/** `onFreed`: told whenever one becomes free. */
export function createSlots(concurrency: number, onFreed: () => void = () => undefined): Slots {
  const held = new Map<Promise<unknown>, Lane>();
  let freed = 0;
  const count = (lane: Lane): number => [...held.values()].filter((each) => each === lane).length;
  return {
    isFree: (lane) => held.size < concurrency && count(lane) < slotsOf(lane, concurrency),
    hold: (lane, work) => {
      const ended = work
        .catch(() => undefined)
        .finally(() => {
          held.delete(ended);
          freed += 1;
          onFreed();
        });
      held.set(ended, lane);
    },
    freed: () => freed,
    idle: async () => void (await Promise.all(held.keys())),
  };
}
