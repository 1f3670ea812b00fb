import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../src/sdk/errors.ts';
import { simulator } from '../support/simulator.ts';
import { lentContext, toldVendor } from '../support/vendor.ts';
import { conformance } from './conformance.ts';
import { make, readAll } from './made.ts';

const TO = Date.parse('2026-03-02T16:00:00Z');
const DAY = { from: new Date(TO - 86_400_000), to: new Date(TO) };
const TOKENS = {
  body: { code: 0, tenant_access_token: 't-0123456789abcdef0123', accessToken: 'x', expire: 7200, expireIn: 7200 },
};
const isToken = (path: string): boolean => path.endsWith('/internal') || path.endsWith('/accessToken');

async function told(kind: 'feishu' | 'dingtalk', answer: Parameters<typeof toldVendor>[0]) {
  const vendor = await toldVendor((call, nth) => (isToken(call.path) ? TOKENS : answer(call, nth)));
  return { source: make(kind, vendor.url, { timeout: '30s' }).source, window: DAY, vendor };
}

conformance({
  name: 'feishu.openapi_audit',
  serving: async () => {
    const vendor = await simulator({ events: 250, from: DAY.from.getTime(), to: TO });
    return { source: make('feishu', vendor.url, vendor.feishu).source, window: DAY, expectedRecords: 250 };
  },
  failing: () => told('feishu', () => ({ status: 500, body: { code: 1780001, msg: 'Internal Server Error' } })),
  hanging: () => told('feishu', () => () => undefined),
  unmappable: [
    { id: '1' },
    { event_time: 1767650000 },
    { id: '1', event_time: 'yesterday' },
    { id: '1', event_time: 12 },
    { id: '1', event_time: 99_999_999_999 },
    { id: '', event_time: 1767650000 },
    { id: { nested: 1 }, event_time: 1767650000 },
  ],
});

conformance({
  name: 'feishu.openapi_audit',
  serving: async () => {
    const vendor = await simulator({ events: 250, from: DAY.from.getTime(), to: TO });
    const apps = vendor.truth.records.map(({ served }) => String(served['app_id']));
    const filter = { appId: apps[0] };
    const { source } = make('feishu', vendor.url, vendor.feishu, { filter });
    return { source, window: DAY, expectedRecords: apps.filter((app) => app === filter.appId).length };
  },
  failing: () => told('feishu', () => ({ status: 500, body: { code: 1780001, msg: 'Internal Server Error' } })),
  hanging: () => told('feishu', () => () => undefined),
  unmappable: [],
});

conformance({
  name: 'dingtalk.report',
  serving: async () => {
    const vendor = await simulator({ events: 1 });
    return { source: make('dingtalk', vendor.url, vendor.dingtalk).source, window: DAY, expectedRecords: 3 };
  },
  failing: () => told('dingtalk', () => ({ status: 500, body: { code: 'systemError', message: 'x' } })),
  hanging: () => told('dingtalk', () => () => undefined),
  unmappable: [
    { dataset: 'reportData', stat_date: 'someday', reading: 'D-1', key: '1_DAY', value: 1 },
    { dataset: 'reportData', stat_date: '20260101', reading: 'D-1', key: '1_DAY', value: {} },
  ],
});

