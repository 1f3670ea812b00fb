/** The workers of one process: they take windows from the queues, many at once, and stop without losing one. */
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { WaitError } from '../pipeline/errors.ts';
import { withinBound } from '../pipeline/within-bound.ts';
import type { SourceName } from '../source.ts';
import { createGate, createTurns, type Gate } from './gate.ts';
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

/** `dataStream`: where its windows are written to; what is wrong with one stops no window of another. */
export type WorkedQueue = { readonly tenant: string; readonly source: SourceName; readonly dataStream: string };

export type WorkersOptions = {
  readonly queues: readonly WorkedQueue[];
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

/** How many windows of one tenant and source a worker works on at once, in this lane. */
export const slotsOf = (lane: Lane, concurrency: number): number =>
  lane === 'live' ? concurrency : Math.max(1, concurrency - 1);

export function startWorkers(options: WorkersOptions): Workers {
  const { connection, prefix, collect, log, scrub, lock = LOCK, restMs = REST_MS } = options;
  let stopping = false;
  const underWay = new Set<Promise<void>>();
  const turns = createTurns(restMs);

  function gateOf(dataStream: string): Gate {
    options.onPause?.(dataStream, false);
    const own = (): Worker[] => workers.filter((each) => each.dataStream === dataStream).map(({ worker }) => worker);
    return createGate({
      pullers: {
        pause: () => Promise.all(own().map((worker) => worker.pause(true))),
        resume: () => Promise.all(own().map((worker) => worker.resume())),
      },
      probe: () => options.probeDestination(dataStream),
      turns,
      restMs,
      onPaused: (reason) => {
        options.onPause?.(dataStream, true);
        log.warn(`no more windows are taken for ${dataStream} until Elasticsearch is ready again: ${scrub(reason)}`);
      },
      onResumed: (trouble) => {
        options.onPause?.(dataStream, false);
        if (trouble === undefined) log.info(`Elasticsearch is ready again: windows are taken for ${dataStream}`);
        else log.warn(`pausing for Elasticsearch did not succeed: ${scrub(trouble.message)}`);
      },
    });
  }

  // Three parameters declared: BullMQ lends a signal only to processors that name it.
  const processor = (gate: Gate) => async (job: Job<WindowJob>, token?: string, signal?: AbortSignal) => {
    const working = work(gate, job, token, signal);
    underWay.add(working);
    try {
      await working;
    } finally {
      underWay.delete(working);
    }
  };

  async function work(gate: Gate, job: Job<WindowJob>, token?: string, signal?: AbortSignal): Promise<void> {
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
      await gate.run(() => collect(run));
    } catch (error) {
      const { pass, from } = window;
      const message = `window ${pass} ${new Date(from).toISOString()} ${error instanceof WaitError ? 'waits' : 'did not succeed'}: ${scrub((error as Error).message)}`;
      if (!(stopping && run.signal.aborted))
        log.warn({ tenant: window.tenant, source: window.source, attempt: run.attempts }, message);
      return concede(job, token, error, stopping && run.signal.aborted, scrub);
    }
  }

  function startWorker({ tenant, source }: WorkedQueue, lane: Lane, gate: Gate): Worker<WindowJob> {
    const worker = new Worker<WindowJob>(queueName(tenant, source, lane), processor(gate), {
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

  const gates = new Map(
    [...new Set(options.queues.map(({ dataStream }) => dataStream))].map((name) => [name, gateOf(name)]),
  );
  const workers = options.queues.flatMap((queue) =>
    (options.lanes ?? LANES).map((lane) => ({
      dataStream: queue.dataStream,
      worker: startWorker(queue, lane, gates.get(queue.dataStream) as Gate),
    })),
  );

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    for (const gate of gates.values()) gate.close();
    // Closing waits for running windows; when the deadline comes they are aborted and go back to the queue.
    const closed = Promise.all(workers.map(({ worker }) => worker.close()));
    const deadline = setTimeout(() => {
      for (const { worker } of workers) worker.cancelAllJobs('the worker stops');
    }, deadlineMs);
    // A Redis that is away takes nothing back, and closing would wait for it: the locks run out by themselves.
    const idle = Promise.allSettled(underWay).then(() => withinBound(closed, GIVE_BACK_MS));
    await withinBound(Promise.race([closed, idle]), deadlineMs + GIVE_BACK_MS);
    clearTimeout(deadline);
  }

  return { stop };
}
