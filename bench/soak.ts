/** `npm run soak -- --minutes N`: fifty tenants, two schedulers, three workers, now and then a kill; what it costs over time, and whether all is stored once. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { print, tell } from '../src/cli/terminal.ts';
import { createElasticsearch } from '../src/adapters/elasticsearch/client.ts';
import type { Servers } from '../src/dev/embedded/index.ts';
import { createRandom } from '../src/dev/simulator/random.ts';
import {
  buildProgram,
  readMetric,
  runProgram,
  secondsUntil,
  startBenchServers,
  startProgram,
  type Program,
} from './program.ts';
import { samplesText, trendsText, type SoakSample } from './soak-report.ts';
import { quantile } from './report.ts';
import { compareStored, soakTenants, type SoakTenant } from './soak-tenants.ts';
import { startVendor, type Vendor } from './vendor.ts';

const ROLES = ['scheduler', 'scheduler', 'worker', 'worker', 'worker'] as const;
/** One scheduler and one worker live through all of it: whether memory grows is seen only in those. */
const UNHARMED: readonly number[] = [0, 2];
const SAMPLE_MS = 10_000;
const LAG = '10s';
/** A later reading soon enough for a short soak to wait for, beside the live one. */
const SETTLE = '2m';
const PASSES = 2;
/** What is due at the end, and is not done by then, is stuck. */
const END_LIMIT_S = 20 * 60;
const SHOWN = 5;

function configFor(vendor: Vendor, servers: Servers, tenants: readonly SoakTenant[], since: string) {
  // Nobody waits a quarter of an hour at the end for what is quiet to be written down.
  const openapi_audit = { lag: LAG, settle: [SETTLE], quiet: '2m', since };
  return {
    namespace: `soak_${randomBytes(4).toString('hex')}`,
    elasticsearch: { url: servers.elasticsearchUrl },
    redis: { url: servers.redisUrl },
    http: { port: 0 },
    tenants: tenants.map(({ id, traffic: { appId } }) => ({
      id,
      feishu: { baseUrl: vendor.url, appId, appSecret: 'soak', requestsPerMinute: 1_000, openapi_audit },
    })),
  };
}

type Slot = { readonly role: (typeof ROLES)[number]; readonly name: string; program: Program };

/** A scheduler repairs what a rollover leaves twice; a worker must not have the means. */
function startRole(role: Slot['role'], config: ReturnType<typeof configFor>): Promise<Program> {
  const elasticsearch = role === 'scheduler' ? { ...config.elasticsearch, repair: {} } : config.elasticsearch;
  return startProgram([role], { ...config, elasticsearch });
}

/** Lags of all tenants' live streams in seconds, as the first scheduler that answers sees them. */
async function lagsOf(slots: readonly Slot[]): Promise<number[]> {
  for (const { role, program } of slots) {
    const text = role === 'scheduler' ? await program.metrics().catch(() => '') : '';
    const lags = [...readMetric(text, 'shenji_stream_lag_seconds')].filter(([labels]) =>
      labels.includes('pass="live"'),
    );
    if (lags.length > 0) return lags.map(([, lag]) => lag);
  }
  return [];
}

type Soak = {
  readonly samples: readonly SoakSample[];
  readonly kills: readonly string[];
};

async function startAll(config: ReturnType<typeof configFor>): Promise<Slot[]> {
  const numberOf = (at: number): number => ROLES.slice(0, at + 1).filter((role) => role === ROLES[at]).length;
  return Promise.all(
    ROLES.map(async (role, at) => ({ role, name: `${role} ${numberOf(at)}`, program: await startRole(role, config) })),
  );
}

