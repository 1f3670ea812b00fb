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

/** Calendar days of a time zone: 23 to 25 hours long where clocks change. */
export function dayGrid(timeZone: string): Grid {
  const day = (time: number): DateTime => DateTime.fromMillis(time, { zone: timeZone }).startOf('day');
  return {
    startOf: (time) => day(time).toMillis(),
    next: (start) => day(start).plus({ days: 1 }).startOf('day').toMillis(),
  };
}
