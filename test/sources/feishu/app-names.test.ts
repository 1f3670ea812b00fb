/** Names of apps: learned beside collection, which they neither hold up nor fail. */
import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/sdk/errors.ts';
import { parseJson } from '../../../src/sdk/json.ts';
import { APPLICATIONS } from '../../../src/sources/feishu/apis.ts';
import { createAppNames } from '../../../src/sources/feishu/app-names.ts';
import { createFeishuClient } from '../../../src/sources/feishu/client.ts';
import { createVendorHttp } from '../../../src/adapters/vendor/http.ts';
import type { SourceInstance, SourceCache } from '../../../src/sdk/definition.ts';
import { createLog } from '../../../src/observe/log.ts';
import { sourceContext, openBudget, standInVendor, type Answer, type Call } from '../../../src/testing/stand-in.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { make } from '../made.ts';
import { memoryCache, readAll } from '../../../src/testing/open-source.ts';

const HOUR = 3_600_000;
const TO = Date.parse('2026-03-02T16:00:00Z');
const WINDOW = { from: new Date(TO - HOUR), to: new Date(TO) };
const TOKEN: Answer = { body: { code: 0, tenant_access_token: 't-0123456789abcdef0123', expire: 7200 } };
const NO_RECORDS: Answer = { body: { code: 0, data: { has_more: false } } };
const DENIED: Answer = { status: 400, body: { code: 99991672, msg: 'Access denied' } };

const page = (apps: object, next?: string): Answer => ({
  body: { code: 0, data: { app_list: apps, has_more: next !== undefined, page_token: next ?? 'ignored' } },
});
const isList = ({ path }: Call): boolean => path.startsWith(APPLICATIONS.path);

/** A vendor whose audit log is empty, and whose list of apps answers so. */
const vendorWith = (list: (call: Call, nth: number) => Answer) =>
  standInVendor((call, nth) => (isList(call) ? list(call, nth) : call.path.endsWith('/internal') ? TOKEN : NO_RECORDS));

const collect = ({ source }: SourceInstance, budget = openBudget()) =>
  readAll(source.fetchPages(WINDOW, sourceContext({ budget })));

function userOf({ source }: SourceInstance, appId: string): unknown {
  const record = { id: '1', event_time: TO / 1_000, app_id: appId };
  return source.toDocument(record, parseJson)['user'];
}

/** The same against a clock that the test moves, with what is written into the log. */
async function names(list: (call: Call, nth: number) => Answer, cache = memoryCache()) {
  const vendor = await vendorWith(list);
  const settings = { baseUrl: vendor.url, timeout: 500, requestsPerMinute: 100_000 };
  const client = createFeishuClient(settings, { appId: 'cli_test', appSecret: 'x' }, createVendorHttp(false));
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const budget = openBudget();
  const context = { budget, log: createLog({ level: 'info', secrets: [], pretty: false, destination }) };
  let time = 0;
  const appNames = createAppNames(client, { lang: 'zh_cn', cache, key: 'names', now: () => time });
  const calls = (): number => vendor.calls.filter(isList).length;
  const after = (ms: number): void => {
    time += ms;
    appNames.refresh(context);
  };
  // Taken as soon as somebody is about to call, so that "nobody calls" can be seen at once.
  const begun = (): number => budget.taken.length;
  return { vendor, appNames, lines, calls, begun, after };
}

