/**
 * When each source was planned last, and what is known of it only as long as it is. Of two schedulers one may be cut off from
 * Elasticsearch: what it saw last must not speak for the install while the other one goes on.
 */
import { sourceKeyOf } from '../../core/stream.ts';
import type { Families } from './families.ts';

type Source = { readonly tenant: string; readonly source: string };

const KNOWN_MS = 5 * 60_000;
/** Whether what was seen then may still be told. Both in epoch milliseconds. */
export const isKnown = (plannedAt: number, now: number): boolean => now - plannedAt < KNOWN_MS;

export function createPlanTimes({ gauge }: Families, now: () => number) {
  const plannedAt = new Map<string, number>();
  const lastTick = gauge(
    'scheduler_last_tick_timestamp_seconds',
    'When the scheduler last planned; 0 before, and of a worker',
    [],
  );
  const lastPlan = gauge(
    'source_planned_timestamp_seconds',
    'When this scheduler last saw how the streams of a source stand, or began',
    ['tenant', 'source'],
  );

  const isAway = gauge(
    'ledger_away',
    '1 while this scheduler can read the ledger of no source; no series of a worker',
    [],
  );
  isAway.remove();

  const note = ({ tenant, source }: Source, at: number, isTick: boolean): void => {
    plannedAt.set(sourceKeyOf({ tenant, source }), at);
    lastPlan.set({ tenant, source }, at / 1_000);
    if (isTick) lastTick.set(at / 1_000);
  };

  return {
    note,
    /** From here on a source that is never planned is told too. */
    begin: (sources: readonly Source[]): void => {
      for (const of of sources) note(of, now(), false);
      isAway.set(0);
    },
    away: (is: boolean): void => isAway.set(is ? 1 : 0),
    /** A gauge of sources that has a series only while it is known. */
    gauge: (name: string, help: string): ((of: Source, value: number) => void) => {
      const values = new Map<string, { readonly of: Source; readonly value: number }>();
      const series = gauge(name, help, ['tenant', 'source'], () => {
        series.reset();
        for (const [key, { of, value }] of values)
          if (isKnown(plannedAt.get(key) ?? -Infinity, now())) series.set(of, value);
      });
      return ({ tenant, source }, value) => {
        const of = { tenant, source };
        values.set(sourceKeyOf(of), { of, value });
      };
    },
  };
}
