/** Feishu's OpenAPI audit log: `POST /open-apis/security_and_compliance/v1/openapi_logs/list_data`. */
import { UnmappableRecord } from '../../sdk/errors.ts';
import { dividedGrid, fixedGrid } from '../../sdk/grid.ts';
import type { Page, Question, Source, SourceContext, Window } from '../../sdk/source.ts';
import type { SourceInstance, SourceDefinition, SourceHelpers, SourceTenant } from '../../sdk/definition.ts';
import { AUDIT_LOG } from './apis.ts';
import { createAppNames } from './app-names.ts';
import { createApps, type FeishuApp } from './apps.ts';
import { hasDocumentTokens } from './categories.ts';
import { createFeishuClient, type FeishuClient } from './client.ts';
import { openapiAuditStream } from './fields.ts';
import { apiOf, auditRecordMapper, eventTime, textOf, type AuditRecord } from './mapping.ts';
import { beginningOf } from '../../sdk/settings.ts';
import { listPages } from './paging.ts';
import { credentialsOf, feishu, openapiAuditSettings, type FeishuSettings } from './settings.ts';

const PAGE_SIZE = 100;
const DAY = 86_400_000;
/** Whether the vendor's bounds are inclusive is not documented; ids take the overlap out again. */
const OVERLAP_SECONDS = 1;

const TOKEN_IS_AN_ID: ReadonlySet<string> = new Set(['token']);
const NOTHING: ReadonlySet<string> = new Set();

async function* fetchPages(
  client: FeishuClient,
  settings: FeishuSettings,
  window: Window,
  context: SourceContext,
): AsyncGenerator<Page<AuditRecord>> {
  const { filter } = settings.openapi_audit;
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

/** The vendor's parameters, by the fields in which its answers hold the same values. */
function questionOf({ filter }: FeishuSettings['openapi_audit']): Question {
  return {
    ...(filter.apiKeys.length === 0 ? {} : { 'feishu.openapi_audit.api_key': [...new Set(filter.apiKeys)].toSorted() }),
    ...(filter.appId === undefined ? {} : { 'feishu.openapi_audit.app_id': [filter.appId] }),
  };
}

function create(vendorSettings: unknown, tenant: SourceTenant, { http, geo, cache }: SourceHelpers): SourceInstance {
  const settings = vendorSettings as FeishuSettings;
  const { window, backlog, lag, settle, quiet, since, maxLag, original } = settings.openapi_audit;
  const named = credentialsOf(settings).map((credentials) => ({
    appId: credentials.appId,
    client: createFeishuClient(settings, credentials, http),
  }));
  const apps = createApps(named);
  const [{ appId, client }] = named as [FeishuApp, ...FeishuApp[]];
  const provider = new URL(settings.baseUrl).hostname.includes('larksuite') ? 'lark' : 'feishu';
  const configured = new Map(Object.entries(settings.apps));
  const lang = provider === 'lark' ? 'en_us' : 'zh_cn';
  const learned = settings.appNames
    ? createAppNames(client, { lang, cache, key: `app-names/${new URL(settings.baseUrl).hostname}/${appId}` })
    : undefined;
  const nameOf = (appId: string): string | undefined => configured.get(appId) ?? learned?.nameOf(appId);
  const mapRecord = auditRecordMapper({ timeZone: tenant.timeZone, provider, nameOf, geo });
  const source: Source<AuditRecord> = {
    name: 'feishu.openapi_audit',
    passesShareRecords: true,
    readings: undefined,
    question: questionOf(settings.openapi_audit),
    asker: { app: appId, url: settings.baseUrl },
    cadence: {
      grid: fixedGrid(window),
      backlogGrid: fixedGrid(backlog),
      settleGrid: (delayMs) => dividedGrid(window, backlog, delayMs),
      lagMs: lag,
      settleMs: settle,
      quietMs: quiet,
      indivisible: false,
    },
    fetchPages: (wanted, context) => {
      learned?.refresh(context);
      return apps.read(context.log, (one) => fetchPages(one, settings, wanted, context));
    },
    idOf: (record) => {
      const id = textOf(record.id);
      if (id === undefined) throw new UnmappableRecord('id is missing');
      return id;
    },
    timeOf: (record) => {
      const time = eventTime(record);
      if (time.getTime() > Date.now() + DAY)
        throw new UnmappableRecord(`event_time ${time.toISOString()} is more than a day ahead`);
      return time;
    },
    plainKeys: (record) => (hasDocumentTokens(apiOf(textOf(record.api_key) ?? '').family) ? TOKEN_IS_AN_ID : NOTHING),
    toDocument: mapRecord,
  };
  return {
    source: source,
    since: (now) => beginningOf(since, tenant.timeZone, now),
    maxLagMs: maxLag,
    apps: named.map((one) => one.appId),
    callsPerMinute: settings.requestsPerMinute * named.length,
    recordsPerCall: PAGE_SIZE,
    moreCalls: `each further app in feishu.credentials makes ${settings.requestsPerMinute} more`,
    keepOriginal: original,
    probe: async (context) => {
      const now = Math.floor(Date.now() / 1_000);
      const query = { start_time: now - 60, end_time: now, page_size: 1 };
      const names = learned?.probe(context) ?? 'names of apps are those of the configuration';
      const asked = apps.probe((one) => one.post(AUDIT_LOG, query, context));
      const [said, [first]] = await Promise.all([names, asked]);
      const ids = named.map((one) => one.appId).join(', ');
      return { says: `${ids} may read the audit log at ${settings.baseUrl}; ${said}`, vendorTime: first?.vendorTime };
    },
  };
}

export const openapiAudit: SourceDefinition = {
  name: 'feishu.openapi_audit',
  vendor: feishu,
  settings: openapiAuditSettings,
  dataStream: openapiAuditStream,
  create,
};
