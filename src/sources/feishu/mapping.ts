/** One record of the OpenAPI audit log as an ECS document. Pure. */
import { DateTime } from 'luxon';
import { bounded } from '../../sdk/bounded.ts';
import { textOf } from '../../sdk/fields.ts';
import { memo } from '../../sdk/memo.ts';
import type { EcsDocument } from '../../sdk/source.ts';
import type { Geo } from '../../sdk/geo.ts';
import { accountsMade } from './accounts.ts';
import { addressFields, type Address } from './address.ts';
import { eventTime, integerOf, type AuditRecord } from './audit-record.ts';
import { classify, familyOf, type KnownOfApi } from './categories.ts';
import { requestOf } from './request.ts';
import { targetsOf, type Target } from './targets.ts';

export type MappingContext = {
  readonly timeZone: string;
  readonly provider: 'feishu' | 'lark';
  /** The name of an app, where one is known. */
  readonly nameOf: (appId: string) => string | undefined;
  readonly geo: Geo;
};

/** What a text holds that is JSON itself. */
type ReadJson = (text: string) => unknown;

function embedded(value: unknown, json: ReadJson): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  if (value.trim() === '') return undefined;
  return json(value) ?? value;
}

/** A JSON object of parameters as a query string without `?`; a text that is one already as it is. */
function queryString(query: unknown): string | undefined {
  if (typeof query === 'string') return query.replace(/^\?/, '').toWellFormed();
  if (typeof query !== 'object' || query === null || Array.isArray(query)) return undefined;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const item of Array.isArray(value) ? value : [value])
      parameters.append(name, textOf(item) ?? JSON.stringify(item) ?? '');
  const encoded = parameters.toString();
  return encoded === '' ? undefined : encoded;
}

type Answer = { readonly code: string | undefined; readonly msg: string | undefined; readonly body: unknown };

function answerOf(response: unknown): Answer {
  const fields = (typeof response === 'object' && response !== null ? response : {}) as Record<string, unknown>;
  return { code: textOf(fields['code']), msg: textOf(fields['msg']) ?? textOf(fields['message']), body: response };
}

function outcomeOf(code: string | undefined, status: number | undefined): 'success' | 'failure' | 'unknown' {
  if ((code !== undefined && code !== '0') || (status !== undefined && status >= 400)) return 'failure';
  return code === '0' || status !== undefined ? 'success' : 'unknown';
}

/** `api_key` is method and path template in one word: `POST/open-apis/contact/v3/users`. */
export const apiOf = memo((apiKey: string) => {
  const match = /^([A-Za-z]+)[ :]?(\/.*)$/.exec(apiKey);
  const template = match?.[2];
  const family = familyOf(apiKey.replace(/^[A-Za-z]+[ :]?/, ''));
  return { method: match?.[1]?.toUpperCase(), template, family };
});

function fileOf(targets: readonly { type: string }[], payload: unknown): object | undefined {
  if (!targets.some(({ type }) => type === 'file' || type === 'folder')) return undefined;
  const fields = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
  const name = textOf(fields['file_name']) ?? textOf(fields['name']) ?? textOf(fields['title']);
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name ?? '')?.[1] ?? textOf(fields['file_extension']);
  return { type: targets.some(({ type }) => type === 'file') ? 'file' : 'dir', name, extension };
}

/** What was called, and how it ended, as the record and its JSON texts tell it. */
type Call = {
  readonly apiKey: string | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly template: string;
  readonly family: string | undefined;
  readonly query: unknown;
  readonly payload: unknown;
  /** The same for the same request. */
  readonly request: () => string;
  readonly answer: Answer;
  /** As logged. */
  readonly status: number | undefined;
  readonly httpStatus: number | undefined;
};

function callOf(record: AuditRecord, json: ReadJson): Call {
  const detail = (
    typeof record.log_detail === 'object' && record.log_detail !== null ? record.log_detail : {}
  ) as Record<string, unknown>;
  const apiKey = textOf(record.api_key);
  const api = apiOf(apiKey ?? '');
  const path = textOf(detail['path']);
  const template = api.template ?? path ?? '';
  const status = integerOf(detail['status_code']);
  const method = textOf(detail['method'])?.toUpperCase() ?? api.method;
  const { query_param: queryText, payload: payloadText } = detail;
  return {
    apiKey,
    method,
    path,
    template,
    family: (path === undefined ? undefined : familyOf(path)) ?? familyOf(template),
    query: embedded(queryText, json),
    payload: embedded(payloadText, json),
    request: () => requestOf({ method, path: path ?? template, query: queryText, payload: payloadText }),
    answer: answerOf(embedded(detail['response'], json)),
    status,
    httpStatus: status !== undefined && status >= 100 && status <= 599 ? status : undefined,
  };
}

