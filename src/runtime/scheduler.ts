/** The timer that plans: it looks at ledger, queue and clock, never at its own ticks (law 1). */
import { setTimeout as pause } from 'node:timers/promises';
import { inSpan } from '../observe/span.ts';
import type { StreamState } from '../pipeline/planner.ts';
import type { Pass } from '../pipeline/stream.ts';
import { createAttention } from './attention.ts';
import { withinBound } from '../pipeline/within-bound.ts';
import type { Runtime, TenantSource } from './runtime.ts';

export type SchedulerOptions = {
  readonly tickMs: number;
  readonly sources?: readonly TenantSource[];
  /** Only this pass; all where absent. */
  readonly only?: Pass;
  /** Told how the streams stand after every tick. */
  readonly onPlanned?: (states: readonly StreamState[]) => void;
};

export type Scheduler = {
  /** Waits for the plan that is being made, but not for servers that are away. */
  stop(): Promise<void>;
};

/** What a plan has not put into the queue by then, the next one does. */
const LAST_TICK_MS = 2_000;

export function startScheduler(runtime: Runtime, options: SchedulerOptions): Scheduler {
  const { planner, log, metrics, scrub } = runtime;
  const { tickMs, only, onPlanned, sources = runtime.sources } = options;
  const attend = createAttention(runtime);
  const stopping = new AbortController();

  async function tick(): Promise<void> {
    const planning = sources.map(async ({ planned, queue, made }) => {
      const { tenant, source } = planned;
      try {
        const states = await inSpan(
          `plan ${tenant}/${source}`,
          { 'shenji.tenant': tenant, 'shenji.source': source },
          () => planner.tick(planned, only),
        );
        return [{ states, maxLagMs: made.maxLagMs, depth: { tenant, source, ...(await queue.counts()) } }];
      } catch (error) {
        if (!stopping.signal.aborted)
          log.warn(
            `planning ${tenant}/${source} did not succeed and is tried again: ${scrub((error as Error).message)}`,
          );
        return [];
      }
    });
    const planned = (await Promise.all(planning)).flat();
    metrics.planned(
      planned.flatMap(({ states, maxLagMs }) => states.map((state) => ({ ...state, maxLagMs }))),
      planned.map(({ depth }) => depth),
    );
    onPlanned?.(planned.flatMap(({ states }) => states));
    // A backfill plans a single pass and leaves the rest to whoever plans everything.
    if (only === undefined) await Promise.all(sources.map(attend));
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await tick();
      await pause(tickMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await withinBound(looping, LAST_TICK_MS);
    },
  };
}
