/* oxlint-disable max-lines -- one measurement, from vendor to table */
/** `node bench/calls.ts`: how many calls the vendor gets for each page that there was to read, live and in a backfill, by density. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { print, table, tell } from '../src/cli/terminal.ts';
import { backingNames } from '../src/adapters/elasticsearch/backing-indices.ts';
import { createElasticsearch, type Elasticsearch } from '../src/adapters/elasticsearch/client.ts';
import { documentsOf } from '../src/adapters/elasticsearch/evidence.ts';
import { LEDGER, streamName } from '../src/adapters/elasticsearch/names.ts';
import type { Servers } from '../src/dev/embedded/index.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { benchAlone, readMetric, runProgram, secondsUntil, startProgram, type Program } from './program.ts';
import { atMost, rowsText, type Row } from './report.ts';
import { countIn, startVendor, type ListCall, type Traffic } from './vendor.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAGE = 100;
const LAG_MS = 10_000;
const LIVE_MS = 10 * MINUTE;
/** More than one whole window of the backlog. */
const BACKFILL_MS = 70 * MINUTE;
/** What a request asks for beyond its window on either side, in seconds. */
const OVERLAP = 1;
const LIMIT_S = 30 * 60;
const TARGET = 1.1;

/** Epoch milliseconds, half-open. */
type Interval = { readonly from: number; readonly to: number };
type Pass = 'live' | 'backfill';
const STATUSES = ['done', 'split', 'waiting', 'failed'] as const;
type RunStatus = (typeof STATUSES)[number];

export type Calls = {
  readonly perMinute: number;
  readonly pass: Pass;
  readonly calls: number;
  readonly pages: number;
  /** Windows that the ledger holds as done. */
  readonly windows: number;
  /** How the runs of its windows ended, later live ones included, as /metrics has it: what explains calls beyond the pages. */
  readonly runs: Readonly<Record<RunStatus, number>>;
};

const tenantOf = (perMinute: number): string => `d${perMinute}`;
const appOf = (perMinute: number): string => `cli_bench_${perMinute}`;

function configFor(
  vendorUrl: string,
  elasticsearchUrl: string,
  redisUrl: string,
  densities: readonly number[],
  since: string,
) {
  const openapi_audit = { lag: `${LAG_MS}ms`, settle: [], since };
  return {
    namespace: `bench_${randomBytes(4).toString('hex')}`,
    elasticsearch: { url: elasticsearchUrl },
    redis: { url: redisUrl },
    http: { port: 0 },
    tenants: densities.map((perMinute) => ({
      id: tenantOf(perMinute),
      feishu: {
        baseUrl: vendorUrl,
        appId: appOf(perMinute),
        appSecret: 'bench',
        appNames: false,
        requestsPerMinute: 100_000,
        openapi_audit,
      },
    })),
  };
}

type Done = Interval & { readonly tenant: string; readonly pass: Pass };

/** The windows that the ledger holds as done. */
async function doneWindows(client: Elasticsearch, namespace: string): Promise<Done[]> {
  type Entry = {
    readonly shenji: { readonly window: { readonly [key in 'tenant' | 'pass' | 'from' | 'to']: string } };
  };
  const index = streamName(LEDGER, namespace);
  await client.indices.refresh({ index });
  const filter = [{ term: { 'shenji.window.status': 'done' } }];
  const found: Done[] = [];
  for await (const { source } of documentsOf<Entry>(client, index, filter, ['shenji.window'])) {
    const { tenant, pass, from, to } = source.shenji.window;
    found.push({ tenant, pass: pass === 'live' ? 'live' : 'backfill', from: Date.parse(from), to: Date.parse(to) });
  }
  return found;
}

/** Answers in the program's place what it would wait for: what is measured is what the vendor is asked. */
async function swallowDocuments(
  client: Elasticsearch,
  proxy: { swallow(dataStream: string, backingIndex: string): void },
  namespace: string,
): Promise<void> {
  const name = `logs-feishu.openapi_audit-${namespace}`;
  // Its first document makes the data stream.
  const operations = [{ create: {} }, { '@timestamp': new Date().toISOString() }];
  const { errors } = await client.bulk({ index: name, operations, require_data_stream: true });
  const [index] = await backingNames(client, name);
  if (errors || index === undefined) throw new Error(`${name} could not be made`);
  proxy.swallow(name, index);
}

const inside = ({ from, to }: Interval, whole: Interval): boolean => from >= whole.from && to <= whole.to;

/** Until all of it is done, for every density. */
async function untilDone(
  done: () => Promise<Done[]>,
  program: Program,
  densities: readonly number[],
  ranges: Readonly<Record<Pass, Interval>>,
): Promise<void> {
  const lengthOf = (found: readonly Done[], perMinute: number, pass: Pass): number =>
    found
      .filter((window) => window.tenant === tenantOf(perMinute) && window.pass === pass)
      .filter((window) => inside(window, ranges[pass]))
      .reduce((sum, { from, to }) => sum + to - from, 0);
  const passes = ['live', 'backfill'] as const;
  let told = performance.now();
  const spent = await secondsUntil(async () => {
    const found = await done();
    if (performance.now() - told > 15_000) {
      told = performance.now();
      const minutes = (pass: Pass): string =>
        densities.map((perMinute) => Math.round(lengthOf(found, perMinute, pass) / MINUTE)).join(', ');
      tell(`minutes done: live ${minutes('live')}, backfill ${minutes('backfill')}`);
    }
    return densities.every((perMinute) =>
      passes.every((pass) => lengthOf(found, perMinute, pass) >= ranges[pass].to - ranges[pass].from),
    );
  }, LIMIT_S);
  if (spent === undefined) throw new Error(`not done in ${LIMIT_S} s:\n${program.log().slice(-2_000)}`);
}

