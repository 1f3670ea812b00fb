/** The workers of one process: they take windows from the lanes, many at once, and stop without losing one. */
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { NoCallLeftError, WaitError } from '../pipeline/errors.ts';
import { sourceKeyOf } from '../pipeline/stream.ts';
import { withinBound } from '../pipeline/within-bound.ts';
import type { SourceName } from '../source.ts';
import { createAdmission, type WorkedSource } from './admission.ts';
import { createAnswers, isUnanswered } from './answers.ts';
import { createGate, createTurns, type Gate } from './gate.ts';
import { joinGroup, type Group } from './groups.ts';
import { concede } from './outcome.ts';
import { createRest } from './rest.ts';
import { createSlots } from './slots.ts';
import { telemetry } from './telemetry.ts';
import { LANES, queueName, windowOf, type Lane, type WindowJob } from './window-job.ts';

/** `run` tells this run of the window apart from any other. */
export type WindowRun = {
  readonly job: WindowJob;
  readonly run: string;
  readonly attempts: number;
  readonly signal: AbortSignal;
};

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

/** A window whose worker has not renewed its lock for `durationMs` is given to another at the next check. */
export type Lock = { readonly durationMs: number; readonly checkMs: number };

export type Workers = {
  /** No new windows; running ones get so many milliseconds, then they go back to the queue. */
  stop(deadlineMs: number): Promise<void>;
};

/** A killed worker's windows are taken up within lock + check: 12 s at most. */
const LOCK: Lock = { durationMs: 8_000, checkMs: 4_000 };
/** A window that takes its worker down so often is poison, and becomes a gap. */
const MAX_STALLED = 5;
const REST_MS = 30_000;
/** How long aborted windows may take to go back to the queue. */
const GIVE_BACK_MS = 3_000;
/** How often empty lanes are looked at. */
const POLL_MS = 250;
const TROUBLE_MS = 1_000;
/** What nobody here can read waits for somebody who can; nobody came for so long, and whoever knows it plans it again. */
const UNREADABLE_MS = 10_000;
const ABANDONED_MS = 3_600_000;

type Pulled = { readonly lane: Lane; readonly puller: Puller };
type Processor = (job: Job<WindowJob>, token?: string, signal?: AbortSignal) => Promise<void>;

/** Fetches when it is told to, and not by itself: who has no slot for a window takes none. */
class Puller extends Worker<WindowJob> {
  #fetched = 0;

  async start(): Promise<void> {
    this.lockManager.start();
    await this.startStalledCheckTimer();
  }

  /** The next window, locked by this worker; undefined where none waits. */
  async fetch(): Promise<Job<WindowJob> | undefined> {
    this.#fetched += 1;
    return this.moveToActive(`${this.id}:${this.#fetched}`);
  }

