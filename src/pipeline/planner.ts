/** One look at a source of a tenant: what failed goes into the ledger, what is due goes into the queue (laws 1 and 4). */
import type { Logger } from 'pino';
import type { Cadence, SourceName } from '../source.ts';
import {
  isFinished,
  type Checkpoint,
  type Checkpoints,
  type Ledger,
  type OpenedStream,
  type Suspension,
  type WindowEntry,
} from './ledger.ts';
import { compact, dueUntil, mergeGaps, plan, type Gap } from './plan.ts';
import type { PlannedWindow } from './quiet.ts';
import { iso, subtract, upTo, type Span } from './spans.ts';
import { createRecovery } from './recovery.ts';
import { createSuspending, probeMs } from './suspension.ts';
import { createStandingStreams } from './standing-streams.ts';
import { gridOf, passDelayMs, passRank, placeOf, standingPasses, streamKey, type Pass, type Stream } from './stream.ts';

export type QueuedWindow = Span & { readonly pass: Pass };

/** A window whose attempts are used up; `remove` frees it for another plan. Without an entry where the job is damaged. */
export type FailedWindow = {
  readonly id: string;
  readonly entry: WindowEntry | undefined;
  readonly remove: () => Promise<void>;
};

/** The queue of one tenant and source, as the planner sees it. */
export type WindowQueue = {
  failed(): Promise<FailedWindow[]>;
  /** Everything waiting, delayed or active. */
  unfinished(): Promise<QueuedWindow[]>;
  /** Takes these windows out again, unless they are being worked on. */
  remove(stream: Stream, spans: readonly Span[]): Promise<void>;
  /** Lets go what a clock that ran ahead has delayed beyond any wait there is, and takes out what waits where nobody takes it any more. */
  tidy(now: number): Promise<void>;
  /** How many windows of one stream may be unfinished, as the last look at them has left it. */
  share(): number;
  /** Adding a window that is there already changes nothing. */
  add(stream: Stream, windows: readonly PlannedWindow[]): Promise<void>;
  /** What live was asked for last, and held nothing: it is written down with the next. */
  asked(): Promise<Span | undefined>;
  /** The window that was sent last to see whether a suspended source answers again. */
  probe(): Promise<QueuedWindow | undefined>;
  /** Makes this window the probe, for so many milliseconds; false where one was sent, or rests, already. */
  claimProbe(window: QueuedWindow, lifeMs: number): Promise<boolean>;
  /** For so many milliseconds nobody may send a probe; 0 forgets the one there is. */
  rest(milliseconds: number): Promise<void>;
};

/** What the planner has to know of a source of a tenant. */
export type PlannedSource = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly cadence: Cadence;
  /** Where a new stream begins, in epoch milliseconds, when opened at `now`. */
  readonly since: (now: number) => number;
  /** How much later than it could each of its windows is planned, in milliseconds: so that those of many tenants do not all fall due at once. */
  readonly offsetMs?: number;
  readonly queue: WindowQueue;
};

/** How long after its end a window of this pass is planned, in milliseconds. */
export const plannedDelayMs = (
  pass: Pass,
  { cadence, offsetMs = 0 }: Pick<PlannedSource, 'cadence' | 'offsetMs'>,
): number => passDelayMs(pass, cadence) + offsetMs;

export type PlannerPorts = {
  readonly ledger: Ledger;
  readonly checkpoints: Checkpoints;
  readonly log: Logger;
  readonly now: () => number;
};

/** How a stream stands after a plan. */
export type StreamState = {
  readonly stream: Stream;
  readonly origin: number;
  readonly end: number | undefined;
  readonly watermark: number;
  readonly dueUntil: number;
  readonly gaps: readonly Gap[];
  /** Due and not done, for whatever reason. */
  readonly missing: readonly Span[];
  /** Behind the watermark, until where it was asked and held nothing; undefined where there is no such stretch. */
  readonly askedUntil?: number | undefined;
  readonly queued: number;
  readonly planned: number;
  /** Why nothing is planned: all of its source stands still. */
  readonly suspension?: Suspension;
};

/** Until where nothing is left to do of what is due: done, or asked for without finding anything. */
export const reachedUntil = ({ watermark, askedUntil }: Pick<StreamState, 'watermark' | 'askedUntil'>): number =>
  Math.max(watermark, askedUntil ?? -Infinity);

