/** Fetches windows of one lane when it is told to: who has no slot for a window takes none. */
import { Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { backoffMs, type Backoff } from '../../sdk/backoff.ts';
import { damagedJobText } from '../../core/planning/planned-source.ts';
import { telemetry } from './telemetry.ts';
import { queueName, type Lane, type WindowJob } from './window-job.ts';

/** A window whose worker has not renewed its lock for `durationMs` is given to another at the next check. */
export type Lock = { readonly durationMs: number; readonly checkMs: number };

/** What BullMQ calls for a job; it lends a signal only to functions that name it. */
export type Processor = (job: Job<WindowJob>, token?: string, signal?: AbortSignal) => Promise<void>;

/** A killed worker's windows are taken up within lock + check: 12 s at most. */
export const LOCK: Lock = { durationMs: 8_000, checkMs: 4_000 };
/** A window that takes its worker down so often is poison, and becomes a gap. */
const MAX_STALLED = 5;

/** Of the jobs that are active the one that is locked with this token: gone, with all that it had. ARGV: the token. */
const LET_GO = `
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local job = KEYS[3] .. id
  if redis.call('GET', job .. ':lock') == ARGV[1] then
    redis.call('LREM', KEYS[1], 0, id)
    redis.call('SREM', KEYS[2], id)
    redis.call('DEL', job, job .. ':lock')
    return id
  end
end
return 'of a name that is not known'
`;

/** What the job carried is not JSON: its window is planned again. */
export class DamagedJobError extends Error {
  override readonly name = 'DamagedJobError';
  constructor(id: string) {
    super(damagedJobText(id));
  }
}

export type PullerOptions = {
  /** Of the group whose lanes these are; those that all take from where absent. */
  readonly group: string | undefined;
  readonly connection: Redis;
  readonly prefix: string;
  readonly traced: boolean;
  readonly lock: Lock;
  readonly backoff: Backoff;
  readonly onTrouble: (queue: string, error: Error) => void;
};

export class Puller extends Worker<WindowJob> {
  readonly lane: Lane;
  readonly #redis: Redis;
  #fetched = 0;

  constructor(lane: Lane, processor: Processor, options: PullerOptions) {
    const { group, connection, prefix, traced, lock, backoff, onTrouble } = options;
    super(queueName(lane, group), processor, {
      connection,
      prefix,
      ...telemetry(traced),
      autorun: false,
      lockDuration: lock.durationMs,
      stalledInterval: lock.checkMs,
      maxStalledCount: MAX_STALLED,
      settings: { backoffStrategy: (attempt: number) => backoffMs(attempt, backoff) },
    });
    this.lane = lane;
    this.#redis = connection;
    this.on('error', (error) => onTrouble(this.name, error));
    // Somebody else has the window by now: it must not reach its next bulk here.
    this.on('lockRenewalFailed', (jobIds) => {
      for (const id of jobIds) this.cancelJob(id, 'the lock was lost');
    });
  }

  async start(): Promise<void> {
    this.lockManager.start();
    await this.startStalledCheckTimer();
  }

  /** The next window, locked by this worker; undefined where none waits. Throws where Redis does, and `DamagedJobError`. */
  async fetch(): Promise<Job<WindowJob> | undefined> {
    this.#fetched += 1;
    const token = `${this.id}:${this.#fetched}`;
    try {
      return await this.moveToActive(token);
    } catch (error) {
      // BullMQ has it locked by then, and cannot parse it.
      if (!(error instanceof SyntaxError)) throw error;
      throw new DamagedJobError(await this.#letGo(token));
    }
  }

  async #letGo(token: string): Promise<string> {
    const keys = [this.toKey('active'), this.toKey('stalled'), this.toKey('')];
    return String(await this.#redis.eval(LET_GO, keys.length, ...keys, token));
  }

  async work(job: Job<WindowJob>): Promise<void> {
    await this.processJob(job, job.token ?? '', () => false);
  }
}
