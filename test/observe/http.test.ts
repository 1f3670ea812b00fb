import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as browser } from 'playwright-core';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLoopback, startHttp, type HttpOptions } from '../../src/observe/http.ts';
import { createBoard } from '../../src/adapters/redis/board.ts';
import { groupOf, joinGroup } from '../../src/adapters/redis/groups.ts';
import { jobId } from '../../src/adapters/redis/window-job.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { live, minutesAgo } from '../support/pipeline.ts';
import { silent } from '../support/silent.ts';
import { simulator } from '../support/simulator.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const TOKEN = 'an-operators-token';

async function serve(world: Runtime, more: Partial<HttpOptions> = {}): Promise<string> {
  const board = {
    path: '/queues',
    plugin: createBoard('/queues', world.lanes),
  };
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log: silent,
    metrics: world.metrics,
    readiness: () => Promise.resolve([]),
    board,
    ...more,
  });
  onTestFinished(() => server.close());
  return server.url as string;
}

async function world(): Promise<Runtime> {
  return openWorld(rawConfig(await simulator({ seed: 'http', events: 0 }), { dingtalk: {} }));
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const { statusCode, body } = await request(url, { headers });
  await body.dump();
  return statusCode;
}

const basic = (password: string): string => `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;

describe('the HTTP endpoints', () => {
  it('open probes to everybody, and everything else to the token alone', async () => {
    const url = await serve(await world(), { token: TOKEN });
    for (const path of ['/healthz', '/readyz']) expect(await statusOf(url + path), path).toBe(200);
    for (const path of ['/metrics', '/queues', '/queues/api/queues', '/queues/static/images/logo.svg', '/nowhere']) {
      expect(await statusOf(url + path), path).toBe(401);
      expect(await statusOf(url + path, { authorization: 'Bearer wrong' }), path).toBe(401);
      expect(await statusOf(url + path, { authorization: basic('wrong') }), path).toBe(401);
    }
    for (const authorization of [`Bearer ${TOKEN}`, basic(TOKEN)]) {
      expect(await statusOf(`${url}/metrics`, { authorization })).toBe(200);
      expect(await statusOf(`${url}/queues/api/queues`, { authorization })).toBe(200);
    }
  });

  it('need no token on loopback, but are not for a page that reached it under another name', async () => {
    const url = await serve(await world());
    expect(await statusOf(`${url}/metrics`)).toBe(200);
    expect(await statusOf(`${url}/metrics`, { host: 'rebound.example' })).toBe(403);
  });

  it('are closed beyond loopback as long as there is no token, and say what to set', async () => {
    const bound = await serve(await world(), { host: '0.0.0.0' });
    expect(bound).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
    const url = bound.replace('0.0.0.0', '127.0.0.1');
    expect(await statusOf(`${url}/healthz`)).toBe(200);
    const { statusCode, body } = await request(`${url}/metrics`);
    expect(statusCode).toBe(403);
    expect(await body.text()).toContain('set http.token');
  });

  it('let go of whoever reads metrics, so that the next question may reach another scheduler', async () => {
    const { headers, body } = await request(`${await serve(await world())}/metrics`);
    await body.dump();
    expect(headers['connection']).toBe('close');
  });

  it('say with 503 what keeps the process from working', async () => {
    const url = await serve(await world(), { readiness: () => Promise.resolve(['Redis: no answer within 3 s']) });
    const { statusCode, body } = await request(`${url}/readyz`);
    expect(statusCode).toBe(503);
    expect(await body.json()).toEqual({ ready: false, faults: ['Redis: no answer within 3 s'] });
  });

  it.each([
    ['127.0.0.1', true], ['localhost', true], ['::1', true], ['[::1]', true], ['127.8.8.8', true],
    ['0.0.0.0', false], ['::', false], ['10.0.0.1', false], ['127.0.0.1.example', false], ['localhost.example', false],
  ])('take %s for loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected)); // prettier-ignore
});

/** A browser of the machine where `CHROMIUM` names one, else the one that comes as a package. */
async function openBrowser() {
  const own = process.env['CHROMIUM'];
  const executablePath = own !== undefined && existsSync(own) ? own : await chromium.executablePath();
  const opened = await browser.launch({ executablePath, args: [...chromium.args, '--headless=shell'] });
  onTestFinished(() => opened.close());
  return opened;
}

describe('/queues in a browser', () => {
  it('shows the queues and a waiting window to whoever has the token, and changes nothing', async () => {
    const here = await world();
    const [queue] = here.sources.map((source) => source.queue);
    const span = { from: minutesAgo(3), to: minutesAgo(2) };
    await queue?.add(live, [span]);
    const url = await serve(here, { token: TOKEN });
    const { leave } = await joinGroup(here.redis, here.prefix, groupOf(['acme/feishu.openapi_audit']));
    onTestFinished(leave);
    const opened = await openBrowser();

    const stranger = await opened.newPage();
    const refused = await stranger.goto(`${url}/queues`);
    expect(refused?.status()).toBe(401);

    const operator = await opened.newContext({ httpCredentials: { username: 'operator', password: TOKEN } });
    const page = await operator.newPage();
    await page.goto(`${url}/queues`);
    for (const name of ['live', 'background', 'background.acme.feishu.openapi_audit'])
      await page.getByText(name, { exact: true }).first().waitFor();
    await page.goto(`${url}/queues/queue/live?status=prioritized`);
    await page.getByText(jobId(live, span)).first().waitFor();
    expect(await page.getByRole('button', { name: /retry|clean|delete|pause/i }).count()).toBe(0);
  });
});
