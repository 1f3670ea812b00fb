/** The one place that opens connections to Redis. */
import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';

export type { Redis };

export type RedisSettings = { readonly url: string; readonly caFile?: string | undefined };

/** ioredis' own pause between reconnects grows to 20 s; work has to go on within 3 s of Redis' return. */
const MAX_RECONNECT_MS = 2_000;

/**
 * `patient` waits for a Redis that is away (workers); `hasty` fails at once, so that a tick or a command can say so.
 * Errors of the connection itself go to `onError`: without a listener they would end the process.
 */
export function connectRedis(
  settings: RedisSettings,
  kind: 'patient' | 'hasty',
  onError: (error: Error) => void,
): Redis {
  const options = {
    maxRetriesPerRequest: kind === 'patient' ? null : 1,
    retryStrategy: (times: number) => Math.min(times * 100, MAX_RECONNECT_MS),
    connectTimeout: 5_000,
    ...(settings.caFile === undefined ? {} : { tls: { ca: readFileSync(settings.caFile) } }),
  } satisfies RedisOptions;
  const redis = new Redis(settings.url, options);
  redis.on('error', onError);
  return redis;
}
