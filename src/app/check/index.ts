/** What must be right before and while collecting, each looked at for real, with its remedy. */
import { createKibana, doubtAbout, requireReady, requireSpace } from '../../adapters/kibana/client.ts';
import { createBudget } from '../../adapters/redis/budget.ts';
import { many } from '../../core/many.ts';
import type { RequestBudget } from '../../sdk/source.ts';
import { askVendor, checkByRedis, PATIENCE_MS, pingRedis } from '../patience.ts';
import { sourceKey, type Runtime, type TenantSource } from '../runtime.ts';
import { elasticsearchChecks } from './elasticsearch.ts';
import { clockOutcome, fault, ok, warning } from './outcome.ts';
import { alive, workersAlive } from './processes.ts';
import { redisChecks } from './redis.ts';
import { runCheck, type CheckResult, type Outcome } from './run-check.ts';

async function probeSource(source: TenantSource, budget: RequestBudget): Promise<Outcome> {
  const { message, vendorTime } = await askVendor(source, budget);
  if (vendorTime === undefined)
    return fault(
      `${message}, but its answer had no Date header, without which no window counts as over; a proxy on the way may remove it`,
    );
  const clock = clockOutcome("the vendor's", Date.now() - vendorTime.getTime());
  return clock.state === 'ok' ? ok(message) : warning(`${message}, but ${clock.message}`);
}

async function kibanaSpace(settings: NonNullable<Runtime['config']['kibana']>): Promise<Outcome> {
  const kibana = createKibana(settings);
  try {
    const version = await requireReady(kibana);
    await requireSpace(kibana, settings.space);
    const there = `space ${settings.space} is there`;
    const doubt = doubtAbout(version);
    return doubt === undefined ? ok(`${there}; version ${version ?? 'untold'}`) : warning(`${there}, but ${doubt}`);
  } finally {
    await kibana.close();
  }
}

/** Everything at once; each resolves, also where a server is away. */
export function runChecks(runtime: Runtime): Promise<CheckResult>[] {
  const { config, sources } = runtime;
  const there = `${many(config.tenants.length, 'tenant')}, ${many(sources.length, 'source')}, namespace ${config.namespace}`;
  const { kibana } = config;
  const budget = createBudget(runtime.redis, runtime.prefix, 0);
  const redis = pingRedis(runtime);
  return [
    Promise.resolve({ check: 'configuration', ...ok(there) }),
    ...redisChecks(runtime, redis),
    ...elasticsearchChecks(runtime),
    ...(kibana === undefined
      ? []
      : [runCheck(runtime, 'Kibana', () => kibanaSpace(kibana), { patienceMs: PATIENCE_MS })]),
    checkByRedis(runtime, redis, 'scheduler', () => alive(runtime, 'scheduler')),
    checkByRedis(runtime, redis, 'worker', () => workersAlive(runtime)),
    ...sources.map((source) => checkByRedis(runtime, redis, sourceKey(source), () => probeSource(source, budget))),
  ];
}
