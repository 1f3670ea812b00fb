/** Takes windows from the lanes, one after the other, wherever a slot is free for one. */
import type { Job } from 'bullmq';
import { DamagedJobError, type Puller } from './puller.ts';
import type { Rest } from './rest.ts';
import { createSlots } from './slots.ts';
import type { WindowJob } from './window-job.ts';

/** How often empty lanes are looked at. */
const POLL_MS = 250;
/** Whoever could not be asked is asked again after it. */
export const TROUBLE_MS = 1_000;

export type PullingOptions = {
  /** Live first. */
  readonly pullers: readonly Puller[];
  readonly concurrency: number;
  readonly resting: Rest;
  readonly isStopping: () => boolean;
  /** Whether nothing at all could be written. */
  readonly areAllShut: () => boolean;
  readonly workOn: (puller: Puller, job: Job<WindowJob>) => Promise<void>;
  readonly trouble: (where: string, error: unknown) => void;
};

export function createPulling({
  pullers,
  concurrency,
  resting,
  isStopping,
  areAllShut,
  workOn,
  trouble,
}: PullingOptions) {
  let isFull = false;
  const slots = createSlots(concurrency, () => {
    // Where a lane was not looked at for want of one.
    if (isFull) resting.cutShort();
  });

  /** Live first, at every slot. True where a window was taken. */
  async function takeOne(free: readonly Puller[]): Promise<boolean> {
    for (const puller of free) {
      const job = await puller.fetch().catch((error: unknown) => {
        if (!(error instanceof DamagedJobError)) throw error;
        trouble(puller.name, error);
      });
      if (job === undefined) continue;
      if (isStopping()) await job.moveToDelayed(Date.now(), job.token);
      else
        slots.hold(
          puller.lane,
          workOn(puller, job).catch((error: unknown) => trouble(puller.name, error)),
        );
      return true;
    }
    return false;
  }

  return {
    /** Resolves once it is told to stop. */
    run: async (): Promise<void> => {
      while (!isStopping()) {
        const free = areAllShut() ? [] : pullers.filter(({ lane }) => slots.isFree(lane));
        const before = slots.freed();
        isFull = free.length < pullers.length;
        try {
          if (await takeOne(free)) continue;
          // One may have become free while it was fetched.
          if (!isFull || slots.freed() === before) await resting.rest(POLL_MS);
        } catch (error) {
          trouble('lanes: fetching a window', error);
          await resting.rest(TROUBLE_MS);
        }
      }
    },
    /** Resolves once nothing that it took is worked on. */
    idle: () => slots.idle(),
  };
}
