/** A sign of life in Redis, so that `check` can tell whether anybody plans and anybody works. */
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';

export type Part = 'scheduler' | 'worker';

const BEAT_MS = 5_000;
/** Three beats may fail. */
export const LIFE_MS = 20_000;

// A sorted set: who, by the moment of the last sign. Not the name of the key that versions before kept one name in.
const keyOf = (prefix: string, part: Part): string => `${prefix}:living:${part}`;

/** By Redis' clock: those of the machines may differ by more than a life. */
export async function nowOf(redis: Redis): Promise<number> {
  return Number((await redis.time())[0]) * 1_000;
}

/** Again and again until stopped, each time that Redis is there; what fails is tried at the next beat. */
export function repeatBeat(redis: Redis, beat: () => Promise<unknown>): { readonly stop: () => void } {
  const timer = setInterval(() => {
    // A waiting command would pile up on a Redis that is away.
    if (redis.status === 'ready') void beat().catch(() => undefined);
  }, BEAT_MS);
  return { stop: () => clearInterval(timer) };
}

/** Beats until stopped. */
export function startHeartbeat(redis: Redis, prefix: string, part: Part): { readonly stop: () => void } {
  const key = keyOf(prefix, part);
  const self = `${hostname()} (process ${process.pid})`;
  async function beat(): Promise<void> {
    const now = await nowOf(redis);
    await redis.zadd(key, now, self);
    await redis.zremrangebyscore(key, '-inf', now - LIFE_MS);
    await redis.pexpire(key, LIFE_MS);
  }
  if (redis.status === 'ready') void beat().catch(() => undefined);
  const beating = repeatBeat(redis, beat);
  return {
    stop: () => {
      beating.stop();
      if (redis.status === 'ready') void redis.zrem(key, self).catch(() => undefined);
    },
  };
}

/** Who has given a sign of life lately, the last first. */
export async function livingOf(redis: Redis, prefix: string, part: Part): Promise<string[]> {
  const now = await nowOf(redis);
  return (await redis.zrangebyscore(keyOf(prefix, part), now - LIFE_MS, '+inf')).toReversed();
}
