/** The planner's and the operator's view of what one tenant and source has in the lanes. */
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueuedWindow, WindowQueue } from '../../core/planning/planned-source.ts';
import type { PlannedWindow } from '../../core/planning/quiet.ts';
import type { Interval } from '../../core/time/intervals.ts';
import type { Pass } from '../../sdk/pass.ts';
import type { Stream } from '../../core/stream.ts';
import type { SourceName } from '../../sdk/source.ts';
import { failedWindow } from './failed-windows.ts';
import type { Lanes, SeenWindow, Sight } from './lanes.ts';
import { createProbe } from './probe.ts';
import { createQuietRange, type QuietRange } from './quiet-range.ts';
import { windowsAtOnce } from './slots.ts';
import { slotsWanted } from './slots-wanted.ts';
import type { State } from './snapshot.ts';
import { jobId, jobPriority, laneOf, windowOf, type WindowJob } from './window-job.ts';

export type QueueCounts = {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
};

/** Windows of one pass that have failed and are tried again, with what the last of these failures was. */
export type Retrying = {
  readonly pass: Pass;
  readonly windows: number;
  readonly attempts: number;
  readonly error: string;
};

export type OpenQueue = WindowQueue &
  QuietRange & {
    /** Adds the parts of a window that is being worked on; where it is the probe, its first part is that now. */
    divide(stream: Stream, whole: Interval, parts: readonly Interval[]): Promise<void>;
    /** `mostAgeMs`: how old the look may be that they are from; 0 where absent. */
    counts(mostAgeMs?: number): Promise<QueueCounts>;
    /** How many slots its windows would fill now, of workers that all share; `mostAgeMs` as above. */
    slotsWanted(mostAgeMs?: number): Promise<number>;
    /** One for each pass that has any. */
    retrying(): Promise<Retrying[]>;
  };

export type QueueOptions = {
  readonly lanes: Lanes;
  readonly connection: Redis;
  readonly prefix: string;
  readonly attempts: number;
  /** Where its documents are written to. */
  readonly dataStream: string;
  /** What the vendor lets its source ask in a minute. */
  readonly callsPerMinute: number;
  /** How long after its end a live window is planned, in milliseconds: one that is later is behind. */
  readonly liveDelayMs: number;
};

/** What is delayed for longer rests after a failure, or for an hour that the vendor asked for; for less, it comes any moment. */
const RESTS_MS = 5_000;
/** The longest wait that is ever asked for is an hour. */
const LONGEST_DELAY_MS = 2 * 3_600_000;
/** Windows that wait for their source's calls are fetched and put back again and again: so many are calls until the next plan and the one after. */
const LOOKS_A_MINUTE = 6;
const LEAST_QUEUED = 4;

/** `windows`: one at least. */
function toRetrying(pass: Pass, windows: readonly Job<WindowJob>[]): Retrying {
  const [last] = windows.toSorted((a, b) => (b.processedOn ?? 0) - (a.processedOn ?? 0));
  const error = last?.data.error?.message ?? '';
  return { pass, windows: windows.length, attempts: last?.attemptsMade ?? 0, error };
}

function toQueued({ pass, from, to, delayedUntil = 0 }: SeenWindow): QueuedWindow {
  return delayedUntil > Date.now() + RESTS_MS ? { pass, from, to, isResting: true } : { pass, from, to };
}