describe('user.name of an app', () => {
  it('is the configured one, else the one that the vendor has, else its id', async () => {
    const vendor = await simulator({ events: 5, from: WINDOW.from.getTime(), to: TO });
    const [first, second] = vendor.truth.apps as unknown as [{ id: string }, { id: string; name: string }];
    const instance = make('feishu', vendor.url, { ...vendor.feishu, appNames: true, apps: { [first.id]: 'Ours' } });
    await collect(instance);
    await until('the names', () => userOf(instance, second.id), (user) => (user as { name: string }).name !== second.id); // prettier-ignore
    expect(userOf(instance, second.id)).toEqual({ id: second.id, name: second.name });
    expect(userOf(instance, first.id)).toEqual({ id: first.id, name: 'Ours' });
    expect(userOf(instance, 'cli_gone')).toEqual({ id: 'cli_gone', name: 'cli_gone' });
    expect(instance.source.toDocument({ id: '1', event_time: TO / 1_000 }, parseJson)['user']).toBeUndefined();
  });

  it('is asked for page by page, in the language of the platform, within a budget of its own', async () => {
    const vendor = await vendorWith((_, nth) =>
      nth === 0
        ? page([{ app_id: 'cli_1', app_name: 'One' }], 'a+/%=b')
        : page([{ app_id: 'cli_2', app_name: 'Two' }, { app_id: 'cli_3', app_name: '' }, { app_id: 7 }, null]),
    );
    const instance = make('feishu', vendor.url, { appNames: true });
    const budget = openBudget();
    await collect(instance, budget);
    await until('both pages', () => userOf(instance, 'cli_2'), (user) => (user as { name: string }).name === 'Two'); // prettier-ignore
    expect(userOf(instance, 'cli_1')).toMatchObject({ name: 'One' });
    expect(userOf(instance, 'cli_3')).toMatchObject({ name: 'cli_3' });
    const asked = vendor.calls
      .filter(isList)
      .map(({ method, path }) => [method, new URL(path, vendor.url).searchParams]);
    expect(asked.map(([method, query]) => [method, Object.fromEntries(query as URLSearchParams)])).toEqual([
      ['GET', { lang: 'zh_cn', page_size: '50' }],
      ['GET', { lang: 'zh_cn', page_size: '50', page_token: 'a+/%=b' }],
    ]);
    expect(budget.taken.toSorted()).toEqual([
      'feishu/cli_test/applications.list',
      'feishu/cli_test/applications.list',
      'feishu/cli_test/openapi_logs.list_data',
    ]);
  });

  it('is not asked for where that is switched off', async () => {
    const vendor = await vendorWith(() => page([]));
    const instance = make('feishu', vendor.url, { appNames: false });
    await collect(instance);
    const { message } = await instance.probe(sourceContext());
    expect(message).toContain('names of apps are those of the configuration');
    expect(vendor.calls.filter(isList)).toEqual([]);
  });
});

describe('the list of apps neither holds up collection nor fails it', () => {
  it.each<[string, Answer]>([
    ['never answers', () => undefined],
    ['refuses the scope', DENIED],
    ['fails', { status: 500, body: { code: 211002, msg: 'internal error' } }],
    ['is no list', page({})],
    ['asks for an hour of patience', { status: 429, headers: { 'x-ogw-ratelimit-reset': '3600' }, body: { code: 99991400 } }], // prettier-ignore
    ['refuses every token', { status: 400, body: { code: 99991663, msg: 'Invalid access token' } }],
  ])('where it %s', { timeout: 10_000 }, async (_, answer) => {
    const vendor = await vendorWith(() => answer);
    const instance = make('feishu', vendor.url, { appNames: true, timeout: '5m' });
    const budget = openBudget();
    expect(await collect(instance, budget)).toHaveLength(1);
    await until('the call', () => vendor.calls.some(isList));
    expect(await collect(instance, budget)).toHaveLength(1);
    expect(userOf(instance, 'cli_1')).toEqual({ id: 'cli_1', name: 'cli_1' });
  });

  it('where it is still awaited when the process ends', { timeout: 10_000 }, async () => {
    const vendor = await vendorWith(() => () => undefined);
    const http = createVendorHttp(false);
    const settings = { baseUrl: vendor.url, timeout: 5 * 60_000, requestsPerMinute: 100 };
    const client = createFeishuClient(settings, { appId: 'cli_test', appSecret: 'x' }, http);
    const asking = client.get(APPLICATIONS, {}, sourceContext()).catch((error: unknown) => error);
    await until('the call', () => vendor.calls.some(isList));
    await http.close();
    expect(await asking).toBeInstanceOf(RetryableError);
  });

  it('where it runs in a circle', async () => {
    const { after, lines, calls } = await names((_, nth) => page([], nth % 2 === 0 ? 'a' : 'b'));
    after(0);
    await until('an end', () => lines.length === 1);
    expect(lines[0]).toContain('paging runs in a circle');
    expect(calls()).toBe(3);
  });

  it('where it has no end', async () => {
    const { after, appNames, calls } = await names((_, nth) =>
      page([{ app_id: `cli_${nth}`, app_name: `App ${nth}` }], `${nth}`),
    );
    after(0);
    await until('ten thousand apps', () => appNames.nameOf('cli_199'));
    expect(calls()).toBe(200);
  });
});

