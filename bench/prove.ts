/** `node bench/prove.ts`: the memory and the time of `shenji prove` over a month, against a stand-in for Elasticsearch. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { environment } from '../src/config/environment.ts';
import { print, tell } from '../src/cli/terminal.ts';
import { windowDocument } from '../src/adapters/elasticsearch/ledger/documents.ts';
import { hashId } from '../src/sdk/document-id.ts';
import { NO_COUNTS } from '../src/core/ledger.ts';
import { createClaimTally } from '../src/core/proof/claims.ts';
import { iso, type Interval } from '../src/core/time/intervals.ts';
import type { Pass } from '../src/sdk/pass.ts';
import { imageEnvironment } from './memory.ts';

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '10000000' }, days: { type: 'string', default: '31' } },
});
const EVENTS = Number(options.events);
const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 2, 1);
const LENGTH = Number(options.days) * 24 * HOUR;
const PAGE = 5_000;

const timeOf = (event: number): number => Math.floor((FROM + (event / EVENTS) * LENGTH) / 1_000) * 1_000;
const idOf = (event: number): string => hashId(String(event));
/** The first event at or after a time. */
function eventAt(time: number): number {
  let event = Math.max(0, Math.floor(((time - FROM) / LENGTH) * EVENTS) - 2);
  while (event < EVENTS && timeOf(event) < time) event += 1;
  return event;
}

/** Entries of a live and of two later passes, as workers would have written them. */
function entriesOf({ from, to }: Interval): object[] {
  const passes: [Pass, number, number][] = [
    ['live', 60_000, 180_000],
    ['settle-1', HOUR, 2 * HOUR],
    ['settle-2', HOUR, 25 * HOUR],
  ];
  return passes.flatMap(([pass, length, delay], rank) => {
    const entries: object[] = [];
    for (let start = Math.floor(from / length) * length; start < to; start += length) {
      const window = { from: start, to: start + length };
      const tally = createClaimTally(window, false);
      for (let event = eventAt(window.from); event < eventAt(window.to); event += 1) {
        tally.see(idOf(event), timeOf(event));
        if (rank === 0) tally.create(idOf(event), timeOf(event));
      }
      const at = window.to + delay;
      const reading = { claim: tally.claim(), readFrom: at, readUntil: at + 1_000, question: {}, asker: { app: 'cli_a', url: 'https://open.feishu.cn' } }; // prettier-ignore
      const stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass } as const;
      const run = { run: '1', attempts: 1, startedAt: at, endedAt: at + 2_000, status: 'done' } as const;
      const counts = { ...NO_COUNTS, events: tally.events };
      entries.push(windowDocument({ stream, span: window, ...run, counts, reading }, 'bench'));
    }
    return entries;
  });
}

type Body = {
  readonly query?: { readonly bool: { readonly filter: readonly Record<string, unknown>[] } };
  readonly search_after?: readonly number[];
  readonly pit?: unknown;
};
const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };

function documents({ query, search_after: after }: Body): object {
  const ranges = JSON.stringify(query);
  const bound = (name: string): number => Date.parse(new RegExp(`"@timestamp":\\{[^}]*"${name}":"([^"]+)"`).exec(ranges)?.[1] ?? ''); // prettier-ignore
  const first = after === undefined ? eventAt(bound('gte')) : (after[1] ?? 0) + 1;
  const last = Math.min(first + PAGE, eventAt(bound('lt')));
  const hits = [];
  for (let event = first; event < last; event += 1) hits.push({ _id: idOf(event), sort: [timeOf(event), event] });
  return { pit_id: 'pit', timed_out: false, _shards: SHARDS, hits: { hits } };
}

/** Those that the first range, with its minute around, names. */
function ledger({ query }: Body): object {
  const text = JSON.stringify(query);
  const to = Date.parse(/"shenji.window.from":\{"lte":"([^"]+)"/.exec(text)?.[1] ?? '') - 60_000;
  const from = Date.parse(/"shenji.window.to":\{"gte":"([^"]+)"/.exec(text)?.[1] ?? '') + 60_000;
  const hits = Number.isNaN(from) ? [] : entriesOf({ from, to }).map((_source) => ({ _source, sort: [0] }));
  return { timed_out: false, _shards: SHARDS, hits: { hits } };
}

async function answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
  const { method, url = '' } = request;
  if (method === 'HEAD') return { status: url.includes('dead_letter') ? 404 : 200, body: {} };
  if (url.includes('/_pit')) return { status: 200, body: { id: 'pit' } };
  if (url.includes('/_refresh')) return { status: 200, body: { _shards: SHARDS } };
  if (!url.includes('/_search')) return { status: 200, body: {} };
  const body = (await json(request)) as Body;
  if (body.pit !== undefined) return { status: 200, body: documents(body) };
  return { status: 200, body: url.includes('shenji.window') ? ledger(body) : { _shards: SHARDS, hits: { hits: [] } } };
}

const HEADERS = {
  'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
  'x-elastic-product': 'Elasticsearch',
};
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(request);
  response.writeHead(status, HEADERS).end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
}
const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
await once(server, 'listening');

const directory = mkdtempSync(path.join(tmpdir(), 'shenji-bench-'));
const file = path.join(directory, 'shenji.yml');
const config = {
  namespace: 'bench',
  elasticsearch: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  redis: { url: environment['REDIS_URL'] ?? 'redis://127.0.0.1:6379' },
  tenants: [{ id: 'acme', feishu: { appId: 'cli_a', appSecret: 'secret' } }],
};
writeFileSync(file, JSON.stringify(config));
const cli = path.join(import.meta.dirname, '..', 'src', 'cli.ts');
const args = [cli, 'prove', 'feishu.openapi_audit', '--from', iso(FROM), '--to', iso(FROM + LENGTH), '--config', file];
const started = performance.now();
const child = spawn(process.execPath, args, {
  env: { ...environment, ...imageEnvironment() },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
let peak = 0;
const watching = setInterval(() => {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    peak = Math.max(peak, Number(kilobytes) / 1_024);
  } catch {
    // It has ended.
  }
}, 100);
const [code] = (await once(child, 'close')) as [number];
clearInterval(watching);
rmSync(directory, { recursive: true });
server.close();
tell(said);
print(
  `${EVENTS} events over ${options.days} days: exit code ${code}, peak RSS ${Math.round(peak)} MB, ${Math.round((performance.now() - started) / 1_000)} s`,
);
process.exit(code);
