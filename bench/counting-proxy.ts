/** Stands between the program and Elasticsearch and counts what the program asks. */
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type CountingProxy = {
  readonly url: string;
  /** How many requests so far, by method and path. */
  readonly byPath: () => ReadonlyMap<string, number>;
  /**
   * From now on bulks of this data stream are answered here, each document as created in `backingIndex`, and not stored: for
   * measurements of what the vendor is asked, which must not wait for a million documents to be indexed.
   */
  swallow(dataStream: string, backingIndex: string): void;
  close(): Promise<void>;
};

const NEWLINE = 10;

function linesOf(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(NEWLINE); at !== -1; at = body.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

async function answerCreated(incoming: IncomingMessage, outgoing: ServerResponse, index: string): Promise<void> {
  const items = linesOf(await buffer(incoming)) / 2;
  outgoing
    .writeHead(200, {
      'content-type': 'application/vnd.elasticsearch+json; compatible-with=9',
      'x-elastic-product': 'Elasticsearch',
    })
    .end(
      JSON.stringify({
        errors: false,
        items: Array.from({ length: items }, () => ({ create: { status: 201, _index: index } })),
      }),
    );
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const swallowed = new Map<string, string>();
  const byPath = new Map<string, number>();

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    // Whether a connection is kept is each side's own matter.
    const { connection: _, ...headers } = incoming.headers;
    const onward = request({ hostname, port, agent, method: incoming.method, path: incoming.url, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }

  const server = createServer((incoming, outgoing) => {
    const [path = ''] = (incoming.url ?? '').split('?');
    const name = `${incoming.method ?? ''} ${path}`;
    byPath.set(name, (byPath.get(name) ?? 0) + 1);
    const index = swallowed.get(path);
    if (index === undefined) forward(incoming, outgoing);
    else answerCreated(incoming, outgoing, index).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  // A pause of the program must not look like a fault.
  server.keepAliveTimeout = 120_000;
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    byPath: () => new Map(byPath),
    swallow: (dataStream, backingIndex) => void swallowed.set(`/${dataStream}/_bulk`, backingIndex),
    close: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}
