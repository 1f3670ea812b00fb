/** Which sources of tenants got no answer from their vendor at the last call: a call that hangs holds a slot for long. */
import type { Redis } from 'ioredis';
import { RetryableError, UnansweredError } from '../../sdk/errors.ts';

/** Who is not asked any more is not remembered. */
const LIFE_MS = 10 * 60_000;
/** How old may be what a worker knows. */
const FRESH_MS = 1_000;

const keyOf = (prefix: string): string => `${prefix}:unanswered`;

/** The keys (`acme/feishu.openapi_audit`) of those whose last call went unanswered, in the last ten minutes. */
export async function readUnanswered(redis: Redis, prefix: string): Promise<ReadonlySet<string>> {
  return new Set(await redis.zrangebyscore(keyOf(prefix), Date.now() - LIFE_MS, '+inf'));
}

/** A gateway that gives up on the vendor says so late, and held the slot as long. */
const LATE_MS = 5_000;
const isLate = (error: unknown, afterMs: number): boolean =>
  error instanceof RetryableError && (error.details.httpStatus ?? 0) >= 500 && afterMs > LATE_MS;

export type Answers = {
  isUnanswered(sourceKey: string): Promise<boolean>;
  /** What became of a window's calls, after so many milliseconds; undefined where it was read. */
  note(sourceKey: string, error: unknown, afterMs: number): Promise<void>;
};

export function createAnswers(redis: Redis, prefix: string): Answers {
  let known: ReadonlySet<string> = new Set();
  let readAt = -Infinity;
  return {
    isUnanswered: async (sourceKey) => {
      if (performance.now() - readAt > FRESH_MS) {
        readAt = performance.now();
        known = await readUnanswered(redis, prefix);
      }
      return known.has(sourceKey);
    },
    note: async (sourceKey, error, afterMs) => {
      const isAnswered = !(error instanceof UnansweredError || isLate(error, afterMs));
      // Nearly all are answered, and stay so: that costs nothing.
      if (isAnswered && !known.has(sourceKey)) return;
      if (isAnswered) await redis.zrem(keyOf(prefix), sourceKey);
      else await redis.zadd(keyOf(prefix), Date.now(), sourceKey);
      await redis.zremrangebyscore(keyOf(prefix), '-inf', Date.now() - LIFE_MS);
      readAt = -Infinity;
    },
  };
}
