/** One record of the OpenAPI audit log as an ECS document. Pure. */
import { DateTime } from 'luxon';
import ipaddr from 'ipaddr.js';
import { bounded } from '../../pipeline/bounded.ts';
import { UnmappableRecord } from '../../pipeline/errors.ts';
import { parseJson } from '../../pipeline/json.ts';
import type { EcsDocument } from '../../source.ts';
import type { Geo } from '../geo.ts';
import { classify, familyOf } from './categories.ts';
import { targetsOf } from './targets.ts';

/** As the vendor documents it; every field may be missing or of another type. */
export type AuditRecord = {
  readonly id?: unknown;
  readonly api_key?: unknown;
  readonly event_time?: unknown;
  readonly app_id?: unknown;
  readonly ip?: unknown;
  readonly log_detail?: unknown;
};

export type MappingContext = {
  readonly timeZone: string;
  readonly provider: 'feishu' | 'lark';
  /** Names of apps by id. */
  readonly apps: Readonly<Record<string, string>>;
  readonly geo: Geo;
};

/** Feishu's open platform did not exist before. */
const EARLIEST_SECONDS = Date.UTC(2016, 0, 1) / 1_000;

/** Text of a string, number or integer kept as written; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
}

function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** `event_time` in epoch seconds. @throws UnmappableRecord where it is missing or absurd; a day ahead of now is judged by the caller. */
export function eventTime(record: AuditRecord): Date {
  const seconds = integerOf(record.event_time);
  if (seconds === undefined) throw new UnmappableRecord('event_time is missing or no whole number of seconds');
  if (seconds < EARLIEST_SECONDS || seconds > 8.64e12)
    throw new UnmappableRecord(`event_time ${seconds} lies outside the years in which it can have happened`);
  return new Date(seconds * 1_000);
}

/** Drops what is undefined, so that a document holds only what is known. */
function known<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function embedded(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  if (value.trim() === '') return undefined;
  return parseJson(value) ?? value;
}

/** A JSON object of parameters as a query string without `?`; a text that is one already as it is. */
function queryString(query: unknown): string | undefined {
  if (typeof query === 'string') return query.replace(/^\?/, '').toWellFormed();
  if (typeof query !== 'object' || query === null || Array.isArray(query)) return undefined;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [
      name,
      textOf(item) ?? JSON.stringify(item) ?? '',
    ]),
  );
  const encoded = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name.toWellFormed(), value]),
  ).toString();
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

function addressFields(ip: unknown, geo: Geo): { source?: object; client?: object; ips?: string[] } {
  const address = textOf(ip)?.trim();
  if (address === undefined || address === '') return {};
  if (!ipaddr.isValid(address) || (ipaddr.IPv4.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return { source: { address } };
  const parsed = ipaddr.process(address.replace(/%.*$/, '')).toString();
  const { country, as } = geo(parsed);
  return {
    source: known({ address, ip: parsed, geo: country === undefined ? undefined : { country_iso_code: country }, as }),
    client: { ip: parsed },
    ips: [parsed],
  };
}

/** `api_key` is method and path template in one word: `POST/open-apis/contact/v3/users`. */
function splitApiKey(apiKey: string | undefined): { method: string | undefined; template: string | undefined } {
  const match = /^([A-Za-z]+)[ :]?(\/.*)$/.exec(apiKey ?? '');
  return { method: match?.[1]?.toUpperCase(), template: match?.[2] };
}

function fileOf(targets: readonly { type: string }[], payload: unknown): object | undefined {
  if (!targets.some(({ type }) => type === 'file' || type === 'folder')) return undefined;
  const fields = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
  const name = textOf(fields['file_name']) ?? textOf(fields['name']) ?? textOf(fields['title']);
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name ?? '')?.[1] ?? textOf(fields['file_extension']);
  return known({ type: targets.some(({ type }) => type === 'file') ? 'file' : 'dir', name, extension });
}

/** @throws UnmappableRecord for a record without usable time. */
export function mapAuditRecord(record: AuditRecord, context: MappingContext): EcsDocument {
  const time = eventTime(record);
  const detail = (
    typeof record.log_detail === 'object' && record.log_detail !== null ? record.log_detail : {}
  ) as Record<string, unknown>;
  const apiKey = textOf(record.api_key);
  const split = splitApiKey(apiKey);
  const path = textOf(detail['path']);
  const method = textOf(detail['method'])?.toUpperCase() ?? split.method;
  const template = split.template ?? path ?? '';
  const family = familyOf(path ?? '') ?? familyOf(template);
  const query = embedded(detail['query_param']);
  const payload = embedded(detail['payload']);
  const answer = answerOf(embedded(detail['response']));
  const status = integerOf(detail['status_code']);
  const httpStatus = status !== undefined && status >= 100 && status <= 599 ? status : undefined;
  const outcome = outcomeOf(answer.code, httpStatus);
  const targets = targetsOf({ template, path: path ?? template, family, query, payload });
  const people = targets.filter(({ type }) => type === 'user').map(({ id }) => id);
  const appId = textOf(record.app_id);
  const appName = appId === undefined ? undefined : context.apps[appId];
  const address = addressFields(record.ip, context.geo);
  const local = DateTime.fromJSDate(time, { zone: context.timeZone });
  const boundedQuery = query === undefined ? undefined : bounded(query);
  const boundedPayload = payload === undefined ? undefined : bounded(payload);
  const boundedBody = answer.body === undefined ? undefined : bounded(answer.body);
  const truncated = [boundedQuery, boundedPayload, boundedBody].some((part) => part?.truncated === true);
  const { category, type } = classify(method ?? '', template, httpStatus, answer.code);
  const related = known({
    ip: address.ips,
    user:
      appId === undefined && people.length === 0
        ? undefined
        : [...new Set([appId, appName, ...people].filter((name) => name !== undefined))],
  });
  return known({
    '@timestamp': time.toISOString(),
    event: known({
      kind: 'event',
      id: textOf(record.id),
      action: apiKey,
      provider: context.provider,
      category,
      type,
      outcome,
    }),
    observer: { vendor: context.provider === 'lark' ? 'Lark' : 'Feishu', product: 'OpenAPI audit log' },
    service: family === undefined ? undefined : { name: family },
    http:
      method === undefined && httpStatus === undefined
        ? undefined
        : known({
            request: method === undefined ? undefined : { method },
            response: httpStatus === undefined ? undefined : { status_code: httpStatus },
          }),
    url: path === undefined && query === undefined ? undefined : known({ path, query: queryString(query) }),
    user:
      appId === undefined && people.length === 0
        ? undefined
        : known({ id: appId, name: appName, target: people.length === 0 ? undefined : { id: people } }),
    source: address.source,
    client: address.client,
    file: fileOf(targets, payload),
    related: Object.keys(related).length === 0 ? undefined : related,
    error:
      outcome === 'failure'
        ? known({
            code: answer.code ?? (httpStatus === undefined ? undefined : String(httpStatus)),
            message: answer.msg,
          })
        : undefined,
    feishu: {
      openapi_audit: known({
        api_key: apiKey,
        app_id: appId,
        status_code: status,
        query_param: boundedQuery?.value,
        payload: boundedPayload?.value,
        payload_truncated: truncated ? true : undefined,
        response:
          answer.body === undefined
            ? undefined
            : known({ code: answer.code, msg: answer.msg, body: boundedBody?.value }),
        target:
          targets.length === 0
            ? undefined
            : { type: [...new Set(targets.map((target) => target.type))], id: targets.map((target) => target.id) },
        local_hour: local.hour,
        local_weekday: local.weekday,
      }),
    },
  }) as EcsDocument;
}
