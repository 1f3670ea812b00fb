/** One run: real processes collect while faults from a seed strike; then what is stored is compared with the truth. */
import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { configSchema } from '../../src/config/schema.ts';
import { backingNames } from '../../src/elasticsearch/backing-indices.ts';
import { documentsOf } from '../../src/elasticsearch/evidence.ts';
import { DEAD_LETTERS, streamName } from '../../src/elasticsearch/names.ts';
import { setup } from '../../src/elasticsearch/setup.ts';
import { prepareArtifacts } from '../../src/demo/embedded/artifacts.ts';
import { startRedis } from '../../src/demo/embedded/redis.ts';
import { createLog } from '../../src/observe/log.ts';
import { documentId } from '../../src/pipeline/document-id.ts';
import type { StreamState } from '../../src/pipeline/planner.ts';
import { openRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { startSimulator, type Simulator } from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/random.ts';
import type { SharedElasticsearch } from './elasticsearch.ts';
import { lanes, opensWithoutTemplate, scheduleOf } from './faults.ts';
import { startProxy } from './proxy.ts';
import { startProcesses, type FaultWorld } from './world.ts';

export type Struck = { readonly fault: string; readonly effect: string | undefined };

export type RunResult = {
  readonly seed: string;
  readonly seconds: number;
  readonly struck: readonly Struck[];
  readonly documents: number;
  readonly late: number;
  readonly missing: readonly string[];
  readonly double: readonly string[];
  readonly wrong: readonly string[];
  readonly falseDeadLetters: number;
  readonly gaps: number;
  readonly settled: boolean;
  /** For a run that is not exact: what the ledger says of the windows that hold the first of what is wrong. */
  readonly evidence: readonly string[];
};

const SECOND = 1_000;
/** Events before the run, while faults strike, and in the calm after, when only a settle pass can find what comes late. */
const PAST_MS = 240 * SECOND;
/** Far enough back that a stream which is opened late, on a busy machine, still begins before the first event. */
const SINCE = '8m';
const AHEAD_MS = 70 * SECOND;
const SETTLE_LIMIT_MS = 240 * SECOND;

function configFor(vendor: Simulator, elasticsearchUrl: string, redisUrl: string, namespace: string) {
  return {
    namespace,
    elasticsearch: { url: elasticsearchUrl },
    redis: { url: redisUrl },
    http: { port: 0 },
    scheduler: { tick: '300ms' },
    retries: { attempts: 40, base: '100ms', max: '1s' },
    tenants: [
      {
        id: 'acme',
        feishu: {
          baseUrl: vendor.url,
          ...vendor.feishu,
          requestsPerMinute: 100_000,
          timeout: '1s',
          openapi_audit: { window: '5s', backlog: '30s', lag: '2s', settle: ['16s'], since: SINCE },
        },
      },
    ],
  };
}

type Document = {
  readonly '@timestamp': string;
  readonly event: { readonly id: string; readonly action: string; readonly created: string };
  readonly shenji: { readonly stream: string };
  readonly user: { readonly id: string };
};

/** By id and by content: an event with the wrong action, caller or time is wrong, not there. */
async function compare(
  { elasticsearch, config }: Runtime,
  vendor: Simulator,
): Promise<Pick<RunResult, 'documents' | 'missing' | 'double' | 'wrong' | 'falseDeadLetters'>> {
  const index = `logs-feishu.openapi_audit-${config.namespace}`;
  const dead = streamName(DEAD_LETTERS, config.namespace);
  // A shard that does not refresh hides what was written last.
  await waitUntil(async () => {
    const { _shards: shards } = await elasticsearch.indices.refresh({ index: [index, dead], ignore_unavailable: true });
    return shards?.failed === 0;
  });
  const truth = new Map(vendor.truth.records.map(({ id, served }) => [id, served]));
  const seen = new Map<string, string>();
  const double: string[] = [];
  const wrong: string[] = [];
  for await (const { source, index: lies } of documentsOf<Document>(
    elasticsearch,
    index,
    [],
    ['@timestamp', 'event', 'user.id', 'shenji.stream'],
  )) {
    const { id, action } = source.event;
    const served = truth.get(id);
    const copy = `${lies} written ${source.event.created} by ${source.shenji.stream}`;
    if (seen.has(id)) double.push(`${id}: ${seen.get(id)} and ${copy}`);
    seen.set(id, copy);
    const same =
      served !== undefined &&
      served['api_key'] === action &&
      served['app_id'] === source.user.id &&
      served['event_time'] === Date.parse(source['@timestamp']) / 1_000;
    if (!same) wrong.push(id);
  }
  const { count } = await elasticsearch.count({ index: dead, ignore_unavailable: true });
  return {
    documents: seen.size,
    missing: [...truth.keys()].filter((id) => !seen.has(id)),
    double,
    wrong,
    falseDeadLetters: count,
  };
}

/** The ledger's entries over the moments of these events, so that a failing seed can be understood. */
async function evidenceFor(
  { elasticsearch, config }: Runtime,
  vendor: Simulator,
  ids: readonly string[],
): Promise<string[]> {
  const index = `logs-shenji.window-${config.namespace}`;
  const records = vendor.truth.records.filter(({ id }) => ids.includes(id));
  const lines: string[] = [];
  const stream = `logs-feishu.openapi_audit-${config.namespace}`;
  const indices = await backingNames(elasticsearch, stream);
  for (const { id, listedAt, publishedAt } of records) {
    const time = listedAt * SECOND;
    const key = documentId('acme', 'feishu.openapi_audit', id, new Date(time));
    const asked = indices.map((name) => ({ _index: name, _id: key }));
    const { docs } = await elasticsearch.mget({ docs: asked, _source: false });
    const lies = docs.filter((found) => 'found' in found && found.found).map(({ _index }) => _index);
    lines.push(
      `${id}: happened ${new Date(time).toISOString()}, published ${publishedAt - listedAt} s later, by id in ${lies.length === 0 ? 'no index' : lies.join(' and ')} of ${indices.length}`,
    );
    const covering = [
      { range: { 'shenji.window.from': { lte: time, format: 'epoch_millis' } } },
      { range: { 'shenji.window.to': { gt: time, format: 'epoch_millis' } } },
    ];
    for await (const { source } of documentsOf<{ '@timestamp': string; shenji: { window: object } }>(
      elasticsearch,
      index,
      covering,
      ['@timestamp', 'event.start', 'shenji.window'],
    ))
      lines.push(`  ${source['@timestamp']} ${JSON.stringify(source.shenji.window)}`);
  }
  return lines;
}

async function settle(runtime: Runtime, until: number): Promise<{ states: readonly StreamState[]; settled: boolean }> {
  const [source] = runtime.sources;
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const states = source === undefined ? [] : await runtime.planner.inspect(source.planned).catch(() => []);
    const settled = states.length === 2 && states.every(({ watermark }) => watermark >= until);
    if (settled || Date.now() > deadline) return { states, settled };
    await pause(500);
  }
}

