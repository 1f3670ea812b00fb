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
import { LOCK, Puller, type Lock } from './puller.ts';
import { createPulling, TROUBLE_MS } from './pulling.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { createRest } from './rest.ts';
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
/** What nobody here can read waits for somebody who can: briefly at first, since nobody else sees it meanwhile. */
const unreadableMs = (ageMs: number): number => Math.min(10_000, Math.max(500, ageMs / 10));
/** Nobody came for so long, and whoever knows it plans it again. */
const ABANDONED_MS = 3_600_000;

/** One gate for each data stream. */
function openGates(
  { queues, probeDestination, onPause, restMs = REST_MS, scrub, log }: WorkersOptions,
  pauses: Pauses,
) {
  const turns = createTurns(restMs);
  const open = (dataStream: string): Gate => {
    onPause?.(dataStream, false);
    return createGate({
      probe: () => probeDestination(dataStream),
      turns,
      restMs,
      onPaused: (reason) => {
        onPause?.(dataStream, true);
        pauses.set(dataStream, true);
        log.warn(`workers are paused for ${dataStream} until Elasticsearch is ready again: ${scrub(reason)}`);
      },
      onResumed: () => {
        onPause?.(dataStream, false);
        pauses.set(dataStream, false);
        log.info(`Elasticsearch is ready again: workers go on with ${dataStream}`);
      },
    });
  };
  return new Map([...new Set(queues.map(({ dataStream }) => dataStream))].map((name) => [name, open(name)]));
}

// oxlint-disable-next-line max-lines-per-function -- wires the parts of a worker, and takes them down
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, prefix, log, scrub, group, lock = LOCK, lanes = LANES } = options;
  let stopping = false;
  const resting = createRest();
  const answers = createAnswers(connection, prefix);
  const admission = createAdmission(connection, answers);
  const pauses = createPauses(connection, prefix);
  const gates = openGates(options, pauses);
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

  /** When a worker first put it back that does not know its source: nobody may have come to it before, however old it is. */
  async function firstPutBack({ id }: Job<WindowJob>): Promise<number> {
    const key = `${prefix}:unknown:${id}`;
    await connection.set(key, Date.now(), 'PX', 2 * ABANDONED_MS, 'NX');
    return Number(await connection.get(key)) || Date.now();
  }

  /** Whether the window has to wait; where it has, it is back in the queue. */
  async function isPutBack(puller: Puller, job: Job<WindowJob>): Promise<boolean> {
    const window = windowOf(job);
    // What was damaged fails as any other.
    if (window === undefined) return false;
    const source = sources.get(sourceKeyOf(window));
    const ageMs = source === undefined ? Date.now() - (await firstPutBack(job)) : 0;
    if (ageMs > ABANDONED_MS) return false;
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

  const membership = group && (await joinGroup(connection, prefix, group));
  const { backoff, traced = false } = options;
  const shared = { group: group?.name, connection, prefix, traced, lock, backoff, onTrouble: tell };
  const pullers = lanes.map((lane) => new Puller(lane, runner.process, shared));
  for (const puller of pullers) void puller.start().catch((error: unknown) => trouble(puller.name, error));
  const pulling = createPulling({
    pullers,
    concurrency: options.concurrency,
    resting,
    isStopping: () => stopping,
    areAllShut: () => [...gates.values()].every((gate) => gate.isShut()),
    workOn,
    trouble,
  });
  const pulled = pulling.run();

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    resting.cutShort();
    for (const gate of gates.values()) gate.close();
    pauses.stop();
    const deadline = setTimeout(() => {
      for (const puller of pullers) puller.cancelAllJobs('the worker stops');
    }, deadlineMs);
    const closed = (async () => {
      await pulled;
      await pulling.idle();
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