function httpFields({ method, httpStatus }: Call): object | undefined {
  if (method === undefined && httpStatus === undefined) return undefined;
  return {
    request: method === undefined ? undefined : { method },
    response: httpStatus === undefined ? undefined : { status_code: httpStatus },
  };
}

function errorFields({ answer, httpStatus }: Call): object {
  return { code: answer.code ?? (httpStatus === undefined ? undefined : String(httpStatus)), message: answer.msg };
}

function targetFields(targets: readonly Target[]): object | undefined {
  if (targets.length === 0) return undefined;
  return {
    type: [...new Set(targets.map(({ type }) => type))],
    id: targets.map(({ id }) => id),
    ref: targets.map(({ type, id }) => `${type}:${id}`),
  };
}

/** What is known of the API, where the record names one. */
function apiFields(call: Call, api: KnownOfApi): object | undefined {
  if (call.template === '') return undefined;
  return { api, request: api.takes_out === undefined ? undefined : call.request() };
}

/** Fields of a request that rules and hunts read (rules.ts, kibana/hunts.ts). */
const READ_BY_RULES = ['link_share_entity'];

/** What ECS has no field for. */
function ownFields({ apiKey, family, status, query, payload, answer }: Call): Record<string, unknown> {
  const [boundedQuery, boundedPayload, boundedBody] = [query, payload, answer.body].map((value) =>
    value === undefined ? undefined : bounded(value, READ_BY_RULES),
  );
  const truncated = [boundedQuery, boundedPayload, boundedBody].some((part) => part?.truncated === true);
  return {
    api_key: apiKey,
    family,
    status_code: status,
    query_param: boundedQuery?.value,
    payload: boundedPayload?.value,
    payload_truncated: truncated ? true : undefined,
    response: answer.body === undefined ? undefined : { code: answer.code, msg: answer.msg, body: boundedBody?.value },
  };
}

/** Offsets of time zones are whole quarters of an hour, since long before Feishu. */
const QUARTER_MS = 15 * 60_000;

/**
 * Makes documents of records; fields that are not known are undefined in them. What repeats from record to record
 * (addresses, APIs, hours) is worked out once. The mapper throws `UnmappableRecord` for a record without usable time.
 */
export function auditRecordMapper({ timeZone, provider, nameOf, geo }: MappingContext) {
  const addressOf = memo((address: string) => addressFields(address, geo));
  const clockOf = memo((quarter: number) => {
    const { hour, weekday } = DateTime.fromMillis(quarter * QUARTER_MS, { zone: timeZone });
    return { local_hour: hour, local_weekday: weekday };
  });
  const observer = { vendor: provider === 'lark' ? 'Lark' : 'Feishu', product: 'OpenAPI audit log' };

  /** The app that called, whom it was done to, and from where. */
  function whoFields(record: AuditRecord, address: Address, people: readonly string[]) {
    const appId = textOf(record.app_id);
    // Never without a name: a list of names would leave out every app that has none.
    const name = appId === undefined ? undefined : (nameOf(appId) ?? appId);
    const { source, client, ips } = address;
    const isKnown = appId !== undefined || people.length > 0;
    const names = [appId, name, ...people].filter((each) => each !== undefined);
    return {
      user: isKnown ? { id: appId, name, target: people.length === 0 ? undefined : { id: people } } : undefined,
      source,
      client,
      related: ips === undefined && !isKnown ? undefined : { ip: ips, user: isKnown ? [...new Set(names)] : undefined },
    };
  }

  return (record: AuditRecord, json: ReadJson): EcsDocument => {
    const time = eventTime(record);
    const call = callOf(record, json);
    const { method, path, template, family, query, payload, answer, httpStatus } = call;
    const outcome = outcomeOf(answer.code, httpStatus);
    const address = addressOf(textOf(record.ip)?.trim() ?? '');
    const { category, type, api } = classify(method ?? '', template, httpStatus, answer.code);
    const targets = targetsOf({ template, path: path ?? template, family, touches: api.touches, query, payload });
    const people = targets.filter((target) => target.type === 'user').map(({ id }) => id);
    return {
      '@timestamp': time.toISOString(),
      event: { kind: 'event', id: textOf(record.id), action: call.apiKey, provider, category, type, outcome },
      observer,
      http: httpFields(call),
      url: path === undefined && query === undefined ? undefined : { path, query: queryString(query) },
      ...whoFields(record, address, people),
      file: fileOf(targets, payload),
      error: outcome === 'failure' ? errorFields(call) : undefined,
      feishu: {
        openapi_audit: {
          ...ownFields(call),
          ...apiFields(call, api),
          app_id: textOf(record.app_id),
          network: address.network,
          made: accountsMade(type.includes('creation'), api, payload, answer.body),
          target: targetFields(targets),
          ...clockOf(Math.floor(time.getTime() / QUARTER_MS)),
        },
      },
    };
  };
}
