/** One look at a source of a tenant: what failed goes into the ledger, what is due goes into the queue (laws 1 and 4). */
import type { Logger } from 'pino';
import type { Cadence, SourceName } from '../source.ts';
import type { Checkpoint, Checkpoints, Ledger, WindowEntry } from './ledger.ts';
import { compact, dueUntil, plan, type Gap } from './plan.ts';
import { subtract, type Span } from './spans.ts';
import { passDelayMs, passRank, standingPasses, streamKey, type Pass, type Stream } from './stream.ts';

export type QueuedWindow = Span & { readonly pass: Pass };

/** The queue of one tenant and source, as the planner sees it. */
export type WindowQueue = {
  /** Windows whose attempts are used up; `remove` frees the window for another plan. */
  failed(): Promise<{ readonly entry: WindowEntry; readonly remove: () => Promise<void> }[]>;
  /** Everything waiting, delayed or active. */
  unfinished(): Promise<QueuedWindow[]>;
  /** Takes these windows out again, unless they are being worked on. */
  remove(stream: Stream, spans: readonly Span[]): Promise<void>;
  /** Lets go what a clock that ran ahead has delayed beyond any wait there is. */
  releaseOverdue(now: number): Promise<void>;
  /** Adding a window that is there already changes nothing. */
  add(stream: Stream, spans: readonly Span[]): Promise<void>;
};

/** What the planner has to know of a source of a tenant. */
export type PlannedSource = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly cadence: Cadence;
  /** Where a new stream begins, in epoch milliseconds, when opened at `now`. */
  readonly since: (now: number) => number;
  readonly queue: WindowQueue;
};

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
  readonly queued: number;
  readonly planned: number;
};

/** How many windows of one stream may wait in Redis, whatever the backlog. */
const MAX_QUEUED = 100;
/** Clocks of several schedulers differ a little; what was planned so much too early came from a wrong one. */
const PREMATURE_MS = 5 * 60_000;
/** How often the ledger is asked for streams whose checkpoint was lost. */
const RECONCILE_MS = 60_000;

export type Planner = {
  /** Plans once, all passes or `only` one. Throws where ledger, checkpoints or queue cannot be reached; the next tick tries again. */
  tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]>;
  /** How the streams stand, without planning anything. */
  inspect(planned: PlannedSource): Promise<StreamState[]>;
};

