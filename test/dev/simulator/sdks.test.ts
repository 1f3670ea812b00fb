/** The vendors' own SDKs, unmodified, are the judges of the simulator. */
import { createRequire } from 'node:module';
import { Config } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import { Client } from '@larksuiteoapi/node-sdk';
import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../../src/dev/simulator/index.ts';
import { simulator } from '../../support/simulator.ts';

// CommonJS with a default export, which loaders disagree about: required as it was written to be.
const require = createRequire(import.meta.url);
const datacenter =
  require('@alicloud/dingtalk/datacenter_1_0') as typeof import('@alicloud/dingtalk/dist/datacenter_1_0/client.js');
const oauth = require('@alicloud/dingtalk/oauth2_1_0') as typeof import('@alicloud/dingtalk/dist/oauth2_1_0/client.js');

const TO = Date.parse('2026-03-02T16:00:00Z');

const quiet = () => undefined;
const logger = { error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet };
let companies = 0;

async function feishuClient(options: Partial<SimulatorOptions> = {}) {
  // The SDK keeps tokens by app id for the whole process: every test needs a company of its own.
  const vendor = await simulator({
    seed: `company-${++companies}`,
    events: 130,
    from: TO - 3_600_000,
    to: TO,
    ...options,
  });
  const client = new Client({ ...vendor.feishu, domain: vendor.url, logger });
  const list = (data: object) => client.security_and_compliance.v1.openapiLog.listData({ data });
  return { vendor, client, list };
}

async function dingtalkClients() {
  const vendor = await simulator({ events: 1 });
  const config = new Config({ protocol: 'http', endpoint: vendor.url.replace('http://', '') });
  const { accessToken } =
    (await new oauth.default(config).getAccessToken(new oauth.GetAccessTokenRequest(vendor.dingtalk))).body ?? {};
  const statistics = async (statDate: string, token = accessToken) => {
    const headers = new datacenter.QueryReportStatisticalDataHeaders({ xAcsDingtalkAccessToken: token });
    return new datacenter.default(config).queryReportStatisticalDataWithOptions(
      new datacenter.QueryReportStatisticalDataRequest({ statDate }),
      headers,
      new RuntimeOptions({}),
    );
  };
  return { vendor, statistics };
}

describe("Feishu's official SDK against the simulator", () => {
  it('gets a token and reads all pages', async () => {
    const { vendor, list } = await feishuClient();
    const query = { start_time: TO / 1_000 - 3_600, end_time: TO / 1_000, page_size: 100 };
    const first = await list(query);
    const second = await list({ ...query, page_token: first.data?.page_token });
    expect([first.code, first.data?.has_more, second.data?.has_more]).toEqual([0, true, false]);
    const ids = [...(first.data?.items ?? []), ...(second.data?.items ?? [])].map(({ id }) => id);
    expect(ids).toEqual(vendor.truth.records.map(({ id }) => id));
  });

  it('filters by API and app', async () => {
    const { vendor, list } = await feishuClient();
    const { api_key: apiKey, app_id: appId } = (vendor.truth.records[0]?.served ?? {}) as {
      api_key: string;
      app_id: string;
    };
    const reply = await list({
      start_time: TO / 1_000 - 3_600,
      end_time: TO / 1_000,
      api_keys: [apiKey],
      app_id: appId,
      page_size: 100,
    });
    expect(reply.data?.items?.length).toBeGreaterThan(0);
    for (const item of reply.data?.items ?? []) expect(item).toMatchObject({ api_key: apiKey, app_id: appId });
  });

  it('reports a wrong parameter as the vendor does', async () => {
    const { list } = await feishuClient();
    await expect(list({ page_size: 1_000 })).rejects.toMatchObject({
      response: { status: 400, data: { code: 1780103 } },
    });
  });
});

describe("Feishu's official SDK and the list of apps", () => {
  it('reads all pages of it', async () => {
    const { vendor, client } = await feishuClient();
    const names = new Map<string, string | undefined>();
    let pages = 0;
    const params = { lang: 'zh_cn', page_size: 10 };
    for await (const page of await client.application.v6.application.listWithIterator({ params })) {
      pages += 1;
      for (const { app_id: id, app_name: name } of page?.app_list ?? []) names.set(id, name);
    }
    expect(names).toEqual(new Map(vendor.truth.apps.map(({ id, name }) => [id, name])));
    expect(pages).toBe(3);
  });

  it.each([
    [{ lang: 'zh_cn', page_size: 51 }, 211004],
    [{ lang: '' }, 211001],
    [{ lang: 'zh_cn', page_token: 'nonsense' }, 211003],
  ])('reports wrong parameters as the vendor does: %j', async (params, code) => {
    const { client } = await feishuClient();
    await expect(client.application.v6.application.list({ params })).rejects.toMatchObject({
      response: { status: 400, data: { code } },
    });
  });

  it('is refused without the scope', async () => {
    const { client } = await feishuClient({ grantAppNames: false });
    await expect(client.application.v6.application.list({ params: { lang: 'zh_cn' } })).rejects.toMatchObject({
      response: { status: 400, data: { code: 99991672 } },
    });
  });
});

describe("DingTalk's official SDK against the simulator", () => {
  it('gets a token and reads the statistics of a day', async () => {
    const { vendor, statistics } = await dingtalkClients();
    const { body } = await statistics('20260301');
    expect(body?.metaList?.map(({ kpiId }) => kpiId)).toEqual(['4100', '4101', '4102']);
    expect(body?.dataList?.[0]).toEqual(vendor.truth.figures('reportData', '20260301'));
  });

  it('reports a malformed day and a refused token as the vendor does', async () => {
    const { statistics } = await dingtalkClients();
    await expect(statistics('2026-03-01')).rejects.toMatchObject({ code: 'statDate.format.iserror' });
    await expect(statistics('20260301', 'nonsense')).rejects.toMatchObject({ code: 'InvalidAuthentication' });
  });
});
