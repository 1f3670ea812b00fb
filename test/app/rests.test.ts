import { describe, expect, it, onTestFinished } from 'vitest';
import { fixedGrid } from '../../src/sdk/grid.ts';
import type { StreamState } from '../../src/core/planning/stream-state.ts';
import { restsUntil } from '../../src/app/rests.ts';
import { offsetMs } from '../../src/app/runtime.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { sourceOf, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const T0 = Date.parse('2026-03-01T12:00:00Z');
const cadence = { grid: fixedGrid(MINUTE), settleGrid: () => fixedGrid(MINUTE), lagMs: 2 * MINUTE, settleMs: [] };
const planned = { cadence } as unknown as Parameters<typeof restsUntil>[1];
const done: StreamState = {
  stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' },
  origin: 0,
  end: undefined,
  watermark: T0,
  dueUntil: T0,
  gaps: [],
  missing: [],
  queued: 0,
  planned: 0,
};

describe('a source of which everything is done', () => {
  it('rests until its next window is due', () => {
    expect(restsUntil([done], planned, T0 + 2.5 * MINUTE)).toBe(T0 + 3 * MINUTE);
    expect(restsUntil([done], { ...planned, offsetMs: 7 * SECOND }, T0 + 2.5 * MINUTE)).toBe(
      T0 + 3 * MINUTE + 7 * SECOND,
    );
  });

  it('rests a minute at most, since others may change what it does not see', () => {
    expect(restsUntil([done], planned, T0 - 10 * MINUTE)).toBe(T0 - 9 * MINUTE);
  });

  it.each<[string, Partial<StreamState>]>([
    ['a window waits', { queued: 1 }],
    ['a window was planned', { planned: 1 }],
    ['something is due', { dueUntil: T0 + MINUTE }],
    ['it has a gap', { gaps: [{ from: T0, to: T0 + 1, error: '', failures: 1, failedAt: 0, retryAt: 0 }] }],
    ['it is suspended', { suspension: { since: T0, error: { type: 'CredentialsError', message: '' } } }],
    ['it is read for a backfill', { stream: { ...done.stream, pass: 'backfill-x' } }],
  ])('does not rest where %s', (_, change) => {
    expect(restsUntil([done, { ...done, ...change }], planned, T0)).toBe(-Infinity);
  });
});

it('windows of many tenants fall due over a minute, and those of a few at once', () => {
  const offsets = Array.from({ length: 1_000 }, (_, position) => offsetMs(position));
  expect(new Set(offsets.slice(0, 20))).toEqual(new Set([0]));
  const perSecond = Map.groupBy(offsets, (offset) => offset);
  expect(Math.max(...[...perSecond.values()].map((many) => many.length))).toBe(20);
  expect(Math.max(...offsets)).toBeLessThan(MINUTE);
});

it('a source at rest is not looked at, until somebody begins a backfill of it', { timeout: 120_000 }, async () => {
  const raw = rawConfig(await simulator({ events: 0 }), { dingtalk: { report: { since: '2d', settle: [] } } });
  const [{ feishu: _, ...tenant }] = raw['tenants'] as [Record<string, unknown>];
  const world = await openWorld({ ...raw, tenants: [tenant] });
  const { stop } = await work(world);
  const {
    planned: statistics,
    tenant: { id },
  } = sourceOf(world, 'dingtalk.report');
  const isDone = async () => {
    const states = await world.planner.inspect(statistics);
    return states.length > 0 && states.every(({ watermark, dueUntil }) => watermark >= dueUntil);
  };
  await until('all of it', isDone);
  await stop();
  let [looks, ticks] = [0, 0];
  const planner = { ...world.planner, tick: (...given: Parameters<typeof world.planner.tick>) => ((looks += 1), world.planner.tick(...given)) }; // prettier-ignore
  const scheduler = startScheduler({ ...world, planner }, { tickMs: 50, onPlanned: () => void (ticks += 1) });
  onTestFinished(() => scheduler.stop());
  await until('twenty ticks', () => ticks > 20);
  expect(looks).toBeLessThan(3);
  const before = looks;
  const day = 24 * 60 * MINUTE;
  const from = Math.floor(Date.now() / day) * day - 20 * day;
  const stream = { tenant: id, source: 'dingtalk.report', pass: 'backfill-asked' } as const;
  await world.checkpoints.create(await world.ledger.open({ stream, origin: from, end: from + day }));
  await until('a look', () => looks > before + 1);
});
