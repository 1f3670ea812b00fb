import { describe, expect, it } from 'vitest';
import { createTokenCache } from '../../src/sdk/token-cache.ts';

describe('a token cache', () => {
  it('fetches once for all concurrent callers', async () => {
    let fetched = 0;
    const cache = createTokenCache(async () => ({ value: `t${++fetched}`, lifeMs: 7_200_000 }));
    expect(await Promise.all([cache.get(), cache.get(), cache.get()])).toEqual(['t1', 't1', 't1']);
    expect(await cache.get()).toBe('t1');
  });

  it('renews before the end, also of a short life', async () => {
    let now = 0;
    let fetched = 0;
    const cache = createTokenCache(
      async () => ({ value: `t${++fetched}`, lifeMs: fetched === 1 ? 7_200_000 : 10_000 }),
      () => now,
    );
    await cache.get();
    now = 7_200_000 - 10 * 60_000 - 1;
    expect(await cache.get()).toBe('t1');
    now += 1;
    expect(await cache.get()).toBe('t2');
    now += 8_999;
    expect(await cache.get()).toBe('t2');
    now += 1;
    expect(await cache.get()).toBe('t3');
  });

  it('drops only the token that was refused', async () => {
    let fetched = 0;
    const cache = createTokenCache(async () => ({ value: `t${++fetched}`, lifeMs: 7_200_000 }));
    await cache.get();
    cache.drop('t0');
    expect(await cache.get()).toBe('t1');
    cache.drop('t1');
    expect(await cache.get()).toBe('t2');
  });

  it('does not remember a failure', async () => {
    let tries = 0;
    const cache = createTokenCache(async () => {
      tries += 1;
      if (tries === 1) throw new Error('away');
      return { value: 'ok', lifeMs: 1_000 };
    });
    await expect(cache.get()).rejects.toThrow('away');
    expect(await cache.get()).toBe('ok');
  });
});
