/** What becomes of a source whose vendor refuses it, and of a job that is damaged, on real servers. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startScheduler } from '../../src/app/scheduler.ts';
import type { PlannedSource } from '../../src/core/planning/planned-source.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { live, minutesAgo, sourceOf, watermark, work } from '../support/pipeline.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji, trueIds } from '../support/world.ts';

type Raw = Record<string, unknown>;

const SCOPE = {
  code: 99991672,
  msg: 'Access denied. One of the following scopes is required: [admin:audit_info:readonly]',
};
const QUOTA = { code: 99991403, msg: 'the quota of calls of this month is used up' };
const TOKEN = { code: 0, tenant_access_token: 't-0123456789abcdef0123', expire: 7_200 };
const NOTHING = { code: 0, data: { items: [], has_more: false } };

/** Feishu, as it answers an app that lacks a scope, or has it. */
async function refusing() {
  let isGranted = false;
  const { url, calls } = await standInVendor(({ path }) => {
    if (path.endsWith('/internal')) return { body: TOKEN };
    return isGranted ? { body: NOTHING } : { status: 400, body: SCOPE };
  });
  const asked = (): number => calls.filter(({ path }) => !path.endsWith('/internal')).length;
  return { url, asked, grant: () => void (isGranted = true), revoke: () => void (isGranted = false) };
}

async function entriesOf({ elasticsearch, config }: Runtime): Promise<Record<string, number>> {
  const index = `logs-shenji.window-${config.namespace}`;
  await elasticsearch.indices.refresh({ index });
  const { aggregations } = await elasticsearch.search<unknown, { by: { buckets: { key: string; doc_count: number }[] } }>({ index, size: 0, aggs: { by: { terms: { field: 'shenji.window.status' } } } }); // prettier-ignore
  return Object.fromEntries((aggregations?.by.buckets ?? []).map(({ key, doc_count: count }) => [key, count]));
}

/** The time between two probes is over. */
const probeIsDue = ({ redis, prefix }: Runtime): Promise<unknown> =>
  redis.del(`${prefix}:probe:acme.feishu.openapi_audit`);

async function suspended() {
  const vendor = await refusing();
  const raw = rawConfig(await simulator({ events: 1 }), {
    feishu: { baseUrl: vendor.url },
    audit: { since: '3h', settle: ['5m'] },
  });
  const world = await openWorld(raw);
  const { stop } = await work(world);
  const inspect = () => world.planner.inspect(sourceOf(world).planned);
  await until('the suspension', inspect, (states) => states.length === 2 && states.every(({ suspension, queued }) => suspension !== undefined && queued === 0)); // prettier-ignore
  return { vendor, raw, world, stop, inspect };
}

