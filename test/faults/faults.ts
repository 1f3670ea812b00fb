/** Everything that goes wrong, each with the effect by which one sees that it really did. */
import { FAULTS as VENDOR_FAULTS } from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/random.ts';
import { pause, processState, type FaultWorld, type Process } from './world.ts';
import type { ProxyMode } from './proxy.ts';

/** Resolves with the observed effect, or undefined where there was none and the fault does not count. */
export type Fault = { readonly name: string; readonly strike: (world: FaultWorld) => Promise<string | undefined> };

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
  await meanwhile();
  await pause(BEYOND_LOCK_MS);
  victim.child.kill('SIGCONT');
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

async function writeBlock({ runtime, index }: FaultWorld): Promise<string | undefined> {
  const client = runtime.elasticsearch;
  await client.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
  await pause(3_000);
  const probe = await client
    .create({ index, id: 'probe', document: { '@timestamp': new Date().toISOString() } })
    .catch(() => undefined);
  const refused = probe === undefined;
  // A rollover meanwhile has made an index without the block.
  if (probe !== undefined) await client.delete({ index: probe._index, id: probe._id });
  await client.indices.putSettings({ index, settings: { 'index.blocks.write': null } });
  return refused ? 'writes answered with 403' : undefined;
}

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
    vendor.setFaults({ [fault]: 0.5 });
    await pause(3_000);
    vendor.setFaults({});
    const struck = (vendor.struck()[fault] ?? 0) - before;
    return struck > 0 ? `struck ${struck} calls` : undefined;
  },
}));

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
    {
      name: 'redis-restart-empty',
      strike: async ({ redis, runtime }) => {
        const before = await runtime.redis.dbsize();
        await redis.restart(1_500);
        return before > 0 ? `server gone with ${before} keys` : undefined;
      },
    },
    clockFault('clock-day-ahead', 24 * HOUR),
    clockFault('clock-hour-back', -HOUR),
    ...vendorFaults,
  ],
};

/** What strikes in a run of this seed, in order: the same whenever it is asked. */
export function scheduleOf(seed: string, lane: keyof typeof lanes): readonly Fault[] {
  const random = createRandom(`${seed}/${lane}`);
  return Array.from({ length: FAULTS_PER_LANE }, () => random.pick(lanes[lane]));
}
