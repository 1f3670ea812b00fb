/**
 * The HTTP endpoints for operators. `/healthz` (the process lives) and `/readyz` (it can work) are open, for probes;
 * `/metrics` and `/queues` (of schedulers) ask for the token, unless the server listens on loopback and none is configured.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import { CONTAINER_HEADER, containerId } from './container.ts';
import type { Metrics } from './metrics/index.ts';

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What keeps this process from working, one line each; none when it is ready. */
  readonly readiness: () => Promise<readonly string[]>;
  /** The page of the queues, where this process shows it. */
  readonly board?: Board;
};

/** A page, to be served under the path that it was made for. */
export type Board = { readonly path: string; readonly plugin: FastifyPluginAsync };

/** `url`: as it is bound; undefined where the port was taken. */
export type HttpServer = { readonly url: string | undefined; close(): Promise<void> };

const OPEN = new Set(['/healthz', '/readyz']);
/** Probes are open to anybody: they must not become a way to load Redis and Elasticsearch. */
const READINESS_FOR_MS = 1_000;

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || (ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token of `Bearer <token>`, or the password of Basic, which a browser asks its user for. */
function offeredToken(authorization = ''): string {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return value;
  const userAndPassword = Buffer.from(value, 'base64').toString();
  return userAndPassword.slice(userAndPassword.indexOf(':') + 1);
}

function guard(host: string, token: string | undefined) {
  const expected = token === undefined ? undefined : digest(token);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (OPEN.has(request.url.split('?')[0] ?? '')) return;
    if (expected !== undefined) {
      if (timingSafeEqual(digest(offeredToken(request.headers.authorization)), expected)) return;
      await reply
        .code(401)
        .header('www-authenticate', 'Basic realm="shenji: any user, http.token as password"')
        .send('needs http.token: as bearer token, or as the password of any user\n');
      return;
    }
    // A page in a browser on this machine may reach loopback under a name of its own (DNS rebinding).
    if (isLoopback(host) && isLoopback(request.hostname)) return;
    await reply.code(403).send('closed: set http.token in the configuration, and send it as bearer token\n');
  };
}

/** Where it really listens; what the framework says names loopback for every address. */
function boundUrl({ address, port }: AddressInfo): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** A port that is taken costs the endpoints, not the work: several processes may share a machine. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, token, log, metrics, readiness, board } = options;
  const server = fastify({ forceCloseConnections: true });
  // Of every answer, also of those that refuse or fail.
  server.addHook('onRequest', async (_request, reply) => void reply.header(CONTAINER_HEADER, containerId()));
  server.addHook('onRequest', guard(host, token));
  server.get('/healthz', () => ({ status: 'ok' }));

  let known: { at: number; faults: Promise<readonly string[]> } | undefined;
  server.get('/readyz', async (_request, reply) => {
    if (known === undefined || Date.now() - known.at > READINESS_FOR_MS)
      known = { at: Date.now(), faults: readiness() };
    const faults = await known.faults;
    return reply.code(faults.length === 0 ? 200 : 503).send({ ready: faults.length === 0, faults });
  });
  // Without keep-alive: who asks a service of several schedulers (KEDA) would stay with one that is cut off.
  server.get('/metrics', async (_request, reply) =>
    reply
      .header('connection', 'close')
      .type(metrics.contentType)
      .send(await metrics.text()),
  );
  if (board !== undefined) await server.register(board.plugin, { prefix: board.path });
  const paths = ['/healthz', '/readyz', '/metrics', ...(board === undefined ? [] : [board.path])].join(', ');
  if (token === undefined && !isLoopback(host))
    log.warn(`all but /healthz and /readyz is closed: http.host is ${host} and there is no http.token`);

  try {
    await server.listen({ host, port });
    const url = boundUrl(server.server.address() as AddressInfo);
    log.info(`${paths} listen at ${url}`);
    return { url, close: () => server.close() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    log.warn(
      `port ${port} is taken, so this process has no /healthz and no /metrics; set http.port (0 takes any free one)`,
    );
    return { url: undefined, close: () => server.close() };
  }
}
