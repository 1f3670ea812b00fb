/**
 * A feed from which nothing comes any more, though it is asked and answers: a scope that was taken away may look like peace.
 * What is usual is learned from the weeks before: the same hour (or day) of the week, so that nights and weekends alarm
 * nobody. What has no rhythm is held against its own longest pause.
 */
import type { Grid } from '../../sdk/grid.ts';

export type Silence = {
  /** Where the last hour or day begins in which anything happened, in epoch milliseconds. */
  readonly lastEvent: number;
  /** How much of the time since usually brings something, in milliseconds. */
  readonly usualMs: number;
  readonly isTooLong: boolean;
};

export type Rhythm = {
  /** Hours for a log, days of the tenant for what is read by the day. */
  readonly grid: Grid;
  /** How much usual time may pass with nothing, in milliseconds. */
  readonly patienceMs: number;
};

const WEEK = 7 * 86_400_000;
const WEEKS = [1, 2, 3, 4];
/** Two weeks speak for a third; of four, one may have been a holiday. */
const ENOUGH_WEEKS = 2;
const USUAL = 0.75;
/** How far back it must be known what happened: silence is judged by four weeks before it, for a month. */
export const REMEMBERED_MS = 8 * WEEK;
/** What has no rhythm is silent for so many times its longest pause, and its patience. */
const PAUSES = 3;
const PATIENCES = 6;

function* cellsBetween(from: number, until: number, { next }: Grid): Generator<number> {
  for (let cell = from; next(cell) <= until; cell = next(cell)) yield cell;
}

function isUsual(
  cell: number,
  active: ReadonlySet<number>,
  known: { first: number; last: number },
  grid: Grid,
): boolean {
  // By its middle: a week before, clocks may have been changed.
  const middle = (cell + grid.next(cell)) / 2;
  const before = WEEKS.map((weeks) => grid.startOf(middle - weeks * WEEK));
  const weeks = before.filter((each) => each >= known.first && each <= known.last);
  const busy = weeks.filter((each) => active.has(each)).length;
  return weeks.length >= ENOUGH_WEEKS && busy >= USUAL * weeks.length;
}

function longestPause(cells: readonly number[], { next }: Grid): number {
  return cells.reduce((longest, cell, at) => Math.max(longest, cell - next(cells[at - 1] ?? cell)), 0);
}

/**
 * `busy`: instants of cells in which something happened, of the last `REMEMBERED_MS`; `until`: until where it was asked, in
 * epoch milliseconds. Undefined where nothing ever happened.
 */
export function silenceOf(busy: readonly number[], until: number, { grid, patienceMs }: Rhythm): Silence | undefined {
  const active = new Set(busy.map((time) => grid.startOf(time)));
  const cells = [...active].toSorted((a, b) => a - b);
  const [first, last] = [cells[0], cells.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const begins = grid.next(last);
  const usual = cellsBetween(begins, until, grid).filter((cell) => isUsual(cell, active, { first, last }, grid));
  const usualMs = usual.reduce((sum, cell) => sum + grid.next(cell) - cell, 0);
  const isKnown = last - first >= ENOUGH_WEEKS * WEEK;
  const most = Math.max(PAUSES * longestPause(cells, grid), PATIENCES * patienceMs);
  return { lastEvent: last, usualMs, isTooLong: usualMs >= patienceMs || (isKnown && until - begins > most) };
}
