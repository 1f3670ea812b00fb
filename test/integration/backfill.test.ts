import { describe, expect, it } from 'vitest';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji, trueIds } from '../support/world.ts';

const DAY = 86_400_000;
const FROM = Date.parse('2026-03-01T16:00:00Z');
const STRETCH = ['--from', new Date(FROM).toISOString(), '--to', new Date(FROM + DAY).toISOString()];

async function day() {
  const vendor = await simulator({ seed: 'backfill', events: 2_000, from: FROM, to: FROM + DAY });
  const raw = rawConfig(vendor, { dingtalk: {} });
  return { vendor, raw, world: await openWorld(raw) };
}

describe('backfill', () => {
  it('collects a day exactly, and creates nothing the second time', async () => {
    const { vendor, raw, world } = await day();
    const first = shenji(['backfill', 'feishu.openapi_audit', ...STRETCH, '--wait', '--json'], raw);
    expect(await first.ended, first.output().stderr).toBe(0);
    expect(JSON.parse(first.output().stdout)).toMatchObject({
      complete: true,
      windows: 24,
      events: 2_000,
      created: 2_000,
      rejected: 0,
      gaps: [],
    });
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    const second = shenji(['backfill', 'feishu.openapi_audit', ...STRETCH, '--wait', '--json'], raw);
    expect(await second.ended).toBe(0);
    expect(JSON.parse(second.output().stdout)).toMatchObject({ complete: true, events: 2_000, created: 0 });
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });

  it('is exact also when Redis is wiped in the middle', async () => {
    const { vendor, raw, world } = await day();
    vendor.setFaults({ slow: 1 });
    const running = shenji(['backfill', 'feishu.openapi_audit', ...STRETCH, '--wait', '--json'], raw);
    await until(
      'the first documents',
      () => collectedIds(world),
      (ids) => ids.length > 0,
    );
    // Only this test's keys: other tests share the server. What is left is what FLUSHALL leaves: nothing.
    const keys = await world.redis.keys(`${world.prefix}:*`);
    expect(keys.length).toBeGreaterThan(0);
    await world.redis.del(...keys);
    expect((await collectedIds(world)).length).toBeLessThan(2_000);
    expect(await running.ended, running.output().stderr).toBe(0);
    expect(JSON.parse(running.output().stdout)).toMatchObject({ complete: true, events: 2_000 });
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });

  it('widens a backfill of statistics to whole days of the organisation', async () => {
    const { raw } = await day();
    const running = shenji(
      ['backfill', 'dingtalk.report', '--from', '2026-03-01T12:00', '--to', '2026-03-03T01:00', '--wait', '--json'],
      raw,
    );
    expect(await running.ended, running.output().stderr).toBe(0);
    expect(JSON.parse(running.output().stdout)).toMatchObject({ complete: true, windows: 3, created: 9 });
  });

  it('shows a gap and exits with code 1 where the vendor refuses for good', async () => {
    const { vendor, raw } = await day();
    const wrong = {
      ...raw,
      tenants: [
        {
          id: 'acme',
          feishu: {
            baseUrl: vendor.url,
            appId: vendor.feishu.appId,
            appSecret: 'not-the-secret',
            openapi_audit: { settle: [] },
          },
        },
      ],
    };
    const running = shenji(['backfill', 'feishu.openapi_audit', ...STRETCH, '--wait'], wrong);
    expect(await running.ended).toBe(1);
    expect(running.output().stdout).toMatch(
      /gap 2026-03-01T16:00:00.000Z .*code 10014 .*check feishu.appId and feishu.appSecret/,
    );
  });

  it.each([
    [['backfill', 'feishu.openapi_audit', '--from', 'yesterday', '--to', '2026-03-02'], /ISO 8601/],
    [
      ['backfill', 'feishu.nothing', ...STRETCH],
      /there is no feishu.nothing; configured are: feishu.openapi_audit of acme/,
    ],
    [
      ['backfill', 'feishu.openapi_audit', ...STRETCH, '--tenant', 'globex'],
      /there is no feishu.openapi_audit of globex/,
    ],
    [['backfill', 'feishu.openapi_audit', '--from', '2026-03-02', '--to', '2026-03-01'], /must lie before --to/],
    [
      ['backfill', 'feishu.openapi_audit', '--from', '2026-03-02', '--to', '2999-03-01'],
      /must lie 1 s or more in the past/,
    ],
  ])('explains a usage error: %s', async (args, message) => {
    const { raw } = await day();
    const running = shenji(args, raw);
    expect(await running.ended).toBe(2);
    expect(running.output().stderr).toMatch(message);
  });
});
