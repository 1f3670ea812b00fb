/** How many slots of workers the windows of one source would fill now: what another worker could begin, and no backlog that has to wait. */
import type { Queue } from 'bullmq';
import type { ListedWindow } from './snapshot.ts';
import type { WindowJob } from './window-job.ts';

export type Wanting = {
  /** Those that all workers take from: what a group has in its own concerns its own workers. */
  readonly lanes: readonly Queue<WindowJob>[];
  /** Windows of this source, over all workers, in one lane. */
  readonly windowsAtOnce: number;
  /** No window of it would get far, however many workers there are: its vendor does not answer, or nobody takes its documents. */
  readonly isHeldUp: boolean;
  /** In epoch milliseconds. */
  readonly now: number;
};

/** Whether it waits for nothing but a slot. One that was put off is not looked at before a slot is free. */
const isReady = ({ state, delayedUntil = Infinity }: ListedWindow, now: number): boolean =>
  state === 'waiting' || (state === 'delayed' && delayedUntil <= now);

export function slotsWanted(
  windows: readonly ListedWindow[],
  { lanes, windowsAtOnce, isHeldUp, now }: Wanting,
): number {
  const ofLane = (lane: Queue<WindowJob>): number => {
    const own = windows.filter(({ queue }) => queue === lane);
    const active = own.filter(({ state }) => state === 'active').length;
    const ready = isHeldUp ? 0 : own.filter((window) => isReady(window, now)).length;
    return active + Math.min(ready, Math.max(0, windowsAtOnce - active));
  };
  return lanes.reduce((sum, lane) => sum + ofLane(lane), 0);
}
