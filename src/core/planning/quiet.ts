/**
 * Quiet time. A live window that has found nothing is not written into the ledger by itself: it stays open, and the next
 * asks for its time too. One reading, and one entry, then stands for all of it: when something is found, or when the time range
 * is as long as `Cadence.quietMs`. What is known of an open time range is only that it was asked for; lost, it is asked for
 * once more.
 */
import { common, lengthOf, overlaps, type Interval } from '../time/intervals.ts';

/** `isOpen`: where it finds nothing it is not written down, since the next window takes it in. */
export type PlannedWindow = Interval & { readonly isOpen?: true };

export type Quiet = {
  /** What was asked for last and held nothing. */
  readonly asked: Interval | undefined;
  /** How long an open time range may become, in milliseconds; 0 where every window is written down. */
  readonly quietMs: number;
};

/**
 * The part of the open time range that still counts: of what is missing, the time range that reaches until what is due now. None is
 * ever as long as an entry may be: one that is was made for another setting, or by somebody else.
 */
export function openRange(
  { asked, quietMs }: Quiet,
  missing: readonly Interval[],
  dueUntil: number,
): Interval | undefined {
  const last = missing.at(-1);
  if (quietMs <= 0 || asked === undefined || last === undefined || last.to !== dueUntil) return undefined;
  if (!overlaps(asked, last)) return undefined;
  const open = common(asked, last);
  return lengthOf([open]) > quietMs ? undefined : open;
}

/**
 * The window behind the open time range takes it in; the newest one that is due stays open where it may still grow. One that
 * has failed is written down in any case: it was a gap. `nextEnd`: where the window after the newest would end.
 */
export function withQuiet(
  windows: readonly Interval[],
  {
    open,
    quietMs,
    dueUntil,
    nextEnd,
    failures,
  }: {
    readonly open: Interval | undefined;
    readonly quietMs: number;
    readonly dueUntil: number;
    readonly nextEnd: number;
    /** Where windows have failed. */
    readonly failures: readonly Interval[];
  },
): PlannedWindow[] {
  return windows.map(({ from, to }) => {
    const window = { from: open?.to === from ? open.from : from, to };
    const mayGrow = to === dueUntil && nextEnd - window.from <= quietMs;
    return mayGrow && !failures.some((failure) => overlaps(failure, window)) ? { ...window, isOpen: true } : window;
  });
}
