/** `node bench/freshness.ts`: how long after it happened an event is found by a search, with the real program on real servers. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { print, table, tell } from '../src/cli/terminal.ts';
import { createElasticsearch, type Elasticsearch } from '../src/adapters/elasticsearch/client.ts';
import type { Servers } from '../src/dev/embedded/index.ts';
import { benchAlone, runProgram, startProgram } from './program.ts';
import { quantile } from './report.ts';
import { firstFrom, momentOf, secondOf, startVendor } from './vendor.ts';

const APP = 'cli_bench';
const PER_MINUTE = 120;
const LAG_S = 10;
const WINDOW_S = 60;
const POLL_MS = 200;
/** What is not found so long after the traffic has ended is not found. */
const LIMIT_MS = 5 * 60_000;
/** One search brings all of them. */
const MOST_EVENTS = 10_000;

export type Freshness = {
  /** Seconds from each event to the first search that found it; above the lag; and above the lag after its window's end. */
  readonly searchable: readonly number[];
  readonly aboveLag: readonly number[];
  readonly aboveWindow: readonly number[];
  readonly notFound: number;
};

/** Notes when each event is first found; its number is its id. Asks for the ids only where there are more than before. */
async function poll(client: Elasticsearch, index: string, foundAt: Map<number, number>): Promise<void> {
  const { count } = await client.count({ index, ignore_unavailable: true });
  if (count <= foundAt.size) return;
  const now = Date.now();
  const { hits } = await client.search({ index, size: MOST_EVENTS, _source: false, docvalue_fields: ['event.id'] });
  for (const { fields } of hits.hits) {
    const number = Number((fields?.['event.id'] as string[] | undefined)?.[0]);
    if (!foundAt.has(number)) foundAt.set(number, now);
  }
}

function configFor(vendorUrl: string, { elasticsearchUrl, redisUrl }: Servers) {
  const openapi_audit = { window: `${WINDOW_S}s`, lag: `${LAG_S}s`, since: '1m' };
  return {
    namespace: `bench_${randomBytes(4).toString('hex')}`,
    elasticsearch: { url: elasticsearchUrl },
    redis: { url: redisUrl },
    http: { port: 0 },
    tenants: [{ id: 'bench', feishu: { baseUrl: vendorUrl, appId: APP, appSecret: 'bench', openapi_audit } }],
  };
}

export async function measureFreshness(servers: Servers, minutes: number): Promise<Freshness> {
  tell(`freshness, ${minutes} minutes of ${PER_MINUTE} events each …`);
  if (minutes * PER_MINUTE > MOST_EVENTS)
    throw new RangeError(`at most ${Math.floor(MOST_EVENTS / PER_MINUTE)} minutes`);
  const traffic = { appId: APP, perMinute: PER_MINUTE, from: 0, to: 0 };
  const vendor = await startVendor([traffic]);
  const client = createElasticsearch({ url: servers.elasticsearchUrl });
  const config = configFor(vendor.url, servers);
  await runProgram(['setup'], config);
  const program = await startProgram(['run'], config);
  // Whole windows, once it runs: what happened before would have waited for its start.
  traffic.from = Math.ceil(Date.now() / 60_000) * 60;
  traffic.to = traffic.from + minutes * 60;
  const total = firstFrom(traffic, traffic.to);
  const foundAt = new Map<number, number>();
  try {
    const deadline = traffic.to * 1_000 + LIMIT_MS;
    while (foundAt.size < total && Date.now() < deadline) {
      // An index that is just being made has no shard yet that could be asked.
      await poll(client, `logs-feishu.openapi_audit-${config.namespace}`, foundAt).catch(() => undefined);
      await pause(POLL_MS);
    }
  } finally {
    await program.stop();
    await vendor.close();
    await client.close();
  }
  const found = [...foundAt];
  const searchable = found.map(([number, at]) => (at - momentOf(traffic, number)) / 1_000);
  const windowEnd = (number: number): number => (Math.floor(secondOf(traffic, number) / WINDOW_S) + 1) * WINDOW_S;
  return {
    searchable,
    aboveLag: searchable.map((seconds) => seconds - LAG_S),
    aboveWindow: found.map(([number, at]) => at / 1_000 - windowEnd(number) - LAG_S),
    notFound: total - found.length,
  };
}

export function freshnessText({ searchable, aboveLag, aboveWindow, notFound }: Freshness): string {
  const line = (what: string, values: readonly number[]): string[] => [
    what,
    quantile(values, 0.5).toFixed(1),
    quantile(values, 0.95).toFixed(1),
  ];
  const rows = [
    line('event to searchable', searchable),
    line(`above the lag of ${LAG_S} s`, aboveLag),
    line('above the lag, after the end of its window', aboveWindow),
  ];
  return [
    table(['seconds', 'p50', 'p95'], rows),
    `${searchable.length} events found, ${notFound} not.`,
    `The second line holds the rest of the event's window (up to ${WINDOW_S} s, half of it in the middle) and the third line; that one holds what shenji adds: up to a tick (5 s), the queue, the vendor's whole-second clock (up to 1 s), call, bulk, and up to a refresh (1 s).`,
  ].join('\n');
}

if (import.meta.main) {
  const { values: options } = parseArgs({
    options: { minutes: { type: 'string', default: '3' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (options.help) {
    print(
      'node bench/freshness.ts [--minutes 3]\n\nOne tenant whose events happen while the real "shenji run" collects; a search every 200 ms notes when each is found first.',
    );
    process.exit();
  }
  await benchAlone(async (servers) => freshnessText(await measureFreshness(servers, Number(options.minutes))));
}
