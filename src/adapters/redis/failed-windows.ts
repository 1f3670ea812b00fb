/** Windows whose attempts are used up, as BullMQ keeps them, and as the ledger is told of them. */
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { POISON, type RecordedError, type WindowEntry } from '../../core/ledger.ts';
import type { FailedWindow } from '../../core/planning/planned-source.ts';
import { streamOf, windowOf, type WindowJob } from './window-job.ts';

/** BullMQ's words for a window that outlived too many workers. */
const STALLED = 'job stalled more than allowable limit';

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
export async function failedWindow(queue: Queue<WindowJob>, id: string, connection: Redis): Promise<FailedWindow> {
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
