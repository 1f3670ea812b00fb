import { describe, expect, it } from 'vitest';
import { demandOf, isTooMuch, neededCalls } from '../../../src/core/planning/demand.ts';
import { dividedGrid, fixedGrid } from '../../../src/sdk/grid.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const cadence = {
  grid: fixedGrid(MINUTE),
  settleGrid: (delayMs: number) => dividedGrid(MINUTE, HOUR, delayMs),
  lagMs: 2 * MINUTE,
  settleMs: [HOUR, 24 * HOUR],
};
const limits = { limit: 100, recordsPerCall: 100 };

/** An hour of live windows with so many events a minute. */
const hourOf = (events: number) =>
  Array.from({ length: 60 }, (_, at) => ({
    from: at * MINUTE,
    to: (at + 1) * MINUTE,
    pages: Math.max(1, Math.ceil(events / 100)),
    fetched: events,
  }));

describe('the calls that a source needs', () => {
  it.each([
    [1_000, 10, 20],
    [3_000, 30, 60],
    [9_000, 90, 180],
  ])('with %i events a minute are %i for live, and %i for two later readings by the hour', (events, live, later) => {
    const demand = demandOf(hourOf(events), cadence, limits);
    expect(demand?.live).toBeCloseTo(live);
    // Each of their windows is a call that may bring a part of a page.
    expect(demand?.later).toBeCloseTo(later + 2 / 60);
  });

  it('are one a window where nothing happens, though all of it is one entry', () => {
    const quiet = [{ from: 0, to: 15 * MINUTE, pages: 1, fetched: 0 }];
    expect(demandOf(quiet, cadence, limits)?.live).toBeCloseTo(1);
  });

  it('are unknown where nothing was read of late', () => {
    expect(demandOf([], cadence, limits)).toBeUndefined();
  });

  it('are too many before the budget of 97 % is used up', () => {
    expect(isTooMuch({ live: 30, later: 60, limit: 100 })).toBe(false);
    expect(isTooMuch({ live: 32, later: 64, limit: 100 })).toBe(true);
    expect(neededCalls({ live: 32, later: 64, limit: 100 })).toBe(96);
  });
});
