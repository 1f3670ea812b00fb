/** The invented vendor of the outside source, with the simulator's records, faults and clock: each call becomes one of the simulator's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Simulator } from '../../src/dev/simulator/index.ts';

const TOKEN = '/open-apis/auth/v3/tenant_access_token/internal';
const LIST = '/open-apis/security_and_compliance/v1/openapi_logs/list_data';

type Served = {
  readonly id: string;
  readonly event_time: number;
  readonly app_id: string;
  readonly api_key: string;
  readonly ip: string;
};
type Told = {
  readonly code?: number;
  readonly data?: { items?: Served[]; has_more?: boolean; page_token?: string };
  readonly tenant_access_token?: string;
  readonly expire?: number;
};
type Reply = { readonly status: number; readonly body: unknown };

/** The simulator's codes, as a vendor says them that uses HTTP statuses as they are meant. */
const STATUSES: Readonly<Record<number, number>> = {
  10003: 403,
  10014: 403,
  99991661: 401,
  99991663: 401,
  99991672: 403,
  99991400: 429,
  1780103: 400,
};

function activityOf({ id, event_time: seconds, app_id: actor, api_key: action, ip: address }: Served): object {
  return { id, at: new Date(seconds * 1_000).toISOString(), actor: { id: actor }, action, address, result: 'ok' };
}

function translated(status: number, { code = 0, data, ...token }: Told): Reply {
  // A failure inside HTTP 200 stays one.
  if (code !== 0) return { status: STATUSES[code] ?? status, body: { error: code } };
  if (token.tenant_access_token !== undefined)
    return { status, body: { access_token: token.tenant_access_token, expires_in: token.expire } };
  const { items = [], has_more: hasMore, page_token: next } = data ?? {};
  return { status, body: { activities: items.map(activityOf), ...(hasMore === true ? { next_cursor: next } : {}) } };
}

/** The simulator's path and body for a call of this vendor. */
async function askedOf(request: IncomingMessage): Promise<{ readonly path: string; readonly body: object }> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://vendor');
  if (pathname === '/v1/token') {
    const { client_id: id, client_secret: secret } = JSON.parse(await text(request)) as Record<string, string>;
    return { path: TOKEN, body: { app_id: id, app_secret: secret } };
  }
  const [from = 0, to = 0] = ['from', 'to'].map((name) => Math.floor(Date.parse(query.get(name) ?? '') / 1_000));
  const [actor, cursor] = [query.get('actor'), query.get('cursor')];
  return {
    path: LIST,
    body: {
      start_time: from,
      end_time: to,
      page_size: Number(query.get('limit')),
      ...(actor === null ? {} : { app_id: actor }),
      ...(cursor === null ? {} : { page_token: cursor }),
    },
  };
}

async function pass(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { path, body } = await askedOf(request);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { authorization = '' } = request.headers;
  const reply = await fetch(url + path, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(body),
    signal: gone.signal,
  });
  const said = await reply.text();
  const wait = reply.headers.get('x-ogw-ratelimit-reset');
  const headers = { date: reply.headers.get('date') ?? '', ...(wait === null ? {} : { 'retry-after': wait }) };
  if (!reply.headers.get('content-type')?.includes('json')) {
    response.writeHead(reply.status, headers).end(said);
    return;
  }
  const { status, body: told } = translated(reply.status, JSON.parse(said) as Told);
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(told));
}

export async function startFacade({
  url,
}: Pick<Simulator, 'url'>): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    // What the simulator cuts off is cut off here.
    pass(url, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
