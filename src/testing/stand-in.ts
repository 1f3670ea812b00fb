/** A real HTTP server that answers as told, and the small things that a source is lent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import type { RequestBudget, SourceContext } from '../sdk/source.ts';

/** `path` with its query. */
export type Call = {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** 200 and JSON by default, a text as it is; a function answers by itself, or never. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | ((response: ServerResponse) => unknown);

/** `nth`: how many calls came to that path before. */
export type Answering = (call: Call, nth: number) => Answer;

/** `calls`: all that came, in order. */
export type StandInVendor = { readonly url: string; readonly calls: readonly Call[]; close(): Promise<void> };

function send(response: ServerResponse, told: Answer): unknown {
  if (typeof told === 'function') return told(response);
  const text = typeof told.body === 'string' ? told.body : JSON.stringify(told.body ?? {});
  return response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers }).end(text);
}

/** Resolves once it listens, on a port of its own; it does not keep the process. */
export async function standInVendor(answer: Answering): Promise<StandInVendor> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const call = { method: request.method, path: request.url ?? '', headers: request.headers, body };
      const nth = calls.filter((earlier) => earlier.path.split('?')[0] === path).length;
      calls.push(call);
      send(response, answer(call, nth));
    });
  });
  // A pause of the client must not look like a fault: Node would close the connection after five seconds.
  server.keepAliveTimeout = 120_000;
  // Neither it nor whoever stays connected keeps a process that is done.
  server.on('connection', (socket) => socket.unref());
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `taken`: the key of each quota, in order; `holds`: for how many milliseconds. */
export type OpenBudget = RequestBudget & { readonly taken: readonly string[]; readonly holds: readonly number[] };

/** A budget that lets every call through and remembers what it was told. */
export function openBudget(): OpenBudget {
  const taken: string[] = [];
  const holds: number[] = [];
  return {
    taken,
    holds,
    take: async ({ key, perMinute }) => {
      if (!(perMinute > 0))
        throw new RangeError(`the quota ${key} lets ${perMinute} calls a minute through: nobody would ever call`);
      taken.push(key);
    },
    hold: async (_, waitMs) => void holds.push(waitMs),
  };
}

/** What a source is lent for one run of a window; by default nothing holds it back, and its log goes nowhere. */
export function sourceContext({
  pass = 'live',
  signal = new AbortController().signal,
  budget = openBudget(),
}: Partial<Pick<SourceContext, 'pass' | 'signal' | 'budget'>> = {}): SourceContext {
  return { log: pino({ level: 'silent' }), signal, budget, pass };
}
