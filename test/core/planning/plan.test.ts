import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayGrid, dividedGrid, fixedGrid } from '../../../src/sdk/grid.ts';
import { compact, mergeGaps, plan, type Failures, type PlanInput } from '../../../src/core/planning/plan.ts';
import { lengthOf, merge, overlaps, subtract, type Interval } from '../../../src/core/time/intervals.ts';
import { EMPTY_PLAN } from '../../support/planning.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const base: PlanInput = { ...EMPTY_PLAN, now: 10 * HOUR, origin: 9 * HOUR };
const failure = (span: Interval, at: number, retryable = true): Failures => ({
  ...span,
  failures: 1,
  at,
  retryable,
  error: 'HTTP 500',
});

describe('plan', () => {
  it('plans a minute once it is over and the lag has passed', () => {
    const before = plan({ ...base, now: 9 * HOUR + 3 * MINUTE - 1 });
    const after = plan({ ...base, now: 9 * HOUR + 3 * MINUTE });
    expect(before.windows).toEqual([]);
    expect(after.windows).toEqual([{ from: 9 * HOUR, to: 9 * HOUR + MINUTE }]);
  });

  it('reads a long backlog by the hour and the rest by the minute', () => {
    const { windows } = plan({ ...base, origin: 5 * HOUR, now: 7 * HOUR + 5 * MINUTE });
    expect(windows.slice(0, 2)).toEqual([
      { from: 5 * HOUR, to: 6 * HOUR },
      { from: 6 * HOUR, to: 7 * HOUR },
    ]);
    expect(windows.slice(2).map(({ from, to }) => to - from)).toEqual([MINUTE, MINUTE, MINUTE]);
  });

  it('waits for whole hours where its grid has no less', () => {
    expect(plan({ ...base, grid: fixedGrid(HOUR), now: 9 * HOUR + 59 * MINUTE }).windows).toEqual([]);
    expect(plan({ ...base, grid: fixedGrid(HOUR), now: 10 * HOUR + 2 * MINUTE }).windows).toEqual([
      { from: 9 * HOUR, to: 10 * HOUR },
    ]);
  });

  it('ends a backfill exactly where it was asked to end', () => {
    const { windows } = plan({ ...base, useBacklogGrid: true, origin: 9 * HOUR + 7_000, end: 9 * HOUR + 13_000 });
    expect(windows).toEqual([{ from: 9 * HOUR + 7_000, to: 9 * HOUR + 13_000 }]);
  });

  it('leaves alone what the queue holds and what the ledger has', () => {
    const { windows, watermark } = plan({
      ...base,
      now: 9 * HOUR + 6 * MINUTE,
      done: [{ from: 9 * HOUR, to: 9 * HOUR + MINUTE }],
      queued: [{ from: 9 * HOUR + 2 * MINUTE, to: 9 * HOUR + 3 * MINUTE }],
    });
    expect(windows.map(({ from }) => (from - 9 * HOUR) / MINUTE)).toEqual([1, 3]);
    expect(watermark).toBe(9 * HOUR + MINUTE);
  });

  it('pauses a failed window for a minute, then two, up to an hour, while the windows behind it go on', () => {
    const span = { from: 9 * HOUR, to: 9 * HOUR + MINUTE };
    const at = 9 * HOUR + 5 * MINUTE;
    const runs = (count: number): Failures[] => Array.from({ length: count }, () => failure(span, at));
    const retryAt = (count: number): number =>
      (plan({ ...base, now: at, failures: runs(count) }).gaps[0]?.retryAt ?? 0) - at;
    expect([1, 2, 3, 20].map(retryAt)).toEqual([MINUTE, 2 * MINUTE, 4 * MINUTE, HOUR]);
    const paused = plan({ ...base, now: at, failures: runs(1) });
    expect(paused.windows.map(({ from }) => (from - 9 * HOUR) / MINUTE)).toEqual([1, 2]);
    expect(plan({ ...base, now: at + MINUTE, failures: runs(1) }).windows[0]).toEqual(span);
  });

  it('pauses a permanent failure the longest, and tries it again all the same', () => {
    const span = { from: 9 * HOUR, to: 9 * HOUR + MINUTE };
    const failures = [failure(span, base.now, false)];
    expect(plan({ ...base, failures }).gaps[0]?.retryAt).toBe(base.now + HOUR);
    expect(plan({ ...base, now: base.now + HOUR, failures }).windows[0]).toEqual({ from: 9 * HOUR, to: 10 * HOUR });
  });

  it('pauses a window that takes its workers down for longer each time, up to a day', () => {
    const span = { from: 9 * HOUR, to: 9 * HOUR + MINUTE };
    const paused = [1, 2, 3, 9].map((failures) => {
      const input = { ...base, failures: [{ ...failure(span, base.now), failures, isPoison: true }] };
      return ((plan(input).gaps[0]?.retryAt ?? 0) - base.now) / HOUR;
    });
    expect(paused).toEqual([1, 2, 4, 24]);
  });

  it('lets done outrank failed, however often it failed', () => {
    const span = { from: 9 * HOUR, to: 9 * HOUR + MINUTE };
    expect(plan({ ...base, done: [span], failures: [failure(span, base.now)] }).gaps).toEqual([]);
  });

  it('does not let a failure that is dated ahead hold its window back', () => {
    const span = { from: 9 * HOUR, to: 9 * HOUR + MINUTE };
    const { windows } = plan({ ...base, now: 9 * HOUR + 3 * MINUTE, failures: [failure(span, base.now + 24 * HOUR)] });
    expect(windows).toEqual([span]);
  });

  it('never queues more than there is room for', () => {
    expect(plan({ ...base, origin: 0, room: 3 }).windows).toHaveLength(3);
    expect(plan({ ...base, room: 0 }).windows).toEqual([]);
  });

  it('reads recent time first where it is read again, in the same windows', () => {
    const input = { ...base, origin: 3 * HOUR + 30 * MINUTE, now: 7 * HOUR + 5 * MINUTE };
    const oldestFirst = plan({ ...input, done: [{ from: 4 * HOUR, to: 5 * HOUR + 30 * MINUTE }] });
    const newestFirst = plan({ ...input, done: [{ from: 4 * HOUR, to: 5 * HOUR + 30 * MINUTE }], newestFirst: true });
    expect(newestFirst).toEqual({ ...oldestFirst, windows: oldestFirst.windows.toReversed() });
    expect(plan({ ...input, newestFirst: true, room: 2 }).windows).toEqual([
      { from: 7 * HOUR + 2 * MINUTE, to: 7 * HOUR + 3 * MINUTE },
      { from: 7 * HOUR + MINUTE, to: 7 * HOUR + 2 * MINUTE },
    ]);
  });

  it('cuts days by the calendar of the zone, also where clocks change', () => {
    const grid = dayGrid('Europe/Berlin');
    const origin = Date.parse('2026-03-28T00:00:00+01:00');
    const { windows } = plan({ ...base, grid, backlogGrid: grid, origin, now: origin + 4 * 24 * HOUR });
    expect(windows.map(({ from, to }) => (to - from) / HOUR)).toEqual([24, 23, 24, 24]);
  });

  const span = fc
    .tuple(fc.integer({ min: 0, max: 6 * 60 }), fc.integer({ min: 1, max: 120 }))
    .map(([from, length]) => ({ from: from * MINUTE, to: (from + length) * MINUTE }));
  const spans = fc.array(span, { maxLength: 8 });

  it('tiles what is due exactly, whatever ledger and queue hold and wherever the clock stands', () => {
    fc.assert(
      fc.property(
        spans,
        spans,
        spans,
        fc.integer({ min: 0, max: 10 * HOUR }),
        fc.boolean(),
        fc.boolean(),
        (done, queued, failed, now, useBacklogGrid, newestFirst) => {
          const failures = failed.map((failedSpan, index) =>
            failure(failedSpan, now - index * MINUTE, index % 3 === 0),
          );
          const input = {
            ...base,
            origin: HOUR,
            now,
            useBacklogGrid,
            newestFirst,
            done: compact(done, HOUR),
            queued,
            failures,
          };
          const { windows, gaps, dueUntil } = plan(input);
          const paused = gaps.filter(({ retryAt }) => retryAt > now);
          const covered = [...input.done, ...queued, ...paused];
          expect(windows.some((one) => covered.some((other) => overlaps(one, other)))).toBe(false);
          expect(lengthOf(merge(windows))).toBe(lengthOf(windows));
          expect(subtract([{ from: HOUR, to: dueUntil }], [...covered, ...windows])).toEqual([]);
          expect(windows.every(({ from, to }) => from >= HOUR && to <= dueUntil)).toBe(true);
        },
      ),
    );
  });
});

