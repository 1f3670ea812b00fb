/** What an operator changes or loses while the pipeline goes on: nothing is skipped, nothing is there twice. */
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../src/core/stream.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import { live, minutesAgo, watermark, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji, trueIds } from '../support/world.ts';

const SECOND = 1_000;

async function workUntil(world: Runtime, time: number, stream = live): Promise<void> {
  const { stop } = await work(world);
  await until(
    'the watermark',
    () => watermark(world, stream),
    (reached) => reached >= time,
  );
  await stop();
}

async function noGaps({ planner, sources }: Runtime): Promise<void> {
  for (const { planned } of sources)
    for (const { stream, gaps } of await planner.inspect(planned))
      expect({ stream, gaps }).toEqual({ stream, gaps: [] });
}

describe('a stream', () => {
  it.each([
    ['2025-03-01T00:00:00+08:00', '2025-02-28T16:00:00.000Z'],
    ['2025-03-01', '2025-02-28T16:00:00.000Z'],
    ['2025-03-01T00:00:00Z', '2025-03-01T00:00:00.000Z'],
  ])('may begin at an instant, %s, and stays there when that changes', async (since, origin) => {
    const raw = rawConfig(await simulator({ events: 0 }), { audit: { since }, dingtalk: { report: { since } } });
    const [tenant] = raw['tenants'] as [Record<string, unknown>];
    const world = await openWorld({ ...raw, tenants: [{ ...tenant, timeZone: 'Asia/Shanghai' }] });
    const origins = async ({ sources, planner }: Runtime): Promise<string[]> =>
      Promise.all(
        sources.map(async ({ planned }) => new Date((await planner.tick(planned))[0]?.origin ?? 0).toISOString()),
      );
    // Statistics begin with the day that holds it.
    expect(await origins(world)).toEqual([origin, '2025-02-28T16:00:00.000Z']);
    const later = rawConfig(await simulator({ events: 0 }), {
      audit: { since: '1h' },
      dingtalk: { report: { since: '2d' } },
    });
    expect(await origins(await openWorld({ ...later, namespace: raw['namespace'] }))).toEqual([
      origin,
      '2025-02-28T16:00:00.000Z',
    ]);
  });

  it('may change window, lag and settle list between two starts', { timeout: 120_000 }, async () => {
    const start = Math.floor(Date.now() / SECOND) * SECOND;
    const to = start + 12 * SECOND;
    const vendor = await simulator({ events: 600, from: start - 60 * SECOND, to, late: 0.1, lateSeconds: 3 });
    const raw = rawConfig(vendor, { audit: { since: '2m', window: '7s', backlog: '14s', settle: ['6s'] } });
    await workUntil(await openWorld(raw), start - 20 * SECOND);
    const changed = rawConfig(vendor, {
      audit: { since: '1m', window: '3s', backlog: '12s', lag: '2s', settle: ['5s', '8s'] },
      top: { namespace: raw['namespace'] },
    });
    const world = await openWorld(changed);
    await workUntil(world, to, { ...live, pass: 'settle-8s' });
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    await noGaps(world);
  });

  it('that is taken out and put back goes on where it was', { timeout: 120_000 }, async () => {
    const to = Date.now() + 4 * SECOND;
    const vendor = await simulator({ events: 300, from: minutesAgo(20), to });
    const both = rawConfig(vendor, {
      audit: { since: '25m', window: '2s', backlog: '1m' },
      dingtalk: { report: { since: '2d', settle: [] } },
    });
    const [{ feishu: _, ...without }] = both['tenants'] as [Record<string, unknown>];
    const world = await openWorld(both);
    await workUntil(world, minutesAgo(10));
    const stopped = await watermark(world);
    const statistics: Stream = { tenant: 'acme', source: 'dingtalk.report', pass: 'live' };
    await workUntil(await openWorld({ ...both, tenants: [without] }), 1, statistics);
    expect(await watermark(world)).toBe(stopped);
    const again = await openWorld(both);
    await workUntil(again, to);
    expect(await collectedIds(again)).toEqual(trueIds(vendor));
    await noGaps(again);
  });

  it('is exact while two backfills overlap each other and live', { timeout: 120_000 }, async () => {
    // Once: where setting up is slow, two hours ago is later afterwards, and the first events would be nobody's.
    const [first, second, third, fourth] = [minutesAgo(120), minutesAgo(90), minutesAgo(40), minutesAgo(20)];
    const vendor = await simulator({ events: 1_000, from: first, to: minutesAgo(3) });
    const raw = rawConfig(vendor, { audit: { since: '60m' } });
    const world = await openWorld(raw);
    const backfill = (from: number, to: number): ReturnType<typeof shenji> =>
      shenji(
        ['backfill', live.source, '--from', new Date(from).toISOString(), '--to', new Date(to).toISOString(), '--wait'],
        raw,
      );
    const backfills = [backfill(first, third), backfill(second, fourth)];
    await workUntil(world, minutesAgo(3));
    for (const { ended, output } of backfills) expect(await ended, output().stderr).toBe(0);
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    await noGaps(world);
  });

  it(
    'whose checkpoints and ledger are both gone is read again, and nothing is there twice',
    { timeout: 120_000 },
    async () => {
      const vendor = await simulator({ events: 300, from: minutesAgo(20), to: minutesAgo(2) });
      const world = await openWorld(rawConfig(vendor, { audit: { since: '25m', settle: ['1m'] } }));
      await workUntil(world, minutesAgo(2));
      const { elasticsearch: client, config } = world;
      const ledger = `logs-shenji.window-${config.namespace}`;
      await client.indices.refresh({ index: ledger });
      for await (const { id, index } of documentsOf(client, ledger, [], ['@timestamp']))
        await client.delete({ id, index });
      await client.indices.delete({ index: `shenji-checkpoints-${config.namespace}` });
      await client.indices.refresh({ index: ledger });
      const again = await openWorld({ ...rawConfig(vendor, { audit: { since: '25m' } }), namespace: config.namespace });
      await workUntil(again, minutesAgo(2));
      expect(await collectedIds(again)).toEqual(trueIds(vendor));
      expect(await again.ledger.totals(live)).toMatchObject({ created: 0, events: 300 });
      await noGaps(again);
    },
  );
});