/** How many entries of the ledger a checkpoint names as those it was made from last. */
const MOST_NAMED = 20;
/** Clocks of several schedulers differ a little; what was planned so much too early came from a wrong one. */
const PREMATURE_MS = 5 * 60_000;

export type Planner = {
  /** Plans once, all passes or `only` one. Throws where ledger, checkpoints or queue cannot be reached; the next tick tries again. */
  tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]>;
  /** How the streams stand, without planning anything. */
  inspect(planned: PlannedSource): Promise<StreamState[]>;
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

/** Of a stream of which only the ledger knows; to look at, not to be changed. */
const emptyCheckpoint = (opened: OpenedStream): Checkpoint => ({
  ...opened,
  done: [],
  watermark: opened.origin,
  ended: undefined,
  madeFrom: [],
  version: { seqNo: -1, primaryTerm: -1 },
});

/** While a source is suspended all that is due is one gap. */
function suspended(state: StreamState, suspension: Suspension, nowMs: number): StreamState {
  const { watermark: from, dueUntil: to } = state;
  const error = `suspended since ${iso(suspension.since)}: ${suspension.error.message}`;
  const gap = { from, to, error, failures: 1, failedAt: suspension.since, retryAt: nowMs + probeMs(suspension) };
  return { ...state, planned: 0, suspension, gaps: from < to ? [gap] : [] };
}