describe('names of apps', () => {
  it('are asked for again once a day, and kept where that fails', async () => {
    const { after, appNames, begun, lines } = await names((_, nth) =>
      nth === 1 ? DENIED : page([{ app_id: 'cli_1', app_name: nth === 0 ? 'Before' : 'After' }]),
    );
    after(0);
    await until('the first', () => appNames.nameOf('cli_1') === 'Before');
    after(24 * HOUR - 1);
    expect(begun()).toBe(1);
    after(1);
    await until('the failure', () => lines.length === 1);
    expect(appNames.nameOf('cli_1')).toBe('Before');
    after(HOUR);
    await until('the next', () => appNames.nameOf('cli_1') === 'After');
  });

  it('are asked for once an hour where they do not come, and the log is told once what to grant', async () => {
    const { after, begun, lines } = await names(() => DENIED);
    after(0);
    await until('the first', () => lines.length === 1);
    after(HOUR - 1);
    expect(begun()).toBe(1);
    after(1);
    expect(begun()).toBe(2);
    // Due again only when the refusal was read.
    await until('the third', () => {
      after(HOUR);
      return begun() === 3;
    });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ 'log.level': 'info', message: expect.stringMatching(/grant the app the scope admin:app.info:readonly and publish a version of it/) as string }); // prettier-ignore
  });
});

describe('a process that begins', () => {
  const learned = () => page([{ app_id: 'cli_1', app_name: 'One' }]);

  it('knows the names that another has learned, before the vendor has answered', async () => {
    const lives: number[] = [];
    const shared = memoryCache();
    const cache: SourceCache = {
      ...shared,
      set: (key, value, life) => (lives.push(life), shared.set(key, value, life)),
    };
    const before = await names(learned, cache);
    before.after(0);
    await until('they are kept', () => lives.length === 1);
    expect(lives).toEqual([7 * 24 * HOUR]);
    const { after, appNames } = await names(() => () => undefined, cache);
    after(0);
    await until('the name', () => appNames.nameOf('cli_1') === 'One');
  });

  it.each<[string, SourceCache]>([
    ['is away', { get: () => new Promise(() => undefined), set: () => new Promise(() => undefined) }],
    ['refuses', { get: () => Promise.reject(new Error('NOPERM')), set: () => Promise.reject(new Error('NOPERM')) }],
    ['holds something else', { get: async () => '{"cli_1":', set: async () => undefined }],
  ])('learns them by itself where Redis %s', async (_, cache) => {
    const { after, appNames, lines } = await names(learned, cache);
    after(0);
    await until('the name', () => appNames.nameOf('cli_1') === 'One');
    expect(lines).toEqual([]);
  });
});

describe('check', () => {
  it('message that names of apps come', async () => {
    const vendor = await simulator({ events: 1 });
    const instance = make('feishu', vendor.url, { ...vendor.feishu, appNames: true });
    expect((await instance.probe(sourceContext())).message).toMatch(
      /may read the audit log at .*; names of apps come too$/,
    );
  });

  it('message what to grant where they do not, which is no fault and no failed call', async () => {
    const vendor = await simulator({ events: 1, grantAppNames: false });
    const instance = make('feishu', vendor.url, { ...vendor.feishu, appNames: true });
    expect((await instance.probe(sourceContext())).message).toMatch(
      /may read the audit log at .*; names of apps do not come, .*grant the app the scope admin:app.info:readonly/,
    );
    const failed: unknown[] = [];
    const http = createVendorHttp(false, ({ error }) => void failed.push(error));
    const settings = { baseUrl: vendor.url, timeout: 500, requestsPerMinute: 100 };
    const answer = await createFeishuClient(settings, vendor.feishu, http).get(APPLICATIONS, {}, sourceContext());
    expect(answer).toHaveProperty('refusal');
    expect(failed).toEqual([undefined, undefined]);
  });
});