describe('feishu.openapi_audit', () => {
  it('names what its filter leaves, whatever the order in which that was written', () => {
    const questionOf = (filter: object) => make('feishu', 'http://127.0.0.1:1', {}, { filter }).source.question;
    expect(questionOf({})).toEqual({});
    expect(questionOf({ apiKeys: ['b', 'a'], appId: 'cli_1' })).toEqual({
      'feishu.openapi_audit.api_key': ['a', 'b'],
      'feishu.openapi_audit.app_id': ['cli_1'],
    });
  });

  const empty = { body: { code: 0, data: { has_more: false } } };

  it('asks for one second more on either side, and for the configured APIs and app', async () => {
    const vendor = await toldVendor(({ path }) => (isToken(path) ? TOKENS : empty));
    const { source } = make(
      'feishu',
      `${vendor.url}/`,
      {},
      { filter: { apiKeys: ['GET/open-apis/x'], appId: 'cli_1' } },
    );
    await readAll(
      source.fetchPages({ from: new Date(1_000_000_000_000), to: new Date(1_000_000_060_000) }, lentContext()),
    );
    const list = vendor.calls.find(({ path }) => path.endsWith('list_data'));
    expect(list?.path).toBe('/open-apis/security_and_compliance/v1/openapi_logs/list_data');
    expect(JSON.parse(list?.body ?? '')).toEqual({
      start_time: 999_999_999,
      end_time: 1_000_000_061,
      page_size: 100,
      api_keys: ['GET/open-apis/x'],
      app_id: 'cli_1',
    });
    expect(list?.headers['user-agent']).toBe('shenji');
  });

  it('follows has_more, not the presence of a page_token, and passes the token on as it came', async () => {
    const odd = 'a+/%=b';
    const { source, vendor } = await told('feishu', (_, nth) => ({
      body: {
        code: 0,
        data: {
          ...(nth === 1 ? {} : { items: [{ id: String(nth) }] }),
          has_more: nth < 2,
          page_token: nth < 2 ? `${odd}${nth}` : odd,
        },
      },
    }));
    const pages = await readAll(source.fetchPages(DAY, lentContext()));
    expect(pages.map(({ records }) => records.length)).toEqual([1, 0, 1]);
    const tokens = vendor.calls
      .filter(({ path }) => path.endsWith('list_data'))
      .map(({ body }) => (JSON.parse(body) as { page_token?: string }).page_token);
    expect(tokens).toEqual([undefined, `${odd}0`, `${odd}1`]);
  });

  it.each([{}, { has_more: null }])('does not end at a page that brings a token but no has_more (%j)', async (flag) => {
    const { source } = await told('feishu', (_, nth) => ({
      body: {
        code: 0,
        data: { items: [{ id: String(nth) }], ...(nth < 2 ? { ...flag, page_token: `p${nth}` } : { page_token: '' }) },
      },
    }));
    const pages = await readAll(source.fetchPages(DAY, lentContext()));
    expect(pages.flatMap(({ records }) => records)).toEqual([{ id: '0' }, { id: '1' }, { id: '2' }]);
  });

  it('notices a circle of page tokens', async () => {
    const { source } = await told('feishu', (_, nth) => ({
      body: { code: 0, data: { items: [], has_more: true, page_token: nth % 2 === 0 ? 'a' : 'b' } },
    }));
    await expect(readAll(source.fetchPages(DAY, lentContext()))).rejects.toThrow(RetryableError);
  });

  it('keeps numeric ids exact that a double cannot hold', async () => {
    const reply =
      '{"code":0,"data":{"has_more":false,"items":[{"id":7300000000000000123,"event_time":1767650000},{"id":7300000000000000124,"event_time":1767650000}]}}';
    const { source } = await told('feishu', () => ({ body: reply }));
    const records = (await readAll(source.fetchPages(DAY, lentContext()))).flatMap((page) => page.records);
    expect(records.map((record) => source.idOf(record))).toEqual(['7300000000000000123', '7300000000000000124']);
  });
});

describe('dingtalk.report', () => {
  it('names each reading by the days since, and a backfill by its name', async () => {
    const { source, vendor } = await told('dingtalk', () => ({
      body: { metaList: [], dataList: [{ corp_id: 'c', '1_DAY': 1 }] },
    }));
    const readings = await Promise.all(
      // The last two as a version before has named them, which a queue may still hold.
      (['live', 'settle-24h', 'settle-48h', 'backfill-x', 'settle-1', 'settle-2'] as const).map(
        async (pass) => (await readAll(source.fetchPages(DAY, lentContext(pass))))[0]?.records[0],
      ),
    );
    expect(readings).toMatchObject([
      { reading: 'D-1' },
      { reading: 'D-2' },
      { reading: 'D-3' },
      { reading: 'backfill-x' },
      { reading: 'D-2' },
      { reading: 'D-3' },
    ]);
    expect(new Set(readings.map((record) => source.idOf(record))).size).toBe(4);
    expect(vendor.calls.find(({ path }) => path.includes('reportData'))?.path).toBe(
      '/v1.0/datacenter/reportData?statDate=20260302',
    );
  });

  it('reads each configured dataset', async () => {
    const vendor = await simulator({ events: 1 });
    const { source } = make('dingtalk', vendor.url, vendor.dingtalk, { datasets: ['reportData', 'activeUserData'] });
    const records = (await readAll(source.fetchPages(DAY, lentContext()))).flatMap((page) => page.records);
    expect(records.map((record) => (record as { dataset: string }).dataset)).toEqual([
      'reportData',
      'reportData',
      'reportData',
      'activeUserData',
    ]);
  });
});
