/** A stand-in for Feishu with many tenants, each with so many events a minute. What it lists follows from the number of an event alone. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export type Traffic = {
  readonly appId: string;
  /** None with 0; less than one is one every few minutes. */
  readonly perMinute: number;
  /** The events lie in [from, to), epoch seconds; those in the future are listed when their time comes. */
  readonly from: number;
  readonly to: number;
  /** One event in so many is listed this late; none where absent. */
  readonly late?: { readonly every: number; readonly seconds: number };
};

/** One call of the audit log, `start` and `end` in epoch seconds as they were asked. */
export type ListCall = { readonly appId: string; readonly start: number; readonly end: number };

export type Vendor = {
  readonly url: string;
  /** Calls of the audit log so far, of one app. */
  readonly callsOf: (appId: string) => number;
  readonly calls: () => number;
  close(): Promise<void>;
};

/** Sums of fractions are a little off: an event that lies on a second belongs to it all the same. */
const EPSILON = 1e-6;
const PAGE = 100;

/** When an event happens, in epoch milliseconds. The vendor says only the second. */
export const momentOf = ({ from, perMinute }: Traffic, number: number): number =>
  from * 1_000 + (number * 60_000) / perMinute;
export const secondOf = (traffic: Traffic, number: number): number =>
  Math.floor(momentOf(traffic, number) / 1_000 + EPSILON);

/** The number of the first event in or after this second. */
export function firstFrom({ from, to, perMinute }: Traffic, second: number): number {
  const since = Math.min(Math.max(second, from), to) - from;
  return Math.max(0, Math.ceil(((since - EPSILON) * perMinute) / 60));
}

/** How many events lie in the seconds from `start` up to and with `end`. */
export const countIn = (traffic: Traffic, start: number, end: number): number =>
  Math.max(0, firstFrom(traffic, end + 1) - firstFrom(traffic, start));

const isLate = ({ late }: Traffic, number: number): boolean => late !== undefined && number % late.every === 0;

/** What the vendor lists just now, as many as `size` from `offset`, and whether more follow. */
function listed(traffic: Traffic, start: number, end: number, offset: number, size: number) {
  const now = Math.floor(Date.now() / 1_000);
  const first = firstFrom(traffic, start);
  const beyond = firstFrom(traffic, Math.min(end, now) + 1);
  const { seconds = 0 } = traffic.late ?? {};
  // What is old is all there; only of what is recent something may be missing yet.
  const settled = Math.max(first, Math.min(beyond, firstFrom(traffic, now - seconds)));
  const recent = Array.from({ length: beyond - settled }, (_, at) => settled + at).filter(
    (number) => !isLate(traffic, number),
  );
  const count = settled - first + recent.length;
  const numbers = Array.from({ length: Math.max(0, Math.min(size, count - offset)) }, (_, at) =>
    first + offset + at < settled ? first + offset + at : (recent[first + offset + at - settled] as number),
  );
  return { numbers, next: offset + numbers.length, more: offset + numbers.length < count };
}

const record = (traffic: Traffic, number: number): object => ({
  id: String(number),
  api_key: 'GET/open-apis/drive/v1/files/:file_token',
  event_time: secondOf(traffic, number),
  app_id: `cli_caller_${number % 7}`,
  ip: `101.${number % 8}.24.${number % 200}`,
  log_detail: {
    path: `/open-apis/drive/v1/files/file${number % 97}`,
    method: 'GET',
    query_param: '{"page_size":50}',
    payload: '{}',
    status_code: 200,
    response: '{"code":0,"msg":"success"}',
  },
});

/** Answers at once, with the right `Date`. `onList` hears of each call of the audit log. */
export async function startVendor(
  tenants: readonly Traffic[],
  onList: (call: ListCall) => void = () => undefined,
): Promise<Vendor> {
  const trafficOf = new Map(tenants.map((traffic) => [traffic.appId, traffic]));
  const callsOf = new Map<string, number>();
  let calls = 0;

  function list(traffic: Traffic, body: Record<string, unknown>): object {
    const [start, end] = [Number(body['start_time']), Number(body['end_time'])];
    const { appId } = traffic;
    calls += 1;
    callsOf.set(appId, (callsOf.get(appId) ?? 0) + 1);
    onList({ appId, start, end });
    const size = Math.min(PAGE, Number(body['page_size'] ?? 20));
    const { numbers, next, more } = listed(traffic, start, end, Number(body['page_token'] ?? 0), size);
    const items = numbers.map((number) => record(traffic, number));
    return { items, has_more: more, page_token: more ? String(next) : '' };
  }

  function answer(path: string, body: Record<string, unknown>, token: string): object {
    if (path.endsWith('/tenant_access_token/internal'))
      return { code: 0, tenant_access_token: `t-${String(body['app_id'])}`, expire: 7_200 };
    if (path.endsWith('/applications')) return { code: 0, data: { app_list: [], has_more: false } };
    const traffic = trafficOf.get(token.replace(/^Bearer t-/, ''));
    if (traffic === undefined) return { code: 99991663, msg: 'Invalid access token for authorization' };
    return { code: 0, msg: 'success', data: list(traffic, body) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://vendor');
    const body = request.method === 'POST' ? ((await json(request)) as Record<string, unknown>) : {};
    const text = JSON.stringify(answer(pathname, body, request.headers.authorization ?? ''));
    response.setHeader('content-type', 'application/json; charset=utf-8').end(text);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callsOf: (appId) => callsOf.get(appId) ?? 0,
    calls: () => calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