export function createPlanner({ ledger, checkpoints, log, now }: PlannerPorts): Planner {
  const suspending = createSuspending({ ledger, log, now });
  const recovery = createRecovery({ ledger, checkpoints, log, now });
  const standingStreams = createStandingStreams({ ledger, checkpoints, log, now });

  async function openStreams(planned: PlannedSource): Promise<Checkpoint[]> {
    const { tenant, source } = planned;
    await recovery.reconcile(planned);
    const unfinished = await checkpoints.list({ tenant, source, unfinished: true });
    const standing = await standingStreams.open(planned, unfinished);
    const backfills = unfinished.filter(({ stream }) => passRank(stream.pass) === 2);
    // The search may lag behind: the document itself does not.
    const fresh = await Promise.all(backfills.map(({ stream }) => checkpoints.read(stream)));
    return [...standing, ...fresh.filter((checkpoint) => checkpoint !== undefined)];
  }

  /** What the ledger knows of these spans of a stream, and of the streams that it goes on with. */
  async function knownOf({ stream, formers = [] }: Checkpoint, spans: readonly Span[]): ReturnType<Ledger['over']> {
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

  /** Looks and decides; changes nothing. */
  async function assess(
    checkpoint: Checkpoint,
    planned: PlannedSource,
    unfinished: readonly QueuedWindow[],
    held: readonly Span[] = [],
  ) {
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
      room: Math.max(0, planned.queue.share() - queued.length),
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
  }

  /** Assesses, and writes down what was learned. `held`: stretches that this plan leaves alone. */
  async function digest(
    checkpoint: Checkpoint,
    planned: PlannedSource,
    unfinished: readonly QueuedWindow[],
    held: readonly Span[] = [],
  ): ReturnType<typeof assess> {
    const assessed = await assess(checkpoint, planned, unfinished, held);
    if (assessed.learned.length === 0) return assessed;
    // Before it names newer entries: after a restore of the ledger those it was made from are gone.
    const verified = await recovery.verified(checkpoint);
    const sure = verified === checkpoint ? assessed : await assess(verified, planned, unfinished, held);
    const madeFrom = sure.learned.slice(0, MOST_NAMED);
    await checkpoints.update(verified, { done: sure.done, watermark: sure.state.watermark, madeFrom });
    return sure;
  }

  async function planOpen(
    planned: PlannedSource,
    open: readonly Checkpoint[],
    unfinished: readonly QueuedWindow[],
  ): Promise<StreamState[]> {
    const states: StreamState[] = [];
    let liveDone: readonly Span[] = [];
    for (const checkpoint of open) {
      const { stream, origin } = checkpoint;
      // What the live pass has not read yet is not read again: what a settle pass creates is late, and nothing else is.
      const held = passRank(stream.pass) === 1 ? subtract([{ from: origin, to: now() }], liveDone) : [];
      const { state, done, windows, premature } = await digest(checkpoint, planned, unfinished, held);
      for (const window of premature) await planned.queue.remove({ ...stream, pass: window.pass }, [window]);
      if (windows.length > 0) await planned.queue.add(stream, windows);
      if (stream.pass === 'live') liveDone = done;
      states.push(state);
    }
    return states;
  }

  /** Nothing waits in the queue but, now and then, one window that shows whether the source answers again. */
  async function planProbe(
    planned: PlannedSource,
    open: readonly Checkpoint[],
    unfinished: readonly QueuedWindow[],
    suspension: Suspension,
  ): Promise<StreamState[]> {
    const { tenant, source, queue } = planned;
    const probe = await queue.probe();
    const isProbe = ({ pass, from, to }: QueuedWindow): boolean =>
      pass === probe?.pass && from === probe.from && to === probe.to;
    const probing = unfinished.filter(isProbe);
    const others = unfinished.filter((window) => !isProbe(window));
    for (const window of others) await queue.remove({ tenant, source, pass: window.pass }, [window]);
    const states: StreamState[] = [];
    let sent = probing.length > 0;
    for (const checkpoint of open) {
      const { state, windows } = await digest(checkpoint, planned, unfinished);
      const window = windows.toSorted((a, b) => b.from - a.from)[0];
      const { stream } = checkpoint;
      const isSent =
        !sent &&
        window !== undefined &&
        (await queue.claimProbe({ ...window, pass: stream.pass }, probeMs(suspension)));
      if (isSent) {
        // One of the same name that failed a moment ago would keep it out.
        await queue.remove(stream, [window]);
        // What it finds out is written down.
        await queue.add(stream, [{ from: window.from, to: window.to }]);
      }
      sent ||= isSent;
      states.push({ ...suspended(state, suspension, now()), planned: isSent ? 1 : 0 });
    }
    return states;
  }

  /** What failed goes into the ledger before it leaves the queue; a damaged job leaves it at once, since its time is planned again. */
  async function record({ id, entry, remove }: FailedWindow): Promise<void> {
    if (entry === undefined) log.warn(`the job ${id} was damaged in Redis: it is let go, and its window planned again`);
    else await ledger.append(entry);
    await remove();
  }

  /** It stays where it is: one entry that the ledger refuses must not keep the source from its plans. */
  function tellUnrecorded({ id }: FailedWindow, error: unknown): void {
    log.warn(`the failure of the job ${id} could not be recorded, and is tried again: ${(error as Error).message}`);
  }

  async function tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]> {
    // In one look.
    const [failed] = await Promise.all([planned.queue.failed(), planned.queue.tidy(now())]);
    const { suspension, own } = await suspending.judge(planned, failed);
    await Promise.all(own.map((one) => record(one).catch((error: unknown) => tellUnrecorded(one, error))));
    const found =
      only === undefined ? await openStreams(planned) : [await checkpoints.read({ ...planned, pass: only })];
    const open = found.filter((checkpoint) => checkpoint !== undefined);
    // The queue before the ledger: a window that leaves the queue between the two is in the ledger already.
    const unfinished = await planned.queue.unfinished();
    return suspension === undefined
      ? planOpen(planned, open, unfinished)
      : planProbe(planned, open, unfinished, suspension);
  }

  async function inspect(planned: PlannedSource): Promise<StreamState[]> {
    const { tenant, source } = planned;
    const [known, opened, unfinished, { suspension }] = await Promise.all([
      checkpoints.list({ tenant, source }),
      ledger.opened(tenant, source),
      planned.queue.unfinished(),
      ledger.standing(tenant, source),
    ]);
    const names = new Set(known.map(({ stream }) => streamKey(stream)));
    const open = [
      ...known.filter((checkpoint) => !isFinished(checkpoint)),
      // Nobody has rebuilt its checkpoint yet: a lost digest must not look like nothing to tell.
      ...opened.filter(({ stream }) => !names.has(streamKey(stream))).map(emptyCheckpoint),
    ];
    // A settle pass that is configured no more shows no more, though no scheduler has ended it yet.
    const standing = standingPasses(planned.cadence.settleMs);
    const shown = open.filter(
      ({ stream: { pass } }) => passRank(pass) !== 1 || standing.includes(pass) || placeOf(pass) !== undefined,
    );
    const assessed = await Promise.all(shown.map((checkpoint) => assess(checkpoint, planned, unfinished)));
    const states = assessed
      .map(({ state }) => (suspension === undefined ? state : suspended(state, suspension, now())))
      .filter(({ end, watermark }) => end === undefined || watermark < end);
    return states.toSorted((a, b) => passRank(a.stream.pass) - passRank(b.stream.pass));
  }

  return { tick, inspect };
}
