/** The one place that opens connections to Redis. */
import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';

export type { Redis };

export type RedisSettings = { readonly url: string; readonly caFile?: string | undefined };

/** ioredis' own pause between reconnects grows to 20 s; work has to go on within 3 s of Redis' return. */
const MAX_RECONNECT_MS = 2_000;

/**
 * Waits for a Redis that is away; whoever must not wait asks with a bound (`pingRedis`). Errors of the connection itself go
 * to `onError`: without a listener they would end the process.
 */
export function connectRedis(settings: RedisSettings, onError: (error: Error) => void): Redis {
  const options = {
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, MAX_RECONNECT_MS),
    connectTimeout: 5_000,
    ...(settings.caFile === undefined ? {} : { tls: { ca: readFileSync(settings.caFile) } }),
  } satisfies RedisOptions;
  const redis = new Redis(settings.url, options);
  redis.on('error', onError);
  return redis;
}
