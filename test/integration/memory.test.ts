import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { Stream } from '../../src/core/stream.ts';
import { live } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { countOf, openWorld, rawConfig, shenji } from '../support/world.ts';
import { listening } from '../support/listening.ts';

const EVENTS = 500_000;
const PAGE = 100;
const GROWTH_LIMIT = 100 * 1024 * 1024;
const HEAP = path.join(import.meta.dirname, '..', 'support', 'heap.ts');

/** So many events in one second that a vendor which keeps them would be the larger part: it makes each page anew. */
async function busyVendor(time: number): Promise<string> {
  const record = (index: number): object => ({
    id: `busy-${index}`,
    api_key: 'im:message:create',
    event_time: time / 1_000,
    app_id: 'cli_busy',
    ip: '203.0.113.7',
    log_detail: {
      path: '/open-apis/im/v1/messages',
      method: 'POST',
      query_param: '{"receive_id_type":"chat_id"}',
      payload: `{"content":"${index} ${'words '.repeat(60)}"}`,
      status_code: 200,
      response: '{"code":0,"msg":"success"}',
    },
  });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url?.includes('tenant_access_token') === true)
        return response.end('{"code":0,"msg":"ok","tenant_access_token":"t-busy","expire":7200}');
      const { page_token: token = '0' } = JSON.parse(body) as { page_token?: string };
      const first = Number(token);
      const items = Array.from({ length: PAGE }, (_, index) => record(first + index));
      const data = { items, page_token: `${first + PAGE}`, has_more: first + PAGE < EVENTS };
      return response.end(JSON.stringify({ code: 0, msg: 'success', data }));
    });
  });
  return listening(server);
}

it(
  `${EVENTS} events in one second are collected with less than 100 MB of heap more`,
  { timeout: 600_000 },
  async () => {
    const second = Date.parse('2026-03-01T00:00:07Z');
    const baseUrl = await busyVendor(second);
    // The busy vendor knows one API.
    const raw = rawConfig(await simulator({ events: 1 }), { feishu: { baseUrl, appNames: false } });
    const world = await openWorld(raw);
    const directory = mkdtempSync(path.join(tmpdir(), 'shenji-heap-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'heap');
    const samples = (): number[] => readFileSync(file, 'utf8').trim().split('\n').map(Number);
    shenji(['worker'], raw, { HEAP_FILE: file, NODE_OPTIONS: `--import ${pathToFileURL(HEAP).href}` });
    await until('heap at rest', samples, (seen) => seen.length > 5);
    const atRest = samples().at(-1) ?? 0;
    const backfill: Stream = { ...live, pass: 'backfill-busy' };
    const span = { from: second, to: second + 1_000 };
    await world.sources[0]?.queue.add(backfill, [span]);
    await until(
      'the second in the ledger',
      () => world.ledger.over(backfill, [span]),
      ({ done }) => done.length === 1,
      540_000,
    );
    const growth = Math.max(...samples()) - atRest;
    expect(await world.ledger.totals(backfill)).toMatchObject({ events: EVENTS, created: EVENTS });
    expect(await countOf(world, live.source)).toBe(EVENTS);
    expect(growth).toBeLessThan(GROWTH_LIMIT);
  },
);
