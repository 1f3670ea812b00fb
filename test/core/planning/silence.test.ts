import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REMEMBERED_MS, silenceOf } from '../../../src/core/planning/silence.ts';
import { dayGrid, fixedGrid } from '../../../src/sdk/grid.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 1, 2);
const LOG = { grid: fixedGrid(HOUR), patienceMs: 4 * HOUR };
const hours = (count: number, isBusy: (hour: number, weekday: number) => boolean): number[] =>
  Array.from({ length: count }, (_, at) => at)
    .filter((at) => isBusy(at % 24, Math.floor(at / 24) % 7))
    .map((at) => START + at * HOUR + 17 * 60_000);
const office = (hour: number, weekday: number): boolean => weekday < 5 && hour >= 9 && hour < 18;
/** Office hours of three weeks, and of the fourth until this hour of its Tuesday. */
const untilTuesday = (hour: number): number[] => hours((22 * 24) + hour, office); // prettier-ignore
const TUESDAY = START + 22 * DAY;

describe('a feed', () => {
  it('is silent once nothing has come in so many hours in which it usually does', () => {
    const busy = untilTuesday(11);
    expect(silenceOf(busy, TUESDAY + 14 * HOUR, LOG)).toEqual({
      lastEvent: TUESDAY + 10 * HOUR,
      usualMs: 3 * HOUR,
      isTooLong: false,
    });
    expect(silenceOf(busy, TUESDAY + 15 * HOUR, LOG)?.isTooLong).toBe(true);
  });

  it('is not silent at night and on weekends, and is on the morning after', () => {
    const week = hours(19 * 24, office);
    const monday = START + 21 * DAY;
    expect(silenceOf(week, monday + 9 * HOUR, LOG)).toMatchObject({ usualMs: 0, isTooLong: false });
    expect(silenceOf(week, monday + 13 * HOUR, LOG)?.isTooLong).toBe(true);
  });

  it('is judged by two weeks at least, and by itself where it has never been heard of', () => {
    const young = hours(8 * 24, office);
    expect(silenceOf(young, START + 11 * DAY, LOG)?.isTooLong).toBe(false);
    expect(silenceOf([], START, LOG)).toBeUndefined();
  });

  it('stays silent for a month, though the weeks before have nothing any more', () => {
    const busy = untilTuesday(11).concat(hours(0, office));
    for (const days of [1, 7, 14, 30])
      expect(silenceOf(busy, TUESDAY + days * DAY, LOG)?.isTooLong, `${days} days`).toBe(true);
    expect(REMEMBERED_MS).toBeGreaterThanOrEqual(30 * DAY + 22 * DAY);
  });

  it('forgives one holiday in four weeks', () => {
    const holiday = hours(28 * 24 + 11, (hour, weekday) => office(hour, weekday)).filter(
      (time) => time < START + 14 * DAY || time >= START + 21 * DAY,
    );
    const monday = START + 28 * DAY;
    expect(silenceOf(holiday, monday + 15 * HOUR, LOG)?.isTooLong).toBe(true);
  });

  it('without a rhythm is held against its own longest pause', () => {
    const seldom = Array.from({ length: 20 }, (_, at) => START + at * 37 * HOUR);
    const last = seldom.at(-1) ?? 0;
    expect(silenceOf(seldom, last + 108 * HOUR, LOG)?.isTooLong).toBe(false);
    expect(silenceOf(seldom, last + 110 * HOUR, LOG)?.isTooLong).toBe(true);
  });

  it('that is read by the day has days, also where clocks are changed in between', () => {
    const grid = dayGrid('Europe/Berlin');
    const first = grid.startOf(Date.UTC(2026, 2, 2, 12));
    const days = [first];
    for (let at = 1; at < 28; at += 1) days.push(grid.next(days.at(-1) ?? 0));
    const weekdays = days.filter((_, at) => at % 7 < 5);
    const daily = { grid, patienceMs: 2 * DAY };
    const monday = grid.next(days.at(-1) ?? 0);
    const later = (count: number): number =>
      Array.from({ length: count }).reduce<number>((day) => grid.next(day), monday);
    expect(silenceOf(weekdays, monday, daily)).toMatchObject({ usualMs: 0, isTooLong: false });
    expect(silenceOf(weekdays, later(1), daily)?.isTooLong).toBe(false);
    expect(silenceOf(weekdays, later(2), daily)?.isTooLong).toBe(true);
  });

  it('that does the same each week is never silent while it goes on, whatever its week looks like', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 167 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 167 }),
        (slots, now) => {
          const busy = hours(4 * 168 + now, (hour, weekday) => slots.includes(weekday * 24 + hour));
          expect(silenceOf(busy, START + (4 * 168 + now) * HOUR, LOG)?.isTooLong).toBe(false);
        },
      ),
    );
  });
});
