/** Few lanes for all tenants: what goes first in them, who takes what, and what becomes of what nobody takes. */
import { Queue } from 'bullmq';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WaitError } from '../../../src/sdk/errors.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { groupOf, joinGroup } from '../../../src/adapters/redis/groups.ts';
import { createSlots } from '../../../src/adapters/redis/slots.ts';
import { jobPriority, parseJobId, jobId } from '../../../src/adapters/redis/window-job.ts';
import type { WindowRun } from '../../../src/adapters/redis/window-runner.ts';
import type { WorkersOptions } from '../../../src/adapters/redis/workers.ts';
import type { Runtime } from '../../../src/app/runtime.ts';
import { startScheduler } from '../../../src/app/scheduler.ts';
import { live, minutesAgo, workQueue } from '../../support/pipeline.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const SOURCE = live.source;
const span = { from: minutesAgo(8), to: minutesAgo(4) };
const parts = [
  { from: span.from, to: minutesAgo(6) },
  { from: minutesAgo(6), to: span.to },
];

/** Two tenants, of which each test starts the workers that it needs. */
async function world() {
  const raw = rawConfig(await simulator({ events: 0 }), { audit: { since: '5m' } });
  const [acme] = raw['tenants'] as { id: string }[];
  const runtime = await openWorld({ ...raw, tenants: [acme, { ...acme, id: 'globex' }] });
  const queueOf = (tenant: string) => {
    const found = runtime.sources.find((source) => source.tenant.id === tenant);
    if (found === undefined) throw new Error(`no ${tenant}`);
    return found.queue;
  };
  return { ...runtime, queueOf };
}

/** Of one source no more than two windows at once. */
async function startFor(
  world: Runtime,
  tenants: readonly string[],
  collect: WorkersOptions['collect'],
  more: Partial<WorkersOptions> = {},
): Promise<void> {
  const queues = tenants.map((tenant) => ({ tenant, source: SOURCE, dataStream: 'logs-test', windowsAtOnce: 2 }));
  await workQueue(world, tenants, collect, { queues, concurrency: 4, ...more });
}

const states = async ({ lanes }: Runtime, tenant: string): Promise<string[]> =>
  (await lanes.snapshot()).windowsOf({ tenant, source: SOURCE }).map(({ state, queue }) => `${state} in ${queue.name}`);

describe('a window', () => {
  it('is named by tenant, source and pass, and found again by its name', () => {
    const name = jobId({ ...live, pass: 'settle-1h' }, span);
    expect(name).toBe(`acme/feishu.openapi_audit/settle-1h_${span.from}_${span.to}`);
    expect(parseJobId(name)).toEqual({ ...live, pass: 'settle-1h', ...span });
    expect(parseJobId(`live_${span.from}_${span.to}`)).toBeUndefined();
  });

  it('goes by turns, and of one turn the longest lag goes first, but live before settle before backfill', () => {
    const order = [
      jobPriority('live', 0, 90 * 60_000),
      jobPriority('live', 0, 60_000),
      jobPriority('live', 1, 90 * 60_000),
      jobPriority('live', 1e6, 0),
      jobPriority('settle-1h', 0, 60_000),
      jobPriority('backfill-x', 0, 1e12),
    ];
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(order.length);
    // BullMQ takes no more.
    expect(jobPriority('backfill-x', 1e9, -1)).toBeLessThan(2 ** 21);
  });

  it("that is planned waits behind its stream's own, and not behind all that others have waiting", async () => {
    const here = await world();
    const spans = (count: number, from: number) =>
      Array.from({ length: count }, (_, at) => ({ from: minutesAgo(from - at), to: minutesAgo(from - 1 - at) }));
    const [acme, globex] = [here.queueOf('acme'), here.queueOf('globex')];
    const plan = async (tenant: string, count: number, from: number): Promise<void> => {
      const queue = tenant === 'acme' ? acme : globex;
      await queue.unfinished();
      await queue.add({ ...live, tenant }, spans(count, from));
    };
    await plan('acme', 3, 300);
    await plan('acme', 2, 200);
    const [, lane] = here.lanes.shared;
    for (const job of (await lane?.getJobs(['prioritized'], 0, 1, true)) ?? []) await job.remove();
    await plan('globex', 2, 100);
    await plan('acme', 1, 50);
    const waiting = (await lane?.getJobs(['prioritized'], 0, -1, true)) ?? [];
    expect(waiting.map(({ data }) => `${data.tenant} ${(minutesAgo(0) - data.from) / 60_000}`)).toEqual([
      'acme 298',
      'globex 100',
      'acme 200',
      'globex 99',
      'acme 199',
      'acme 50',
    ]);
  });
});

