/** What will make a stretch provable: the reading that is to come by itself, else the backfill to ask for. */
import { gapsOf, type FailedRun } from '../plan.ts';
import type { ReadEntry } from '../ledger.ts';
import { iso, overlaps, type Span } from '../spans.ts';
import type { Pass } from '../stream.ts';
import { spanText } from './places.ts';

/** A stream that goes on by itself; `delayMs` after its end it reads a window. */
export type Standing = {
  readonly pass: Pass;
  readonly origin: number;
  readonly end: number | undefined;
  readonly watermark: number;
  readonly delayMs: number;
};

export type CureContext = {
  readonly failed: readonly ReadEntry[];
  readonly standing: readonly Standing[];
  /** The command that reads a stretch again. */
  readonly backfill: (span: Span) => string;
  readonly now: number;
};

const toRun = ({ from, to, at, error }: ReadEntry): FailedRun => ({
  from,
  to,
  at,
  hopeless: error?.retryable === false,
  error: error?.message ?? '',
});

function failedReading(place: Span, { failed, now }: CureContext): string | undefined {
  const last = failed.filter((entry) => overlaps(entry, place)).toSorted((a, b) => b.at - a.at)[0];
  if (last === undefined) return undefined;
  const runs = failed.filter(({ pass }) => pass === last.pass).map(toRun);
  const [gap] = gapsOf([last], runs, now).filter((one) => overlaps(one, place));
  const when = gap === undefined || gap.retryAt <= now ? 'now' : `at ${iso(gap.retryAt)}`;
  return `${last.pass} failed for ${spanText(last)} (${last.error?.message ?? ''}) and is tried again ${when}`;
}

function pendingReading(place: Span, { standing, now }: CureContext): string | undefined {
  const due = standing
    .filter(({ origin, end = Infinity, watermark }) => origin < place.to && end > place.from && watermark < place.to)
    .map(({ pass, delayMs }) => ({ pass, at: place.to + delayMs }))
    .toSorted((a, b) => a.at - b.at)[0];
  if (due === undefined) return undefined;
  return due.at <= now ? `${due.pass} is about to read it` : `${due.pass} reads it from ${iso(due.at)} on`;
}

export function cureOf(place: Span, context: CureContext): string {
  return failedReading(place, context) ?? pendingReading(place, context) ?? context.backfill(place);
}
