/** What goes wrong for long with one tenant, one job, one server, and must cost what it is worth and stop there. */
import { LEDGER, streamName } from '../../src/adapters/elasticsearch/names.ts';
import { SOURCE, TENANT } from './subject.ts';
import { patiently, pause, waitUntil, type Fault, type FaultWorld } from './world.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const EFFECT_LIMIT_MS = 20 * SECOND;
/** A worker's windows have 20 s to end, and its connections a moment. */
const STOP_LIMIT_MS = 30 * SECOND;
/** Longer, so that whoever waits for its return is seen to. */
const REDIS_AWAY_MS = STOP_LIMIT_MS + 10 * SECOND;
/** So that nobody takes the job whose data is to be lost; shorter than a worker's lock. */
const HELD_MS = 6 * SECOND;

const isSuspended = async ({ runtime }: FaultWorld): Promise<boolean> =>
  (await runtime.ledger.standing(TENANT, SOURCE)).suspension !== undefined;

async function entries({ runtime }: FaultWorld, status: string): Promise<number> {
  const index = streamName(LEDGER, runtime.config.namespace);
  await runtime.elasticsearch.indices.refresh({ index });
  return (await runtime.elasticsearch.count({ index, query: { term: { 'shenji.window.status': status } } })).count;
}

/** The time between two probes is over. */
const probeIsDue = ({ runtime: { redis, prefix } }: FaultWorld): Promise<unknown> =>
  redis.del(`${prefix}:probe:${TENANT}.${SOURCE}`);

/** As long as the processes' clocks say; Redis, which spaces the probes, is told of each hour by letting the next go. */
async function scopeRevoked(world: FaultWorld): Promise<string | undefined> {
  const { vendor, processes, random } = world;
  const hours = 2 + random.below(4);
  const before = await patiently(() => entries(world, 'suspended'));
  let began = false;
  vendor.refuse('scope');
  try {
    began = await waitUntil(() => isSuspended(world), EFFECT_LIMIT_MS);
    for (let hour = 1; began && hour <= hours; hour += 1) {
      processes.setClockOffset(hour * HOUR);
      await patiently(() => probeIsDue(world));
      await pause(SECOND);
    }
  } finally {
    processes.setClockOffset(0);
    vendor.refuse(undefined);
  }
  if (!began) return undefined;
  const written = (await patiently(() => entries(world, 'suspended'))) - before;
  if (written > 1) world.violated(`${written} entries for one suspension`);
  const goesOn = await waitUntil(async () => {
    if (!(await isSuspended(world))) return true;
    await probeIsDue(world);
    await pause(SECOND);
    return false;
  }, EFFECT_LIMIT_MS);
  return goesOn ? `suspended for ${hours} hours, and goes on` : undefined;
}

async function jobLost({ runtime, processes }: FaultWorld): Promise<string | undefined> {
  const lanes = runtime.lanes.shared;
  const workers = processes.all().filter(({ role }) => role === 'worker');
  let lost: string | undefined;
  for (const { child } of workers) child.kill('SIGSTOP');
  try {
    await waitUntil(async () => {
      for (const lane of lanes)
        for (const id of await lane.getRanges(['prioritized', 'waiting', 'delayed'], 0, -1))
          if ((await runtime.redis.del(lane.toKey(id))) > 0) {
            lost = id;
            return true;
          }
      return false;
    }, HELD_MS);
  } finally {
    for (const { child } of workers) child.kill('SIGCONT');
  }
  return lost === undefined ? undefined : `the data of job ${lost} gone`;
}

const later = (milliseconds: number): number => Date.now() + milliseconds;
/** As a moment, as a date, as a word, and as what no clock can mean. */
const WAITS: readonly (() => string)[] = [
  () => String(Math.round(later(20_781 * 24 * HOUR) / SECOND)),
  () => String(later(24 * HOUR)),
  () => new Date(later(365 * 24 * HOUR)).toUTCString(),
  () => '999999',
  () => '-7',
  () => 'soon',
];

/** Lets go what the wait holds, as when its hour is over: the budget, and the windows that wait for it. */
async function hourPasses({ runtime: { redis, prefix, lanes } }: FaultWorld): Promise<void> {
  // With the calls that are kept for windows which come back when it is over.
  const holds = await redis.keys(`${prefix}:budget:*:hold`);
  const kept = await redis.keys(`${prefix}:budget:*:waiting:*`);
  if (holds.length + kept.length > 0) await redis.del(...holds, ...kept);
  for (const lane of lanes.shared)
    for (const job of await lane.getDelayed()) await job?.promote().catch(() => undefined);
}

async function longestHold({ runtime: { redis, prefix } }: FaultWorld): Promise<number> {
  const holds = await redis.keys(`${prefix}:budget:*:hold`);
  return Math.max(0, ...(await Promise.all(holds.map((key) => redis.pttl(key)))));
}

async function absurdWait(world: FaultWorld): Promise<string | undefined> {
  const { vendor, processes, random, runtime } = world;
  const asked = random.pick(WAITS)();
  const remarks = (): number =>
    processes.all().reduce((sum, process) => sum + process.log().split('it asks to wait').length - 1, 0);
  const before = remarks();
  let noticed = false;
  vendor.refuse({ wait: asked });
  try {
    noticed = await waitUntil(() => remarks() > before, EFFECT_LIMIT_MS);
  } finally {
    vendor.refuse(undefined);
  }
  const held = await patiently(() => longestHold(world));
  if (held > HOUR) world.violated(`a wait of "${asked}" holds for ${held} ms`);
  // A call that was under way may hold it once more.
  for (let tries = 0; tries < 6; tries += 1) {
    await patiently(() => hourPasses(world));
    await pause(SECOND / 2);
  }
  const unfinished = await patiently(() => runtime.redis.ping());
  return noticed && unfinished === 'PONG'
    ? `asked to wait "${asked}", held for ${Math.round(held / SECOND)} s`
    : undefined;
}

async function redisGoneAtStop(world: FaultWorld): Promise<string | undefined> {
  const { redis, processes, random } = world;
  const victim = random.pick(processes.all());
  let isBack = false;
  const back = redis.restart(REDIS_AWAY_MS, random.chance(0.5)).then(() => void (isBack = true));
  await pause(SECOND / 2 + random.below(SECOND));
  const toldAt = Date.now();
  const ended = processes.kill(victim, 'SIGTERM');
  const how = await Promise.race([ended, pause(STOP_LIMIT_MS, undefined)]);
  const wasAway = !isBack;
  const seconds = Math.round((Date.now() - toldAt) / SECOND);
  if (how === undefined) {
    world.violated(`a ${victim.role} lives ${seconds} s after SIGTERM, while Redis was away`);
    victim.child.kill('SIGKILL');
    await ended;
  }
  await back;
  processes.start(victim.role);
  if (how === undefined || !wasAway) return undefined;
  if (how !== 'code 0') world.violated(`a ${victim.role} ended by ${how} at SIGTERM, while Redis was away`);
  return `a ${victim.role} ended by ${how} after ${seconds} s`;
}

export const lasting: readonly Fault[] = [
  { name: 'scope-revoked-for-hours', strike: scopeRevoked },
  { name: 'job-data-lost', strike: jobLost },
  { name: 'absurd-wait', strike: absurdWait },
  { name: 'redis-gone-at-stop', strike: redisGoneAtStop },
];
