/** One run: real processes collect while faults from a seed strike; then what is stored, and what `prove` says of it, is held against the truth. */
import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { configSchemaOf } from '../../src/config/schema.ts';
import { setup } from '../../src/adapters/elasticsearch/setup.ts';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startRedis } from '../../src/dev/embedded/redis.ts';
import { createLog } from '../../src/observe/log.ts';
import type { StreamState } from '../../src/core/planning/stream-state.ts';
import type { Interval } from '../../src/core/time/intervals.ts';
import { backfillCommand, wideningsFor } from '../../src/app/attention.ts';
import { openRuntime, type Runtime } from '../../src/app/runtime.ts';
import { startSimulator } from '../../src/dev/simulator/index.ts';
import { createRandom } from '../../src/dev/simulator/random.ts';
import { compare, deleteSome, evidenceFor, evidenceOver, type Compared } from './comparison.ts';
import type { SharedElasticsearch } from './elasticsearch.ts';
import { lanes, opensWithoutTemplate, scheduleOf } from './faults.ts';
import { askAndJudge, bothOf, curesFor, NOTHING_JUDGED, spansToAsk, type Judged } from './proofs.ts';
import { startProxy } from './proxy.ts';
import { SOURCE, subject, TENANT } from './subject.ts';
import { startProcesses, waitUntil, type FaultWorld, type ProcessRole, type Settings } from './world.ts';

export type Struck = { readonly fault: string; readonly effect: string | undefined };

export type RunResult = {
  readonly seed: string;
  readonly seconds: number;
  readonly struck: readonly Struck[];
  readonly late: number;
  readonly gaps: number;
  readonly settled: boolean;
  /** What is promised and did not hold, as a fault saw it. */
  readonly violations: readonly string[];
  /** Copies that `shenji repair` took away at the end; what the scheduler had left. */
  readonly repaired: number;
  /** For a run that is not exact: what the ledger says of the windows that hold the first of what is wrong. */
  readonly evidence: readonly string[];
} & Omit<Compared, 'events'> &
  Omit<Judged, 'places'>;

const SECOND = 1_000;
/** Events before the run, while faults strike, and in the calm after, when only a settle pass can find what comes late. */
const PAST_MS = 240 * SECOND;
/** Far enough back that a stream which is opened late, on a busy machine, still begins before the first event. */
const SINCE = '8m';
const AHEAD_MS = 70 * SECOND;
const SETTLE_LIMIT_MS = 240 * SECOND;
/** A suspension that began as its fault ended is not waited out: its next probe goes, and has so long. */
const PROBE_LIMIT_MS = 10 * SECOND;

const FIRST: Settings = {
  retention: '90d',
  audit: { window: '5s', backlog: '30s', lag: '2s', quiet: '15s', settle: ['16s'], since: SINCE },
};

type Servers = { readonly elasticsearch: object; readonly redisUrl: string; readonly namespace: string };

function configFor(section: object, { elasticsearch, redisUrl, namespace }: Servers, retention: string) {
  return {
    plugins: subject.plugins,
    namespace,
    retention,
    elasticsearch,
    redis: { url: redisUrl },
    http: { port: 0 },
    scheduler: { tick: '300ms' },
    retries: { attempts: 40, base: '100ms', max: '1s' },
    tenants: [{ id: TENANT, ...section }],
  };
}

/** Until every standing pass, and every backfill that was begun, is past this moment. */
async function settle(
  { planner, sources }: Runtime,
  until: number,
): Promise<{ states: readonly StreamState[]; settled: boolean }> {
  const [source] = sources;
  const standing = 1 + (source?.planned.cadence.settleMs.length ?? 0);
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  let probedAt = -Infinity;
  for (;;) {
    const states = source === undefined ? [] : await planner.inspect(source.planned).catch(() => []);
    const isPast = ({ watermark, end = until }: StreamState): boolean => watermark >= Math.min(until, end);
    const settled = states.length >= standing && states.every(isPast);
    const isSuspended = states.some(({ suspension }) => suspension !== undefined);
    if ((settled && !isSuspended) || Date.now() > deadline) return { states, settled };
    if (isSuspended && Date.now() - probedAt > PROBE_LIMIT_MS) {
      await source?.queue.rest(0).catch(() => undefined);
      probedAt = Date.now();
    }
    await pause(500);
  }
}

/** Resolves with true when nobody works on anything before `end` any more, with false when that takes too long. */
const drained = ({ sources }: Runtime, end: number): Promise<boolean> =>
  waitUntil(async () => {
    const unfinished = await sources[0]?.queue.unfinished();
    return unfinished?.every(({ from }) => from >= end) === true;
  }, 90 * SECOND);

