/** The workers of one process: they take windows from the queues, many at once, and stop without losing one. */
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { DestinationUnavailableError, WaitError } from '../pipeline/errors.ts';
import { withinBound } from '../pipeline/within-bound.ts';
import type { SourceName } from '../source.ts';
import { createHalfOpen } from './half-open.ts';
import { concede } from './outcome.ts';
import { telemetry } from './telemetry.ts';
import { LANES, queueName, windowOf, type Lane, type WindowJob } from './window-job.ts';

/** `run` tells this run of the window apart from any other. */
export type WindowRun = {
  readonly job: WindowJob;
  readonly run: string;
  readonly attempts: number;
  readonly signal: AbortSignal;
};

export type WorkersOptions = {
  readonly queues: readonly { readonly tenant: string; readonly source: SourceName }[];
  /** Only these lanes; all where absent. */
  readonly lanes?: readonly Lane[];
  /** Shared: BullMQ opens a blocking connection of its own for each queue. */
  readonly connection: Redis;
  readonly prefix: string;
  readonly traced?: boolean;
  /** Live windows of one tenant and source at once; others have slots of their own, one fewer but at least one. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly collect: (run: WindowRun) => Promise<void>;
  /** Resolves when the destination can take documents again; rejects while it cannot. */
  readonly probeDestination: () => Promise<void>;
  /** Told when pulling pauses for the destination, and when it goes on. */
  readonly onPause?: (paused: boolean) => void;
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
const PROBE_MS = 1_000;
const REST_MS = 30_000;
/** How long aborted windows may take to go back to the queue. */
const GIVE_BACK_MS = 3_000;

/** How many windows of one tenant and source a worker works on at once, in this lane. */
export const slotsOf = (lane: Lane, concurrency: number): number =>
  lane === 'live' ? concurrency : Math.max(1, concurrency - 1);

export function startWorkers(options: WorkersOptions): Workers {
  const { connection, prefix, collect, log, scrub, lock = LOCK, restMs = REST_MS } = options;
  let stopping = false;
  let paused = false;
  const halfOpen = createHalfOpen();
  let resumedAt = -Infinity;
  const underWay = new Set<Promise<void>>();

  function setPaused(now: boolean): void {
    paused = now;
    options.onPause?.(now);
  }

  async function waitForDestination(reason: string): Promise<void> {
    if (paused || stopping) return;
    setPaused(true);
    log.warn(`no more windows are taken until Elasticsearch is ready again: ${scrub(reason)}`);
    await Promise.all(workers.map((worker) => worker.pause(true)));
    while (!stopping) {
      const ready = await options.probeDestination().then(
        () => true,
        () => false,
      );
      if (ready && performance.now() - resumedAt > restMs) break;
      await pause(PROBE_MS);
    }
    setPaused(false);
    if (stopping) return;
    resumedAt = performance.now();
    halfOpen.narrow();
    await Promise.all(workers.map((worker) => worker.resume()));
    log.info('Elasticsearch is ready again: windows are taken');
  }

  /** Redis may go while Elasticsearch is away: nothing is lost by pulling on, each window waits by itself. */
  function resumeAnyway(error: unknown): void {
    setPaused(false);
    halfOpen.narrow();
    log.warn(`pausing for Elasticsearch did not succeed: ${scrub((error as Error).message)}`);
  }

  // Three parameters declared: BullMQ lends a signal only to processors that name it.
  async function process(job: Job<WindowJob>, token?: string, signal?: AbortSignal): Promise<void> {
    const working = work(job, token, signal);
    underWay.add(working);
    try {
      await working;
    } finally {
      underWay.delete(working);
    }
  }

  async function work(job: Job<WindowJob>, token?: string, signal?: AbortSignal): Promise<void> {
    const window = windowOf(job);
    if (window === undefined) throw new UnrecoverableError('what the job carried is gone: its window is planned again');
    const run = {
      job: window,
      // A worker that was only slow may end its run after another began one: what each created has to be on record.
      run: `${job.timestamp}-${job.attemptsStarted}`,
      attempts: job.attemptsMade + 1,
      signal: signal ?? new AbortController().signal,
    };
    try {
      await halfOpen.run(() => collect(run));
    } catch (error) {
      if (error instanceof DestinationUnavailableError) void waitForDestination(error.message).catch(resumeAnyway);
      const { pass, from } = window;
      const message = `window ${pass} ${new Date(from).toISOString()} ${error instanceof WaitError ? 'waits' : 'did not succeed'}: ${scrub((error as Error).message)}`;
      if (!(stopping && run.signal.aborted))
        log.warn({ tenant: window.tenant, source: window.source, attempt: run.attempts }, message);
      return concede(job, token, error, stopping && run.signal.aborted, scrub);
    }
  }

  function startWorker({
    tenant,
    source,
    lane,
  }: {
    tenant: string;
    source: SourceName;
    lane: Lane;
  }): Worker<WindowJob> {
    const worker = new Worker<WindowJob>(queueName(tenant, source, lane), process, {
      connection,
      prefix,
      ...telemetry(options.traced === true),
      concurrency: slotsOf(lane, options.concurrency),
      lockDuration: lock.durationMs,
      stalledInterval: lock.checkMs,
      maxStalledCount: MAX_STALLED,
      drainDelay: 1,
      settings: { backoffStrategy: (attempt: number) => backoffMs(attempt, options.backoff) },
    });
    worker.on('error', (error) => log.warn(`queue ${worker.name}: ${scrub(error.message)}`));
    // Somebody else has the window by now: it must not reach its next bulk here.
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const id of jobIds) worker.cancelJob(id, 'the lock was lost');
    });
    return worker;
  }

  const workers = options.queues.flatMap((queue) =>
    (options.lanes ?? LANES).map((lane) => startWorker({ ...queue, lane })),
  );

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    // Closing waits for running windows; when the deadline comes they are aborted and go back to the queue.
    const closed = Promise.all(workers.map((worker) => worker.close()));
    const deadline = setTimeout(() => {
      for (const worker of workers) worker.cancelAllJobs('the worker stops');
    }, deadlineMs);
    // A Redis that is away takes nothing back, and closing would wait for it: the locks run out by themselves.
    const idle = Promise.allSettled(underWay).then(() => withinBound(closed, GIVE_BACK_MS));
    await withinBound(Promise.race([closed, idle]), deadlineMs + GIVE_BACK_MS);
    clearTimeout(deadline);
  }

  return { stop };
}
