/** `node bench/tenants.ts`: what so many tenants cost while nothing happens, in one process of the real program on real servers. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { print, table, tell } from '../src/cli/terminal.ts';
import type { Servers } from '../src/dev/embedded/index.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { benchAlone, readMetric, runProgram, secondsUntil, startProgram } from './program.ts';
import { atMost, rowsText, type Row } from './report.ts';
import { startVendor } from './vendor.ts';

export type TenantsOptions = { readonly tenants: readonly number[]; readonly seconds: number };

type Rates = readonly (readonly [string, number])[];

export type TenantsCost = {
  readonly tenants: number;
  /** Seconds until every tenant was live; undefined where that took too long, and it was measured all the same. */
  readonly settledAfter: number | undefined;
  /** As clients send them, a second: without those that scripts call. */
  readonly redisCommands: number;
  readonly redisConnections: number;
  readonly elasticsearchRequests: number;
  /** The highest of the time range. */
  readonly residentMb: number;
  readonly vendorCallsPerMinute: number;
  /** The commands that were sent to Redis most, with how many a second. */
  readonly most: Rates;
  /** The same of requests to Elasticsearch. */
  readonly mostRequests: Rates;
};

/** What the issue of many tenants asks of a thousand. */
const TARGETS = {
  tenants: 1_000,
  redisCommands: 600,
  redisConnections: 20,
  elasticsearchRequests: 20,
  residentMb: 400,
};
const SETTLE_LIMIT_S = 15 * 60;
/** Due and not done for less than a window is no lag. */
const LIVE_LAG_S = 60;

const appOf = (number: number): string => `cli_bench_${number}`;

function configFor(vendorUrl: string, elasticsearchUrl: string, redisUrl: string, tenants: number): object {
  return {
    namespace: `bench_${randomBytes(4).toString('hex')}`,
    elasticsearch: { url: elasticsearchUrl },
    redis: { url: redisUrl },
    http: { port: 0 },
    tenants: Array.from({ length: tenants }, (_, number) => ({
      id: `t${number}`,
      // All else as it comes. A recent origin, so that each is soon live.
      feishu: { baseUrl: vendorUrl, appId: appOf(number), appSecret: 'bench', openapi_audit: { since: '5m' } },
    })),
  };
}

type Counter = {
  readonly all: () => number;
  readonly byCommand: ReadonlyMap<string, number>;
  readonly stop: () => void;
};

/** As clients send them, from now on: what scripts call is not counted. */
async function countCommands(redis: Redis): Promise<Counter> {
  const monitor = await redis.monitor();
  const byCommand = new Map<string, number>();
  monitor.on('monitor', (_time: string, [name = '']: string[], source: string) => {
    if (source !== 'lua') byCommand.set(name.toLowerCase(), (byCommand.get(name.toLowerCase()) ?? 0) + 1);
  });
  return {
    all: () => [...byCommand.values()].reduce((sum, count) => sum + count, 0),
    byCommand,
    stop: () => monitor.disconnect(),
  };
}

/** All but the one that asks. */
async function connectionsOf(redis: Redis): Promise<number> {
  return Number(/^connected_clients:(\d+)/m.exec(await redis.info('clients'))?.[1]) - 1;
}