describe('a source that lacks its scope', { timeout: 120_000 }, () => {
  it('is one gap and one entry however long it lasts, and is whole soon after the scope is there again', async () => {
    const { vendor, raw, world, inspect } = await suspended();
    const asked = vendor.asked();
    for (let probes = 1; probes <= 3; probes += 1) {
      await probeIsDue(world);
      await until('the probe', () => vendor.asked(), (calls) => calls === asked + probes); // prettier-ignore
      // While it is under way, the next one would be another window.
      await until('its end', inspect, (states) => states.every(({ queued }) => queued === 0)); // prettier-ignore
    }
    const [state] = await inspect();
    expect(state?.gaps).toMatchObject([{ from: state?.origin, to: state?.dueUntil }]);
    expect(await entriesOf(world)).toEqual({ opened: 2, suspended: 1 });

    const status = shenji(['status'], raw);
    expect(await status.ended).toBe(1);
    expect(status.output().stdout).toMatch(/acme\/feishu.openapi_audit: suspended since 20.*: Feishu .* grant the app the scope/); // prettier-ignore
    const hour = ['--from', new Date(minutesAgo(90)).toISOString(), '--to', new Date(minutesAgo(60)).toISOString()];
    const backfill = shenji(['backfill', 'feishu.openapi_audit', ...hour, '--wait'], raw);
    expect(await backfill.ended).toBe(1);
    expect(backfill.output().stdout).toMatch(/gap .*: suspended since .* grant the app the scope/);

    vendor.grant();
    await probeIsDue(world);
    await until('all of it', inspect, (states) => states.length === 2 && states.every(({ suspension, gaps, watermark: to, dueUntil }) => suspension === undefined && gaps.length === 0 && to === dueUntil)); // prettier-ignore
    expect(await entriesOf(world)).toMatchObject({ suspended: 1, resumed: 1 });
    expect(await entriesOf(world)).not.toHaveProperty('failed');
  });

  it('may be given up until now, and not for the time to come', async () => {
    const { raw, inspect } = await suspended();
    const [state] = await inspect();
    const span = ['--from', new Date(state?.origin ?? 0).toISOString(), '--to', '2099-01-01T00:00:00Z'];
    const accept = shenji(['gaps', 'accept', 'acme/feishu.openapi_audit/live', ...span, '--reason', 'no'], raw);
    expect(await accept.ended).toBe(0);
    const [after] = await inspect();
    expect(after?.watermark).toBeGreaterThanOrEqual(state?.dueUntil ?? Infinity);
    expect(after?.watermark).toBeLessThanOrEqual(Date.now());
    expect(after?.suspension).toBeDefined();
  });

  it('may not be given up where it was collected before', async () => {
    const vendor = await refusing();
    vendor.grant();
    const raw = rawConfig(await simulator({ events: 1 }), { feishu: { baseUrl: vendor.url }, audit: { since: '3h', window: '5s' } }); // prettier-ignore
    const world = await openWorld(raw);
    await work(world);
    const inspect = () => world.planner.inspect(sourceOf(world).planned);
    const [before] = await until('all of it', inspect, ([state]) => state !== undefined && state.watermark === state.dueUntil); // prettier-ignore
    // As if a window of before had failed, so that the watermark is held back.
    const held = { from: before?.origin ?? 0, to: (before?.origin ?? 0) + 1_000 };
    vendor.revoke();
    const [state] = await until('the suspension', inspect, ([now]) => now?.suspension !== undefined && (now.gaps[0]?.to ?? 0) > now.watermark); // prettier-ignore
    expect(state?.missing.every(({ from }) => from >= (before?.watermark ?? Infinity))).toBe(true);
    const span = ['--from', new Date(held.from).toISOString(), '--to', new Date(held.to).toISOString()];
    const accept = shenji(['gaps', 'accept', 'acme/feishu.openapi_audit/live', ...span, '--reason', 'no'], raw);
    expect(await accept.ended).toBe(2);
  });
});

describe('a source that cannot be planned', () => {
  it('keeps no other from its plans', async () => {
    const vendor = await simulator({ events: 1 });
    const dingtalk = { report: { since: '2d', settle: [] } };
    const world = await openWorld(rawConfig(vendor, { audit: { since: '5m' }, dingtalk }));
    const tick = (source: PlannedSource) => world.planner.tick(source);
    const planned = new Map<string, number>();
    const planner = {
      ...world.planner,
      tick: (source: PlannedSource) => {
        planned.set(source.source, (planned.get(source.source) ?? 0) + 1);
        // As with a ledger that takes for ever.
        return source.source === live.source ? new Promise<never>(() => undefined) : tick(source);
      },
    };
    const scheduler = startScheduler({ ...world, planner }, { tickMs: 50 });
    onTestFinished(() => scheduler.stop());
    await until('plans of the other', () => planned.get('dingtalk.report') ?? 0, (plans) => plans > 3); // prettier-ignore
    expect(planned.get(live.source)).toBe(1);
  });
});

