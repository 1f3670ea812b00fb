/** The timer that plans: it looks at ledger, queue and clock, never at its own ticks (law 1). */
import { setTimeout as pause } from 'node:timers/promises';
import { inSpan } from '../observe/span.ts';
import type { StreamState } from '../pipeline/planner.ts';
import type { Pass } from '../pipeline/stream.ts';
import { createAttention } from './attention.ts';
import type { Runtime, TenantSource } from './runtime.ts';

export type SchedulerOptions = {
  readonly tickMs: number;
  readonly sources?: readonly TenantSource[];
  /** Only this pass; all where absent. */
  readonly only?: Pass;
  /** Told how the streams stand after every tick. */
  readonly onPlanned?: (states: readonly StreamState[]) => void;
};

export type Scheduler = { stop(): Promise<void> };

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
        log.warn(`planning ${tenant}/${source} did not succeed and is tried again: ${scrub((error as Error).message)}`);
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
      await looping;
    },
  };
}