async function measure(
  { elasticsearchUrl, redisUrl }: Servers,
  tenants: number,
  seconds: number,
): Promise<TenantsCost> {
  const redis = new Redis(redisUrl);
  await redis.flushall();
  const proxy = await startCountingProxy(elasticsearchUrl);
  const quiet = { perMinute: 0, from: 0, to: 0 };
  const vendor = await startVendor(
    Array.from({ length: tenants }, (_, number) => ({ appId: appOf(number), ...quiet })),
  );
  const config = configFor(vendor.url, proxy.url, redisUrl, tenants);
  await runProgram(['setup'], config);
  const program = await startProgram(['run'], config);
  try {
    const isLive = async (): Promise<boolean> => {
      if (Array.from({ length: tenants }, (_, number) => vendor.callsOf(appOf(number))).includes(0)) return false;
      const lags = [...readMetric(await program.metrics(), 'shenji_stream_lag_seconds')].filter(([labels]) => labels.includes('pass="live"')); // prettier-ignore
      return lags.length > 0 && lags.every(([, lag]) => lag < LIVE_LAG_S);
    };
    const settledAfter = await secondsUntil(isLive, SETTLE_LIMIT_S);
    if (settledAfter === undefined) tell(`not settled in ${SETTLE_LIMIT_S} s: measured all the same`);
    // Before there is one more that counts.
    const redisConnections = await connectionsOf(redis);
    const commands = await countCommands(redis);
    const [startedAt, requests, calls] = [performance.now(), proxy.byPath(), vendor.calls()];
    const resident: number[] = [];
    for (const until = performance.now() + seconds * 1_000; performance.now() < until; await pause(500))
      resident.push(program.residentMb() ?? NaN);
    const spent = (performance.now() - startedAt) / 1_000;
    const callsAfter = vendor.calls();
    commands.stop();
    const most = (counts: ReadonlyMap<string, number>, before?: ReadonlyMap<string, number>): Rates =>
      [...counts]
        .map(([name, count]) => [name, (count - (before?.get(name) ?? 0)) / spent] as const)
        .toSorted(([, a], [, b]) => b - a);
    const asked = most(proxy.byPath(), requests);
    return {
      tenants,
      settledAfter,
      redisCommands: commands.all() / spent,
      redisConnections,
      elasticsearchRequests: asked.reduce((sum, [, rate]) => sum + rate, 0),
      residentMb: Math.max(...resident),
      vendorCallsPerMinute: ((callsAfter - calls) / tenants / spent) * 60,
      most: most(commands.byCommand).slice(0, 6),
      mostRequests: asked.slice(0, 6),
    };
  } finally {
    await program.stop();
    await vendor.close();
    await proxy.close();
    redis.disconnect();
  }
}

export async function measureTenants(servers: Servers, options: TenantsOptions): Promise<TenantsCost[]> {
  const costs: TenantsCost[] = [];
  for (const tenants of options.tenants) {
    tell(`${tenants} tenants, ${options.seconds} s once they are live …`);
    costs.push(await measure(servers, tenants, options.seconds));
  }
  return costs;
}

/** Of a thousand tenants, where they were measured. */
export function tenantsRows(costs: readonly TenantsCost[]): Row[] {
  const cost = costs.find(({ tenants }) => tenants === TARGETS.tenants);
  if (cost === undefined) return [];
  const of = `${TARGETS.tenants} tenants:`;
  return [
    atMost(`${of} Redis commands a second`, cost.redisCommands, TARGETS.redisCommands),
    atMost(`${of} Redis connections`, cost.redisConnections, TARGETS.redisConnections),
    atMost(`${of} Elasticsearch requests a second`, cost.elasticsearchRequests, TARGETS.elasticsearchRequests),
    atMost(`${of} resident memory in MB`, cost.residentMb, TARGETS.residentMb),
  ];
}

export function tenantsText(costs: readonly TenantsCost[]): string {
  const cells = costs.map((cost) => [
    cost.tenants,
    cost.settledAfter?.toFixed(0) ?? `not in ${SETTLE_LIMIT_S}`,
    cost.redisCommands.toFixed(0),
    cost.redisConnections,
    cost.elasticsearchRequests.toFixed(1),
    cost.residentMb.toFixed(0),
    cost.vendorCallsPerMinute.toFixed(2),
  ]);
  const head = [
    'tenants',
    'live after s',
    'Redis commands/s',
    'connections',
    'ES requests/s',
    'RSS MB',
    'calls/min each',
  ];
  const rates = (of: (cost: TenantsCost) => Rates): string[] =>
    costs.map(
      (cost) =>
        `${cost.tenants}: ${of(cost)
          .map(([name, rate]) => `${name} ${rate.toFixed(1)}/s`)
          .join(', ')}`,
    );
  return [
    table(head, cells),
    'Redis commands are those that clients send (MONITOR), without what scripts call. Most of them were, by tenants:',
    ...rates(({ most }) => most),
    'Requests to Elasticsearch:',
    ...rates(({ mostRequests }) => mostRequests),
  ].join('\n');
}

if (import.meta.main) {
  const { values: options } = parseArgs({
    options: {
      tenants: { type: 'string', default: '1,100,1000' },
      seconds: { type: 'string', default: '60' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) {
    print(
      'node bench/tenants.ts [--tenants 1,100,1000] [--seconds 60]\n\nStarts the real "shenji run" with so many tenants of one Feishu audit log each, waits until all are live, and says what they cost while nothing happens. A window ends each minute: take whole minutes.',
    );
    process.exit();
  }
  await benchAlone(async (servers) => {
    const wanted = { tenants: options.tenants.split(',').map(Number), seconds: Number(options.seconds) };
    const costs = await measureTenants(servers, wanted);
    const rows = tenantsRows(costs);
    return [tenantsText(costs), ...(rows.length > 0 ? [rowsText(rows)] : [])].join('\n\n');
  });
}
