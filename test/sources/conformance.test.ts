import { afterAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/dev/simulator/index.ts';
import { RetryableError } from '../../src/sdk/errors.ts';
import { simulator } from '../support/simulator.ts';
import { report } from '../../src/sources/dingtalk/report.ts';
import { openapiAudit } from '../../src/sources/feishu/openapi-audit.ts';
import {
  conformance,
  readAll,
  sourceContext,
  standInVendor,
  type Answering,
  type Call,
  type Conformance,
} from '../../src/testing/index.ts';
import { make } from './made.ts';

const TO = Date.parse('2026-03-02T16:00:00Z');
const DAY = { from: new Date(TO - 86_400_000), to: new Date(TO) };
const TOKENS = {
  body: { code: 0, tenant_access_token: 't-0123456789abcdef0123', accessToken: 'x', expire: 7200, expireIn: 7200 },
};
const isToken = (path: string): boolean => path.endsWith('/internal') || path.endsWith('/accessToken');

async function told(kind: 'feishu' | 'dingtalk', answer: Answering) {
  const vendor = await standInVendor((call, nth) => (isToken(call.path) ? TOKENS : answer(call, nth)));
  return { source: make(kind, vendor.url, { timeout: '30s' }).source, window: DAY, vendor };
}

const company = await startSimulator({ events: 250, from: DAY.from.getTime(), to: TO });
const apps = company.truth.records.map(({ served }) => String(served['app_id']));
const [someApp] = apps;
afterAll(() => company.close());

const shared = {
  window: DAY,
  serving: company,
  signIn: ({ path }: Call) => (isToken(path) ? TOKENS : undefined),
};
const feishu = {
  ...shared,
  refused: { status: 400, body: { code: 99991672, msg: 'Access denied' } },
  waiting: { status: 429, headers: { 'x-ogw-ratelimit-reset': '30' }, body: { code: 99991400, msg: 'limit' } },
};
const feishuOf = (settings: object) => (baseUrl: string) => ({
  vendor: { baseUrl, appNames: false, ...company.feishu },
  settings: { ...settings },
});

describe.each([
  {
    ...feishu,
    what: 'all of the audit log',
    definition: openapiAudit,
    configured: feishuOf({}),
    expectedRecords: 250,
    unmappable: [
      { id: '1' },
      { event_time: 1767650000 },
      { id: '1', event_time: 'yesterday' },
      { id: '1', event_time: 12 },
      { id: '1', event_time: 99_999_999_999 },
      { id: '', event_time: 1767650000 },
      { id: { nested: 1 }, event_time: 1767650000 },
    ],
  },
  {
    ...feishu,
    what: 'the audit log of one app',
    definition: openapiAudit,
    configured: feishuOf({ filter: { appId: someApp } }),
    expectedRecords: apps.filter((app) => app === someApp).length,
    unmappable: [],
  },
  {
    ...shared,
    what: 'statistics',
    definition: report,
    configured: (baseUrl: string) => ({ vendor: { baseUrl, ...company.dingtalk } }),
    expectedRecords: 3,
    isTimeless: true,
    unmappable: [
      { dataset: 'reportData', stat_date: 'someday', reading: 'D-1', key: '1_DAY', value: 1 },
      { dataset: 'reportData', stat_date: '20260101', reading: 'D-1', key: '1_DAY', value: {} },
    ],
  },
] satisfies (Conformance & { what: string })[])('$what', (spec) => {
  it.each(conformance(spec).map((check) => [check.name, check] as const))('%s', (_, { run }) => run());
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
    const vendor = await standInVendor(({ path }) => (isToken(path) ? TOKENS : empty));
    const { source } = make(
      'feishu',
      `${vendor.url}/`,
      {},
      { filter: { apiKeys: ['GET/open-apis/x'], appId: 'cli_1' } },
    );
    await readAll(
      source.fetchPages({ from: new Date(1_000_000_000_000), to: new Date(1_000_000_060_000) }, sourceContext()),
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
    const pages = await readAll(source.fetchPages(DAY, sourceContext()));
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
    const pages = await readAll(source.fetchPages(DAY, sourceContext()));
    expect(pages.flatMap(({ records }) => records)).toEqual([{ id: '0' }, { id: '1' }, { id: '2' }]);
  });

  it('notices a circle of page tokens', async () => {
    const { source } = await told('feishu', (_, nth) => ({
      body: { code: 0, data: { items: [], has_more: true, page_token: nth % 2 === 0 ? 'a' : 'b' } },
    }));
    await expect(readAll(source.fetchPages(DAY, sourceContext()))).rejects.toThrow(RetryableError);
  });

  it('keeps numeric ids exact that a double cannot hold', async () => {
    const reply =
      '{"code":0,"data":{"has_more":false,"items":[{"id":7300000000000000123,"event_time":1767650000},{"id":7300000000000000124,"event_time":1767650000}]}}';
    const { source } = await told('feishu', () => ({ body: reply }));
    const records = (await readAll(source.fetchPages(DAY, sourceContext()))).flatMap((page) => page.records);
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
        async (pass) => (await readAll(source.fetchPages(DAY, sourceContext({ pass }))))[0]?.records[0],
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
    const records = (await readAll(source.fetchPages(DAY, sourceContext()))).flatMap((page) => page.records);
    expect(records.map((record) => (record as { dataset: string }).dataset)).toEqual([
      'reportData',
      'reportData',
      'reportData',
      'activeUserData',
    ]);
  });
});