async function strikeAll(
  seed: string,
  world: FaultWorld,
  record: (fault: string, effect: string | undefined) => void,
  announce: (line: string) => void,
  only?: readonly string[],
): Promise<void> {
  async function strikeLane(lane: keyof typeof lanes): Promise<void> {
    for (const fault of scheduleOf(seed, lane, only)) {
      // A fault that its own tool could not cause did not happen.
      const effect = await fault.strike(world).catch((error: unknown) => {
        announce(`${seed}: ${fault.name}: ${(error as Error).message}`);
        return undefined;
      });
      record(fault.name, effect);
      await pause(world.random.below(1_500));
    }
  }
  await Promise.all([strikeLane('destination'), strikeLane('rest')]);
}

/** What the pages tell an operator to do after a filter was taken back and a mapping was put right, and what a proof then prints as its cure. */
async function tidyUp(runtime: Runtime, world: FaultWorld, whole: Interval): Promise<void> {
  const { processes } = world;
  const [source] = runtime.sources;
  for (const widening of source === undefined ? [] : await wideningsFor(runtime, source))
    if (source !== undefined) await processes.run('worker', backfillCommand(source, widening).split(' ').slice(1));
  await processes.run('worker', ['replay']);
  for (const command of await curesFor(world, whole)) await processes.run('worker', command);
}

/** With the one key that may delete. How many copies that took away. @throws Error where it does not get to its end */
async function repairAll({ processes }: FaultWorld): Promise<number> {
  const { code, stdout, stderr } = await processes.run('repair', ['repair', '--json']);
  if (code !== 0) throw new Error(`nothing could be repaired: ${stdout} ${stderr.slice(0, 2_000)}`);
  return (JSON.parse(stdout) as { deleted: number }[]).reduce((sum, { deleted }) => sum + deleted, 0);
}

/** Asked as the faults have left it, then tidied up, then with documents deleted. */
async function judgeProofs(
  runtime: Runtime,
  world: FaultWorld,
  whole: Interval,
): Promise<{
  readonly judged: Judged;
  readonly compared: Compared;
  readonly idle: boolean;
  readonly repaired: number;
}> {
  const { shared, vendor, random } = world;
  const asFound = await shared.steady(async () => {
    const { events } = await compare(runtime, vendor);
    return askAndJudge(world, spansToAsk(whole, random, []), events, false);
  });
  await shared.steady(() => tidyUp(runtime, world, whole));
  const idle = await drained(runtime, whole.to);
  const repaired = await shared.steady(() => repairAll(world));
  return shared.steady(async () => {
    const compared = await compare(runtime, vendor);
    const tidied = await askAndJudge(world, spansToAsk(whole, random, []), compared.events, true);
    const events = await deleteSome(runtime, compared.events, random);
    const deleted = events.filter(({ fate }) => fate === 'deleted');
    const robbed = await askAndJudge(world, spansToAsk(whole, random, deleted), events, true);
    return { compared, judged: [asFound, tidied, robbed].reduce(bothOf, NOTHING_JUDGED), idle, repaired };
  });
}

/**
 * `mutation` names a law that is switched off in the processes, to see that the breaker notices; `only` the faults to draw
 * from, to look into some.
 */
