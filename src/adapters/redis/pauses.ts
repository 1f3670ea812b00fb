/** Which data streams take no documents, as some worker has found: told to whoever counts what could be worked on. */
import type { Redis } from 'ioredis';

/** Said again while it lasts; a worker that is gone says nothing. */
const AGAIN_MS = 10_000;
const LIFE_MS = 3 * AGAIN_MS;

const keyOf = (prefix: string): string => `${prefix}:paused`;

/** The names of those that a worker has found to take nothing, in the last half minute. */
export async function readPaused(redis: Redis, prefix: string): Promise<ReadonlySet<string>> {
  return new Set(await redis.zrangebyscore(keyOf(prefix), Date.now() - LIFE_MS, '+inf'));
}

export type Pauses = {
  /** Never rejects, nor does it wait: a Redis that is away has no reader either. */
  set(dataStream: string, isPaused: boolean): void;
  stop(): void;
};

export function createPauses(redis: Redis, prefix: string): Pauses {
  const paused = new Set<string>();
  let isStopped = false;
  const ignore = (work: Promise<unknown>): void => void work.catch(() => undefined);
  const say = (dataStream: string): void => ignore(redis.zadd(keyOf(prefix), Date.now(), dataStream));
  const again = setInterval(() => {
    for (const dataStream of paused) say(dataStream);
  }, AGAIN_MS).unref();
  return {
    set: (dataStream, isPaused) => {
      if (isStopped || paused.has(dataStream) === isPaused) return;
      if (isPaused) {
        paused.add(dataStream);
        say(dataStream);
        return;
      }
      paused.delete(dataStream);
      ignore(redis.zrem(keyOf(prefix), dataStream));
    },
    stop: () => {
      isStopped = true;
      clearInterval(again);
    },
  };
}
