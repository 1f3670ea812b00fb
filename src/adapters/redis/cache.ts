/** What sources keep in Redis, so that a process begins with what the one before it knew. */
import type { Redis } from 'ioredis';
import type { SourceCache } from '../../sdk/definition.ts';

export function createCache(redis: Redis, prefix: string): SourceCache {
  const keyOf = (key: string): string => `${prefix}:cache:${key}`;
  return {
    get: async (key) => (await redis.get(keyOf(key))) ?? undefined,
    set: async (key, value, lifeMs) => void (await redis.set(keyOf(key), value, 'PX', lifeMs)),
  };
}
