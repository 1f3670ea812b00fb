/** What sources keep in Redis. */
import { inject, expect, it, onTestFinished } from 'vitest';
import { createCache } from '../../../src/adapters/redis/cache.ts';
import { connectRedis } from '../../../src/adapters/redis/connection.ts';
import { freshNamespace } from '../../support/world.ts';

it('is there for the next process, under the prefix that a user of Redis may be bound to, and for a bounded time', async () => {
  const redis = connectRedis({ url: inject('redisUrl') }, () => undefined);
  onTestFinished(() => redis.disconnect());
  const prefix = `shenji-${freshNamespace()}`;
  expect(await createCache(redis, prefix).get('names')).toBeUndefined();
  await createCache(redis, prefix).set('names', 'a value', 60_000);
  expect(await createCache(redis, prefix).get('names')).toBe('a value');
  const [key = '', ...more] = await redis.keys(`${prefix}*`);
  expect(more).toEqual([]);
  expect(await redis.pttl(key)).toBeGreaterThan(0);
  expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000);
});