export function createPlanner({ ledger, checkpoints, log, now }: PlannerPorts): Planner {
  const reconciled = new Map<string, number>();

  /** A stream's origin is stored, in ledger and checkpoint, before its first job: it never slides (law 4). */
  async function openStream(stream: Stream, origin: number): Promise<Checkpoint> {
    const known = await checkpoints.read(stream);
    if (known !== undefined) return known;
    const opened = await ledger.open({ stream, origin });
    const name = streamKey(stream);
    const from = new Date(opened.origin).toISOString();
    if (opened.origin === origin)
      log.warn(
        { stream: name },
        `stream ${name} is new: neither checkpoint nor ledger knew it; it is collected from ${from}`,
      );
    else
      log.warn({ stream: name }, `the checkpoint of ${name} was lost and is rebuilt from the ledger; origin ${from}`);
    return checkpoints.create(opened);
  }

  async function recoverBackfills(planned: PlannedSource): Promise<void> {
    const key = `${planned.tenant}/${planned.source}`;
    if (now() - (reconciled.get(key) ?? -Infinity) < RECONCILE_MS) return;
    for (const opened of await ledger.opened(planned.tenant, planned.source)) {
      if (passRank(opened.stream.pass) === 2 && (await checkpoints.read(opened.stream)) === undefined) {
        log.warn(
          { stream: streamKey(opened.stream) },
          `the checkpoint of ${streamKey(opened.stream)} was lost and is rebuilt from the ledger`,
        );
        await checkpoints.create(opened);
      }
    }
    reconciled.set(key, now());
  }

  async function openStreams(planned: PlannedSource): Promise<Checkpoint[]> {
    const { tenant, source, cadence } = planned;
    const standing: Checkpoint[] = [];
    for (const pass of standingPasses(cadence.settleMs)) {
      // What is read again later begins where live began.
      const origin = standing[0]?.origin ?? cadence.grid.startOf(planned.since(now()));
      standing.push(await openStream({ tenant, source, pass }, origin));
    }
    await recoverBackfills(planned);
    const asked = await checkpoints.list({ tenant, source, unfinished: true });
    const backfills = asked.filter(({ stream }) => passRank(stream.pass) === 2);
    // The search may lag behind: the document itself does not.
    const fresh = await Promise.all(backfills.map(({ stream }) => checkpoints.read(stream)));
    return [...standing, ...fresh.filter((checkpoint) => checkpoint !== undefined)];
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
    const delayMs = passDelayMs(stream.pass, cadence);
    const timing = {
      now: now(),
      origin,
      end,
      delayMs,
      grid: rank === 1 ? cadence.settleGrid(delayMs) : cadence.grid,
      backlogGrid: cadence.backlogGrid,
      useBacklogGrid: rank === 2,
    };
    const queued = unfinished.filter(({ pass }) => pass === stream.pass);
    const missing = subtract([{ from: origin, to: dueUntil(timing) }], checkpoint.done);
    const known = await ledger.over(stream, missing);
    const done = compact([...checkpoint.done, ...known.done], origin);
    const planNow = plan({
      ...timing,
      done,
      queued: [...queued, ...held],
      failures: known.failures,
      room: Math.max(0, MAX_QUEUED - queued.length),
    });
    const { watermark, gaps, windows } = planNow;
    const state: StreamState = {
      stream,
      origin,
      end,
      watermark,
      dueUntil: planNow.dueUntil,
      gaps,
      queued: queued.length,
      planned: windows.length,
    };
    // Planned by a clock that ran ahead: each would ask the vendor again and again whether its time has come.
    const premature = queued.filter(({ to }) => to + timing.delayMs > timing.now + PREMATURE_MS);
    return { state, done, windows, premature, learned: known.done.length > 0 };
  }

  /** `held`: stretches to leave alone for now. Resolves also with what is done by now. */
  async function planStream(
    checkpoint: Checkpoint,
    planned: PlannedSource,
    unfinished: readonly QueuedWindow[],
    held: readonly Span[],
  ): Promise<{ state: StreamState; done: readonly Span[] }> {
    const { state, done, windows, premature, learned } = await assess(checkpoint, planned, unfinished, held);
    if (learned) await checkpoints.update(checkpoint, done, state.watermark);
    if (premature.length > 0) await planned.queue.remove(checkpoint.stream, premature);
    if (windows.length > 0) await planned.queue.add(checkpoint.stream, windows);
    return { state, done };
  }

  async function tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]> {
    await planned.queue.releaseOverdue(now());
    const failed = await planned.queue.failed();
    await Promise.all(failed.map(({ entry, remove }) => ledger.append(entry).then(remove)));
    const open = only === undefined ? await openStreams(planned) : [await checkpoints.read({ ...planned, pass: only })];
    // The queue before the ledger: a window that leaves the queue between the two is in the ledger already.
    const unfinished = await planned.queue.unfinished();
    const states: StreamState[] = [];
    let liveDone: readonly Span[] = [];
    for (const checkpoint of open) {
      if (checkpoint === undefined) continue;
      // What the live pass has not read yet is not read again: what a settle pass creates is late, and nothing else is.
      const isSettling = passRank(checkpoint.stream.pass) === 1;
      const held = isSettling ? subtract([{ from: checkpoint.origin, to: now() }], liveDone) : [];
      const { state, done } = await planStream(checkpoint, planned, unfinished, held);
      if (checkpoint.stream.pass === 'live') liveDone = done;
      states.push(state);
    }
    return states;
  }

  async function inspect(planned: PlannedSource): Promise<StreamState[]> {
    const { tenant, source } = planned;
    const open = await checkpoints.list({ tenant, source, unfinished: true });
    const unfinished = await planned.queue.unfinished();
    const assessed = await Promise.all(open.map((checkpoint) => assess(checkpoint, planned, unfinished)));
    return assessed.map(({ state }) => state).toSorted((a, b) => passRank(a.stream.pass) - passRank(b.stream.pass));
  }

  return { tick, inspect };
}