/** Resolves with true when it holds, with false when that takes too long. */
async function waitUntil(holds: () => boolean | Promise<boolean>, limitMs = 120 * SECOND): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await holds()) return true;
    await pause(100);
  }
  return false;
}

/** Resolves with true when nobody works on anything before `end` any more, with false when that takes too long. */
const drained = ({ sources }: Runtime, end: number): Promise<boolean> =>
  waitUntil(async () => {
    const unfinished = await sources[0]?.queue.unfinished();
    return unfinished?.every(({ from }) => from >= end) === true;
  }, 90 * SECOND);

/** `mutation` names a law that is switched off in the processes, to see that the breaker notices. */
export async function breakOnce(
  seed: string,
  shared: SharedElasticsearch,
  announce: (line: string) => void,
  mutation?: string,
): Promise<RunResult> {
  const began = Date.now();
  const random = createRandom(`${seed}/schedule`);
  const start = Math.floor(began / (5 * SECOND)) * 5 * SECOND;
  const end = start + AHEAD_MS;
  const vendor = await startSimulator({
    seed,
    events: 2_500,
    from: start - PAST_MS,
    to: end,
    late: 0.05,
    lateSeconds: 10,
  });
  const artifacts = await prepareArtifacts(process.env, announce);
  let server = await startRedis(artifacts);
  const port = Number(new URL(server.url).port);
  const proxy = await startProxy(shared.url);
  const namespace = `faults_${randomBytes(4).toString('hex')}`;
  const raw = configFor(vendor, proxy.url, server.url, namespace);
  const log = createLog({ level: 'silent', secrets: [], pretty: false });
  // The driver's own eyes look past the proxy.
  const runtime = await openRuntime(configSchema.parse({ ...raw, elasticsearch: { url: shared.url } }), log);
  const processes = startProcesses(raw, mutation);
  try {
    const index = `logs-feishu.openapi_audit-${namespace}`;
    const install = (): Promise<unknown> =>
      setup({
        client: runtime.elasticsearch,
        definitions: runtime.definitions,
        namespace,
        retention: '90d',
        dryRun: false,
      });
    await shared.steady(install);
    const struck: Struck[] = [];
    const record = (fault: string, effect: string | undefined): void => {
      struck.push({ fault, effect });
      announce(`${seed}: ${fault}: ${effect ?? 'no effect, not counted'}`);
    };
    const started = [processes.start('worker'), processes.start('worker')];
    if (opensWithoutTemplate(seed)) {
      await shared.steady(async () => {
        const says = (text: string): Promise<boolean> =>
          waitUntil(() => started.some((worker) => worker.log().includes(text)));
        await says('running: worker');
        await runtime.elasticsearch.indices.deleteIndexTemplate({ name: `shenji-${index}` });
        processes.start('scheduler');
        const noticed = await says(`the index template shenji-${index} is missing`);
        const spared = !(await runtime.elasticsearch.indices.exists({ index }));
        await install();
        record('template-deleted', noticed && spared ? 'workers wait, and make no data stream by guess' : undefined);
      });
    } else processes.start('scheduler');
    const redis = {
      restart: async (downMs: number, keepData: boolean): Promise<void> => {
        if (keepData) return server.restart(downMs);
        await server.stop();
        await pause(downMs);
        server = await startRedis(artifacts, port);
      },
    };
    const world: FaultWorld = { runtime, vendor, proxy, processes, shared, redis, random, index };
    // Faults find something to break only once documents flow.
    await waitUntil(async () => runtime.elasticsearch.indices.exists({ index }).catch(() => false));
    const strikeLane = async (lane: keyof typeof lanes): Promise<void> => {
      for (const fault of scheduleOf(seed, lane)) {
        // A fault that its own tool could not cause did not happen.
        const effect = await fault.strike(world).catch((error: unknown) => {
          announce(`${seed}: ${fault.name}: ${(error as Error).message}`);
          return undefined;
        });
        record(fault.name, effect);
        await pause(random.below(1_500));
      }
    };
    await Promise.all([strikeLane('destination'), strikeLane('rest')]);
    const { states, settled } = await settle(runtime, end);
    // A window that two workers did at once may be done by one while the other still mends its doubles.
    for (const process of processes.all()) if (process.role === 'scheduler') await processes.kill(process, 'SIGTERM');
    const idle = await drained(runtime, end);
    const [late, compared, evidence] = await shared.steady(async () => {
      const found = await compare(runtime, vendor);
      const wrong = [...found.missing, ...found.double.map((line) => line.replace(/:.*/, '')), ...found.wrong];
      return [
        await runtime.ledger.totals({ tenant: 'acme', source: 'feishu.openapi_audit', pass: 'settle-16s' }),
        found,
        await evidenceFor(runtime, vendor, wrong.slice(0, 3)),
      ] as const;
    });
    const gaps = states.reduce((sum, state) => sum + state.gaps.length, 0);
    return {
      seed,
      seconds: Math.round((Date.now() - began) / SECOND),
      struck,
      late: late.late,
      ...compared,
      evidence,
      gaps,
      settled: settled && idle,
    };
  } finally {
    await processes.close();
    await runtime.close();
    await proxy.close();
    await vendor.close();
    await server.stop();
    const streams = ['feishu.openapi_audit', 'shenji.window', 'shenji.dead_letter'].map(
      (dataset) => `logs-${dataset}-${namespace}`,
    );
    await shared.steady(() => dropStreams(shared.url, streams, `shenji-checkpoints-${namespace}`));
  }
}

/** Two hundred runs must not fill one server with shards. */
async function dropStreams(url: string, streams: readonly string[], checkpoints: string): Promise<void> {
  for (const name of streams) {
    const reply = await fetch(`${url}/_resolve/index/${name}`);
    if (!reply.ok) continue;
    const { data_streams: found } = (await reply.json()) as { data_streams: { backing_indices: string | string[] }[] };
    const indices = found.flatMap(({ backing_indices: backing }) => backing);
    // The index being written cannot be deleted here; the older ones can.
    for (const index of indices.slice(0, -1)) await fetch(`${url}/${index}`, { method: 'DELETE' });
  }
  await fetch(`${url}/${checkpoints}`, { method: 'DELETE' });
}

export function isExact(result: RunResult): boolean {
  const { missing, double, wrong, falseDeadLetters, gaps, settled } = result;
  return settled && gaps === 0 && falseDeadLetters === 0 && [missing, double, wrong].every((list) => list.length === 0);
}
