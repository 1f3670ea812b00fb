/** Many tenants in one process: what hangs with some of them costs the others little. */
import { expect, it, onTestFinished } from 'vitest';
import type { Runtime } from '../../src/app/runtime.ts';
import { readUnanswered } from '../../src/adapters/redis/answers.ts';
import { startCollector } from '../../src/app/collector.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const TENANTS = 100;
const HANGING = 10;
const SOURCE = 'feishu.openapi_audit';
/** Windows of each tenant whose lag is measured. */
const WINDOWS = 3;
const NOTHING = { code: 0, data: { items: [], has_more: false } };

/** Feishu with an app for each tenant; some of them get no answer to any call from a moment on. */
async function vendor() {
  let areHanging = false;
  const hangs = (app: string): boolean => areHanging && Number(app.slice('cli_'.length)) < HANGING;
  const { url } = await standInVendor(({ path, body, headers }) => {
    const isToken = path.endsWith('/internal');
    const { app_id: id = '' } = isToken ? (JSON.parse(body) as { app_id?: string }) : {};
    const app = isToken ? id : (headers.authorization ?? '').replace('Bearer t-', '');
    if (hangs(app)) return () => undefined;
    return { body: isToken ? { code: 0, tenant_access_token: `t-${app}`, expire: 7_200 } : NOTHING };
  });
  return { url, hang: () => void (areHanging = true) };
}

/** How long after its end each window that ends after `since` was done, of those tenants that answer: the highest tenth begins here. */
async function lagOf(world: Runtime, windows = WINDOWS, since = Date.now()): Promise<number> {
  const answering = world.sources.slice(HANGING);
  const read = answering.map(async ({ tenant }) => {
    const entries = await until(
      `${windows} windows of ${tenant.id}`,
      async () => {
        const found = await world.ledger.entries(tenant.id, SOURCE, { from: since, to: Date.now() });
        return found.filter(({ status, from }) => status === 'done' && from >= since);
      },
      (found) => found.length >= windows,
      150_000,
    );
    return entries.slice(0, windows).map(({ at, to }) => at - to);
  });
  const lags = (await Promise.all(read)).flat().toSorted((a, b) => a - b);
  return lags[Math.floor(lags.length * 0.9)] ?? NaN;
}

it(
  'ten of a hundred tenants whose vendor hangs on every call leave the others within one and a half of their lag',
  { timeout: 400_000 },
  async () => {
    const { url, hang } = await vendor();
    const raw = rawConfig(await simulator({ events: 0 }), {
      top: { scheduler: { tick: '1s' }, retries: { base: '1s', max: '60s' } },
    });
    const feishu = {
      baseUrl: url,
      allowHttp: true,
      appSecret: 'secret',
      timeout: '2s',
      appNames: false,
      openapi_audit: { window: '10s', lag: '5s', since: '20s', settle: [], quiet: '1s' },
    };
    const tenants = Array.from({ length: TENANTS }, (_, at) => ({
      id: `t${at}`,
      feishu: { ...feishu, appId: `cli_${at}` },
    }));
    const world = await openWorld({ ...raw, tenants });
    const workers = await startCollector(world, { concurrency: 8 });
    const scheduler = startScheduler(world, { tickMs: 1_000 });
    onTestFinished(() => scheduler.stop().then(() => workers.stop(1_000)));

    // Those that begin late catch up first.
    await lagOf(world, 1);
    const normal = await lagOf(world);
    hang();
    // Nobody knows yet that they hang: the first calls to them hold slots until they are given up.
    const hanging = await lagOf(world);
    const hanging10 = Array.from({ length: HANGING }, (_, at) => `t${at}/${SOURCE}`);
    const unanswered = await readUnanswered(world.redis, world.prefix);
    expect(hanging10.filter((key) => !unanswered.has(key))).toEqual([]);
    expect(hanging / normal, `${hanging} ms, normally ${normal} ms`).toBeLessThan(1.5);
  },
);
