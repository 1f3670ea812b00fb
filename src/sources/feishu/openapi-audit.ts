/** Feishu's OpenAPI audit log: `POST /open-apis/security_and_compliance/v1/openapi_logs/list_data`. */
import { UnmappableRecord } from '../../sdk/errors.ts';
import { logCollection } from '../../sdk/collection.ts';
import type { Page, Question, SourceContext, Window } from '../../sdk/source.ts';
import { defineSource } from '../../sdk/define-source.ts';
import { AUDIT_LOG } from './apis.ts';
import { createAppNames } from './app-names.ts';
import { createApps, type FeishuApp } from './apps.ts';
import { hasDocumentTokens } from './categories.ts';
import { createFeishuClient, type FeishuClient } from './client.ts';
import { openapiAuditStream } from './fields.ts';
import { textOf } from '../../sdk/fields.ts';
import { eventTime, type AuditRecord } from './audit-record.ts';
import { apiOf, auditRecordMapper } from './mapping.ts';
import { EXAMPLE } from './example.ts';
import { listPages } from './paging.ts';
import { dashboardsOf } from '../../adapters/kibana/objects/part.ts';
import { auditPart } from './kibana/part.ts';
import { rules } from './rules.ts';
import { unreviewedApi } from './unreviewed.ts';
import { credentialsOf, feishu, openapiAuditSettings, type OpenapiAuditFilter } from './settings.ts';

const PAGE_SIZE = 100;
const DAY = 86_400_000;
/** Whether the vendor's bounds are inclusive is not documented; ids take the overlap out again. */
const OVERLAP_SECONDS = 1;

const TOKEN_IS_AN_ID: ReadonlySet<string> = new Set(['token']);
const NOTHING: ReadonlySet<string> = new Set();

async function* fetchPages(
  client: FeishuClient,
  filter: OpenapiAuditFilter,
  window: Window,
  context: SourceContext,
): AsyncGenerator<Page<AuditRecord>> {
  const query = {
    start_time: Math.floor(window.from.getTime() / 1_000) - OVERLAP_SECONDS,
    end_time: Math.ceil(window.to.getTime() / 1_000) + OVERLAP_SECONDS,
    page_size: PAGE_SIZE,
    ...(filter.apiKeys.length === 0 ? {} : { api_keys: filter.apiKeys }),
    ...(filter.appId === undefined ? {} : { app_id: filter.appId }),
  };
  const pages = listPages(AUDIT_LOG, 'items', (page) => client.post(AUDIT_LOG, { ...query, ...page }, context));
  for await (const { items, vendorTime } of pages)
    yield {
      records: items.map((item) => (typeof item === 'object' && item !== null ? item : { value: item }) as AuditRecord),
      vendorTime,
    };
}

function idOf(record: AuditRecord): string {
  const id = textOf(record.id);
  if (id === undefined) throw new UnmappableRecord('id is missing');
  return id;
}

function timeOf(record: AuditRecord): Date {
  const time = eventTime(record);
  if (time.getTime() > Date.now() + DAY)
    throw new UnmappableRecord(`event_time ${time.toISOString()} is more than a day ahead`);
  return time;
}

/** The vendor's parameters, by the fields in which its answers hold the same values. */
function questionOf(filter: OpenapiAuditFilter): Question {
  return {
    ...(filter.apiKeys.length === 0 ? {} : { 'feishu.openapi_audit.api_key': [...new Set(filter.apiKeys)].toSorted() }),
    ...(filter.appId === undefined ? {} : { 'feishu.openapi_audit.app_id': [filter.appId] }),
  };
}

export const openapiAudit = defineSource({
  name: 'feishu.openapi_audit',
  vendor: feishu,
  collection: logCollection({
    window: '60s',
    backlog: '1h',
    quiet: '15m',
    lag: '2m',
    settle: ['1h', '24h'],
    since: '24h',
    maxLag: '15m',
  }),
  settings: openapiAuditSettings,
  dataStream: openapiAuditStream,
  example: {
    vendor: { appId: 'cli_ours', appSecret: 'x', apps: { cli_9f5343c580712544: 'HR sync' } },
    record: EXAMPLE,
  },
  rules,
  dashboards: dashboardsOf(auditPart),
  create: ({ vendor, settings, tenant, http, geo, cache }) => {
    const { filter } = settings;
    const named = credentialsOf(vendor).map((credentials) => ({
      appId: credentials.appId,
      client: createFeishuClient(vendor, credentials, http),
    }));
    const apps = createApps(named);
    const [{ appId, client }] = named as [FeishuApp, ...FeishuApp[]];
    const { hostname } = new URL(vendor.baseUrl);
    const provider = hostname.includes('larksuite') ? 'lark' : 'feishu';
    const configured = new Map(Object.entries(vendor.apps));
    const lang = provider === 'lark' ? 'en_us' : 'zh_cn';
    const learned = vendor.appNames
      ? createAppNames(client, { lang, cache, key: `app-names/${hostname}/${appId}` })
      : undefined;
    const nameOf = (id: string): string | undefined => configured.get(id) ?? learned?.nameOf(id);
    return {
      asker: { app: appId, url: vendor.baseUrl },
      apps: named.map((one) => one.appId),
      question: questionOf(filter),
      callsPerMinute: vendor.requestsPerMinute * named.length,
      recordsPerCall: PAGE_SIZE,
      moreCalls: `each further app in feishu.credentials makes ${vendor.requestsPerMinute} more`,
      fetchPages: (window, context) => {
        learned?.refresh(context);
        return apps.read(context.log, (one) => fetchPages(one, filter, window, context));
      },
      idOf,
      timeOf,
      plainKeys: (record) => (hasDocumentTokens(apiOf(textOf(record.api_key) ?? '').family) ? TOKEN_IS_AN_ID : NOTHING),
      unreviewed: unreviewedApi,
      toDocument: auditRecordMapper({ timeZone: tenant.timeZone, provider, nameOf, geo }),
      probe: async (context) => {
        const now = Math.floor(Date.now() / 1_000);
        const query = { start_time: now - 60, end_time: now, page_size: 1 };
        const names = learned?.probe(context) ?? 'names of apps are those of the configuration';
        const asked = apps.probe((one) => one.post(AUDIT_LOG, query, context));
        const [said, [first]] = await Promise.all([names, asked]);
        const ids = named.map((one) => one.appId).join(', ');
        return {
          message: `${ids} may read the audit log at ${vendor.baseUrl}; ${said}`,
          vendorTime: first?.vendorTime,
        };
      },
    };
  },
});
