import { describe, expect, it } from 'vitest';
import { createAnswers } from '../../../src/adapters/redis/answers.ts';
import { CredentialsError, DestinationUnavailableError, UnansweredError } from '../../../src/sdk/errors.ts';
import { createPlanner } from '../../../src/core/planning/planner.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { workQueue } from '../../support/pipeline.ts';
import { silent } from '../../support/silent.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const HOUR = 3_600_000;
const live: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };

async function world() {
  const runtime = await openWorld(rawConfig(await simulator({ events: 1 }), { audit: { since: '1h' } }));
  const [source] = runtime.sources;
  if (source === undefined) throw new Error('no source');
  const { ledger, checkpoints } = runtime;
  const plannerAt = (offset: number) =>
    createPlanner({ ledger, checkpoints, log: silent, now: () => Date.now() + offset });
  return { ...runtime, queue: source.queue, planned: source.planned, plannerAt };
}

describe('the queue of windows', () => {
  it('holds a window once, however often it is added, and in order of its pass', async () => {
    const { queue } = await world();
    const span = { from: 0, to: 60_000 };
    await queue.add(live, [span, span]);
    await queue.add(live, [span]);
    await queue.add({ ...live, pass: 'backfill-x' }, [span]);
    expect(await queue.unfinished()).toEqual([
      { ...span, pass: 'live' },
      { ...span, pass: 'backfill-x' },
    ]);
  });

  it('goes on with the first part of a probe that is divided', async () => {
    const { queue } = await world();
    const [whole, first, second] = [
      { from: 0, to: 60_000 },
      { from: 0, to: 30_000 },
      { from: 30_000, to: 60_000 },
    ];
    await queue.divide(live, whole, [first, second]);
    expect(await queue.probe()).toBeUndefined();
    await queue.claimProbe({ ...whole, pass: 'live' }, HOUR);
    await queue.divide(live, whole, [first, second]);
    expect(await queue.probe()).toEqual({ ...first, pass: 'live' });
    expect(await queue.claimProbe({ ...second, pass: 'live' }, HOUR)).toBe(false);
    expect(await queue.unfinished()).toHaveLength(2);
  });

  it('takes a probe of the same name as one that failed a moment ago', async () => {
    const here = await world();
    const { queue, planned, planner, ledger } = here;
    const span = { from: Date.now() - HOUR, to: Date.now() - HOUR / 2 };
    const error = { type: 'CredentialsError', message: 'refused', retryable: false };
    const run = { run: 'one', attempts: 1, startedAt: span.from, endedAt: span.to };
    await ledger.append({ stream: live, span, ...run, status: 'suspended', error });
    await planner.tick(planned);
    const [probe] = await queue.unfinished();
    const workers = await workQueue(here, ['acme'], () => Promise.reject(new CredentialsError('refused')));
    await until('its failure', async () => (await queue.failed()).length === 1);
    await workers.stop(100);
    await queue.rest(0);
    // As a tick that looked for failures before there was one.
    await planner.tick({ ...planned, queue: { ...queue, failed: async () => [] } });
    expect(await queue.unfinished()).toEqual([probe]);
  });

  it('never holds more of a stream than a bounded number', async () => {
    const { queue, planned, planner, ledger } = await world();
    const stream: Stream = { ...live, pass: 'backfill-years' };
    const opened = await ledger.open({ stream, origin: Date.now() - 9_000 * HOUR, end: Date.now() - HOUR });
    for (let ticks = 0; ticks < 3; ticks += 1) await planner.tick(planned);
    const queued = await queue.unfinished();
    expect(opened.end).toBeDefined();
    expect(queued.filter(({ pass }) => pass === stream.pass)).toHaveLength(100);
  });

  it('gives up what a clock a day ahead has planned, when a right clock sees it', async () => {
    const { queue, planned, plannerAt } = await world();
    await plannerAt(24 * HOUR).tick(planned);
    const early = (await queue.unfinished()).filter(({ to }) => to > Date.now() + HOUR);
    expect(early.length).toBeGreaterThan(0);
    await plannerAt(0).tick(planned);
    expect((await queue.unfinished()).filter(({ to }) => to > Date.now())).toEqual([]);
  });

  it('lets go what a clock a day ahead has delayed', async () => {
    const { queue, planned, planner, redis, prefix } = await world();
    await planner.tick(planned);
    const [id = ''] = await redis.zrange(`${prefix}:live:prioritized`, '0', '0');
    await redis.zrem(`${prefix}:live:prioritized`, id);
    await redis.zadd(`${prefix}:live:delayed`, (Date.now() + 24 * HOUR) * 4_096, id);
    expect((await queue.counts()).delayed).toBe(1);
    await planner.tick(planned);
    expect((await queue.counts()).delayed).toBe(0);
  });

  it('wants no further slot while a worker has found that Elasticsearch takes no documents, however many windows wait', async () => {
    const here = await world();
    const { queue, config } = here;
    const spans = Array.from({ length: 6 }, (_, at) => ({ from: at * 60_000, to: (at + 1) * 60_000 }));
    await queue.add({ ...live, pass: 'backfill-x' }, spans.slice(0, 3));
    expect(await queue.slotsWanted()).toBe(3);
    let isBlocked = true;
    const refuse = async (): Promise<void> => {
      if (isBlocked) throw new DestinationUnavailableError('the index is blocked');
    };
    const dataStream = `logs-feishu.openapi_audit-${config.namespace}`;
    const workers = await workQueue(here, ['acme'], refuse, {
      probeDestination: refuse,
      queues: [{ ...live, dataStream, windowsAtOnce: 100 }],
      restMs: 100,
    });
    await until('the pause', () => queue.slotsWanted(), (slots) => slots === 0); // prettier-ignore
    await queue.add({ ...live, pass: 'backfill-x' }, spans.slice(3));
    expect((await queue.counts()).waiting).toBeGreaterThanOrEqual(3);
    expect(await queue.slotsWanted()).toBe(0);
    isBlocked = false;
    await until('all windows', () => queue.unfinished(), (left) => left.length === 0); // prettier-ignore
    await workers.stop(100);
    await queue.add(live, spans);
    expect(await queue.slotsWanted()).toBe(6);
  });

  it('wants no slot for windows whose vendor does not answer', async () => {
    const { queue, redis, prefix } = await world();
    await queue.add(live, [{ from: 0, to: 60_000 }]);
    await createAnswers(redis, prefix).note('acme/feishu.openapi_audit', new UnansweredError('silent'), 30_000);
    expect(await queue.slotsWanted()).toBe(0);
    expect((await queue.counts()).waiting).toBe(1);
  });
});
