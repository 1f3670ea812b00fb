/** What will make a time range provable: the reading that is to come by itself, else the backfill to ask for. */
import { POISON, type Former, type ReadEntry } from '../ledger.ts';
import { formatDuration } from '../../sdk/duration.ts';
import { gapsOf, type Failures } from '../planning/plan.ts';
import { iso, overlaps, type Interval } from '../time/intervals.ts';
import type { Pass } from '../../sdk/pass.ts';
import { spanText } from './places.ts';

/** A stream that goes on by itself. */
export type Standing = {
  readonly pass: Pass;
  readonly origin: number;
  readonly end: number | undefined;
  /** What it has read, also far from where it began: settle passes read the newest first, and gaps stay behind. */
  readonly done: readonly Interval[];
  /** Whose failed windows it tries again. */
  readonly formers?: readonly Former[] | undefined;
  /** When it reads the window that an instant, exclusive, is the end of or lies in: epoch milliseconds. */
  readonly dueAt: (to: number) => number;
  /** How long it may go on without writing down that nothing happened, in milliseconds. */
  readonly quietMs?: number;
};

export type CureContext = {
  readonly failed: readonly ReadEntry[];
  readonly standing: readonly Standing[];
  /** The command that reads a time range again. */
  readonly backfill: (span: Interval) => string;
  readonly now: number;
};

const toFailure = ({ from, to, at, error }: ReadEntry): Failures => ({
  from,
  to,
  failures: 1,
  at,
  retryable: error?.retryable !== false,
  isPoison: error?.type === POISON,
  error: error?.message ?? '',
});

/** Whether all of the place is still to be read by this stream: what it leaves out would stay as it is. */
const willRead = (place: Interval, { origin, end = Infinity, done }: Standing): boolean =>
  origin <= place.from && end >= place.to && !done.some((span) => overlaps(span, place));

/** Its own failed runs, and those of the streams that it goes on with. */
const failuresOf = ({ pass, formers = [] }: Standing, failed: readonly ReadEntry[]): ReadEntry[] =>
  failed.filter(
    (entry) => entry.pass === pass || formers.some((former) => former.pass === entry.pass && entry.from < former.until),
  );

/** A run of a pass that has ended, and that nobody has taken over, is not tried again. */
function failedReading(place: Interval, coming: readonly Standing[], { failed, now }: CureContext): string | undefined {
  const tried = coming.flatMap((stream) => {
    const runs = failuresOf(stream, failed);
    return runs.filter((entry) => overlaps(entry, place)).map((last) => ({ ...stream, runs, last }));
  });
  const [latest] = tried.toSorted((a, b) => b.last.at - a.last.at);
  if (latest === undefined) return undefined;
  const { pass, last, runs } = latest;
  const [gap] = gapsOf([last], runs.map(toFailure), now).filter((one) => overlaps(one, place));
  const when = gap === undefined || gap.retryAt <= now ? 'now' : `at ${iso(gap.retryAt)}`;
  const by = pass === last.pass ? '' : ` by ${pass}`;
  return `${last.pass} failed for ${spanText(last)} (${last.error?.message ?? ''}) and is tried again${by} ${when}`;
}

function pendingReading(place: Interval, coming: readonly Standing[], { now }: CureContext): string | undefined {
  const [due] = coming
    .map(({ pass, dueAt, quietMs = 0 }) => ({ pass, at: dueAt(place.to), quietMs }))
    .toSorted((a, b) => a.at - b.at);
  if (due === undefined) return undefined;
  if (due.at > now) return `${due.pass} reads it from ${iso(due.at)} on`;
  const quiet = due.quietMs > 0 ? `; that nothing happened is on record within ${formatDuration(due.quietMs)}` : '';
  return `${due.pass} is about to read it${quiet}`;
}

/** The failed reading of it that is tried again; undefined where there is none. */
export const retryOf = (place: Interval, context: CureContext): string | undefined =>
  failedReading(
    place,
    context.standing.filter((stream) => willRead(place, stream)),
    context,
  );

export function cureOf(place: Interval, context: CureContext): string {
  const coming = context.standing.filter((stream) => willRead(place, stream));
  return failedReading(place, coming, context) ?? pendingReading(place, coming, context) ?? context.backfill(place);
}
