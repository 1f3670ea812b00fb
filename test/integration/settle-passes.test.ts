/** Settle passes on real servers: named by their delay, whatever happens to the list, and whatever a version before has left. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { iso, subtract, type Interval } from '../../src/core/time/intervals.ts';
import type { Pass } from '../../src/sdk/pass.ts';
import type { Stream } from '../../src/core/stream.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { live, minutesAgo, watermark, work } from '../support/pipeline.ts';
import { scene } from '../support/planning.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-03-01T00:00:00Z');

async function world(settle: string[] = [], since = '35m') {
  const vendor = await simulator({ events: 100, from: minutesAgo(30), to: minutesAgo(0) });
  const raw = rawConfig(vendor, { audit: { since, settle } });
  const runtime = await openWorld(raw);
  const [source] = runtime.sources;
  if (source === undefined) throw new Error('no source');
  const again = (list: string[]): Promise<Runtime> =>
    openWorld({ ...rawConfig(vendor, { audit: { since, settle: list } }), namespace: runtime.config.namespace });
  return { ...runtime, ...source, raw, runtime, again };
}

const passesOf = (states: readonly { readonly stream: Stream }[]): string[] => states.map(({ stream }) => stream.pass);

async function write({ ledger }: Runtime, pass: Pass, span: Interval, retryable?: boolean): Promise<void> {
  const at = span.to + HOUR;
  const run = {
    stream: { ...live, pass },
    span,
    run: `before-${pass}`,
    attempts: 1,
    startedAt: at,
    endedAt: Date.now(),
  };
  if (retryable === undefined) await ledger.append({ ...run, status: 'done', counts: NO_COUNTS });
  else
    await ledger.append({
      ...run,
      status: 'failed',
      error: { type: 'Error', message: 'refused', retryable },
    });
}

/** A checkpoint exactly as the version before has written it. */
async function checkpointBefore(
  { elasticsearch, config }: Runtime,
  pass: Pass,
  origin: number,
  done: Interval,
): Promise<void> {
  const stream = `acme/feishu.openapi_audit/${pass}`;
  await elasticsearch.create({
    index: `shenji-checkpoints-${config.namespace}`,
    id: stream,
    refresh: true,
    document: {
      stream, tenant: 'acme', source: 'feishu.openapi_audit', pass, origin: iso(origin), end: null, requested_by: null,
      done: [{ from: iso(done.from), to: iso(done.to) }], watermark: iso(done.to), complete: false, updated: iso(Date.now()),
    },
  }); // prettier-ignore
}

describe('what a version before has named by place', { timeout: 120_000 }, () => {
  it('goes on under its delay: origin, what is done, what failed and what is queued', async () => {
    const { runtime, queue, planned, planner, ledger, checkpoints } = await world(['1m', '30m']);
    const origin = minutesAgo(40);
    const marks = [origin, minutesAgo(35), minutesAgo(30), minutesAgo(20), minutesAgo(10)] as const;
    const span = (index: 0 | 1 | 2 | 3): Interval => ({ from: marks[index], to: marks[(index + 1) as 1] });
    await ledger.open({ stream: live, origin });
    await write(runtime, 'live', { from: origin, to: minutesAgo(0) });
    await ledger.open({ stream: { ...live, pass: 'settle-1' }, origin });
    await checkpointBefore(runtime, 'settle-1', origin, span(0));
    await write(runtime, 'settle-1', span(0));
    await write(runtime, 'settle-1', span(1));
    await write(runtime, 'settle-1', span(2), false);
    await queue.add({ ...live, pass: 'settle-1' }, [span(3)]);

    const renamed: Stream = { ...live, pass: 'settle-1m' };
    const states = await planner.tick(planned);
    expect(passesOf(states)).toEqual(['live', 'settle-1m', 'settle-30m']);
    expect(states[1]).toMatchObject({ stream: renamed, origin, watermark: span(1).to, gaps: [{ ...span(2), error: 'refused' }] }); // prettier-ignore
    expect(passesOf(await planner.inspect(planned))).toEqual(['live', 'settle-1m', 'settle-30m']);
    const queued = await queue.unfinished();
    expect(queued.some(({ pass, from, to }) => pass === 'settle-1m' && from < marks[4] && to > marks[2])).toBe(false);

    const { stop } = await work(runtime);
    const due = [{ from: marks[3], to: minutesAgo(2) }];
    const reached = async (): Promise<Interval[]> => subtract(due, (await checkpoints.read(renamed))?.done ?? []);
    await until('all but the gap', reached, (rest) => rest.length === 0);
    await stop();
    const entries = await ledger.entries('acme', live.source, { from: origin, to: minutesAgo(0) });
    expect(entries.filter(({ pass, from }) => pass === 'settle-1' && from === marks[3])).toHaveLength(1);
    expect(entries.filter(({ pass, from }) => pass === 'settle-1m' && from < marks[4])).toEqual([]);
  });

  it('is bound to that delay once: a later change of the list gives it no other', async () => {
    const { runtime, planned, planner, checkpoints, again, elasticsearch, config } = await world(['1m', '30m'], '3h');
    const origin = minutesAgo(180);
    const halfHour = Math.floor(minutesAgo(30) / (30 * MINUTE)) * 30 * MINUTE;
    const old = { 'settle-1': minutesAgo(1), 'settle-2': halfHour } as const;
    await runtime.ledger.open({ stream: live, origin });
    await write(runtime, 'live', { from: origin, to: minutesAgo(0) });
    for (const [pass, to] of Object.entries(old) as [Pass, number][]) {
      await checkpointBefore(runtime, pass, origin, { from: origin, to });
      await write(runtime, pass, { from: origin, to });
    }
    await planner.tick(planned);
    const changed = await again(['30m']);
    const [source] = changed.sources;
    if (source === undefined) throw new Error('no source');
    const states = await changed.planner.tick(source.planned);
    expect(passesOf(states)).toEqual(['live', 'settle-30m']);
    expect(states[1]).toMatchObject({ origin, gaps: [], watermark: halfHour });
    expect(await checkpoints.read({ ...live, pass: 'settle-30m' })).toMatchObject({ formers: [{ pass: 'settle-2' }] });
    // Also from the ledger alone.
    await elasticsearch.indices.delete({ index: `shenji-checkpoints-${config.namespace}` });
    const lost = await again(['30m']);
    const rebuilt = await lost.planner.tick(lost.sources[0]?.planned ?? source.planned);
    expect(rebuilt[1]).toMatchObject({ stream: { pass: 'settle-30m' }, origin, watermark: halfHour });
  });
});