describe('a grid for a delay', () => {
  it('is no coarser than the delay, no finer than a window, and cuts neither windows nor backlog windows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.nat(10_000),
        (cell, cells, longest) => {
          const grid = dividedGrid(cell, cell * cells, longest);
          const length = grid.next(0);
          expect(length).toBeLessThanOrEqual(Math.max(cell, longest));
          expect([length % cell, (cell * cells) % length]).toEqual([0, 0]);
          expect(grid.startOf(length * 7 + 1)).toBe(length === 1 ? 8 : length * 7);
        },
      ),
    );
    expect([5 * MINUTE, 7 * MINUTE, HOUR, 24 * HOUR, 1].map((delay) => dividedGrid(MINUTE, HOUR, delay).next(0))).toEqual([
      5 * MINUTE, 6 * MINUTE, HOUR, HOUR, MINUTE,
    ]); // prettier-ignore
  });
});

describe('planning tick after tick', () => {
  const grids = [
    fixedGrid(MINUTE),
    fixedGrid(7 * MINUTE),
    fixedGrid(HOUR),
    dayGrid('Asia/Shanghai'),
    dayGrid('America/New_York'),
  ] as const;
  const pick = fc.constantFrom(...grids);
  const tick = fc.record({
    grid: pick,
    backlogGrid: pick,
    // Ahead, back, and across the night in which New York's clocks change.
    now: fc.integer({ min: -30 * HOUR, max: 60 * HOUR }).map((offset) => Date.parse('2026-03-08T00:00:00Z') + offset),
    delayMs: fc.constantFrom(0, 2 * MINUTE, HOUR),
    useBacklogGrid: fc.boolean(),
    newestFirst: fc.boolean(),
    survives: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  });

  it('reads every second of the line once, whatever lengths, delays and zones it is planned by and however the clock jumps', () => {
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 12 }), tick, (ticks, last) => {
        const origin = Date.parse('2026-03-07T03:17:00Z');
        let done: Interval[] = [];
        let read = 0;
        const run = ({ survives, ...timing }: typeof last, all: boolean): ReturnType<typeof plan> => {
          const planned = plan({ ...base, ...timing, origin, done, room: 10_000 });
          expect(planned.windows.some((window) => done.some((other) => overlaps(window, other)))).toBe(false);
          // The queue may be wiped before the rest is done.
          const finished = planned.windows.filter((_, index) => all || survives[index % survives.length]);
          read += lengthOf(finished);
          done = compact([...done, ...finished], origin);
          return planned;
        };
        for (const one of ticks) run(one, false);
        const { dueUntil } = run(last, true);
        expect(subtract([{ from: origin, to: dueUntil }], done)).toEqual([]);
        expect(read).toBe(lengthOf(done));
      }),
    );
  });
});

