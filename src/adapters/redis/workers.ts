/** The workers of one process: they take windows from the lanes, many at once, and stop without losing one. */
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Backoff } from '../../sdk/backoff.ts';
import { sourceKeyOf } from '../../core/stream.ts';
import { withinBound } from '../../core/time/within-bound.ts';
import type { SourceName } from '../../sdk/source.ts';
import { createAdmission, type WorkedSource } from './admission.ts';
import { createAnswers } from './answers.ts';
import { createGate, createTurns, type Gate } from './gate.ts';
import { joinGroup, type Group } from './groups.ts';
import { DamagedJobError, LOCK, Puller, type Lock } from './puller.ts';
import { createRest } from './rest.ts';
import { createSlots } from './slots.ts';
import { LANES, windowOf, type Lane, type WindowJob } from './window-job.ts';
import { createWindowRunner, type WindowRun } from './window-runner.ts';

/**
 * `dataStream`: where its windows are written to; what is wrong with one stops no window of another. `windowsAtOnce`: of this
 * source, over all workers, in one lane.
 */
export type WorkedQueue = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly dataStream: string;
  readonly windowsAtOnce: number;
};

export type WorkersOptions = {
  /** Windows of others go back. */
  readonly queues: readonly WorkedQueue[];
  /** Whose lanes are theirs; those that all take from where absent. */
  readonly group?: Group;
  /** Only these lanes; all where absent. */
  readonly lanes?: readonly Lane[];
  readonly connection: Redis;
  readonly prefix: string;
  readonly traced?: boolean;
  /** Windows at once, of all kinds together; where there are several one is kept for live ones. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly collect: (run: WindowRun) => Promise<void>;
  /** Resolves when the data stream can take documents again; rejects while it cannot. */
  readonly probeDestination: (dataStream: string) => Promise<void>;
  /** Told when pulling pauses for a data stream, and when it goes on. */
  readonly onPause?: (dataStream: string, paused: boolean) => void;
  readonly scrub: (text: string) => string;
  readonly log: Logger;
  readonly lock?: Lock;
  /** Where the window that went first was refused although the probe was not, the next one goes so long after it; 30 s by default. */
  readonly restMs?: number;
};

export type Workers = {
  /** No new windows; running ones get so many milliseconds, then they go back to the queue. */
  stop(deadlineMs: number): Promise<void>;
};

const REST_MS = 30_000;
/** How long aborted windows may take to go back to the queue. */
const GIVE_BACK_MS = 3_000;
/** How often empty lanes are looked at. */
const POLL_MS = 250;
const TROUBLE_MS = 1_000;
/** What nobody here can read waits for somebody who can: briefly at first, since nobody else sees it meanwhile. */
const unreadableMs = (ageMs: number): number => Math.min(10_000, Math.max(500, ageMs / 10));
/** Nobody came for so long, and whoever knows it plans it again. */
const ABANDONED_MS = 3_600_000;