describe('parts of a window that was too busy', () => {
  it('do not overtake what waits', async () => {
    const here = await world();
    await here.queueOf('globex').add({ ...live, tenant: 'globex' }, [span]);
    const [lane] = here.lanes.shared;
    const [waits] = (await lane?.getJobs(['prioritized'])) ?? [];
    await waits?.changePriority({ priority: jobPriority('live', 500, 0) });
    await here.queueOf('acme').divide(live, span, parts);
    const added = ((await lane?.getJobs(['prioritized'])) ?? []).filter(({ data }) => data.tenant === 'acme');
    const first = jobPriority('live', 500, Infinity);
    expect(added.map(({ opts }) => (opts.priority ?? 0) >= first)).toEqual([true, true]);
  });

  it('take the place of the probe for as long as that has', async () => {
    const here = await world();
    const queue = here.queueOf('acme');
    await queue.claimProbe({ ...span, pass: 'live' }, 60_000);
    await queue.divide(live, span, parts);
    expect(await queue.probe()).toEqual({ pass: 'live', ...parts[0] });
    expect(await here.redis.pttl(`${here.prefix}:probe:acme.${SOURCE}`)).toBeGreaterThan(0);
  });
});

describe('damaged jobs', () => {
  it('are let go at once, and keep no other window waiting', async () => {
    const here = await world();
    const spans = Array.from({ length: 20 }, (_, at) => ({ from: minutesAgo(60 - at), to: minutesAgo(59 - at) }));
    await here.queueOf('acme').add(live, spans);
    await here.queueOf('globex').add({ ...live, tenant: 'globex' }, [span]);
    const damaged = (await here.lanes.snapshot()).windowsOf(live);
    await Promise.all(damaged.map(({ queue, id }) => here.redis.hset(queue.toKey(id), 'data', '{"tenant":')));
    const read: string[] = [];
    const startedAt = performance.now();
    await startFor(here, ['acme', 'globex'], async ({ job }) => void read.push(job.tenant));
    await until('the window of the other', () => read.length === 1);
    await until('the damaged ones gone', async () => (await states(here, 'acme')).length === 0);
    // Each by a stall of its lock they would take minutes.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(read).toEqual(['globex']);
  });
});

describe('a lane that Redis has lost', () => {
  it('is filled anew, though its windows keep their names', async () => {
    const here = await world();
    const queue = here.queueOf('acme');
    const plan = async (): Promise<void> => {
      if ((await queue.unfinished()).length === 0) await queue.add(live, [span]);
    };
    await plan();
    await here.redis.del(`${here.prefix}:live:prioritized`);
    await plan();
    expect(await states(here, 'acme')).toEqual(['waiting in live']);
  });
});

describe('what is not a list of windows', () => {
  it('is named, with what to do', async () => {
    const here = await world();
    await here.redis.set(`${here.prefix}:live:delayed`, 'oops');
    await expect(here.lanes.snapshot()).rejects.toThrow(`the key ${here.prefix}:live:delayed in Redis is a string`);
    await here.redis.del(`${here.prefix}:live:delayed`);
    expect((await here.lanes.snapshot()).windowsOf(live)).toEqual([]);
  });
});