it('failed windows beside each other are told as one gap, by their newest error', () => {
  const cell = (minute: number): Interval => ({ from: minute * MINUTE, to: (minute + 1) * MINUTE });
  const gap = (minute: number, failedAt: number) => ({
    ...cell(minute), error: `at ${failedAt}`, failures: minute, failedAt, retryAt: failedAt + MINUTE,
  }); // prettier-ignore
  expect(mergeGaps([gap(1, 10), gap(2, 30), gap(3, 20), gap(5, 40)])).toEqual([
    { from: MINUTE, to: 4 * MINUTE, error: 'at 30', failures: 3, failedAt: 30, retryAt: 10 + MINUTE },
    gap(5, 40),
  ]);
});

describe('spans', () => {
  const spans = fc.array(
    fc.tuple(fc.nat(200), fc.nat(50)).map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 12 },
  );
  const has = (set: readonly Interval[], point: number): boolean =>
    set.some(({ from, to }) => point >= from && point < to);

  it('hold the same instants after merging, and those of one but not the other after subtracting', () => {
    fc.assert(
      fc.property(spans, spans, fc.nat(250), (a, b, point) => {
        expect(has(merge(a), point)).toBe(has(a, point));
        expect(has(subtract(a, b), point)).toBe(has(a, point) && !has(b, point));
      }),
    );
  });
});