export async function breakOnce(
  seed: string,
  shared: SharedElasticsearch,
  announce: (line: string) => void,
  { mutation, only }: { readonly mutation?: string | undefined; readonly only?: readonly string[] | undefined } = {},
): Promise<RunResult> {
  const began = Date.now();
  const random = createRandom(`${seed}/schedule`);
  const start = Math.floor(began / (5 * SECOND)) * 5 * SECOND;
  const whole = { from: start - PAST_MS, to: start + AHEAD_MS };
  const vendor = await startSimulator({ seed, events: 2_500, ...whole, late: 0.05, lateSeconds: 10 });
  const front = await subject.startVendor(vendor);
  const artifacts = await prepareArtifacts(process.env, announce);
  let server = await startRedis(artifacts);
  const port = Number(new URL(server.url).port);
  const proxy = await startProxy(shared.url);
  const namespace = `faults_${randomBytes(4).toString('hex')}`;
  const log = createLog({ level: 'silent', secrets: [], pretty: false });
  let settings = FIRST;
  const configBy = (elasticsearch: object): object =>
    configFor(
      subject.section(front.url, vendor, settings.audit),
      { elasticsearch, redisUrl: server.url, namespace },
      settings.retention,
    );
  // The driver's own eyes look past the proxy, and see everything.
  const openEyes = (): Promise<Runtime> =>
    openRuntime(
      configSchemaOf(subject.definitions).parse(configBy({ url: shared.url, ...shared.credentialsOf('admin') })),
      log,
    );
  const runtime = await openEyes();
  const processConfig = (role: ProcessRole): object =>
    configBy({
      url: proxy.url,
      ...shared.credentialsOf(role === 'setup' || role === 'reader' ? role : 'writer'),
      ...(role === 'scheduler' || role === 'repair'
        ? { repair: { ...shared.credentialsOf('repair'), again: '20s' } }
        : {}),
    });
  const processes = startProcesses(processConfig, mutation);
  try {
    const index = `logs-${SOURCE}-${namespace}`;
    const install = (): Promise<unknown> =>
      setup({
        client: runtime.elasticsearch,
        definitions: runtime.definitions,
        namespace,
        retention: settings.retention,
        dryRun: false,
      });
    await shared.steady(install);
    const struck: Struck[] = [];
    const violations: string[] = [];
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
        record(
          'template-deleted',
          noticed && spared ? 'workers wait, and make no dynamically mapped data stream' : undefined,
        );
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
    const world: FaultWorld = {
      runtime,
      past: { from: whole.from, to: start },
      settings: () => settings,
      configure: (next) => {
        settings = next;
        processes.configure(processConfig);
      },
      vendor,
      proxy,
      processes,
      shared,
      redis,
      random,
      index,
      violated: (line) => {
        violations.push(line);
        announce(`${seed}: violated: ${line}`);
      },
    };
    // Faults find something to break only once documents flow.
    await waitUntil(() => runtime.elasticsearch.indices.exists({ index }));
    await strikeAll(seed, world, record, announce, only);
    const eyes = await openEyes();
    try {
      const { states, settled } = await settle(eyes, whole.to);
      for (const process of processes.all()) if (process.role === 'scheduler') await processes.kill(process, 'SIGTERM');
      const idle = await drained(eyes, whole.to);
      const { judged, compared, idle: isIdleAgain, repaired } = await judgeProofs(eyes, world, whole);
      const late = await shared.steady(() =>
        Promise.all(
          settings.audit.settle.map((delay) =>
            eyes.ledger.totals({ tenant: TENANT, source: SOURCE, pass: `settle-${delay}` }),
          ),
        ),
      );
      const { events: _, ...found } = compared;
      const wrong = [...found.missing, ...found.double.map((line) => line.replace(/:.*/, '')), ...found.wrong];
      return {
        seed,
        seconds: Math.round((Date.now() - began) / SECOND),
        struck,
        violations,
        repaired,
        late: late.reduce((sum, { late: some }) => sum + some, 0),
        ...found,
        ...judged,
        evidence: await shared.steady(async () => [
          ...(await evidenceFor(eyes, vendor, wrong.slice(0, 3))),
          ...(await evidenceOver(eyes, compared.events, judged.places)),
        ]),
        gaps: states.reduce((sum, state) => sum + state.gaps.length, 0),
        settled: settled && idle && isIdleAgain,
      };
    } finally {
      await eyes.close();
    }
  } finally {
    await processes.close();
    await runtime.close();
    await proxy.close();
    await front.close();
    await vendor.close();
    await server.stop();
    const streams = [SOURCE, 'shenji.window', 'shenji.dead_letter'].map((dataset) => `logs-${dataset}-${namespace}`);
    await shared.steady(() => dropStreams(shared, streams, `shenji-checkpoints-${namespace}`));
  }
}

/** Two hundred runs must not fill one server with shards. */
async function dropStreams(
  { ask }: SharedElasticsearch,
  streams: readonly string[],
  checkpoints: string,
): Promise<void> {
  for (const name of streams) {
    const reply = await ask(`/_resolve/index/${name}`);
    if (!reply.ok) continue;
    const { data_streams: found } = (await reply.json()) as { data_streams: { backing_indices: string | string[] }[] };
    const indices = found.flatMap(({ backing_indices: backing }) => backing);
    // The index being written cannot be deleted here; the older ones can.
    for (const index of indices.slice(0, -1)) await ask(`/${index}`, { method: 'DELETE' });
  }
  await ask(`/${checkpoints}`, { method: 'DELETE' });
}

export function isExact(result: RunResult): boolean {
  const { missing, double, wrong, falseProofs, falseAlarms, unproven, violations, falseDeadLetters, gaps, settled } =
    result;
  const faults = [missing, double, wrong, falseProofs, falseAlarms, unproven, violations];
  return settled && gaps === 0 && falseDeadLetters === 0 && faults.every((list) => list.length === 0);
}
