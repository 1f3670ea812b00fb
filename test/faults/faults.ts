/** Everything that goes wrong, each with the effect by which one sees that it really did. */
import { FAULTS as VENDOR_FAULTS } from '../../src/dev/simulator/index.ts';
import { createRandom } from '../../src/dev/simulator/random.ts';
import { changes } from './changes.ts';
import { lasting } from './lasting.ts';
import { pause, processState, type Fault, type FaultWorld, type Process } from './world.ts';
import type { ProxyMode } from './proxy.ts';

const HOUR = 3_600_000;
const FAULTS_PER_LANE = 5;
/** Longer than a worker's lock. */
const BEYOND_LOCK_MS = 9_500;

const one = ({ processes, random }: FaultWorld, role: Process['role']): Process =>
  random.pick(processes.all().filter((process) => process.role === role));

async function killAndReplace(world: FaultWorld, role: Process['role']): Promise<string> {
  const ended = await world.processes.kill(one(world, role), 'SIGKILL');
  world.processes.start(role);
  return `process ended by ${ended}`;
}

async function freeze(world: FaultWorld, meanwhile: () => Promise<void>): Promise<string | undefined> {
  const victim = one(world, 'worker');
  victim.child.kill('SIGSTOP');
  await pause(50);
  const state = processState(victim);
  try {
    await meanwhile();
    await pause(BEYOND_LOCK_MS);
  } finally {
    victim.child.kill('SIGCONT');
  }
  return state === 'T' ? 'process stopped for longer than its lock' : undefined;
}

async function backingCount({ runtime, index }: FaultWorld): Promise<number> {
  const {
    data_streams: [found],
  } = await runtime.elasticsearch.indices.resolveIndex({ name: index });
  return [found?.backing_indices ?? []].flat().length;
}

async function rollOver(world: FaultWorld, lazy: boolean): Promise<string | undefined> {
  const before = await backingCount(world);
  await world.runtime.elasticsearch.indices.rollover({ alias: world.index, lazy });
  // A lazy one happens inside a later bulk.
  for (let tries = 0; tries < 100 && (await backingCount(world)) === before; tries += 1) await pause(100);
  const after = await backingCount(world);
  return after > before ? `${before} → ${after} backing indices` : undefined;
}

function elasticsearchFault(mode: ProxyMode, durationMs: number): Fault {
  return {
    name: `elasticsearch-${mode}`,
    strike: async ({ proxy }) => {
      const before = proxy.effects()[mode] ?? 0;
      proxy.setMode(mode);
      await pause(durationMs);
      proxy.setMode('pass');
      const requests = (proxy.effects()[mode] ?? 0) - before;
      return requests > 0 ? `${requests} requests` : undefined;
    },
  };
}

/** Every document sent to a server that is gone: the proxy finds nobody, and the workers have to notice by themselves. */
async function restartElasticsearch({ shared }: FaultWorld): Promise<string | undefined> {
  const { restart, shake } = shared;
  if (restart === undefined) return undefined;
  const uptime = async (): Promise<number> => {
    const reply = await shared.ask('/_nodes/_local?filter_path=nodes.*.jvm.start_time_in_millis');
    const { nodes } = (await reply.json()) as { nodes: Record<string, { jvm: { start_time_in_millis: number } }> };
    return Object.values(nodes)[0]?.jvm.start_time_in_millis ?? 0;
  };
  return shake?.(async () => {
    const before = await uptime();
    await restart(1_000);
    const seconds = ((await uptime()) - before) / 1_000;
    return seconds > 0 ? `killed ${Math.round(seconds)} s after its start, and started again` : undefined;
  });
}

/** No new index finds a place, so neither does a document that has to open one. */
async function shardLimit({ shared, runtime, index }: FaultWorld): Promise<string | undefined> {
  const client = runtime.elasticsearch;
  const limit = async (value: number | null): Promise<void> =>
    void (await client.cluster.putSettings({ persistent: { 'cluster.max_shards_per_node': value } }));
  return shared.shake?.(async () => {
    await limit(1);
    try {
      await client.indices.rollover({ alias: index, lazy: true });
      await pause(2_000);
      const refusal = await client.indices.rollover({ alias: index }).then(
        () => undefined,
        (error: unknown) => /maximum (?:normal )?shards open/.exec((error as Error).message)?.[0],
      );
      return refusal && `a new index refused: ${refusal}`;
    } finally {
      await limit(null);
    }
  });
}

/** Steady: a server that is shaken meanwhile would not hear that the block ends. */
async function writeBlock({ shared, runtime, index }: FaultWorld): Promise<string | undefined> {
  const client = runtime.elasticsearch;
  return shared.steady(async () => {
    await client.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
    await pause(3_000);
    const probe = await client
      .create({ index, id: 'probe', document: { '@timestamp': new Date().toISOString() } })
      .catch(() => undefined);
    // A rollover meanwhile has made an index without the block.
    if (probe !== undefined) await client.delete({ index: probe._index, id: probe._id });
    await client.indices.putSettings({ index, settings: { 'index.blocks.write': null } });
    return probe === undefined ? 'writes answered with 403' : undefined;
  });
}

