/** The timer that plans: it looks at ledger, queue and clock, never at its own ticks (law 1). */
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamState } from '../pipeline/planner.ts';
import type { Pass } from '../pipeline/stream.ts';
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

export function startScheduler({ planner, log, scrub, ...runtime }: Runtime, options: SchedulerOptions): Scheduler {
  const { tickMs, only, onPlanned, sources = runtime.sources } = options;
  const stopping = new AbortController();

  async function tick(): Promise<void> {
    const states: StreamState[] = [];
    for (const { planned } of sources) {
      if (stopping.signal.aborted) return;
      try {
        states.push(...(await planner.tick(planned, only)));
      } catch (error) {
        log.warn(`planning ${planned.tenant}/${planned.source} did not succeed and is tried again: ${scrub((error as Error).message)}`);
      }
    }
    onPlanned?.(states);
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