/** Kills now and then, and looks every ten seconds, until this moment. */
async function strain(
  slots: readonly Slot[],
  until: number,
  killEveryMs: number,
  random: ReturnType<typeof createRandom>,
  vendor: Vendor,
  config: ReturnType<typeof configFor>,
): Promise<Soak> {
  const victims = slots.filter((_, at) => !UNHARMED.includes(at));
  const nextKill = (): number => Date.now() + killEveryMs * (0.5 + random.next());
  const [samples, kills]: [SoakSample[], string[]] = [[], []];
  const startedAt = Date.now();
  let [killAt, calls, sampledAt] = [nextKill(), vendor.calls(), startedAt];
  while (Date.now() < until) {
    await pause(Math.min(SAMPLE_MS, Math.max(0, until - Date.now())));
    // Nobody has asked it to: that is no soak any more, but a crash.
    for (const { name, program } of slots)
      if (program.hasEnded()) throw new Error(`${name} has ended by itself:\n${program.log().slice(-2_000)}`);
    if (Date.now() >= killAt) {
      const victim = random.pick(victims);
      await victim.program.stop('SIGKILL');
      kills.push(victim.name);
      tell(`killed ${victim.name} after ${Math.round((Date.now() - startedAt) / 1_000)} s`);
      victim.program = await startRole(victim.role, config);
      killAt = nextKill();
    }
    const lags = await lagsOf(slots);
    const now = Date.now();
    samples.push({
      at: now - startedAt,
      lag: { p50: quantile(lags, 0.5), p95: quantile(lags, 0.95), most: Math.max(...lags) },
      callsPerMinute: ((vendor.calls() - calls) / (now - sampledAt)) * 60_000,
      kills: kills.length,
      processes: slots.map(({ name, program }) => ({
        name,
        residentMb: program.residentMb(),
        handles: program.handles(),
      })),
    });
    [calls, sampledAt] = [vendor.calls(), now];
  }
  return { samples, kills };
}

/** Until every stream of every tenant has read everything that happened. */
async function untilRead(slots: readonly Slot[], tenants: number, end: number): Promise<boolean> {
  const spent = await secondsUntil(async () => {
    for (const { role, program } of slots) {
      const text = role === 'scheduler' ? await program.metrics() : '';
      const watermarks = [...readMetric(text, 'shenji_stream_watermark_timestamp_seconds').values()];
      if (watermarks.length === tenants * PASSES && watermarks.every((watermark) => watermark >= end)) return true;
    }
    return false;
  }, END_LIMIT_S);
  return spent !== undefined;
}

async function soak(minutes: number, seed: string, killEveryMs: number): Promise<boolean> {
  const servers = await startBenchServers();
  const random = createRandom(`${seed}/soak`);
  const from = Math.floor(Date.now() / 60_000) * 60;
  const tenants = soakTenants(random, from);
  const vendor = await startVendor(tenants.map(({ traffic }) => traffic));
  const config = configFor(vendor, servers, tenants, new Date(from * 1_000).toISOString());
  const client = createElasticsearch({ url: servers.elasticsearchUrl });
  try {
    await runProgram(['setup'], config);
    tell(`seed ${seed}: ${tenants.length} tenants for ${minutes} minutes …`);
    const slots = await startAll(config);
    // Whole minutes: the last window is due as soon as the lag is over.
    const to = Math.ceil(Date.now() / 60_000 + minutes) * 60;
    for (const { traffic } of tenants) traffic.to = to;
    const { samples, kills } = await strain(slots, to * 1_000, killEveryMs, random, vendor, config);
    tell('no more happens; waiting until all of it has been read, also by the later reading …');
    const isRead = await untilRead(slots, tenants.length, to);
    await Promise.all(slots.map(({ program }) => program.stop()));
    const stored = await compareStored(tenants, client, `logs-feishu.openapi_audit-${config.namespace}`);
    print(samplesText(samples));
    print();
    print(trendsText(samples, UNHARMED));
    print();
    print(`${kills.length} kills${kills.length === 0 ? '' : `: ${kills.join(', ')}`}`);
    const { events, missing, double } = stored;
    print(
      `${events} events, missing ${missing.length}, double ${double.length}${isRead ? '' : `, NOT all read in ${END_LIMIT_S} s`}`,
    );
    for (const line of missing.slice(0, SHOWN)) print(`missing ${line}`);
    for (const line of double.slice(0, SHOWN)) print(`double ${line}`);
    return isRead && missing.length === 0 && double.length === 0;
  } finally {
    await client.close();
    await vendor.close();
    await servers.stop();
  }
}

const HELP = `npm run soak -- [--minutes 60] [--seed soak] [--kill-every 3]

Fifty tenants of uneven volume, two schedulers and three workers of the built program, on a Redis of their own and an
Elasticsearch of their own (or ELASTICSEARCH_URL). Every few minutes (--kill-every, on average) one of them is killed with
SIGKILL and started again; scheduler 1 and worker 1 live through all of it, and show whether memory grows.
The seed decides volumes, victims and times. At the end: lag, calls, memory and handles over time, and whether every event
of the vendor is stored once. Exits with code 1 where one is missing or double, or where not all was read in the end.`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: 'soak' },
    'kill-every': { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) print(HELP);
else {
  buildProgram();
  const exact = await soak(Number(options.minutes), options.seed, Number(options['kill-every']) * 60_000);
  // Also where something is left open.
  process.exit(exact ? 0 : 1);
}
