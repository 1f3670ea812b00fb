/** Which windows of a stream are due: pure, from what the ledger and the queue say and what time it is. */
import type { Grid } from '../../sdk/grid.ts';
import { openRange, withQuiet, type PlannedWindow, type Quiet } from './quiet.ts';
import { common, merge, overlaps, subtract, type Interval } from '../time/intervals.ts';

const NEVER_QUIET: Quiet = { asked: undefined, quietMs: 0 };
const MINUTE = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE;
const LONGEST_POISON_PAUSE_MS = 24 * LONGEST_PAUSE_MS;

/** A time range in which windows have failed, each so often; `at`, `retryable` and `error` are of the last failure, `at` in epoch milliseconds. */
export type Failures = Interval & {
  readonly failures: number;
  readonly at: number;
  readonly retryable: boolean;
  /** Whether it took its workers down: each try costs several processes. */
  readonly isPoison?: boolean;
  readonly error: string;
};

export type PlanInput = {
  readonly now: number;
  readonly origin: number;
  /** Where the stream ends, if it does: a backfill. */
  readonly end: number | undefined;
  /** How long after its end a window may be read. */
  readonly delayMs: number;
  readonly grid: Grid;
  readonly backlogGrid: Grid;
  /** True where windows are always cut by the coarser grid, not only where a whole cell of it is due. */
  readonly useBacklogGrid: boolean;
  /** True where recent time goes first: a later reading far behind must not keep what has just become due waiting. */
  readonly newestFirst: boolean;
  readonly done: readonly Interval[];
  /** What unfinished jobs in the queue will do. */
  readonly queued: readonly Interval[];
  readonly failures: readonly Failures[];
  /** Nothing of this stream stays open where absent. */
  readonly quiet?: Quiet | undefined;
  /** How many more windows may wait in the queue. */
  readonly room: number;
};

/** `failedAt`: when the last of its windows failed; `retryAt`: when the first is tried again. */
export type Gap = Interval & {
  readonly error: string;
  readonly failures: number;
  readonly failedAt: number;
  readonly retryAt: number;
};

export type Plan = {
  readonly windows: readonly PlannedWindow[];
  /** Due and not done, for whatever reason; without what was asked for and held nothing. */
  readonly missing: readonly Interval[];
  /** Until where it was asked, right behind all that is done; undefined where nothing is open there. */
  readonly askedUntil: number | undefined;
  /** Everything before it is done. */
  readonly watermark: number;
  /** Until where windows were due at `now`. */
  readonly dueUntil: number;
  /** Due and not done because it failed, one for each failed time range; `mergeGaps` tells them to people. */
  readonly gaps: readonly Gap[];
};

/** The time range [origin, dueUntil) is what should be done by now. */
export function dueUntil({
  now,
  origin,
  end,
  delayMs,
  grid,
}: Pick<PlanInput, 'now' | 'origin' | 'end' | 'delayMs' | 'grid'>): number {
  const ripe = now - delayMs;
  return end !== undefined && ripe >= end ? end : Math.max(origin, grid.startOf(ripe));
}

/** Grows from a minute to an hour; an error that trying again does not help waits the longest. Poison: from an hour to a day. */
function pauseMs(failures: number, { retryable, isPoison = false }: Failures): number {
  if (isPoison) return Math.min(LONGEST_PAUSE_MS * 2 ** (failures - 1), LONGEST_POISON_PAUSE_MS);
  return retryable ? Math.min(MINUTE * 2 ** (failures - 1), LONGEST_PAUSE_MS) : LONGEST_PAUSE_MS;
}

export function gapsOf(missing: readonly Interval[], failures: readonly Failures[], now: number): Gap[] {
  return failures.flatMap((failure) => {
    const runs = failures.filter((other) => overlaps(other, failure));
    const last = runs.reduce((latest, run) => (run.at > latest.at ? run : latest), failure);
    const often = runs.reduce((sum, run) => sum + run.failures, 0);
    // A failure dated ahead comes from a clock that ran ahead: it must not hold its window back.
    const retryAt = last.at > now ? now : last.at + pauseMs(often, last);
    return missing
      .filter((span) => overlaps(span, failure))
      .map((span) => ({
        ...common(span, failure),
        error: last.error,
        failures: often,
        failedAt: last.at,
        retryAt,
      }));
  });
}

/** The span's parts in each cell of the grid that it touches. */
function* cells({ from, to }: Interval, grid: Grid, newestFirst: boolean): Generator<Interval> {
  if (newestFirst)
    for (let end = to; end > from;) {
      const start = Math.max(from, grid.startOf(end - 1));
      yield { from: start, to: end };
      end = start;
    }
  else
    for (let start = from; start < to;) {
      const end = Math.min(to, grid.next(grid.startOf(start)));
      yield { from: start, to: end };
      start = end;
    }
}

/** Whole cells of the backlog's grid where the span reaches their end, else cells of the finer one: the same in either order. */
function* cut(span: Interval, input: PlanInput): Generator<Interval> {
  const { backlogGrid, grid, newestFirst } = input;
  for (const cell of cells(span, backlogGrid, newestFirst)) {
    const isWhole = backlogGrid.next(backlogGrid.startOf(cell.from)) <= span.to;
    if (input.useBacklogGrid || isWhole) yield cell;
    else yield* cells(cell, grid, newestFirst);
  }
}

/** One entry for each failed time range, however often it failed. */
function distinct(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.from}-${gap.to}`, gap])).values()].toSorted((a, b) => a.from - b.from);
}

/** Neighbours as one gap, told by the newest of their errors. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last === undefined || last.to < gap.from) merged.push(gap);
    else {
      merged[merged.length - 1] = {
        ...(gap.failedAt > last.failedAt ? gap : last),
        from: last.from,
        to: Math.max(last.to, gap.to),
        failures: Math.max(last.failures, gap.failures),
        retryAt: Math.min(last.retryAt, gap.retryAt),
      };
    }
  }
  return merged;
}

/** Every instant of the due time range is done, queued, paused after a failure, planned, or beyond `room`. */
export function plan(input: PlanInput): Plan {
  const until = dueUntil(input);
  const missing = subtract([{ from: input.origin, to: until }], input.done);
  const gaps = distinct(gapsOf(missing, input.failures, input.now));
  const paused = gaps.filter((gap) => gap.retryAt > input.now);
  const { quiet = NEVER_QUIET, grid } = input;
  const open = openRange(quiet, missing, until);
  const pending = subtract(missing, [...input.queued, ...paused, ...(open === undefined ? [] : [open])]);
  const windows = (input.newestFirst ? pending.toReversed() : pending)
    .values()
    .flatMap((span) => cut(span, input))
    .take(input.room)
    .toArray();
  const nextEnd = grid.next(grid.startOf(until));
  return {
    windows: withQuiet(windows, { open, quietMs: quiet.quietMs, dueUntil: until, nextEnd, failures: input.failures }),
    missing: subtract(missing, open === undefined ? [] : [open]),
    // Behind a time range that is missing it is no further than that.
    askedUntil: open !== undefined && open.from === missing[0]?.from ? open.to : undefined,
    watermark: missing[0]?.from ?? until,
    dueUntil: until,
    gaps,
  };
}

/** Done spans as the checkpoint keeps them: merged, and nothing before the origin. */
export function compact(done: readonly Interval[], origin: number): Interval[] {
  return merge(done.map(({ from, to }) => ({ from: Math.max(from, origin), to })));
}