// oxlint-disable-next-line max-lines-per-function -- one method for each thing that the planner asks, over one reading of the lanes
export function openWindowQueue(
  tenant: string,
  source: SourceName,
  { lanes, connection, prefix, attempts, dataStream, callsPerMinute, liveDelayMs }: QueueOptions,
): OpenQueue {
  const own = { tenant, source };
  const probe = createProbe(connection, prefix, own);
  let sight: Sight | undefined;
  /** By pass, what was added last. */
  const added = new Map<Pass, ReadonlySet<string>>();

  async function readWindows(mostAgeMs = 0): Promise<readonly SeenWindow[]> {
    sight = await lanes.snapshot(mostAgeMs);
    return sight.windowsOf(own);
  }
  const isUnfinished = ({ state }: SeenWindow): boolean => state !== 'failed';

  const unfinished = async (): Promise<readonly SeenWindow[]> => (await readWindows()).filter(isUnfinished);

  // A window that is being worked on is locked and stays.
  const take = (queue: Queue<WindowJob>, id: string): Promise<unknown> => queue.remove(id).catch(() => 0);

  /** What was added a moment ago, and is in no list of its lane by now, keeps its name: Redis has lost the list, as by an eviction. */
  async function freeUnseen(
    queue: Queue<WindowJob>,
    ids: readonly string[],
    before?: ReadonlySet<string>,
  ): Promise<void> {
    await Promise.all(ids.filter((id) => before?.has(id)).map((id) => take(queue, id)));
  }

  async function add(stream: Stream, spans: readonly PlannedWindow[]): Promise<void> {
    const { pass } = stream;
    const { turn, queueOf } = lanes.enter(stream, spans.length);
    const now = Date.now();
    const jobs = spans.map((span, position) => ({
      lane: laneOf(pass, now - span.to - liveDelayMs),
      name: pass,
      data: { ...stream, ...span },
      opts: {
        jobId: jobId(stream, span),
        priority: jobPriority(pass, turn + position, now - span.to),
        attempts,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        // Kept until the planner has written it into the ledger.
        removeOnFail: false,
      },
    }));
    for (const [lane, ofLane] of Map.groupBy(jobs, (job) => job.lane)) {
      await freeUnseen(queueOf(lane), ofLane.map(({ opts }) => opts.jobId), added.get(pass)); // prettier-ignore
      await queueOf(lane).addBulk(ofLane.map(({ name, data, opts }) => ({ name, data, opts })));
    }
    added.set(pass, new Set(jobs.map(({ opts }) => opts.jobId)));
  }

  return {
    ...createQuietRange(connection, prefix, `${tenant}.${source}`),
    ...probe,
    add,
    share: () => Math.min(sight?.shareOf(own) ?? 1, Math.max(LEAST_QUEUED, Math.ceil(callsPerMinute / LOOKS_A_MINUTE))),
    divide: async (stream, whole, parts) => {
      const [first] = parts;
      // Workers plan nothing: whose lanes these windows belong into, and which turns are given, is not known there yet.
      await readWindows();
      // Before it is there: whoever plans meanwhile takes out what is not the probe.
      if (first !== undefined) await probe.handOver({ ...stream, ...whole }, first);
      await add(stream, parts);
    },
    remove: async (stream, spans) => {
      const ids = spans.map((span) => jobId(stream, span));
      await Promise.all(lanes.placesOf(stream).flatMap((queue) => ids.map((id) => take(queue, id))));
    },
    tidy: async (now) => {
      const windows = await readWindows();
      const misplaced = windows.filter((window) => window.isMisplaced && isUnfinished(window));
      // Planned anew where its stream's windows wait now.
      await Promise.all(misplaced.map(({ queue, id }) => take(queue, id)));
      const delayed = windows.filter(({ state, isMisplaced }) => state === 'delayed' && !isMisplaced);
      const overdue = delayed.filter(({ delayedUntil = 0 }) => delayedUntil > now + LONGEST_DELAY_MS);
      const promote = async ({ queue, id }: SeenWindow): Promise<void> => (await queue.getJob(id))?.promote();
      await Promise.all(overdue.map((window) => promote(window).catch(() => undefined)));
    },
    failed: async () => {
      const failed = (await readWindows()).filter(({ state }) => state === 'failed');
      return Promise.all(failed.map(({ queue, id }) => failedWindow(queue, id, connection)));
    },
    unfinished: async () => (await unfinished()).map(toQueued),
    counts: async (mostAgeMs) => {
      const windows = await readWindows(mostAgeMs);
      const count = (wanted: State): number => windows.filter(({ state }) => state === wanted).length;
      return { waiting: count('waiting'), active: count('active'), delayed: count('delayed'), failed: count('failed') };
    },
    slotsWanted: async (mostAgeMs) =>
      slotsWanted(await readWindows(mostAgeMs), {
        lanes: lanes.shared,
        windowsAtOnce: windowsAtOnce(callsPerMinute),
        isHeldUp: sight?.isUnanswered(own) === true || sight?.isPaused(dataStream) === true,
        now: Date.now(),
      }),
    retrying: async () => {
      const jobs = (await unfinished()).map(({ queue, id }) => queue.getJob(id));
      // A job that leaves meanwhile is undefined, one that is damaged has no window.
      const failed = (await Promise.all(jobs)).filter((job) => job !== undefined && windowOf(job)?.error !== undefined);
      const passes = Map.groupBy(failed as Job<WindowJob>[], ({ data }) => data.pass);
      return [...passes].map(([pass, windows]) => toRetrying(pass, windows));
    },
  };
}
