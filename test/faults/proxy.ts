/** An HTTP proxy in front of Elasticsearch that can misbehave, and counts each time it does. */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** `late` executes the request and loses the answer: what a timeout looks like from outside. */
export type ProxyMode = 'pass' | 'slow' | 'cut' | 'hang' | 'late' | 429 | 503;

export type Proxy = {
  readonly url: string;
  setMode(mode: ProxyMode): void;
  /** By how many milliseconds the times that Elasticsearch tells of its indices are off. */
  setClockOffset(milliseconds: number): void;
  /** How many answers told such a time. */
  readonly shifted: () => number;
  /** How often each mode but `pass` had an effect on a request. */
  readonly effects: () => Readonly<Record<string, number>>;
  close(): Promise<void>;
};

const SLOW_MS = 1_200;

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const effects: Record<string, number> = {};
  let mode: ProxyMode = 'pass';
  let offset = 0;
  let shifted = 0;

  /** The server's own clock cannot be set from here; what it says of its indices' age is all that is read of it. */
  async function answerShifted(reply: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = (await text(reply)).replaceAll(
      /"creation_date":"(\d+)"/g,
      (_, date: string) => `"creation_date":"${Number(date) + offset}"`,
    );
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = reply.headers;
    shifted += 1;
    outgoing.writeHead(reply.statusCode ?? 502, headers).end(body);
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, loseAnswer: boolean): void {
    // Whether a connection is kept is each side's own matter: forwarded, the `close` that undici sends with every HEAD made
    // Elasticsearch close a connection that the agent kept for the next request.
    const { connection: _, ...headers } = incoming.headers;
    const onward = request({ hostname, port, agent, method: incoming.method, path: incoming.url, headers }, (reply) => {
      if (loseAnswer) {
        reply.resume().on('end', () => outgoing.socket?.destroy());
        return;
      }
      if (offset !== 0 && incoming.url?.includes('creation_date') === true) {
        answerShifted(reply, outgoing).catch(() => outgoing.socket?.destroy());
        return;
      }
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.socket?.destroy());
    incoming.pipe(onward);
  }

  const server = createServer((incoming, outgoing) => {
    const now = mode;
    if (now !== 'pass') effects[now] = (effects[now] ?? 0) + 1;
    if (now === 'cut') incoming.socket.destroy();
    else if (now === 'slow') setTimeout(() => forward(incoming, outgoing, false), SLOW_MS);
    else if (now === 429 || now === 503) {
      incoming.resume();
      outgoing
        .writeHead(now, { 'X-elastic-product': 'Elasticsearch', 'content-type': 'application/json' })
        .end('{"error":{"type":"es_rejected_execution_exception"}}');
    } else if (now !== 'hang') forward(incoming, outgoing, now === 'late');
  }).listen(0, '127.0.0.1');
  // A pause of the client must not look like a fault.
  server.keepAliveTimeout = 120_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setMode: (next) => {
      // What hangs is let go when the fault ends: its socket is cut.
      if (mode === 'hang' || next === 'cut') for (const socket of sockets) socket.destroy();
      mode = next;
    },
    setClockOffset: (milliseconds) => void (offset = milliseconds),
    shifted: () => shifted,
    effects: () => effects,
    close: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}
