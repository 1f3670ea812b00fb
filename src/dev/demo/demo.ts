/** The demo: two invented tenants, collected for real into real servers, and compared with the truth. */
import type { Config } from '../../config/schema.ts';
import { configSchema } from '../../config/schema.ts';
import { setup } from '../../adapters/elasticsearch/setup.ts';
import { streamName } from '../../adapters/elasticsearch/names.ts';
import { NO_COUNTS, type Counts } from '../../core/ledger.ts';
import type { StreamState } from '../../core/planning/stream-state.ts';
import { standingPasses, streamKey } from '../../core/stream.ts';
import { startCollector } from '../../app/collector.ts';
import { sourceKey, type Runtime, type TenantSource } from '../../app/runtime.ts';
import { startScheduler } from '../../app/scheduler.ts';
import { HISTORY_DAYS, startSimulator, type Simulator } from '../simulator/index.ts';
import { blindCollection, judgeRules, type AttackRow, type FalseAlarm } from './attacks.ts';
import { compareWithTruth, type Comparison } from './expectation.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TENANTS = [
  { id: 'acme', name: 'Acme Ltd', events: 2_500 },
  { id: 'globex', name: 'Globex Corp', events: 2_000 },
] as const;

export type DemoRow = Counts & {
  readonly name: string;
  readonly windows: number;
  readonly gaps: number;
  readonly comparison: Comparison;
};

/** One simulator for each tenant: sixteen days, a few odd records, attacks on the last day, no rate limit. */
export async function startVendors(): Promise<ReadonlyMap<string, Simulator>> {
  const to = Math.floor(Date.now() / MINUTE) * MINUTE;
  const started = TENANTS.map(async ({ id, events }): Promise<[string, Simulator]> => [
    id,
    await startSimulator({ seed: id, events, from: to - HISTORY_DAYS * DAY + 5 * MINUTE, to, odd: 0.01, story: true }),
  ]);
  return new Map(await Promise.all(started));
}

export function demoConfig(
  vendors: ReadonlyMap<string, Simulator>,
  elasticsearchUrl: string,
  redisUrl: string,
  namespace: string,
): Config {
  const tenants = TENANTS.map(({ id, name }) => {
    const { url, feishu, dingtalk, truth } = vendors.get(id) as Simulator;
    const apps = Object.fromEntries(truth.apps.map((app) => [app.id, app.name]));
    const limits = { baseUrl: url, requestsPerMinute: 100_000 };
    return {
      id,
      name,
      feishu: {
        ...limits,
        ...feishu,
        apps,
        // Quiet time is on record at once too: all of it is proven at the end.
        openapi_audit: { lag: '1s', settle: ['1h'], since: `${HISTORY_DAYS}d`, backlog: '6h', quiet: '1s' },
      },
      dingtalk: { ...limits, ...dingtalk },
    };
  });
  const known = [...vendors.values()].flatMap(({ truth }) => (truth.story === undefined ? [] : [truth.story.known]));
  const rules = {
    homeCountries: [...new Set(known.flatMap(({ homeCountries }) => homeCountries))],
    knownNetworks: [...new Set(known.flatMap(({ knownNetworks }) => knownNetworks))],
    adminApps: known.flatMap(({ adminApps }) => adminApps),
    nightApps: known.flatMap(({ nightApps }) => nightApps),
    exportApps: known.flatMap(({ exportApps }) => exportApps),
  };
  const servers = { elasticsearch: { url: elasticsearchUrl, allowHttp: true }, redis: { url: redisUrl } };
  return configSchema.parse({ namespace, ...servers, scheduler: { tick: '500ms' }, rules, tenants });
}

