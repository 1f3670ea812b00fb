/** One call of an app, and the record that the vendor makes of it. */
import type { VendorRecord } from './audit-record.ts';
import type { Random } from './random.ts';

export type Failure = { readonly status: number; readonly code: number; readonly msg: string };

export type Call = {
  readonly app: { readonly id: string };
  /** Method and path template. */
  readonly key: string;
  /** Epoch seconds. */
  readonly time: number;
  readonly ip: string;
  /** Names for the template's variables; the others are invented. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
  readonly failure?: Failure | undefined;
};

export const DENIED: Failure = {
  status: 403,
  code: 99991672,
  msg: 'Access denied. One of the following scopes is required',
};
export const NOT_FOUND: Failure = { status: 404, code: 1061003, msg: 'not found' };
export const BAD_FIELD: Failure = { status: 400, code: 99992402, msg: 'field validation failed' };
export const TOO_MANY: Failure = { status: 429, code: 99991400, msg: 'request trigger frequency limit' };
export const INTERNAL: Failure = { status: 500, code: 1663, msg: 'internal error' };
export const BAD_SECRET: Failure = { status: 200, code: 10014, msg: 'app secret invalid' };
export const BAD_TOKEN: Failure = { status: 400, code: 99991663, msg: 'Invalid access token for authorization' };

/** The record as the audit log lists it; `id` is the vendor's. */
export function recordOf(call: Call, id: string, random: Random): VendorRecord {
  const { key, path = {}, failure } = call;
  const [, method = 'GET', template = ''] = /^([A-Z]+)(\/.*)$/.exec(key) ?? [];
  const named = (_: string, name: string): string => path[name] ?? `${name.slice(0, 2)}_${random.text(14)}`;
  return {
    id,
    api_key: key,
    event_time: call.time,
    app_id: call.app.id,
    ip: call.ip,
    log_detail: {
      path: template.replaceAll(/:([a-z_]+)/g, named),
      method,
      query_param: JSON.stringify(call.query ?? {}),
      payload: JSON.stringify(call.payload ?? {}),
      status_code: failure?.status ?? 200,
      response: JSON.stringify(
        failure === undefined
          ? { code: 0, msg: 'success' }
          : { code: failure.code, msg: failure.msg, error: { log_id: random.text(32) } },
      ),
    },
  };
}
