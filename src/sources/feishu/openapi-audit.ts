/** Feishu's OpenAPI audit log: `POST /open-apis/security_and_compliance/v1/openapi_logs/list_data`. */
import { RetryableError, UnmappableRecord } from '../../pipeline/errors.ts';
import { fixedGrid } from '../../pipeline/grid.ts';
import type { Page, Question, Source, SourceContext, Window } from '../../source.ts';
import type { MadeSource, SourceDefinition, SourceHelpers, SourceTenant } from '../definition.ts';
import { hasDocumentTokens } from './categories.ts';
import { createFeishuClient, type FeishuClient } from './client.ts';
import { openapiAuditStream } from './fields.ts';
import { apiOf, auditRecordMapper, eventTime, textOf, type AuditRecord } from './mapping.ts';
import { feishu, openapiAuditSettings, type FeishuSettings } from './settings.ts';

const API = 'openapi_logs.list_data';
const PATH = '/open-apis/security_and_compliance/v1/openapi_logs/list_data';
const PAGE_SIZE = 100;
const DAY = 86_400_000;
/** Whether the vendor's bounds are inclusive is not documented; ids take the overlap out again. */
const OVERLAP_SECONDS = 1;

const TOKEN_IS_AN_ID: ReadonlySet<string> = new Set(['token']);
const NOTHING: ReadonlySet<string> = new Set();

type ListData = { readonly items?: unknown; readonly has_more?: unknown; readonly page_token?: unknown };

function toPage(data: unknown, vendorTime: Date | undefined): { page: Page<AuditRecord>; next: string | undefined } {
  const { items = [], has_more: hasMore, page_token: token } = (data ?? {}) as ListData;
  if (!Array.isArray(items))
    throw new RetryableError(`Feishu ${API}: data.items is no list`, { vendor: 'feishu', api: API });
  const page = {
    records: items.map(
      (item: unknown) => (typeof item === 'object' && item !== null ? item : { value: item }) as AuditRecord,
    ),
    vendorTime,
  };
  const next = typeof token === 'string' && token !== '' ? token : undefined;
  if (hasMore === true && next === undefined)
    throw new RetryableError(`Feishu ${API}: has_more without a page_token`, { vendor: 'feishu', api: API });
  // Only an explicit "no more" ends: where the flag is missing, a token says that there is another page.
  return { page, next: hasMore === false ? undefined : next };
}

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
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const reply = await client.post(API, PATH, token === undefined ? query : { ...query, page_token: token }, context);
    const { page, next } = toPage(reply.data, reply.vendorTime);
    yield page;
    if (next !== undefined && seen.has(next))
      throw new RetryableError(`Feishu ${API}: paging runs in a circle, a page_token came twice`, {
        vendor: 'feishu',
        api: API,
      });
    if (next !== undefined) seen.add(next);
    token = next;
  } while (token !== undefined);
}

/** The vendor's parameters, by the fields in which its answers hold the same values. */
function questionOf({ filter }: FeishuSettings['openapi_audit']): Question {
  return {
    ...(filter.apiKeys.length === 0 ? {} : { 'feishu.openapi_audit.api_key': [...new Set(filter.apiKeys)].toSorted() }),
    ...(filter.appId === undefined ? {} : { 'feishu.openapi_audit.app_id': [filter.appId] }),
  };
}

function create(vendorSettings: unknown, tenant: SourceTenant, { http, geo }: SourceHelpers): MadeSource {
  const settings = vendorSettings as FeishuSettings;
  const { window, backlog, lag, settle, since, maxLag, original } = settings.openapi_audit;
  const client = createFeishuClient(settings, http);
  const provider = new URL(settings.baseUrl).hostname.includes('larksuite') ? 'lark' : 'feishu';
  const mapRecord = auditRecordMapper({ timeZone: tenant.timeZone, provider, apps: settings.apps, geo });
  const source: Source<AuditRecord> = {
    name: 'feishu.openapi_audit',
    passesShareRecords: true,
    readings: undefined,
    question: questionOf(settings.openapi_audit),
    asker: { app: settings.appId, url: settings.baseUrl },
    cadence: {
      grid: fixedGrid(window),
      backlogGrid: fixedGrid(backlog),
      lagMs: lag,
      settleMs: settle,
      indivisible: false,
    },
    fetchPages: (wanted, context) => fetchPages(client, settings, wanted, context),
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
    sinceMs: since,
    maxLagMs: maxLag,
    keepOriginal: original,
    probe: async (lent) => {
      const now = Math.floor(Date.now() / 1_000);
      const query = { start_time: now - 60, end_time: now, page_size: 1 };
      const { vendorTime } = await client.post(API, PATH, query, lent);
      return { says: `${settings.appId} may read the audit log at ${settings.baseUrl}`, vendorTime };
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