/** Collects until every stream has reached what was due when the demo began. */
async function collectAll(
  runtime: Runtime,
  onProgress: (done: number, total: number, states: readonly StreamState[]) => void,
): Promise<readonly StreamState[]> {
  const targets = new Map<string, number>();
  const latest = new Map<string, StreamState>();
  const finished = Promise.withResolvers<readonly StreamState[]>();
  const workers = await startCollector(runtime, { concurrency: 4 });
  const scheduler = startScheduler(runtime, {
    tickMs: runtime.config.scheduler.tick,
    onPlanned: (planned) => {
      for (const state of planned) latest.set(streamKey(state.stream), state);
      const states = [...latest.values()];
      for (const state of states)
        if (!targets.has(streamKey(state.stream))) targets.set(streamKey(state.stream), state.dueUntil);
      const minutes = (of: (state: StreamState) => number): number =>
        Math.round(states.reduce((sum, state) => sum + of(state) - state.origin, 0) / MINUTE);
      const target = (state: StreamState): number => targets.get(streamKey(state.stream)) ?? state.dueUntil;
      onProgress(
        minutes((state) => Math.min(state.watermark, target(state))),
        minutes(target),
        states,
      );
      const expectedStreams = runtime.sources.reduce(
        (sum, { instance }) => sum + standingPasses(instance.source.cadence.settleMs).length,
        0,
      );
      if (states.length === expectedStreams && states.every((state) => state.watermark >= target(state)))
        finished.resolve(states);
    },
  });
  const states = await finished.promise;
  await scheduler.stop();
  await workers.stop(10_000);
  return states;
}

async function rowOf(
  runtime: Runtime,
  source: TenantSource,
  simulator: Simulator,
  all: readonly StreamState[],
): Promise<DemoRow> {
  const { tenant, definition } = source;
  const states = all.filter(({ stream }) => stream.tenant === tenant.id && stream.source === definition.name);
  const totals = await Promise.all(states.map(({ stream }) => runtime.ledger.totals(stream)));
  const sum = (key: keyof (typeof totals)[number]): number => totals.reduce((part, total) => part + total[key], 0);
  return {
    name: sourceKey(source),
    windows: sum('windows'),
    ...(Object.fromEntries(Object.keys(NO_COUNTS).map((key) => [key, sum(key as keyof Counts)])) as Counts),
    gaps: states.reduce((part, { gaps }) => part + gaps.length, 0),
    comparison: await compareWithTruth(runtime, source, simulator, states),
  };
}

export type DemoResult = {
  readonly rows: readonly DemoRow[];
  readonly states: readonly StreamState[];
  readonly samples: readonly object[];
  readonly notes: readonly string[];
  readonly attacks: readonly AttackRow[];
  readonly falseAlarms: readonly FalseAlarm[];
  /** Rules in ES|QL, which this Elasticsearch does not have. */
  readonly untried: number;
};

/** True where every record of the truth is there once and everything else is a dead letter that had to be one. */
export function isExact({ comparison, gaps }: DemoRow): boolean {
  const { missing, unexpected, twice, deadLetters } = comparison;
  return (
    gaps === 0 &&
    missing.length === 0 &&
    unexpected.length === 0 &&
    twice.length === 0 &&
    deadLetters.found === deadLetters.expected
  );
}

async function samplesOf(runtime: Runtime): Promise<object[]> {
  const index = streamName({ type: 'logs', dataset: 'feishu.openapi_audit' }, runtime.config.namespace);
  const query = { bool: { should: [{ term: { 'event.category': 'iam' } }, { term: { 'event.outcome': 'failure' } }] } };
  const { hits } = await runtime.elasticsearch.search<object>({
    index,
    size: 2,
    query,
    _source_excludes: ['event.original'],
  });
  return hits.hits.map((hit) => hit._source ?? {});
}

export async function runDemo(
  runtime: Runtime,
  vendors: ReadonlyMap<string, Simulator>,
  onProgress: Parameters<typeof collectAll>[1],
): Promise<DemoResult> {
  const { elasticsearch: client, definitions, config } = runtime;
  const { notes } = await setup({
    client,
    definitions,
    namespace: config.namespace,
    retention: config.retention,
    dryRun: false,
  });
  const states = await collectAll(runtime, onProgress);
  await client.indices.refresh({ index: `*-${config.namespace}` });
  const rows: DemoRow[] = [];
  for (const source of runtime.sources)
    rows.push(await rowOf(runtime, source, vendors.get(source.tenant.id) as Simulator, states));
  const samples = await samplesOf(runtime);
  const [[, anyVendor] = []] = vendors;
  if (anyVendor !== undefined) await blindCollection(config, anyVendor);
  await client.indices.refresh({ index: `*-${config.namespace}` });
  return { rows, states, samples, notes, ...(await judgeRules(runtime, vendors)) };
}
