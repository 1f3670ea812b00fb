/** The timer that plans: it looks at ledger, queue and clock, never at its own ticks (law 1). */
import { setTimeout as pause } from 'node:timers/promises';
import { inSpan } from '../observe/span.ts';
import type { StreamState } from '../core/planning/stream-state.ts';
import type { Pass } from '../sdk/pass.ts';
import { createAttention } from './attention.ts';
import { createTelling } from './completeness.ts';
import { createRests } from './rests.ts';
import { DestinationUnavailableError } from '../sdk/errors.ts';
import { withinBound } from '../core/time/within-bound.ts';
import { dropFormerQueues } from '../adapters/redis/former-queues.ts';
import { createSilences } from './silence.ts';
import { sourceKey, type Runtime, type TenantSource } from './runtime.ts';

export type SchedulerOptions = {
  readonly tickMs: number;
  readonly sources?: readonly TenantSource[];
  /** Only this pass; all where absent. */
  readonly only?: Pass;
  /** Told how the streams of one source stand after each of its ticks. */
  readonly onPlanned?: (states: readonly StreamState[]) => void;
};

export type Scheduler = {
  /** Waits for the plan that is being made, but not for servers that are away. */
  stop(): Promise<void>;
};

/** How often it is looked after workers that took streams alone, and are gone. */
const GONE_MS = 10_000;
const FORMER_MS = 3_600_000;
/** What the plans of one tick have made to be told goes out together. */
const SEND_MS = 1_000;
/** What a plan has not put into the queue by then, the next one does. */
const LAST_TICK_MS = 2_000;

// oxlint-disable-next-line max-lines-per-function -- one loop for each source, started and stopped together
export function startScheduler(runtime: Runtime, options: SchedulerOptions): Scheduler {
  const { planner, lanes, redis, prefix, log, metrics, scrub } = runtime;
  const { tickMs, only, onPlanned, sources = runtime.sources } = options;
  const silences = createSilences(runtime);
  const attend = createAttention(runtime, silences);
  const rests = createRests(runtime);
  const telling = createTelling(runtime, silences);
  const stopping = new AbortController();

  async function planSource(source: TenantSource): Promise<void> {
    const { planned, queue, instance } = source;
    const name = sourceKey(source);
    const states = await inSpan(
      `plan ${name}`,
      { 'shenji.tenant': planned.tenant, 'shenji.source': planned.source },
      () => planner.tick(planned, only),
    );
    const observed = states.map((state) => ({ ...state, maxLagMs: instance.maxLagMs }));
    const [counts, slots] = await Promise.all([queue.counts(tickMs), queue.slotsWanted(tickMs)]);
    const tell = (): void => {
      metrics.slotsWanted(planned, slots);
      metrics.planned(planned, observed, counts);
      telling.note(source, states);
      silences.note(source, states);
      onPlanned?.(states);
    };
    rests.note(source, states, tell);
    tell();
  }

  const withoutLedger = new Set<TenantSource>();
  /** A worker notices that Elasticsearch is away only where it has something to write. What concerns one source of several is no outage. */
  function noteLedger(source: TenantSource, isAway: boolean): void {
    if (isAway) withoutLedger.add(source);
    else withoutLedger.delete(source);
    metrics.ledgerAway(withoutLedger.size === sources.length);
  }

  async function tick(source: TenantSource): Promise<void> {
    try {
      if (!(only === undefined && (await rests.isResting(source)))) await planSource(source);
      noteLedger(source, false);
    } catch (error) {
      noteLedger(source, error instanceof DestinationUnavailableError);
      if (!stopping.signal.aborted)
        log.warn(
          `planning ${sourceKey(source)} did not succeed and is tried again: ${scrub((error as Error).message)}`,
        );
    }
    // A backfill plans a single pass and leaves the rest to whoever plans everything.
    if (only !== undefined) return;
    await attend(source);
    // By the states of the plan, and whether the source is silent.
    telling.take(source);
  }

  /** Again and again: a scheduler of the version before, which still runs, makes its queues anew. */
  async function dropFormer(): Promise<void> {
    try {
      const all = sources.map(({ planned }) => planned);
      const former = await dropFormerQueues(redis, prefix, all);
      if (former.length > 0)
        log.info(`${former.length} queues of a version before are gone: their windows are planned anew`);
    } catch (error) {
      log.warn(`looking for queues of a version before did not succeed: ${scrub((error as Error).message)}`);
    }
  }

  /** What concerns the queue of all, and no source. */
  async function keepLanes(): Promise<void> {
    for (let droppedAt = -Infinity; !stopping.signal.aborted;) {
      if (performance.now() - droppedAt > FORMER_MS) {
        droppedAt = performance.now();
        await dropFormer();
      }
      await lanes.forgetGone().catch((error: unknown) => {
        log.warn(`looking after groups that are gone did not succeed: ${scrub((error as Error).message)}`);
      });
      await pause(GONE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function keepTelling(): Promise<void> {
    while (!stopping.signal.aborted) {
      await telling.send(stopping.signal);
      await pause(SEND_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /**
   * Each source by itself: one that cannot be planned must not keep the others waiting. All at the same moments, so that what
   * they ask goes out together; what goes out together is answered together, so that one search that takes long delays the others.
   */
  async function loop(source: TenantSource): Promise<void> {
    while (!stopping.signal.aborted) {
      await tick(source);
      const untilNext = tickMs - (performance.now() % tickMs);
      await pause(untilNext, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  if (only === undefined) metrics.scheduling(sources.map(({ planned }) => planned));
  const looping = Promise.all([...sources.map(loop), ...(only === undefined ? [keepLanes(), keepTelling()] : [])]);
  return {
    stop: async () => {
      stopping.abort();
      await withinBound(looping, LAST_TICK_MS);
    },
  };
}
