/** The HTTP endpoints for operators: `/healthz`. */
import fastify from 'fastify';
import type { Logger } from 'pino';

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
};

export type HttpServer = { readonly url: string | undefined; close(): Promise<void> };

/** A port that is taken costs the endpoint, not the work: several processes may share a machine. */
export async function startHttp({ host, port, log }: HttpOptions): Promise<HttpServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/healthz', () => ({ status: 'ok' }));
  try {
    const url = await server.listen({ host, port });
    log.info(`/healthz listens at ${url}`);
    return { url, close: () => server.close() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    log.warn(`port ${port} is taken, so this process has no /healthz; set http.port (0 takes any free port)`);
    return { url: undefined, close: () => server.close() };
  }
}