describe('live windows that are behind', () => {
  it('leave a slot to those that are not, and go before all others', async () => {
    const here = await world();
    const queue = here.queueOf('acme');
    const early = { from: minutesAgo(240), to: minutesAgo(180) };
    const punctual = { from: minutesAgo(3), to: minutesAgo(2) };
    await queue.add({ ...live, pass: 'settle-1h' }, [early]);
    await queue.add(live, [early, punctual]);
    expect((await states(here, 'acme')).toSorted()).toEqual([
      'waiting in background',
      'waiting in background',
      'waiting in live',
    ]);
    const [, background] = here.lanes.shared;
    const order = (await background?.getJobs(['prioritized'], 0, -1, true)) ?? [];
    expect(order.map(({ data }) => data.pass)).toEqual(['live', 'settle-1h']);
    const begun: string[] = [];
    const over = Promise.withResolvers<void>();
    onTestFinished(() => over.resolve());
    await startFor(
      here,
      ['acme'],
      async ({ job }) => {
        begun.push(`${job.pass} ${job.to === punctual.to ? 'punctual' : 'behind'}`);
        await over.promise;
      },
      { concurrency: 2 },
    );
    await until('both slots', () => begun.length === 2);
    expect(begun.toSorted()).toEqual(['live behind', 'live punctual']);
  });
});

describe('a window that waits for long', () => {
  it('is told as one that rests', async () => {
    const here = await world();
    await here.queueOf('acme').add(live, [span]);
    const wait = new WaitError('the vendor says so', 60_000);
    await startFor(here, ['acme'], () => Promise.reject(wait));
    await until('it to go back', async () => (await here.queueOf('acme').counts()).delayed === 1);
    expect(await here.queueOf('acme').unfinished()).toEqual([{ pass: 'live', ...span, isResting: true }]);
  });
});

