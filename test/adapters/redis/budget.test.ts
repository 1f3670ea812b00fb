import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NoCallLeftError } from '../../../src/sdk/errors.ts';
import { createBudget } from '../../../src/adapters/redis/budget.ts';
import { createRateLimit } from '../../../src/dev/simulator/rate-limit.ts';
import { freshNamespace } from '../../support/world.ts';

function budgets(prefix = freshNamespace()) {
  const redis = new Redis(inject('redisUrl'));
  onTestFinished(() => redis.disconnect());
  return {
    live: createBudget(redis, prefix, 0),
    settle: createBudget(redis, prefix, 1),
    backfill: createBudget(redis, prefix, 2),
    redis,
    prefix,
  };
}
const never = new AbortController().signal;

describe('the request budget', () => {
  // 6000 a minute is 100 a second: a minute's behaviour, sixty times as fast.
  it('lets callers of two processes through evenly, and keeps none of it back', async () => {
    const prefix = freshNamespace();
    const both = [budgets(prefix).backfill, budgets(prefix).backfill];
    const quota = { key: 'v/app/api', perMinute: 6_000 };
    const calls: number[] = [];
    const end = Date.now() + 2_000;
    const callers = both.flatMap((budget) =>
      [1, 2, 3].map(async () => {
        while (Date.now() < end) {
          await budget.take(quota, never);
          calls.push(Date.now());
        }
      }),
    );
    await Promise.all(callers);
    const span = (calls.at(-1) ?? 0) - (calls[0] ?? 0);
    expect(calls.length / (span / 1_000)).toBeLessThanOrEqual(100);
    // A busy machine wakes callers late; how much of a limit is used is measured over minutes (test/integration/rate-limit.test.ts).
    expect(calls.length / (span / 1_000)).toBeGreaterThan(40);
  });

  it('holds everybody as long as the vendor said, and never shorter than somebody was told before', async () => {
    const { live, backfill } = budgets();
    const quota = { key: 'v/app/held', perMinute: 60_000 };
    const began = performance.now();
    await live.hold(quota, 600);
    await live.hold(quota, 10);
    await Promise.all([live.take(quota, never), backfill.take(quota, never)]);
    expect(performance.now() - began).toBeGreaterThan(599);
    await live.take({ ...quota, key: 'v/app/other' }, never);
  });

  it('lets live go before settle before backfill', async () => {
    const { live, settle, backfill } = budgets();
    const quota = { key: 'v/app/ranks', perMinute: 600 };
    const order: string[] = [];
    await Promise.all([backfill.take(quota, never), backfill.take(quota, never)]);
    const waiting = [1, 2].flatMap(() => [
      backfill.take(quota, never).then(() => order.push('backfill')),
      settle.take(quota, never).then(() => order.push('settle')),
      live.take(quota, never).then(() => order.push('live')),
    ]);
    await Promise.all(waiting);
    expect(order.slice(0, 2)).toEqual(['live', 'live']);
    expect(order.slice(4)).toEqual(['backfill', 'backfill']);
  });

  it('gives a window back that has not begun, keeps the next call for it, and lets one that has begun wait', async () => {
    const { live, backfill } = budgets();
    const quota = { key: 'v/app/begun', perMinute: 60_000 };
    const begun = backfill.forWindow();
    await begun.take(quota, never);
    await live.hold(quota, 1_500);
    const error = await live
      .forWindow()
      .take(quota, never)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoCallLeftError);
    const { waitMs } = error as NoCallLeftError;
    expect(waitMs).toBeGreaterThan(1_000);
    expect(waitMs).toBeLessThanOrEqual(1_500);
    const order: string[] = [];
    const waiting = begun.take(quota, never).then(() => order.push('the page of a backfill'));
    await live.take(quota, never).then(() => order.push('the live window that came back'));
    await waiting;
    expect(order).toEqual(['the live window that came back', 'the page of a backfill']);
  });

  it('stops waiting when aborted, with the reason', async () => {
    const { live } = budgets();
    const quota = { key: 'v/app/abort', perMinute: 60 };
    await live.hold(quota, 60_000);
    const controller = new AbortController();
    const waiting = live.take(quota, controller.signal);
    controller.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });

  it('starts over where Redis was wiped, without a burst', async () => {
    const { live, redis, prefix } = budgets();
    const quota = { key: 'v/app/wiped', perMinute: 600 };
    await live.take(quota, never);
    await redis.del(...(await redis.keys(`${prefix}:*`)));
    const began = Date.now();
    for (let calls = 0; calls < 5; calls += 1) await live.take(quota, never);
    expect(Date.now() - began).toBeGreaterThan(250);
  });
});

describe("the simulator's limit", () => {
  it.each([
    ['fixed', [0, 0, 0, 1], 60_001],
    ['sliding', [0, 0, 0, 1], 119_999],
  ] as const)('by %s minutes lets so many through and says how long to wait', (kind, waits, free) => {
    const limit = createRateLimit(3, kind);
    const at = [59_996, 59_997, 59_998, 59_999];
    const seen = at.map((time) => limit.take(time));
    expect(seen.map((wait) => Math.min(wait, 1))).toEqual(waits);
    expect(limit.take(60_001) === 0).toBe(kind === 'fixed');
    expect(limit.take(free)).toBe(0);
  });
});
