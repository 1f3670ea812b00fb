/** The planner's and the operator's view of the queue of one tenant and source. */
import { Queue, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { POISON, type RecordedError, type WindowEntry } from '../pipeline/ledger.ts';
import type { FailedWindow, QueuedWindow, WindowQueue } from '../pipeline/planner.ts';
import type { Span } from '../pipeline/spans.ts';
import type { Pass, Stream } from '../pipeline/stream.ts';
import type { SourceName } from '../source.ts';
import { telemetry } from './telemetry.ts';
import {
  jobId,
  jobPriority,
  laneOf,
  LANES,
  parseJobId,
  queueName,
  streamOf,
  windowOf,
  type WindowJob,
} from './window-job.ts';

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

export type OpenQueue = WindowQueue & {
  /** Adds the parts of a window that is being worked on; where it is the probe, its first part is that now. */
  divide(stream: Stream, whole: Span, parts: readonly Span[]): Promise<void>;
  /** As BullMQ knows them, for the page that shows them. */
  readonly lanes: readonly Queue<WindowJob>[];
  counts(): Promise<QueueCounts>;
  /** One for each pass that has any. */
  retrying(): Promise<Retrying[]>;
  close(): Promise<void>;
};

export type QueueOptions = {
  readonly connection: Redis;
  readonly prefix: string;
  readonly attempts: number;
  /** Whether jobs carry the trace of the plan that made them. */
  readonly traced?: boolean;
};

/** The longest wait that is ever asked for is an hour. */
const LONGEST_DELAY_MS = 2 * 3_600_000;
/** What stands in the probe's place while none may be sent. */
const RESTS = 'rests';
/** BullMQ's words for a window that outlived too many workers. */
const STALLED = 'job stalled more than allowable limit';
const UNFINISHED = ['active', 'waiting', 'prioritized', 'delayed'] as const;

function errorOf(job: Job<WindowJob>, { error }: WindowJob): RecordedError {
  if (job.failedReason !== STALLED)
    return error ?? { type: 'Error', message: job.failedReason ?? 'unknown', retryable: true };
  const message = `it took its worker down ${job.stalledCounter} times; see why the workers ended, for example their memory limit`;
  return { type: POISON, message, retryable: true };
}

function toEntry(job: Job<WindowJob>, data: WindowJob): WindowEntry {
  return {
    stream: streamOf(data),
    span: { from: data.from, to: data.to },
    run: `${job.timestamp}`,
    attempts: job.attemptsMade,
    startedAt: job.processedOn ?? job.timestamp,
    endedAt: job.finishedOn ?? job.timestamp,
    status: 'failed',
    error: errorOf(job, data),
  };
}

/** Each by itself: a job that cannot be read must not keep the others from the ledger. */
async function failedWindow(queue: Queue<WindowJob>, id: string, connection: Redis): Promise<FailedWindow> {
  const remove = async (): Promise<void> => void (await queue.remove(id));
  try {
    const job = await queue.getJob(id);
    const window = job && windowOf(job);
    return { id, remove, entry: job === undefined || window === undefined ? undefined : toEntry(job, window) };
  } catch (error) {
    // BullMQ cannot parse it.
    if (error instanceof SyntaxError) return { id, remove, entry: undefined };
    // Anything else is Redis' trouble, and passes.
    if (!(error as Error).message.startsWith('WRONGTYPE')) throw error;
    return {
      id,
      entry: undefined,
      remove: async () => void (await Promise.all([connection.del(queue.toKey(id)), remove()])),
    };
  }
}

/** `windows`: one at least. */
function toRetrying(pass: Pass, windows: readonly Job<WindowJob>[]): Retrying {
  const [last] = windows.toSorted((a, b) => (b.processedOn ?? 0) - (a.processedOn ?? 0));
  const error = last?.data.error?.message ?? '';
  return { pass, windows: windows.length, attempts: last?.attemptsMade ?? 0, error };
}

export function openWindowQueue(
  tenant: string,
  source: SourceName,
  { connection, prefix, attempts, traced = false }: QueueOptions,
): OpenQueue {
  const lanes = LANES.map((lane) => ({
    lane,
    queue: new Queue<WindowJob>(queueName(tenant, source, lane), { connection, prefix, ...telemetry(traced) }),
  }));
  const queues = lanes.map(({ queue }) => queue);
  // The connection's own listener reports errors; without one here they would end the process.
  for (const queue of queues) queue.on('error', () => undefined);

  const queueOf = ({ pass }: Stream): Queue<WindowJob> | undefined =>
    lanes.find(({ lane }) => lane === laneOf(pass))?.queue;

  const probeKey = `${prefix}:probe:${tenant}.${source}`;

  async function add(stream: Stream, spans: readonly Span[]): Promise<void> {
    await queueOf(stream)?.addBulk(
      spans.map((span) => ({
        name: stream.pass,
        data: { ...stream, ...span },
        opts: {
          jobId: jobId(stream.pass, span),
          priority: jobPriority(stream.pass),
          attempts,
          backoff: { type: 'custom' },
          removeOnComplete: true,
          // Kept until the planner has written it into the ledger.
          removeOnFail: false,
        },
      })),
    );
  }

  return {
    lanes: queues,
    add,
    divide: async (stream, whole, parts) => {
      const [first] = parts;
      // Before it is there: whoever plans meanwhile takes out what is not the probe.
      if (first !== undefined && (await connection.get(probeKey)) === jobId(stream.pass, whole))
        await connection.set(probeKey, jobId(stream.pass, first), 'KEEPTTL');
      await add(stream, parts);
    },
    probe: async () => parseJobId((await connection.get(probeKey)) ?? RESTS),
    claimProbe: async ({ pass, ...span }, lifeMs) =>
      (await connection.set(probeKey, jobId(pass, span), 'PX', lifeMs, 'NX')) === 'OK',
    rest: async (milliseconds) => {
      if (milliseconds > 0) await connection.set(probeKey, RESTS, 'PX', milliseconds);
      else await connection.del(probeKey);
    },
    remove: async (stream, spans) => {
      const queue = queueOf(stream);
      if (queue === undefined) return;
      // A window that is being worked on is locked and stays.
      await Promise.all(spans.map((span) => queue.remove(jobId(stream.pass, span)).catch(() => 0)));
    },
    releaseOverdue: async (now) => {
      for (const queue of queues) {
        // BullMQ keeps the moment in the upper bits of the score.
        const ids = await connection.zrangebyscore(queue.toKey('delayed'), (now + LONGEST_DELAY_MS) * 4_096, '+inf');
        await Promise.all(ids.map(async (id) => (await queue.getJob(id))?.promote().catch(() => undefined)));
      }
    },
    failed: async () => {
      const found = queues.map(async (queue) => {
        const ids = await queue.getRanges(['failed'], 0, -1);
        return Promise.all(ids.map((id: string) => failedWindow(queue, id, connection)));
      });
      return (await Promise.all(found)).flat();
    },
    unfinished: async () => {
      const ids = (await Promise.all(queues.map((queue) => queue.getRanges([...UNFINISHED], 0, -1)))).flat();
      return ids.map((id: string) => parseJobId(id)).filter((window): window is QueuedWindow => window !== undefined);
    },
    counts: async () => {
      const all = await Promise.all(
        queues.map((queue) => queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed')),
      );
      const sum = (...states: string[]): number =>
        all.reduce((total, counts) => states.reduce((part, state) => part + (counts[state] ?? 0), total), 0);
      return {
        waiting: sum('waiting', 'prioritized'),
        active: sum('active'),
        delayed: sum('delayed'),
        failed: sum('failed'),
      };
    },
    retrying: async () => {
      const jobs = (await Promise.all(queues.map((queue) => queue.getJobs([...UNFINISHED])))).flat();
      // A job that leaves meanwhile is undefined, one that is damaged has no window.
      const failed = jobs.filter((job) => job !== undefined && windowOf(job)?.error !== undefined);
      const passes = Map.groupBy(failed, ({ data }) => data.pass);
      return [...passes].map(([pass, windows]) => toRetrying(pass, windows));
    },
    close: async () => void (await Promise.all(queues.map((queue) => queue.close()))),
  };
}