  async work(job: Job<WindowJob>): Promise<void> {
    await this.processJob(job, job.token ?? '', () => false);
  }
}

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, prefix, collect, log, scrub, group, lock = LOCK, restMs = REST_MS, lanes = LANES } = options;
  let stopping = false;
  let isFull = false;
  const underWay = new Set<Promise<void>>();
  const turns = createTurns(restMs);
  const resting = createRest();
  const slots = createSlots(options.concurrency, () => {
    // Where a lane was not looked at for want of one.
    if (isFull) resting.cutShort();
  });
  const answers = createAnswers(connection, prefix);
  const admission = createAdmission(connection, answers);

  function gateOf(dataStream: string): Gate {
    options.onPause?.(dataStream, false);
    return createGate({
      probe: () => options.probeDestination(dataStream),
      turns,
      restMs,
      onPaused: (reason) => {
        options.onPause?.(dataStream, true);
        log.warn(`no more windows are taken for ${dataStream} until Elasticsearch is ready again: ${scrub(reason)}`);
      },
      onResumed: () => {
        options.onPause?.(dataStream, false);
        log.info(`Elasticsearch is ready again: windows are taken for ${dataStream}`);
      },
    });
  }

  const gates = new Map(
    [...new Set(options.queues.map(({ dataStream }) => dataStream))].map((name) => [name, gateOf(name)]),
  );
  const sources = new Map(
    options.queues.map(({ tenant, source, dataStream, windowsAtOnce }): [string, WorkedSource] => [
      sourceKeyOf({ tenant, source }),
      { gate: gates.get(dataStream) as Gate, windowsAtOnce },
    ]),
  );

  async function work(job: Job<WindowJob>, token?: string, signal?: AbortSignal): Promise<void> {
    const window = windowOf(job);
    if (window === undefined) throw new UnrecoverableError('what the job carried is gone: its window is planned again');
    const source = sources.get(sourceKeyOf(window));
    if (source === undefined) {
      log.warn(
        `${job.id}: nobody who can read it took it for an hour: it is let go, and planned again by a scheduler that knows its tenant`,
      );
      return;
    }
    const run = {
      job: window,
      // A worker that was only slow may end its run after another began one: what each created has to be on record.
      run: `${job.timestamp}-${job.attemptsStarted}`,
      attempts: job.attemptsMade + 1,
      signal: signal ?? new AbortController().signal,
    };
    let outcome: unknown;
    try {
      await source.gate.run(() => collect(run));
    } catch (error) {
      outcome = error;
      const isGivenBack = stopping && run.signal.aborted;
      if (!isGivenBack) tell(run, error);
      return await concede(job, token, error, isGivenBack, scrub);
    } finally {
      if (!run.signal.aborted && !(outcome instanceof WaitError))
        void answers.note(sourceKeyOf(window), !isUnanswered(outcome)).catch(() => undefined);
    }
  }

  function tell({ job: { tenant, source, pass, from }, attempts }: WindowRun, error: unknown): void {
    const message = `window ${pass} ${new Date(from).toISOString()} ${error instanceof WaitError ? 'waits' : 'did not succeed'}: ${scrub((error as Error).message)}`;
    log[error instanceof NoCallLeftError ? 'debug' : 'warn']({ tenant, source, attempt: attempts }, message);
  }

  // Three parameters declared: BullMQ lends a signal only to processors that name it.
  const processor: Processor = async (job, token, signal) => {
    const working = work(job, token, signal);
    underWay.add(working);
    try {
      await working;
    } finally {
      underWay.delete(working);
    }
  };

  function openPuller(lane: Lane): Pulled {
    const puller = new Puller(queueName(lane, group?.name), processor, {
      connection,
      prefix,
      ...telemetry(options.traced === true),
      autorun: false,
      lockDuration: lock.durationMs,
      stalledInterval: lock.checkMs,
      maxStalledCount: MAX_STALLED,
      settings: { backoffStrategy: (attempt: number) => backoffMs(attempt, options.backoff) },
    });
    puller.on('error', (error) => log.warn(`queue ${puller.name}: ${scrub(error.message)}`));
    // Somebody else has the window by now: it must not reach its next bulk here.
    puller.on('lockRenewalFailed', (jobIds) => {
      for (const id of jobIds) puller.cancelJob(id, 'the lock was lost');
    });
    return { lane, puller };
  }

  /** Whether the window has to wait; where it has, it is back in the queue. */
  async function isPutBack(puller: Puller, job: Job<WindowJob>): Promise<boolean> {
    const window = windowOf(job);
    // What was damaged fails as any other.
    if (window === undefined) return false;
    const source = sources.get(sourceKeyOf(window));
    const isAbandoned = Date.now() - job.timestamp > ABANDONED_MS;
    if (source === undefined && isAbandoned) return false;
    const later =
      source === undefined ? { afterMs: UNREADABLE_MS } : await admission.ask(puller, job.id ?? '', window, source);
    if (later === undefined) return false;
    await job.moveToDelayed(Date.now() + later.afterMs, job.token);
    return true;
  }

  async function workOn(puller: Puller, job: Job<WindowJob>): Promise<void> {
    try {
      if (!(await isPutBack(puller, job))) await puller.work(job);
    } finally {
      admission.ended(job.id ?? '');
    }
  }

  /** Live first, at every slot. True where a window was taken. */
  async function takeOne(free: readonly Pulled[]): Promise<boolean> {
    for (const { lane, puller } of free) {
      const job = await puller.fetch();
      if (job === undefined) continue;
      if (stopping) await job.moveToDelayed(Date.now(), job.token);
      else
        slots.hold(
          lane,
          workOn(puller, job).catch((error: unknown) => trouble(puller.name, error)),
        );
      return true;
    }
    return false;
  }

  const trouble = (where: string, error: unknown): void => {
    if (!stopping) log.warn(`queue ${where}: ${scrub((error as Error).message)}`);
  };
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
        trouble('', error);
        await resting.rest(TROUBLE_MS);
      }
    }
  }

  const membership = group && (await joinGroup(connection, prefix, group));
  const pullers = lanes.map(openPuller);
  for (const { puller } of pullers) void puller.start().catch((error: unknown) => trouble(puller.name, error));
  const pulling = pull();

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    resting.cutShort();
    for (const gate of gates.values()) gate.close();
    const deadline = setTimeout(() => {
      for (const { puller } of pullers) puller.cancelAllJobs('the worker stops');
    }, deadlineMs);
    const closed = (async () => {
      await pulling;
      await slots.idle();
      await Promise.all(pullers.map(({ puller }) => puller.close()));
    })();
    // A Redis that is away takes nothing back, and closing would wait for it: the locks run out by themselves.
    const idle = Promise.allSettled(underWay).then(() => withinBound(closed, GIVE_BACK_MS));
    await withinBound(Promise.race([closed, idle]), deadlineMs + GIVE_BACK_MS);
    clearTimeout(deadline);
    await withinBound(Promise.resolve(membership?.leave()), GIVE_BACK_MS);
  }

  return { stop };
}
