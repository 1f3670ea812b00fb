/** Both ends of the pipe, each in a process of its own: a vendor with ready-made pages, and a `_bulk` that answers at once. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { renderPage, windowAt } from './records.ts';

export type ServerOrder =
  | { readonly kind: 'vendor'; readonly windows: number; readonly pages: number; readonly delayMs: number }
  | { readonly kind: 'stub' };

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function vendor({ windows, pages, delayMs }: Extract<ServerOrder, { kind: 'vendor' }>): Handle {
  const rendered = Array.from({ length: windows }, (_, window) =>
    Array.from({ length: pages }, (_page, page) => Buffer.from(renderPage(window, page, pages))),
  );
  return async (request, response) => {
    const body = (await json(request)) as { start_time?: number; page_token?: string };
    response.setHeader('content-type', 'application/json');
    if (request.url?.includes('tenant_access_token') === true) {
      response.end(JSON.stringify({ code: 0, tenant_access_token: 't-bench', expire: 7_200 }));
      return;
    }
    if (delayMs > 0) await pause(delayMs);
    response.end(rendered[windowAt(body.start_time ?? 0)]?.[Number(body.page_token ?? 0)]);
  };
}

const NEWLINE = 10;

function countLines(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(NEWLINE); at !== -1; at = body.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** As much of Elasticsearch as a worker asks for, without looking at a document. */
function stub(): Handle {
  const replies = new Map<number, string>();
  const created = (items: number): string => {
    const known = replies.get(items);
    if (known !== undefined) return known;
    const item = { create: { status: 201, _index: 'bench-000001' } };
    const reply = JSON.stringify({ errors: false, items: Array.from({ length: items }, () => item) });
    replies.set(items, reply);
    return reply;
  };
  const templates = { index_templates: [{ index_template: { _meta: { version: 1_000_000 } } }] };
  return async (request, response) => {
    const { pathname: path } = new URL(request.url ?? '/', 'http://stub');
    const body = await buffer(request);
    response.setHeader('content-type', 'application/vnd.elasticsearch+json; compatible-with=9');
    response.setHeader('x-elastic-product', 'Elasticsearch');
    if (path.endsWith('/_bulk')) response.end(created(countLines(body) / 2));
    else if (path.startsWith('/_index_template')) response.end(JSON.stringify(templates));
    else if (path.startsWith('/_resolve'))
      response.end(
        JSON.stringify({
          indices: [],
          aliases: [],
          data_streams: [{ name: 'bench', backing_indices: ['bench-000001'] }],
        }),
      );
    else
      response.end(
        JSON.stringify({ 'bench-000001': { settings: { index: { creation_date: '0' } } }, status: 'green' }),
      );
  };
}

process.once('message', (order: ServerOrder) => {
  const handle = order.kind === 'vendor' ? vendor(order) : stub();
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
});
process.once('disconnect', () => process.exit());