describe('the list of settle passes', { timeout: 240_000 }, () => {
  it.each([
    { name: 'a longer one stays', list: [DAY] },
    { name: 'one between takes the place of both', list: [6 * HOUR] },
  ])('may change: $name, and nothing is skipped, nothing read again from the beginning', async ({ list }) => {
    const { runtime, queue } = await world();
    const steps = scene({ ...runtime, queue }, T0, T0);
    steps.configure([HOUR, DAY]);
    await steps.work(T0 + 2 * DAY, 12 * HOUR);
    const changedAt = T0 + 2 * DAY;
    const before = steps.reads.length;
    steps.configure(list);
    const end = T0 + 3.5 * DAY;
    await steps.work(end, 12 * HOUR);
    const [delay = 0] = list;
    const late = steps.reads.filter(({ to, at }) => at >= to + delay);
    expect(subtract([{ from: T0, to: end - delay }], late)).toEqual([]);
    const again = steps.reads.slice(before).filter(({ pass }) => pass !== 'live');
    expect(Math.min(...again.map(({ from }) => from))).toBeGreaterThanOrEqual(changedAt - DAY);
  });

  it('may get one more after a year: it begins where its delay begins, and leaves when it is taken out', async () => {
    const { runtime, queue, checkpoints } = await world();
    const year = T0 + 365 * DAY;
    const steps = scene({ ...runtime, queue }, T0, T0);
    steps.configure([]);
    await steps.tick();
    await write(runtime, 'live', { from: T0, to: year });
    steps.skipTo(year);
    steps.configure([HOUR]);
    const states = await steps.catchUp();
    expect(states[1]).toMatchObject({ stream: { pass: 'settle-1h' }, origin: year - HOUR });
    expect(steps.told.at(-1)).toContain('settle-1h is new; it is collected from 2027-02-28T23:00:00.000Z');
    steps.configure([]);
    expect(passesOf(await steps.tick())).toEqual(['live']);
    expect(steps.told.at(-1)).toContain('settle-1h is configured no more, and ends');
    await until('it to leave the list', () => checkpoints.list({ unfinished: true }), (open) => open.length === 1); // prettier-ignore
    expect(await steps.tick()).toHaveLength(1);
    // Put back after a week it owes the week as little as one that is new.
    steps.skipTo(year + 7 * DAY);
    await write(runtime, 'live', { from: year, to: year + 7 * DAY });
    steps.configure([HOUR]);
    const before = steps.reads.length;
    await steps.work(year + 7 * DAY + 2 * HOUR, HOUR);
    const later = steps.reads.slice(before).filter(({ pass }) => pass === 'settle-1h');
    expect(Math.min(...later.map(({ from }) => from))).toBe(year + 7 * DAY - HOUR);
  });

  it('leaves status and metrics with the next plan', async () => {
    const { runtime, again } = await world(['1m']);
    const seen = async ({ metrics }: Runtime): Promise<boolean> => /stream_lag_seconds\{[^}]*pass="settle"/.test(await metrics.text()); // prettier-ignore
    const plan = (of: Runtime) => {
      const scheduler = startScheduler(of, { tickMs: 100 });
      onTestFinished(() => scheduler.stop());
      return scheduler;
    };
    const first = plan(runtime);
    await until('the settle pass in the metrics', () => seen(runtime));
    await first.stop();
    const without = await again([]);
    const [source] = without.sources;
    expect(passesOf(source === undefined ? [] : await without.planner.inspect(source.planned))).toEqual(['live']);
    plan(without);
    await until('a plan', async () => (await without.metrics.text()).includes('stream_lag_seconds{'));
    expect(await seen(without)).toBe(false);
  });

  it('is read recent time first, while live and backfills are read oldest first', async () => {
    const { runtime, queue } = await world();
    const steps = scene({ ...runtime, queue }, T0, T0);
    steps.configure([HOUR]);
    await steps.tick();
    for (const { pass, ...span } of await queue.unfinished()) await queue.remove({ ...live, pass }, [span]);
    const end = T0 + 30 * DAY;
    await write(runtime, 'live', { from: T0, to: end });
    steps.skipTo(end);
    await steps.tick();
    const [, background] = runtime.lanes.shared;
    const queued = (await background?.getJobs(['prioritized'], 0, -1, true)) ?? [];
    expect(queued.map(({ data }) => (end - data.from) / HOUR)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 2),
    );
  });
});

it('a pass that is shorter than the wait for the vendor still reads: its watermark moves', async () => {
  const { runtime } = await world(['1m', '60s']);
  const { stop } = await work(runtime);
  await until('the settle pass', () => watermark(runtime, { ...live, pass: 'settle-1m' }), (time) => time >= minutesAgo(3)); // prettier-ignore
  await stop();
  const names = (await runtime.checkpoints.list({})).map(({ stream }) => stream.pass);
  expect(names.toSorted()).toEqual(['live', 'settle-1m']);
});
