/**
 * What concerns a whole source of a tenant (its credentials, a scope, a quota, an API that is gone) suspends it in all its
 * passes: no window would fare better than the one that failed. One entry of the ledger says since when and why, one that
 * it goes on. Between them one window at a time is tried, as a probe, and what becomes of it is only logged. The probe is
 * the newest that is due: the one that was refused may be refused for itself.
 */
import type { Logger } from 'pino';
import { formatDuration } from '../../sdk/duration.ts';
import { suspends } from '../../sdk/errors.ts';
import {
  POISON,
  type Ledger,
  type RecordedError,
  type Standing,
  type Suspension,
  type WindowEntry,
} from '../ledger.ts';
import type { FailedWindow, PlannedSource, QueuedWindow } from './planned-source.ts';
import { iso, overlaps } from '../time/intervals.ts';
import { passRank } from '../../sdk/pass.ts';

export type SuspendingPorts = {
  readonly ledger: Pick<Ledger, 'append' | 'standing' | 'isRead'>;
  readonly log: Logger;
  readonly now: () => number;
};

export type Suspending = {
  /**
   * Begins a suspension where one of these failures asks for it, ends it where the probe got through. Resolves with the one
   * in force, and with the failures that are the windows' own; the others are let go.
   */
  judge(
    planned: PlannedSource,
    failed: readonly FailedWindow[],
  ): Promise<{ readonly suspension: Suspension | undefined; readonly own: readonly FailedWindow[] }>;
};

const PROBE_MS = 5 * 60_000;
/** A quota comes back by the day or by the month. */
const QUOTA_PROBE_MS = 60 * 60_000;

/** How long after a probe the next one is sent, in milliseconds. */
export const probeMs = ({ error }: Suspension): number =>
  error.type === 'QuotaExhaustedError' ? QUOTA_PROBE_MS : PROBE_MS;

type FailedEntry = WindowEntry & { readonly status: 'failed' };

/** The entry of a failure that concerns all of its source. */
function refusalOf({ entry }: FailedWindow): FailedEntry | undefined {
  return entry?.status === 'failed' && suspends(entry.error.type) ? entry : undefined;
}

/** What may pass by itself, or took its worker down: nobody knows yet whether the vendor would refuse it. */
const tellsNothing = ({ type }: RecordedError): boolean => type === 'RetryableError' || type === POISON;

const isOf =
  ({ pass, from, to }: QueuedWindow) =>
  ({ entry }: FailedWindow): boolean =>
    entry?.stream.pass === pass && entry.span.from === from && entry.span.to === to;

/** Whether the newest suspension began for it, or for its backfill. */
const isAgain = ({ entry }: FailedWindow, refused: Standing['refused']): boolean =>
  refused !== undefined &&
  entry?.stream.pass === refused.pass &&
  (passRank(entry.stream.pass) === 2 || overlaps(entry.span, refused));

export function createSuspending({ ledger, log, now }: SuspendingPorts): Suspending {
  /** Whether the vendor has answered the probe, if only to say what is wrong with its window. `ended`: as the queue has it. */
  async function gotThrough(
    { tenant, source }: PlannedSource,
    probe: QueuedWindow,
    ended: FailedWindow | undefined,
  ): Promise<boolean> {
    if (ended === undefined) return ledger.isRead({ tenant, source, pass: probe.pass }, probe);
    if (ended.entry?.status !== 'failed') return false;
    const { error } = ended.entry;
    if (!suspends(error.type) && !tellsNothing(error)) return true;
    log.warn({ tenant, source }, `still suspended, the probe did not get through: ${error.message}`);
    return false;
  }

  async function begin(
    { tenant, source, queue }: PlannedSource,
    refusal: FailedEntry,
    since: number,
  ): Promise<Suspension> {
    const { error } = refusal;
    await ledger.append({ ...refusal, endedAt: since, status: 'suspended' });
    const rest = probeMs({ since, error });
    await queue.rest(rest);
    log.error(
      { tenant, source },
      `suspended, nothing of this source is collected until it is put right: ${error.message}; tried again every ${formatDuration(rest)}`,
    );
    return { since, error };
  }

  async function end(
    { tenant, source, queue }: PlannedSource,
    { since }: Suspension,
    probe: QueuedWindow,
    endedAt: number,
  ): Promise<void> {
    const { pass, ...span } = probe;
    const run = { run: `resumed-${since}`, attempts: 1, startedAt: since, endedAt };
    await ledger.append({ stream: { tenant, source, pass }, span, ...run, status: 'resumed' });
    await queue.rest(0);
    log.info({ tenant, source }, `goes on, it was suspended since ${iso(since)}`);
  }

  async function judge(planned: PlannedSource, failed: readonly FailedWindow[]): ReturnType<Suspending['judge']> {
    const { suspension: before, changedAt, refused } = await ledger.standing(planned.tenant, planned.source);
    // Newer than what was before it, also by a clock that is behind: the newest counts.
    const at = Math.max(now(), changedAt + 1);
    // What is refused again after another window got through is that window's own trouble, or its backfill's.
    const isOfSource = (each: FailedWindow): boolean =>
      refusalOf(each) !== undefined && (before !== undefined || !isAgain(each, refused));
    const [refusal] = failed.filter(isOfSource).flatMap((each) => refusalOf(each) ?? []);
    const probe = before && (await planned.queue.probe());
    const ended = probe && failed.find(isOf(probe));
    const isThrough = probe !== undefined && (await gotThrough(planned, probe, ended));
    let suspension = before;
    if (before !== undefined && isThrough) {
      await end(planned, before, probe, at);
      suspension = undefined;
    } else if (before === undefined && refusal !== undefined) suspension = await begin(planned, refusal, at);
    // After the ledger knows why: whoever dies in between leaves them for the next to judge.
    const letGo = failed.filter((each) => isOfSource(each) || (each === ended && !isThrough));
    await Promise.all(letGo.map(({ remove }) => remove()));
    return { suspension, own: failed.filter((each) => !letGo.includes(each)) };
  }

  return { judge };
}
