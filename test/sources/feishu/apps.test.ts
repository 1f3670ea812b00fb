import { describe, expect, it } from 'vitest';
import pino from 'pino';
import { CredentialsError, NoCallLeftError, QuotaExhaustedError, RetryableError } from '../../../src/sdk/errors.ts';
import type { Page } from '../../../src/sdk/source.ts';
import { createApps, type FeishuApp } from '../../../src/sources/feishu/apps.ts';
import type { FeishuClient } from '../../../src/sources/feishu/client.ts';

const page: Page<string> = { records: ['one'], vendorTime: undefined };

/** Three apps, of which each does as it is told: gives a page, or throws before or after it. */
function three(behaviour: Record<string, { readonly before?: Error; readonly after?: Error }>) {
  const clients = new Map<FeishuClient, string>();
  const named = ['a', 'b', 'c'].map((appId): FeishuApp => {
    const client = {} as FeishuClient;
    clients.set(client, appId);
    return { appId, client };
  });
  let now = 0;
  const apps = createApps(named, () => now);
  const told: string[] = [];
  const log = pino({}, { write: (line: string) => void told.push(line) });
  const asked: string[] = [];
  async function* pages(client: FeishuClient): AsyncGenerator<Page<string>> {
    const appId = clients.get(client) ?? '';
    asked.push(appId);
    const { before, after } = behaviour[appId] ?? {};
    if (before !== undefined) throw before;
    yield page;
    if (after !== undefined) throw after;
  }
  const read = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { app } of apps.read(log, pages)) found.push(app);
    return found;
  };
  return { read, asked, told, pass: (milliseconds: number) => void (now += milliseconds) };
}

describe('the apps of a tenant', () => {
  it('take turns, each with a window of its own', async () => {
    const { read } = three({});
    const by = [await read(), await read(), await read(), await read()].flat();
    expect(new Set(by.slice(0, 3))).toEqual(new Set(['a', 'b', 'c']));
    expect(by[3]).toBe(by[0]);
  });

  it('step in for one that has no call left, and give the window back only where none has', async () => {
    const none = new NoCallLeftError('none', 2_000);
    const { read } = three({ a: { before: none }, b: { before: none } });
    expect([await read(), await read(), await read()]).toEqual([['c'], ['c'], ['c']]);
    const all = three({ a: { before: none }, b: { before: none }, c: { before: none } });
    await expect(all.read()).rejects.toThrow(NoCallLeftError);
    expect(all.asked).toHaveLength(3);
  });

  it('go on without one that is refused, which is said once and tried again after five minutes', async () => {
    const refused = new CredentialsError('Feishu openapi_logs.list_data: grant the app the scope');
    const { read, asked, told, pass } = three({ b: { before: refused } });
    for (let windows = 0; windows < 6; windows += 1) expect(await read()).not.toContain('b');
    expect(asked.filter((app) => app === 'b')).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('the app b was refused, the others go on without it');
    pass(5 * 60_000);
    for (let windows = 0; windows < 3; windows += 1) await read();
    expect(asked.filter((app) => app === 'b')).toHaveLength(2);
  });

  it('wait for the one that has no call left, also where all others are refused', async () => {
    const none = new NoCallLeftError('none', 2_000);
    const refused = new CredentialsError('no');
    const { read, asked } = three({ a: { before: refused }, b: { before: none }, c: { before: refused } });
    for (let windows = 0; windows < 6; windows += 1) await expect(read()).rejects.toThrow(NoCallLeftError);
    // Those that were refused are not asked again for it.
    expect(asked.toSorted()).toEqual(['a', 'b', 'b', 'b', 'b', 'b', 'b', 'c']);
  });

  it('give a window that one of them was refused in the middle of to another, and fail as one once all were', async () => {
    const refused = new QuotaExhaustedError('used up');
    const one = three({ a: { after: refused } });
    const outcomes = [await one.read().catch(String), await one.read().catch(String), await one.read().catch(String)];
    expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([
      'RetryableError: the app a was refused after its first page, another reads the window anew: used up',
    ]);
    for (let windows = 0; windows < 3; windows += 1) expect(await one.read()).not.toContain('a');
    const all = three({ a: { after: refused }, b: { after: refused }, c: { after: refused } });
    for (let windows = 0; windows < 2; windows += 1) await expect(all.read()).rejects.toThrow(RetryableError);
    await expect(all.read()).rejects.toThrow(QuotaExhaustedError);
    expect(all.asked).toHaveLength(3);
  });

  it('fail as one where all are refused, and for what is no fault of an app', async () => {
    const refused = new CredentialsError('no');
    await expect(three({ a: { before: refused }, b: { before: refused }, c: { before: refused } }).read()).rejects.toThrow(CredentialsError); // prettier-ignore
    const away = new RetryableError('HTTP 500');
    const broken = three({ a: { before: away }, b: { before: away }, c: { before: away } });
    await expect(broken.read()).rejects.toThrow('HTTP 500');
    expect(broken.asked).toHaveLength(1);
  });
});