describe('slots', () => {
  const hang = new Promise<void>(() => undefined);

  it('are all for live windows, all but one for others, and never more in all', () => {
    const slots = createSlots(3);
    slots.hold('background', hang);
    slots.hold('background', hang);
    expect([slots.isFree('background'), slots.isFree('live')]).toEqual([false, true]);
    slots.hold('live', hang);
    expect(slots.isFree('live')).toBe(false);
    const full = createSlots(2);
    full.hold('live', hang);
    full.hold('live', hang);
    expect(full.isFree('background')).toBe(false);
  });

  it('where there is one, is for either', async () => {
    const slots = createSlots(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    slots.hold('background', promise);
    expect(slots.isFree('live')).toBe(false);
    resolve();
    await slots.idle();
    expect(slots.freed()).toBe(1);
    expect(slots.isFree('live')).toBe(true);
  });
});

describe('workers', () => {
  it('hold no more windows than they have slots, and of one source no more than its number', async () => {
    const here = await world();
    const spans = Array.from({ length: 6 }, (_, at) => ({ from: minutesAgo(9 - at), to: minutesAgo(8 - at) }));
    await here.queueOf('acme').add(live, spans);
    await here.queueOf('globex').add({ ...live, tenant: 'globex' }, spans);
    const held: string[] = [];
    const over = Promise.withResolvers<void>();
    onTestFinished(() => over.resolve());
    const collect = async ({ job }: WindowRun): Promise<void> => {
      held.push(job.tenant);
      await over.promise;
    };
    await startFor(here, ['acme', 'globex'], collect, { concurrency: 3 });
    await until('all slots', () => held.length >= 3);
    const activeOf = async (): Promise<number> =>
      [...(await states(here, 'acme')), ...(await states(here, 'globex'))].filter((each) => each.startsWith('active'))
        .length;
    expect(await activeOf()).toBeLessThanOrEqual(3);
    expect(held.toSorted()).toEqual(expect.arrayContaining(['acme', 'globex']));
    await startFor(here, ['acme', 'globex'], collect, { concurrency: 8 });
    await until('both at their number', () => held.length === 4);
    // Those beyond it were fetched, and went back.
    await until('those put back', async () => (await here.queueOf('acme').counts()).delayed > 0);
    expect(held.toSorted()).toEqual(['acme', 'acme', 'globex', 'globex']);
  });

  it('begin no window that was asked about while they were told to stop', async () => {
    const here = await world();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const lrange = here.redis.lrange.bind(here.redis);
    vi.spyOn(here.redis, 'lrange').mockImplementation(async (...args: Parameters<typeof lrange>) => {
      asked.resolve();
      await answer.promise;
      return lrange(...args);
    });
    const begun: string[] = [];
    const workers = await workQueue(here, ['acme'], async ({ run }) => void begun.push(run));
    await here.queueOf('acme').add(live, [span]);
    await asked.promise;
    const stopping = workers.stop(1_000);
    answer.resolve();
    await stopping;
    expect(begun).toEqual([]);
    const [job] = (await here.lanes.shared[0]?.getJobs(['delayed', 'prioritized'])) ?? [];
    expect(job?.stalledCounter).toBe(0);
  });

  it('put back what Redis would not tell them about', async () => {
    const here = await world();
    const lrange = here.redis.lrange.bind(here.redis);
    let refusals = 1;
    vi.spyOn(here.redis, 'lrange').mockImplementation((...args: Parameters<typeof lrange>) => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('READONLY')) : lrange(...args);
    });
    const stalled: number[] = [];
    const read: string[] = [];
    await workQueue(here, ['acme'], async ({ run }) => void read.push(run));
    await here.queueOf('acme').add(live, [span]);
    await until('it to be read', async () => {
      const [job] = (await here.lanes.shared[0]?.getJobs(['active', 'delayed'])) ?? [];
      if (job !== undefined) stalled.push(job.stalledCounter);
      return read.length === 1;
    });
    expect(Math.max(0, ...stalled)).toBe(0);
  });

  it('give back what they cannot read, at no cost, to those who can', async () => {
    const here = await world();
    await startFor(here, ['globex'], () => Promise.reject(new Error('not for it')));
    await here.queueOf('acme').add(live, [span]);
    await until('it to go back', async () => (await here.queueOf('acme').counts()).delayed === 1);
    const attempts: number[] = [];
    await startFor(here, ['acme'], async (run) => void attempts.push(run.attempts));
    const [id = ''] = (await here.lanes.snapshot()).windowsOf(live).map((window) => window.id);
    await (await here.lanes.shared[0]?.getJob(id))?.promote();
    await until('it to be read', () => attempts.length === 1);
    expect(attempts).toEqual([1]);
  });
});

