/** What a container's health check says of the program beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../src/config/schema.ts';

const PROGRAM = path.join(import.meta.dirname, '..', 'src', 'healthcheck.ts');

async function healthcheck(urls: readonly string[], env = process.env): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...urls], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, reply) => reply.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
}

it('exits with code 0 where the program is ready', async () => {
  expect(await healthcheck([await answering(200, '{"ready":true}')])).toEqual({ code: 0, said: '{"ready":true}' });
});

it('exits with code 1 and passes on what is missing where it is not', async () => {
  const body = '{"ready":false,"faults":["Redis: away"]}';
  expect(await healthcheck([await answering(503, body)])).toEqual({ code: 1, said: body });
});

it('exits with code 1 and says so where nothing listens', async () => {
  const { code, said } = await healthcheck(['http://127.0.0.1:9/readyz']);
  expect(code).toBe(1);
  expect(said).toMatch(/ECONNREFUSED/);
});

it('asks whether the process lives where it listens by default, if no address is given', async () => {
  // As a proxy: what listens at the default port of this machine is nobody's business here.
  let asked: string | undefined;
  const proxy = createServer(({ url }, reply) => void ((asked = url), reply.end('live'))).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { NODE_USE_ENV_PROXY: '1', http_proxy: address };
  expect(await healthcheck([], env)).toEqual({ code: 0, said: 'live' });
  const { host, port } = configSchema.in.shape.http.parse({});
  expect(asked).toBe(`http://${host}:${port}/healthz`);
});
