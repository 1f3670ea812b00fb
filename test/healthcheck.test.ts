/** What a container's health check says of the program beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { CONTAINER_HEADER, containerId } from '../src/observe/container.ts';
import { startHttp } from '../src/observe/http.ts';
import { createMetrics } from '../src/observe/metrics/index.ts';
import { silent } from './support/silent.ts';

const PROGRAM = path.join(import.meta.dirname, '..', 'src', 'healthcheck.ts');

async function healthcheck(args: readonly string[], env = process.env): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

async function shenji(faults: readonly string[]): Promise<string> {
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log: silent,
    metrics: createMetrics('healthcheck'),
    readiness: () => Promise.resolve(faults),
  });
  onTestFinished(() => server.close());
  return server.url as string;
}

/** Another program, which says of itself what `headers` say. */
async function stranger(headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer((_request, reply) => reply.writeHead(200, headers).end('welcome')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('exits with code 0 where the program lives, and where it is ready', async () => {
  const url = await shenji([]);
  expect(await healthcheck([`${url}/healthz`])).toEqual({ code: 0, said: '{"status":"ok"}' });
  expect(await healthcheck([`${url}/readyz`])).toEqual({ code: 0, said: '{"ready":true,"faults":[]}' });
});

it('exits with code 1 and passes on what is missing where it is not', async () => {
  const url = await shenji(['Redis: away']);
  expect(await healthcheck([`${url}/readyz`])).toEqual({ code: 1, said: '{"ready":false,"faults":["Redis: away"]}' });
});

it.each([
  ['another program', {}],
  ["another container's shenji", { [CONTAINER_HEADER]: 'pid:[1]' }],
])('exits with code 1 where %s has the port, unless it may be anybody', async (_, headers) => {
  const url = `${await stranger(headers)}/healthz`;
  const { code, said } = await healthcheck([url]);
  expect([code, said]).toEqual([1, expect.stringContaining('is not the shenji of this container')]);
  expect(await healthcheck([url, 'any'])).toEqual({ code: 0, said: 'welcome' });
});

it('knows its own program also where that has no such page', async () => {
  const { code, said } = await healthcheck([`${await shenji([])}/nowhere`]);
  expect(code).toBe(1);
  expect(said).not.toContain('is not the shenji of this container');
});

it('exits with code 1 and says so where nothing listens', async () => {
  const { code, said } = await healthcheck(['http://127.0.0.1:9/readyz']);
  expect(code).toBe(1);
  expect(said).toMatch(/ECONNREFUSED.*http\.host or http\.port/);
});

it('asks whether the process lives where it listens by default, if no address is given', async () => {
  // As a proxy: what listens at the default port of this machine is nobody's business here.
  let asked: string | undefined;
  const headers = { [CONTAINER_HEADER]: containerId() };
  const proxy = createServer(
    ({ url }, reply) => void ((asked = url), reply.writeHead(200, headers).end('live')),
  ).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { NODE_USE_ENV_PROXY: '1', http_proxy: address };
  expect(await healthcheck([], env)).toEqual({ code: 0, said: 'live' });
  const { host, port } = configSchema.in.shape.http.parse({});
  expect(asked).toBe(`http://${host}:${port}/healthz`);
});