/** One gate for each data stream. */
function openGates({ queues, probeDestination, onPause, restMs = REST_MS, scrub, log }: WorkersOptions) {
  const turns = createTurns(restMs);
  const open = (dataStream: string): Gate => {
    onPause?.(dataStream, false);
    return createGate({
      probe: () => probeDestination(dataStream),
      turns,
      restMs,
      onPaused: (reason) => {
        onPause?.(dataStream, true);
        log.warn(`workers are paused for ${dataStream} until Elasticsearch is ready again: ${scrub(reason)}`);
      },
      onResumed: () => {
        onPause?.(dataStream, false);
        log.info(`Elasticsearch is ready again: workers go on with ${dataStream}`);
      },
    });
  };
  return new Map([...new Set(queues.map(({ dataStream }) => dataStream))].map((name) => [name, open(name)]));
}

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, prefix, log, scrub, group, lock = LOCK, lanes = LANES } = options;
  let stopping = false;
  let isFull = false;
  const resting = createRest();
  const slots = createSlots(options.concurrency, () => {
    // Where a lane was not looked at for want of one.
    if (isFull) resting.cutShort();
  });
  const answers = createAnswers(connection, prefix);
  const admission = createAdmission(connection, answers);
  const gates = openGates(options);
  const sources = new Map(
    options.queues.map(({ tenant, source, dataStream, windowsAtOnce }): [string, WorkedSource] => [
      sourceKeyOf({ tenant, source }),
      { gate: gates.get(dataStream) as Gate, windowsAtOnce },
    ]),
  );
  const { collect } = options;
  const runner = createWindowRunner({ sources, answers, collect, isStopping: () => stopping, scrub, log });
  const tell = (where: string, error: unknown): void => log.warn(`queue ${where}: ${scrub((error as Error).message)}`);
  const trouble = (where: string, error: unknown): void => {
    if (!stopping) tell(where, error);
  };

  /** Whether the window has to wait; where it has, it is back in the queue. */
  async function isPutBack(puller: Puller, job: Job<WindowJob>): Promise<boolean> {
    const window = windowOf(job);
    // What was damaged fails as any other.
    if (window === undefined) return false;
    const source = sources.get(sourceKeyOf(window));
    const ageMs = Date.now() - job.timestamp;
    if (source === undefined && ageMs > ABANDONED_MS) return false;
    const later =
      source === undefined
        ? { afterMs: unreadableMs(ageMs) }
        : await admission.ask(puller, job.id ?? '', window, source).catch((error: unknown) => {
            // Left locked it would count as one that took its worker down.
            trouble(`${puller.name}, ${job.id}`, error);
            return { afterMs: TROUBLE_MS };
          });
    if (later === undefined) return false;
    await job.moveToDelayed(Date.now() + later.afterMs, job.token);
    return true;
  }

  async function workOn(puller: Puller, job: Job<WindowJob>): Promise<void> {
    try {
      if (await isPutBack(puller, job)) return;
      // It was asked while the worker was told to stop.
      if (stopping) await job.moveToDelayed(Date.now(), job.token);
      else await puller.work(job);
    } finally {
      admission.ended(job.id ?? '');
    }
  }

  /** Live first, at every slot. True where a window was taken. */
  async function takeOne(free: readonly Puller[]): Promise<boolean> {
    for (const puller of free) {
      const job = await puller.fetch().catch((error: unknown) => {
        if (!(error instanceof DamagedJobError)) throw error;
        trouble(puller.name, error);
      });
      if (job === undefined) continue;
      if (stopping) await job.moveToDelayed(Date.now(), job.token);
      else
        slots.hold(
          puller.lane,
          workOn(puller, job).catch((error: unknown) => trouble(puller.name, error)),
        );
      return true;
    }
    return false;
  }

  const areAllShut = (): boolean => [...gates.values()].every((gate) => gate.isShut());

  async function pull(): Promise<void> {
    while (!stopping) {
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
  }

  const membership = group && (await joinGroup(connection, prefix, group));
  const { backoff, traced = false } = options;
  const pulled = { group: group?.name, connection, prefix, traced, lock, backoff, onTrouble: tell };
  const pullers = lanes.map((lane) => new Puller(lane, runner.process, pulled));
  for (const puller of pullers) void puller.start().catch((error: unknown) => trouble(puller.name, error));
  const pulling = pull();

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    resting.cutShort();
    for (const gate of gates.values()) gate.close();
    const deadline = setTimeout(() => {
      for (const puller of pullers) puller.cancelAllJobs('the worker stops');
    }, deadlineMs);
    const closed = (async () => {
      await pulling;
      await slots.idle();
      await Promise.all(pullers.map((puller) => puller.close()));
    })();
    // A Redis that is away takes nothing back, and closing would wait for it: the locks run out by themselves.
    const idle = runner.idle().then(() => withinBound(closed, GIVE_BACK_MS));
    await withinBound(Promise.race([closed, idle]), deadlineMs + GIVE_BACK_MS);
    clearTimeout(deadline);
    await withinBound(Promise.resolve(membership?.leave()), GIVE_BACK_MS);
  }

  return { stop };
}