async function restartRedis({ redis, runtime }: FaultWorld, keepData: boolean): Promise<string | undefined> {
  const [before, lost] = [await runtime.redis.dbsize(), await runId(runtime)];
  await redis.restart(1_500, keepData);
  if ((await runId(runtime)) === lost) return undefined;
  return keepData ? `killed, and back with its data` : before > 0 ? `gone with ${before} keys` : undefined;
}

const runId = async ({ redis }: FaultWorld['runtime']): Promise<string | undefined> =>
  /run_id:(\w+)/.exec(await redis.info('server'))?.[1];

function clockFault(name: string, offset: number): Fault {
  return {
    name,
    strike: async ({ processes }) => {
      const day = new Date(Date.now() + offset).toISOString().slice(0, 13);
      processes.setClockOffset(offset);
      // Long enough to plan, read and settle a future that is not there yet.
      await pause(8_000);
      processes.setClockOffset(0);
      return processes.all().some((process) => process.log().includes(`"@timestamp":"${day}`))
        ? `log lines dated ${day}`
        : undefined;
    },
  };
}

const vendorFaults = VENDOR_FAULTS.map((fault): Fault => ({
  name: `vendor-${fault}`,
  strike: async ({ vendor }) => {
    const before = vendor.struck()[fault] ?? 0;
    const strikes = (): number => (vendor.struck()[fault] ?? 0) - before;
    vendor.setFaults({ [fault]: 0.5 });
    await pause(3_000);
    // Between two windows nobody calls.
    for (let tries = 0; tries < 50 && strikes() === 0; tries += 1) await pause(100);
    vendor.setFaults({});
    const struck = strikes();
    return struck > 0 ? `struck ${struck} calls` : undefined;
  },
}));

/** As a machine whose clock somebody has set wrong, and set right again; a rollover meanwhile has its time by it. */
async function elasticsearchClock(world: FaultWorld): Promise<string | undefined> {
  const { proxy, random } = world;
  const [before, offset] = [proxy.shifted(), random.pick([-HOUR, HOUR])];
  proxy.setClockOffset(offset);
  try {
    await pause(1_000);
    await rollOver(world, false);
    await pause(5_000);
  } finally {
    proxy.setClockOffset(0);
  }
  const answers = proxy.shifted() - before;
  return answers > 0 ? `${answers} answers dated ${offset / HOUR} h off` : undefined;
}

/** Two lanes, so that what befalls the destination overlaps with what befalls everything else, and no fault undoes its like. */
export const lanes: Readonly<Record<'destination' | 'rest', readonly Fault[]>> = {
  destination: [
    { name: 'rollover', strike: (world) => rollOver(world, false) },
    { name: 'lazy-rollover', strike: (world) => rollOver(world, true) },
    elasticsearchFault('slow', 3_000),
    elasticsearchFault('cut', 3_000),
    elasticsearchFault('hang', 4_000),
    elasticsearchFault('late', 2_000),
    elasticsearchFault(429, 3_000),
    elasticsearchFault(503, 3_000),
    { name: 'elasticsearch-write-block', strike: writeBlock },
    { name: 'elasticsearch-clock-off', strike: elasticsearchClock },
    { name: 'elasticsearch-shard-limit', strike: shardLimit },
    // Every run shares the server, and a restart takes it from all of them.
    { name: 'elasticsearch-restart', rarity: 4, strike: restartElasticsearch },
  ],
  rest: [
    { name: 'kill-worker', strike: (world) => killAndReplace(world, 'worker') },
    { name: 'kill-scheduler', strike: (world) => killAndReplace(world, 'scheduler') },
    { name: 'freeze-worker', strike: (world) => freeze(world, async () => undefined) },
    {
      name: 'zombie-across-rollover',
      strike: (world) => freeze(world, async () => void (await rollOver(world, false))),
    },
    {
      name: 'redis-flush',
      strike: async ({ runtime }) => {
        const before = await runtime.redis.dbsize();
        await runtime.redis.flushall();
        return before > 0 ? `${before} keys gone` : undefined;
      },
    },
    { name: 'redis-restart-empty', strike: (world) => restartRedis(world, false) },
    { name: 'redis-restart', strike: (world) => restartRedis(world, true) },
    clockFault('clock-day-ahead', 24 * HOUR),
    clockFault('clock-hour-back', -HOUR),
    ...vendorFaults,
    ...changes,
    ...lasting,
  ],
};

/** A common fault is drawn so often for each time that one of rarity 1 is. */
const SHARES = 4;

/** What strikes in a run of this seed, in order: the same whenever it is asked. */
export function scheduleOf(seed: string, lane: keyof typeof lanes, only?: readonly string[]): readonly Fault[] {
  const random = createRandom(`${seed}/${lane}`);
  const drawn = lanes[lane].filter(({ name }) => only === undefined || only.includes(name));
  if (drawn.length === 0) return [];
  const lots = drawn.flatMap((fault) => Array<Fault>(SHARES / (fault.rarity ?? 1)).fill(fault));
  return Array.from({ length: FAULTS_PER_LANE }, () => random.pick(lots));
}

/** Strikes before anything is written, in a third of the runs: a template in use cannot be deleted, one to be used can. */
export function opensWithoutTemplate(seed: string): boolean {
  return createRandom(`${seed}/opening`).chance(1 / 3);
}
