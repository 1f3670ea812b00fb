/** Checks of Redis: that it answers, keeps what is put into it, and what time it has. */
import { pingRedis, checkByRedis, GRACE_MS, PATIENCE_MS } from '../patience.ts';
import type { Runtime } from '../runtime.ts';
import { clockOutcome, fault, ok, warning } from './outcome.ts';
import { runCheck, type CheckResult, type Outcome } from './run-check.ts';

/** A setting of Redis, judged; managed ones often refuse to show theirs. */
async function redisSetting(
  { redis }: Runtime,
  name: string,
  judge: (value: string | undefined) => Outcome,
): Promise<Outcome> {
  try {
    const [, value] = await redis.config('GET', name);
    return judge(value);
  } catch (error) {
    const { message } = error as Error;
    if (!/NOPERM|unknown command|not allowed/i.test(message)) throw error;
    return warning(`${name} cannot be read (${message}); allow the user +config|get, or look by hand`);
  }
}

async function redisClock({ redis }: Runtime): Promise<Outcome> {
  const [seconds, microseconds] = (await redis.time()).map(Number);
  return clockOutcome('Redis', Date.now() - ((seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000));
}

/** Redis alone. */
export function redisChecks(runtime: Runtime, redis = pingRedis(runtime)): Promise<CheckResult>[] {
  const remedy = 'check redis.url and that it runs';
  return [
    runCheck(runtime, 'Redis', async () => ok(`answers ${await redis}`), {
      remedy,
      patienceMs: PATIENCE_MS + GRACE_MS,
    }),
    checkByRedis(runtime, redis, 'Redis eviction', () =>
      redisSetting(runtime, 'maxmemory-policy', (policy) =>
        policy === 'noeviction'
          ? ok('noeviction')
          : fault(`maxmemory-policy is ${policy}, so Redis may drop windows; set it to noeviction`),
      ),
    ),
    checkByRedis(runtime, redis, 'Redis persistence', () =>
      redisSetting(runtime, 'appendonly', (aof) =>
        aof === 'yes'
          ? ok('append-only file')
          : warning(
              'no append-only file: after a crash of Redis the queue is planned anew from the ledger; set appendonly yes, appendfsync everysec',
            ),
      ),
    ),
    checkByRedis(runtime, redis, 'Redis clock', () => redisClock(runtime)),
  ];
}