export async function measureCalls({ elasticsearchUrl, redisUrl }: Servers, densities: readonly number[]) {
  tell(`calls against pages, ${densities.join(', ')} events a minute …`);
  const now = Date.now();
  const from = Math.floor(now / HOUR) * HOUR - 2 * HOUR;
  // What is due at the start; the live stream goes on, and its later windows do not count.
  const minute = Math.floor(now / MINUTE) * MINUTE;
  const live = { from: minute - LIVE_MS, to: minute - MINUTE };
  const ranges = { live, backfill: { from, to: from + BACKFILL_MS } };
  const tenants = densities.map((perMinute): Traffic => ({
    appId: appOf(perMinute),
    perMinute,
    from: from / 1_000 - 60,
    to: Math.floor(now / 1_000) + 7_200,
  }));
  const calls: ListCall[] = [];
  const vendor = await startVendor(tenants, (call) => calls.push(call));
  const proxy = await startCountingProxy(elasticsearchUrl);
  const client = createElasticsearch({ url: elasticsearchUrl });
  const config = configFor(vendor.url, proxy.url, redisUrl, densities, new Date(live.from).toISOString());
  await runProgram(['setup'], config);
  await swallowDocuments(client, proxy, config.namespace);
  const program = await startProgram(['run'], config);
  const done = (): Promise<Done[]> => doneWindows(client, config.namespace);
  try {
    const [first, last] = [new Date(from).toISOString(), new Date(from + BACKFILL_MS).toISOString()];
    for (const perMinute of densities)
      await runProgram(
        ['backfill', 'feishu.openapi_audit', '--tenant', tenantOf(perMinute), '--from', first, '--to', last],
        config,
      );
    await untilDone(done, program, densities, ranges);
    const runs = readMetric(await program.metrics(), 'shenji_windows_total');
    await program.stop();
    return judge(await done(), calls, tenants, ranges, runs);
  } finally {
    await program.stop();
    await vendor.close();
    await proxy.close();
    await client.close();
  }
}

function runsOf(runs: ReadonlyMap<string, number>, tenant: string, pass: Pass, status: RunStatus): number {
  const wanted = [`tenant="${tenant}"`, `pass="${pass}"`, `status="${status}"`];
  return [...runs]
    .filter(([labels]) => wanted.every((label) => labels.split(',').includes(label)))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** Calls for anything within these time ranges, beside the pages of the windows that were done there. */
function judge(
  done: readonly Done[],
  calls: readonly ListCall[],
  tenants: readonly Traffic[],
  ranges: Readonly<Record<Pass, Interval>>,
  runs: ReadonlyMap<string, number>,
): Calls[] {
  return tenants.flatMap((traffic) =>
    (['live', 'backfill'] as const).map((pass) => {
      const { perMinute, appId } = traffic;
      const whole = ranges[pass];
      const windows = done.filter(
        (window) => window.tenant === tenantOf(perMinute) && window.pass === pass && inside(window, whole),
      );
      const asked = windows.map((span) => countIn(traffic, span.from / 1_000 - OVERLAP, span.to / 1_000 + OVERLAP));
      const made = calls.filter(
        ({ appId: app, start, end }) =>
          app === appId && inside({ from: (start + OVERLAP) * 1_000, to: (end - OVERLAP) * 1_000 }, whole),
      );
      return {
        perMinute,
        pass,
        calls: made.length,
        pages: asked.reduce((sum, events) => sum + Math.max(1, Math.ceil(events / PAGE)), 0),
        windows: windows.length,
        runs: Object.fromEntries(
          STATUSES.map((status) => [status, runsOf(runs, tenantOf(perMinute), pass, status)]),
        ) as Calls['runs'],
      };
    }),
  );
}

export const callsRows = (measured: readonly Calls[]): Row[] =>
  measured.map(({ perMinute, pass, calls, pages }) =>
    atMost(`calls for each page, ${pass}, ${perMinute} events a minute`, calls / pages, TARGET),
  );

export const callsText = (measured: readonly Calls[]): string =>
  table(
    ['events a minute', 'pass', 'calls', 'pages', 'windows done', ...STATUSES.map((status) => `runs ${status}`)],
    measured.map(({ perMinute, pass, calls, pages, windows, runs }) => [
      perMinute,
      pass,
      calls,
      pages,
      windows,
      ...STATUSES.map((status) => runs[status]),
    ]),
  );

if (import.meta.main) {
  const { values: options } = parseArgs({
    options: {
      densities: { type: 'string', default: '1000,5000,9000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) {
    print(
      'node bench/calls.ts [--densities 1000,5000,9000]\n\nLets the real "shenji run" read nine live minutes and a backfill of seventy, of so many events a minute, and counts the calls that the vendor got for each page of the windows that the ledger holds as done. Documents are not stored.',
    );
    process.exit();
  }
  await benchAlone(async (servers) => {
    const measured = await measureCalls(servers, options.densities.split(',').map(Number));
    return `${callsText(measured)}\n\n${rowsText(callsRows(measured))}`;
  });
}
