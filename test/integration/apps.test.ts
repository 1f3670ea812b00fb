/** Several apps of one tenant: one stream, a budget for each. */
import { expect, it, onTestFinished } from 'vitest';
import { callsFor, idleAppsText } from '../../src/app/attention.ts';
import { startCollector } from '../../src/app/collector.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { minutesAgo, sourceOf, watermark, work } from '../support/pipeline.ts';
import { sourceContext } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, trueIds } from '../support/world.ts';

const PER_MINUTE = 300;
/** Calls of the one app in whose time the others' are counted. */
const MEASURED = 60;

/** A tenant with a backlog of an hour in windows of a second: one call each. */
async function collecting(apps: number): Promise<() => number> {
  const vendor = await simulator({ events: 0, apps, rateLimit: PER_MINUTE, rateLimitKind: 'sliding' });
  const settings = { appId: undefined, appSecret: undefined, credentials: vendor.feishuApps, appNames: false };
  const raw = rawConfig(vendor, {
    feishu: { ...settings, requestsPerMinute: PER_MINUTE },
    audit: { since: '1h', window: '1s', backlog: '1s' },
  });
  const world = await openWorld(raw);
  const workers = await startCollector(world, { concurrency: 16 });
  const scheduler = startScheduler(world, { tickMs: 200 });
  onTestFinished(() => scheduler.stop().then(() => workers.stop(1_000)));
  return () => {
    expect(vendor.answers()['list']?.[429]).toBeUndefined();
    return vendor.answers()['list']?.[200] ?? 0;
  };
}

it(
  'three apps of a tenant make 2.7 times the calls of one, and the vendor refuses none',
  { timeout: 120_000 },
  async () => {
    const [one, three] = await Promise.all([collecting(1), collecting(3)]);
    await until('both to be under way', () => one() >= 10 && three() >= 10);
    const before = [one(), three()] as const;
    await until(`${MEASURED} calls of one`, () => one() - before[0] >= MEASURED);
    expect((three() - before[1]) / (one() - before[0])).toBeGreaterThanOrEqual(2.7);
  },
);

it('makes the same documents whichever app asked, which the ledger names', async () => {
  const vendor = await simulator({ seed: 'apps', events: 200, apps: 2, from: minutesAgo(20), to: minutesAgo(3) });
  const settings = { appId: undefined, appSecret: undefined, credentials: vendor.feishuApps };
  const world = await openWorld(rawConfig(vendor, { feishu: settings, audit: { since: '25m' } }));
  await work(world);
  await until('all of it', () => watermark(world), (time) => time >= minutesAgo(3)); // prettier-ignore
  expect(await collectedIds(world)).toEqual(trueIds(vendor));
  const index = `logs-shenji.window-${world.config.namespace}`;
  type Apps = { apps: { buckets: { key: string }[] } };
  const { aggregations } = await world.elasticsearch.search<unknown, Apps>({ index, size: 0, query: { term: { 'shenji.window.status': 'done' } }, aggs: { apps: { terms: { field: 'shenji.window.asker.app' } } } }); // prettier-ignore
  const ids = vendor.feishuApps.map(({ appId }) => appId);
  expect(aggregations?.apps.buckets.map(({ key }) => key).toSorted()).toEqual(ids.toSorted());
});

it('tells of an app that is refused, whose calls are not there to be counted on', async () => {
  const vendor = await simulator({ seed: 'refused', events: 300, apps: 2, from: minutesAgo(20), to: minutesAgo(3) });
  const [good, bad] = vendor.feishuApps;
  const credentials = [good, { ...bad, appSecret: 'not-its-secret' }];
  const settings = { appId: undefined, appSecret: undefined, credentials, appNames: false };
  const world = await openWorld(rawConfig(vendor, { feishu: settings, audit: { since: '25m', backlog: '60s' } }));
  const source = sourceOf(world);
  await expect(source.instance.probe(sourceContext())).rejects.toThrow(`(the app ${bad?.appId})`);
  await work(world);
  await until('all of it', () => watermark(world), (time) => time >= minutesAgo(3)); // prettier-ignore
  expect(await collectedIds(world)).toEqual(trueIds(vendor));
  const { demand, idle } = await callsFor(world, source);
  expect(idle).toEqual([bad?.appId]);
  expect(idleAppsText(source, idle)).toMatch(/has read nothing in the last hour while the others did: "shenji check"/);
  expect(demand?.limit).toBe(source.instance.callsPerMinute / 2);
});
