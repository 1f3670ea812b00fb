/** Which windows of a stream are due: pure, from what the ledger and the queue say and what time it is. */
import type { Grid } from './grid.ts';
import { merge, overlaps, subtract, type Span } from './spans.ts';

const MINUTE = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE;

/** One failed run of a window, from the ledger. `at` is when it failed, in epoch milliseconds. */
export type FailedRun = Span & { readonly at: number; readonly hopeless: boolean; readonly error: string };

export type PlanInput = {
  readonly now: number;
  readonly origin: number;
  /** Where the stream ends, if it does: a backfill. */
  readonly end: number | undefined;
  /** How long after its end a window may be read. */
  readonly delayMs: number;
  readonly grid: Grid;
  readonly backlogGrid: Grid;
  /** In no hurry: windows are always cut by the coarser grid. */
  readonly patient: boolean;
  readonly done: readonly Span[];
  /** What unfinished jobs in the queue will do. */
  readonly queued: readonly Span[];
  readonly failures: readonly FailedRun[];
  /** How many more windows may wait in the queue. */
  readonly room: number;
};

export type Gap = Span & { readonly error: string; readonly failures: number; readonly retryAt: number };

export type Plan = {
  readonly windows: readonly Span[];
  /** Everything before it is done. */
  readonly watermark: number;
  /** Until where windows were due at `now`. */
  readonly dueUntil: number;
  /** Due and not done because it failed. */
  readonly gaps: readonly Gap[];
};

/** The stretch [origin, dueUntil) is what should be done by now. */
export function dueUntil(
  input: Pick<PlanInput, 'now' | 'origin' | 'end' | 'delayMs' | 'grid' | 'backlogGrid' | 'patient'>,
): number {
  const ripe = input.now - input.delayMs;
  if (input.end !== undefined && ripe >= input.end) return input.end;
  const grid = input.patient && input.end === undefined ? input.backlogGrid : input.grid;
  return Math.max(input.origin, grid.startOf(ripe));
}

/** Grows from a minute to an hour; an error that trying again cannot mend waits the longest. */
function pauseMs(failures: number, hopeless: boolean): number {
  return hopeless ? LONGEST_PAUSE_MS : Math.min(MINUTE * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

export function gapsOf(missing: readonly Span[], failures: readonly FailedRun[], now: number): Gap[] {
  return failures.flatMap((failure) => {
    const runs = failures.filter((other) => overlaps(other, failure));
    const last = runs.reduce((latest, run) => (run.at > latest.at ? run : latest), failure);
    // A failure dated ahead comes from a clock that ran ahead: it must not hold its window back.
    const retryAt = last.at > now ? now : last.at + pauseMs(runs.length, last.hopeless);
    return missing
      .filter((span) => overlaps(span, failure))
      .map((span) => ({
        from: Math.max(span.from, failure.from),
        to: Math.min(span.to, failure.to),
        error: last.error,
        failures: runs.length,
        retryAt,
      }));
  });
}

function cut(span: Span, input: PlanInput, most: number): Span[] {
  const windows: Span[] = [];
  for (let from = span.from; from < span.to && windows.length < most;) {
    const coarseEnd = input.backlogGrid.next(input.backlogGrid.startOf(from));
    const fineEnd = input.grid.next(input.grid.startOf(from));
    const to = Math.min(span.to, input.patient || coarseEnd <= span.to ? coarseEnd : fineEnd);
    windows.push({ from, to });
    from = to;
  }
  return windows;
}

/** One entry for each failed stretch, however often it failed. */
function distinct(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.from}-${gap.to}`, gap])).values()].toSorted((a, b) => a.from - b.from);
}

/** Plans oldest first. Every instant of the due stretch is done, queued, paused after a failure, planned, or beyond `room`. */
export function plan(input: PlanInput): Plan {
  const until = dueUntil(input);
  const missing = subtract([{ from: input.origin, to: until }], input.done);
  const gaps = distinct(gapsOf(missing, input.failures, input.now));
  const paused = gaps.filter((gap) => gap.retryAt > input.now);
  const pending = subtract(missing, [...input.queued, ...paused]);
  const windows: Span[] = [];
  for (const span of pending) {
    if (windows.length >= input.room) break;
    windows.push(...cut(span, input, input.room - windows.length));
  }
  return { windows, watermark: missing[0]?.from ?? until, dueUntil: until, gaps };
}

/** Done spans as the checkpoint keeps them: merged, and nothing before the origin. */
export function compact(done: readonly Span[], origin: number): Span[] {
  return merge(done.map(({ from, to }) => ({ from: Math.max(from, origin), to })));
}
