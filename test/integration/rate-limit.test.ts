import { describe, expect, it } from 'vitest';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const DAY = 86_400_000;

describe('two workers and a vendor that enforces 100 calls a minute', () => {
  it('use at least 95 of them while there is a backlog, and are never told 429', { timeout: 150_000 }, async () => {
    const measured = (['fixed', 'sliding'] as const).map(async (rateLimitKind) => {
      const vendor = await simulator({
        seed: rateLimitKind,
        events: 30_000,
        to: Date.now(),
        from: Date.now() - 3 * DAY,
        rateLimit: 100,
        rateLimitKind,
      });
      const raw = rawConfig(vendor, { feishu: { requestsPerMinute: 100, timeout: '10s' }, audit: { since: '72h' } });
      await openWorld(raw);
      shenji(['scheduler'], raw);
      shenji(['worker'], raw);
      shenji(['worker'], raw);
      const answered = (status: number): number => vendor.answers()['list']?.[status] ?? 0;
      await until(
        'the first calls',
        () => answered(200),
        (calls) => calls >= 3,
      );
      const before = answered(200);
      await until(
        'ninety-five more within a minute',
        () => answered(200) - before,
        (calls) => calls >= 95,
        60_000,
      );
      return answered(429);
    });
    expect(await Promise.all(measured)).toEqual([0, 0]);
  });
});