describe('a group', () => {
  const group = groupOf([`acme/${SOURCE}`]);

  it('is named by what it takes', () => {
    expect(group.name).toBe(`acme.${SOURCE}`);
    expect(groupOf([`acme/${SOURCE}`], 'backfill-x').name).toBe(`acme.${SOURCE}.backfill-x`);
    expect(groupOf(['b/x.y', 'a/x.y', 'c/x.y']).name).toBe(groupOf(['c/x.y', 'a/x.y', 'b/x.y']).name);
  });

  it('has the windows of its streams to itself, and others those of the others', async () => {
    const here = await world();
    const read: string[] = [];
    await startFor(here, ['acme', 'globex'], async ({ job }) => void read.push(`all: ${job.tenant}`));
    await startFor(here, ['acme'], async ({ job }) => void read.push(`own: ${job.tenant}`), { group });
    await here.lanes.snapshot();
    await here.queueOf('acme').add(live, [span]);
    await here.queueOf('globex').add({ ...live, tenant: 'globex' }, [span]);
    await until('both', () => read.length === 2);
    expect(read.toSorted()).toEqual(['all: globex', 'own: acme']);
  });

  it('has the parts of a window that was too busy, whose worker never looked at the lanes', async () => {
    const here = await world();
    const { leave } = await joinGroup(here.redis, here.prefix, group);
    onTestFinished(leave);
    await here.queueOf('acme').divide(live, span, parts);
    expect(await states(here, 'acme')).toEqual(parts.map(() => `waiting in live.acme.${SOURCE}`));
    expect((await here.lanes.snapshot()).windowsOf(live).filter(({ isMisplaced }) => isMisplaced)).toEqual([]);
  });

  it('forgets workers that are gone, also while others live', async () => {
    const here = await world();
    const leaving = await Promise.all([1, 2, 3].map(() => joinGroup(here.redis, here.prefix, group)));
    onTestFinished(() => leaving[2]?.leave());
    await leaving[0]?.leave();
    await leaving[1]?.leave();
    await here.lanes.snapshot();
    await here.lanes.forgetGone();
    expect(await here.redis.zcard(`${here.prefix}:groups`)).toBe(1);
  });

  it('that is gone is not forgotten while a window waits in its lanes', async () => {
    const here = await world();
    const { leave } = await joinGroup(here.redis, here.prefix, group);
    await here.lanes.snapshot();
    await here.queueOf('acme').add(live, [span]);
    await leave();
    await here.lanes.snapshot();
    await here.lanes.forgetGone();
    expect(await states(here, 'acme')).toEqual([`waiting in live.acme.${SOURCE}`]);
    expect(await here.redis.zcard(`${here.prefix}:groups`)).toBe(1);
  });

  it('that is gone leaves its windows to all, and is forgotten', async () => {
    const here = await world();
    const { leave } = await joinGroup(here.redis, here.prefix, group);
    const [acme] = here.sources;
    await here.lanes.snapshot();
    await acme?.queue.add(live, [span]);
    expect(await states(here, 'acme')).toEqual([`waiting in live.acme.${SOURCE}`]);
    await leave();
    await acme?.queue.tidy(Date.now());
    expect(await states(here, 'acme')).toEqual([]);
    await here.lanes.forgetGone();
    expect(await here.redis.keys(`${here.prefix}:*${group.name}*`)).toEqual([]);
    expect(await here.redis.zcard(`${here.prefix}:groups`)).toBe(0);
  });

  it('of one backfill takes nothing of its source beside', async () => {
    const here = await world();
    const { leave } = await joinGroup(here.redis, here.prefix, groupOf([`acme/${SOURCE}`], 'backfill-own'));
    onTestFinished(leave);
    const backfill = (pass: Stream['pass']): Stream => ({ ...live, pass });
    await here.lanes.snapshot();
    for (const pass of ['backfill-own', 'backfill-other', 'live'] as const)
      await here.queueOf('acme').add(backfill(pass), [span]);
    expect((await states(here, 'acme')).toSorted()).toEqual([
      'waiting in background',
      `waiting in background.acme.${SOURCE}.backfill-own`,
      'waiting in live',
    ]);
  });
});

it('an upgrade from a queue for each source loses nothing: what waits there is planned anew', async () => {
  const here = await world();
  const { redis, prefix } = here;
  const former = new Queue(`acme.${SOURCE}.live`, { connection: redis, prefix });
  onTestFinished(() => former.close());
  const failed = { from: minutesAgo(4), to: minutesAgo(3) };
  await former.add('live', { ...live, ...failed }, { jobId: `live_${failed.from}_${failed.to}` });
  const scheduler = startScheduler(here, { tickMs: 100 });
  onTestFinished(() => scheduler.stop());
  await until('its keys to go', async () => (await redis.keys(`${prefix}:acme.${SOURCE}.live:*`)).length === 0);
  const planned = await until(
    'its window in the lanes of all',
    async () => (await here.lanes.snapshot()).windowsOf(live),
    (windows) => windows.some(({ from, to }) => from <= failed.from && to >= failed.to),
  );
  expect(planned.map(({ queue }) => queue.name)).toEqual(planned.map(() => 'live'));
});
