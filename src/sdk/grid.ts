/** Grids of time: where windows begin and end, the same whoever computes them. Epoch milliseconds throughout. */
import { DateTime } from 'luxon';

/** Cells that tile all time. */
export type Grid = {
  /** Start of the cell that holds the instant. */
  readonly startOf: (time: number) => number;
  /** Start of the cell after the one that starts here. */
  readonly next: (start: number) => number;
};

/** Cells of one length, aligned to the epoch. */
export function fixedGrid(lengthMs: number): Grid {
  return {
    startOf: (time) => Math.floor(time / lengthMs) * lengthMs,
    next: (start) => start + lengthMs,
  };
}

/**
 * Cells as long as `longestMs` allows: several of `cellMs` each, and an even part of `wholeMs`, which is several of them
 * itself. So cells of the three lengths never cut each other, and few calls read much.
 */
export function dividedGrid(cellMs: number, wholeMs: number, longestMs: number): Grid {
  const cells = wholeMs / cellMs;
  let several = Math.max(1, Math.floor(Math.min(longestMs, wholeMs) / cellMs));
  while (cells % several !== 0) several -= 1;
  return fixedGrid(several * cellMs);
}

/** Calendar days of a time zone: 23 to 25 hours long where clocks change. */
export function dayGrid(timeZone: string): Grid {
  const day = (time: number): DateTime => DateTime.fromMillis(time, { zone: timeZone }).startOf('day');
  return {
    startOf: (time) => day(time).toMillis(),
    next: (start) => day(start).plus({ days: 1 }).startOf('day').toMillis(),
  };
}
