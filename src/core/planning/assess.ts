/** How a stream stands and what of it is due, by checkpoint, queue and ledger together. */
import type { Checkpoint, EntryRef, Ledger } from '../ledger.ts';
import { compact, dueUntil, mergeGaps, plan } from './plan.ts';
import { plannedDelayMs, type PlannedSource, type PlannerPorts, type QueuedWindow } from './planned-source.ts';
import type { PlannedWindow } from './quiet.ts';
import type { Recovery } from './recovery.ts';
import { subtract, upTo, type Interval } from '../time/intervals.ts';
import type { StreamState } from './stream-state.ts';
import { gridOf } from '../stream.ts';
import { passRank, placeOf } from '../../sdk/pass.ts';

/** How many entries of the ledger a checkpoint names as those it was made from last. */
const MOST_NAMED = 20;
/** Clocks of several schedulers differ a little; what was planned so much too early came from a wrong one. */
const PREMATURE_MS = 5 * 60_000;

/** `done` as the checkpoint keeps it; `premature`: in the queue before its time; `learned`: what the ledger knew and the checkpoint did not. */
export type Assessed = {
  readonly state: StreamState;
  readonly done: readonly Interval[];
  readonly windows: readonly PlannedWindow[];
  readonly premature: readonly QueuedWindow[];
  readonly learned: readonly EntryRef[];
};

/** `held`: time ranges that this plan leaves alone. */
type Assess = (
  checkpoint: Checkpoint,
  planned: PlannedSource,
  unfinished: readonly QueuedWindow[],
  held?: readonly Interval[],
) => Promise<Assessed>;

export type Assessment = {
  /** Looks and decides; changes nothing. */
  readonly assess: Assess;
  /** Assesses, and writes down in the checkpoint what was learned. */
  readonly digest: Assess;
};

/**
 * The stream's windows in the queue, also those that were queued for a stream it goes on with, and which of them would ask
 * the vendor again and again whether their time has come: planned by a clock that ran ahead, or for another delay.
 */
function ownWindows({ stream, formers = [] }: Checkpoint, unfinished: readonly QueuedWindow[], dueBefore: number) {
  const own = unfinished.filter(({ pass }) => pass === stream.pass);
  const inherited = formers.map(({ pass, until }) => {
    const windows = unfinished.filter((window) => window.pass === pass);
    const isPlaced = placeOf(pass) !== undefined;
    return {
      counted: windows.filter(({ to }) => to <= until),
      lost: isPlaced ? windows.filter(({ to }) => to > until) : [],
    };
  });
  return {
    queued: [...own, ...inherited.flatMap(({ counted }) => counted)],
    premature: [...own.filter(({ to }) => to > dueBefore), ...inherited.flatMap(({ lost }) => lost)],
  };
}

/** How often its share of windows a stream may have in the queue, with those that rest. */
const MOST_SHARES = 4;

/** Those that rest leave room for others: what fails again and again must not keep what is behind it waiting. */
function roomFor(share: number, queued: readonly QueuedWindow[]): number {
  const ready = queued.filter(({ isResting }) => isResting !== true).length;
  return Math.max(0, Math.min(share - ready, MOST_SHARES * share - queued.length));
}

// oxlint-disable-next-line max-lines-per-function -- what is done and what failed of one stream, in steps that share its ports
export function createAssessment(
  { ledger, checkpoints, now }: PlannerPorts,
  recovery: Pick<Recovery, 'verified'>,
): Assessment {
  /** What the ledger knows of these spans of a stream, and of the streams that it goes on with. */
  async function knownOf({ stream, formers = [] }: Checkpoint, spans: readonly Interval[]): ReturnType<Ledger['over']> {
    const own = await ledger.over(stream, spans);
    const inherited = formers.map(async ({ pass, until }) => {
      const { done, failures, entries } = await ledger.over({ ...stream, pass }, upTo(spans, until));
      const before = failures.filter(({ from }) => from < until);
      const clipped = before.map((run) => ({ ...run, to: Math.min(run.to, until) }));
      return { done: upTo(done, until), failures: clipped, entries };
    });
    const all = [own, ...(await Promise.all(inherited))];
    return {
      done: all.flatMap(({ done }) => done),
      failures: all.flatMap(({ failures }) => failures),
      entries: all.flatMap(({ entries }) => entries).toSorted((a, b) => b.at - a.at),
    };
  }

  const assess: Assess = async (checkpoint, planned, unfinished, held = []) => {
    const { stream, origin, end } = checkpoint;
    const { cadence } = planned;
    const rank = passRank(stream.pass);
    const delayMs = plannedDelayMs(stream.pass, planned);
    const timing = {
      now: now(),
      origin,
      end,
      delayMs,
      grid: gridOf(stream.pass, cadence),
      backlogGrid: cadence.backlogGrid,
      useBacklogGrid: rank === 2,
      newestFirst: rank === 1,
    };
    const { queued, premature } = ownWindows(checkpoint, unfinished, timing.now - delayMs + PREMATURE_MS);
    const missing = subtract([{ from: origin, to: dueUntil(timing) }], checkpoint.done);
    const known = await knownOf(checkpoint, missing);
    // After the queue: a window that leaves it between the two was asked for by then.
    const asked = rank === 0 && cadence.quietMs > 0 ? await planned.queue.asked() : undefined;
    const done = compact([...checkpoint.done, ...known.done], origin);
    const planNow = plan({
      ...timing,
      done,
      queued: [...queued, ...held],
      failures: known.failures,
      quiet: rank === 0 ? { asked, quietMs: cadence.quietMs } : undefined,
      room: roomFor(planned.queue.share(), queued),
    });
    const { watermark, askedUntil, gaps, windows } = planNow;
    const state: StreamState = {
      stream,
      origin,
      end,
      watermark,
      dueUntil: planNow.dueUntil,
      gaps: mergeGaps(gaps),
      missing: planNow.missing,
      askedUntil,
      queued: queued.length,
      planned: windows.length,
    };
    return { state, done, windows, premature, learned: known.entries };
  };

  const digest: Assess = async (checkpoint, planned, unfinished, held = []) => {
    const assessed = await assess(checkpoint, planned, unfinished, held);
    if (assessed.learned.length === 0) return assessed;
    // Before it names newer entries: after a restore of the ledger those it was made from are gone.
    const verified = await recovery.verified(checkpoint);
    const sure = verified === checkpoint ? assessed : await assess(verified, planned, unfinished, held);
    const madeFrom = sure.learned.slice(0, MOST_NAMED);
    await checkpoints.update(verified, { done: sure.done, watermark: sure.state.watermark, madeFrom });
    return sure;
  };

  return { assess, digest };
}
