import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan, type Failures, type PlanInput } from '../../../src/core/planning/plan.ts';
import type { PlannedWindow } from '../../../src/core/planning/quiet.ts';
import { lengthOf, merge, overlaps, type Interval } from '../../../src/core/time/intervals.ts';
import { EMPTY_PLAN } from '../../support/planning.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const QUARTER = 15 * MINUTE;
const base: PlanInput = { ...EMPTY_PLAN, now: 0, origin: 0, room: 100 };

type Weather = {
  /** Whether something happened in this time range. */
  readonly happens: (span: Interval) => boolean;
  /** Whether what is known of the open time range is lost in this minute. */
  readonly loses?: (minute: number) => boolean;
};

/** A stream that is planned and read each minute, as scheduler and worker do it: what was written down, and what was asked. */
function live(minutes: number, { happens, loses = () => false }: Weather) {
  const entries: (Interval & { readonly found: boolean })[] = [];
  const asked: PlannedWindow[] = [];
  let open: Interval | undefined;
  let askedUntil: number | undefined;
  for (let minute = 0; minute < minutes; minute += 1) {
    if (loses(minute)) open = undefined;
    const quiet = { asked: open, quietMs: QUARTER };
    const now = minute * MINUTE + 2 * MINUTE;
    const planned = plan({ ...base, now, done: merge(entries), quiet });
    for (const window of planned.windows) {
      asked.push(window);
      const found = happens(window);
      if (window.isOpen === true && !found) open = { from: window.from, to: window.to };
      else entries.push({ from: window.from, to: window.to, found });
    }
    ({ askedUntil } = plan({ ...base, now, done: merge(entries), quiet: { asked: open, quietMs: QUARTER } }));
  }
  return { entries, asked, askedUntil };
}

describe('a live stream in which nothing happens', () => {
  it('is asked once a minute and has an entry each quarter of an hour, of one reading', () => {
    const day = 24 * 60;
    const { entries, asked } = live(day + 1, { happens: () => false });
    expect(asked).toHaveLength(day);
    expect(entries).toEqual(
      Array.from({ length: day / 15 }, (_, at) => ({ from: at * QUARTER, to: (at + 1) * QUARTER, found: false })),
    );
    // With the two later readings of each hour of the default: what one quiet stream writes in a year.
    expect((entries.length + 2 * 24) * 365).toBeLessThanOrEqual(60_000);
  });

  it('tells until where it was asked, which is no gap in time', () => {
    const { asked, askedUntil } = live(8, { happens: () => false });
    expect(asked.at(-1)).toEqual({ from: 0, to: 7 * MINUTE, isOpen: true });
    expect(askedUntil).toBe(7 * MINUTE);
  });

  it('is as late as what is missing before, however far it was asked behind that', () => {
    const asked = { from: 2 * MINUTE, to: 6 * MINUTE };
    const now = 8 * MINUTE;
    const until = (done: readonly Interval[]) =>
      plan({ ...base, now, done, queued: [{ from: MINUTE, to: 2 * MINUTE }], quiet: { asked, quietMs: QUARTER } });
    const missingBefore = until([{ from: 0, to: MINUTE }]);
    expect([missingBefore.watermark, missingBefore.askedUntil]).toEqual([MINUTE, undefined]);
    expect(until([{ from: 0, to: 2 * MINUTE }]).askedUntil).toBe(6 * MINUTE);
  });

  it('ends its open time range where something happens, in one reading of all of it', () => {
    const event = 6 * MINUTE + 1;
    const { entries } = live(10, { happens: ({ from, to }) => from <= event && event < to });
    expect(entries).toEqual([{ from: 0, to: 7 * MINUTE, found: true }]);
  });

  it('asks once more for what it no longer knows to have asked for', () => {
    const { entries, asked } = live(20, { happens: () => false, loses: (minute) => minute === 10 });
    expect(lengthOf(merge(asked))).toBe(19 * MINUTE);
    expect(lengthOf(merge(entries))).toBeGreaterThanOrEqual(9 * MINUTE);
    expect(asked.length).toBeLessThan(2 * 19);
  });
});

describe('an open time range', () => {
  const asked: Interval = { from: 0, to: 5 * MINUTE };
  const at = (minutes: number, more: Partial<PlanInput> = {}) =>
    plan({ ...base, now: minutes * MINUTE + 2 * MINUTE, quiet: { asked, quietMs: QUARTER }, ...more });

  it('is neither missing nor planned until the next window takes it in', () => {
    expect(at(5)).toMatchObject({ windows: [], missing: [], askedUntil: 5 * MINUTE, watermark: 0 });
    expect(at(6).windows).toEqual([{ from: 0, to: 6 * MINUTE, isOpen: true }]);
  });

  it('counts only where all behind it is missing too', () => {
    const done = [{ from: 6 * MINUTE, to: 7 * MINUTE }];
    expect(at(7, { done }).askedUntil).toBeUndefined();
    expect(at(7, { done }).windows[0]).toEqual({ from: 0, to: MINUTE });
    // What is on record of it since is no part of it.
    expect(at(5, { done: [{ from: 0, to: 2 * MINUTE }] }).windows).toEqual([]);
    expect(at(6, { done: [{ from: 0, to: 2 * MINUTE }] }).windows[0]?.from).toBe(2 * MINUTE);
  });

  it('is written down where one of its windows has failed, and where a backlog is read', () => {
    const failure: Failures = { from: 0, to: 6 * MINUTE, failures: 1, at: 0, retryable: true, error: 'HTTP 500' };
    expect(at(6, { failures: [failure] }).windows).toEqual([{ from: 0, to: 6 * MINUTE }]);
    expect(at(120).windows[0]).toEqual({ from: 0, to: HOUR });
    expect(at(120).windows.every(({ isOpen }) => isOpen === undefined)).toBe(true);
  });

  it('is not kept by who keeps none', () => {
    expect(at(6, { quiet: { asked, quietMs: 0 } }).windows).toHaveLength(6);
    expect(at(6, { quiet: undefined }).windows.every(({ isOpen }) => isOpen === undefined)).toBe(true);
  });
});

it('nothing that happens is ever left out, whatever is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 90 * MINUTE }), { maxLength: 10 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 119 }), { maxLength: 20 }),
      (events, losses) => {
        const happens = ({ from, to }: Interval): boolean => events.some((time) => from <= time && time < to);
        const { entries } = live(120, { happens, loses: (minute) => losses.includes(minute) });
        for (const time of events)
          expect(entries.some(({ from, to, found }) => found && from <= time && time < to)).toBe(true);
        // No time range is written down twice.
        expect(entries.some((one) => entries.some((other) => other !== one && overlaps(one, other)))).toBe(false);
      },
    ),
  );
});