describe('the next probe of a suspended source', () => {
  it.each([
    ['five minutes after the last', SCOPE, 5],
    ['an hour after the last, where a quota is used up', QUOTA, 60],
  ])('may go %s', async (_, refusal, minutes) => {
    const { url } = await standInVendor(({ path }) => (path.endsWith('/internal') ? { body: TOKEN } : { status: 400, body: refusal })); // prettier-ignore
    const raw = rawConfig(await simulator({ events: 1 }), { feishu: { baseUrl: url }, audit: { since: '1h' } });
    const world = await openWorld(raw);
    await work(world);
    const rest = await until('a rest', () => world.redis.pttl(`${world.prefix}:probe:acme.feishu.openapi_audit`), (left) => left > 0); // prettier-ignore
    expect(rest).toBeGreaterThan((minutes - 1) * 60_000);
    expect(rest).toBeLessThanOrEqual(minutes * 60_000);
  });
});

/** A planned window that waits: the key of its job in Redis, and what moves it to the failed ones. */
async function waitingJob(world: Runtime) {
  const { planned } = sourceOf(world);
  await world.planner.tick(planned);
  const [lane] = world.lanes.shared;
  const [id = ''] = (await lane?.getRanges(['prioritized', 'waiting'], 0, 0)) ?? [];
  async function giveUp(): Promise<void> {
    await world.redis.zrem(lane?.toKey('prioritized') ?? '', id);
    await world.redis.zadd(lane?.toKey('failed') ?? '', Date.now(), id);
  }
  return { key: lane?.toKey(id) ?? '', giveUp };
}

describe('a failed job that somebody has changed in Redis', () => {
  const moment = 8.7e15;
  it.each<[string, (data: Raw) => Raw | string]>([
    ['is of a time that no calendar has', (data) => ({ ...data, from: moment, to: moment + 1 })],
    ['ends before it begins', ({ from, to, ...data }) => ({ ...data, from: to, to: from })],
    ['is of another tenant', (data) => ({ ...data, tenant: 'globex' })],
    ['is of no pass', (data) => ({ ...data, pass: 'never' })],
    ['has failed of something that is no error', (data) => ({ ...data, error: { type: { a: 1 }, message: ['x'] } })],
    ['is no hash', () => 'no hash'],
  ])('and that %s costs its window nothing more, and its source nothing', async (_, change) => {
    const vendor = await simulator({ events: 60, from: minutesAgo(20), to: minutesAgo(3) });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '25m' } }));
    const { planned, queue } = sourceOf(world);
    const { key, giveUp } = await waitingJob(world);
    const changed = change(JSON.parse((await world.redis.hget(key, 'data')) ?? '{}') as Raw);
    if (typeof changed === 'string') {
      await world.redis.del(key);
      await world.redis.set(key, changed);
    } else await world.redis.hset(key, 'data', JSON.stringify(changed));
    await giveUp();
    await world.planner.tick(planned);
    expect(await queue.failed()).toEqual([]);
    const entries = await world.ledger.entries('globex', live.source, { from: 0, to: Date.now() });
    expect(entries).toEqual([]);
    await work(world);
    // One that is recorded as failed rests for a minute before it is read again.
    await until('the other windows', () => world.elasticsearch.count({ index: `logs-feishu.openapi_audit-${world.config.namespace}` }), ({ count }) => count > 0); // prettier-ignore
  });
});

describe('a job whose data is gone from Redis', () => {
  it.each(['waiting', 'failed'])('%s is let go, and its window is read', async (state) => {
    const vendor = await simulator({ events: 100, from: minutesAgo(40), to: minutesAgo(3) });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '45m' } }));
    const { key, giveUp } = await waitingJob(world);
    if (state === 'waiting') await world.redis.del(key);
    else {
      await world.redis.hset(key, 'data', '{not JSON');
      await giveUp();
    }
    await work(world);
    await until('all of it', () => watermark(world, live), (time) => time >= minutesAgo(3)); // prettier-ignore
    const ids = await until('every event', () => world.elasticsearch.count({ index: `logs-feishu.openapi_audit-${world.config.namespace}` }), ({ count }) => count === trueIds(vendor).length); // prettier-ignore
    expect(ids.count).toBe(trueIds(vendor).length);
  });
});
