/** A sign of life in Redis, so that `check` can tell whether anybody plans and anybody works. */
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';

export type Part = 'scheduler' | 'worker';

const BEAT_MS = 5_000;
/** Three beats may fail. */
const LIFE_MS = 20_000;

const keyOf = (prefix: string, part: Part): string => `${prefix}:alive:${part}`;

/** Beats until stopped; what fails is tried at the next beat. */
export function startHeartbeat(redis: Redis, prefix: string, part: Part): { readonly stop: () => void } {
  const beat = (): void => {
    // A waiting command would pile up on a Redis that is away.
    if (redis.status === 'ready')
      void redis
        .set(keyOf(prefix, part), `${hostname()} (process ${process.pid})`, 'PX', LIFE_MS)
        .catch(() => undefined);
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return { stop: () => clearInterval(timer) };
}

/** Who has given a sign of life last; undefined where nobody has for a while. */
export async function lastSeen(redis: Redis, prefix: string, part: Part): Promise<string | undefined> {
  return (await redis.get(keyOf(prefix, part))) ?? undefined;
}
