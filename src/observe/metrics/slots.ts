/** How many slots of workers could be in use now: what an autoscaler reads. */
import { sourceKeyOf } from '../../core/stream.ts';
import type { Families } from './families.ts';
import type { Metrics } from './events.ts';
import { staleMs } from '../../core/planning/stream-state.ts';

export function createSlotMetrics({ gauge }: Families, now: () => number): Pick<Metrics, 'slotsWanted'> {
  const wanted = new Map<string, { readonly at: number; readonly slots: number }>();
  const series = gauge(
    'slots_wanted',
    'Windows that are worked on, and those that wait and could begin now; scale by it',
    [],
    () => {
      // A source that cannot be planned, as while Elasticsearch is away, needs no worker.
      const fresh = [...wanted.values()].filter(({ at }) => staleMs(at, now()) === 0);
      // A scheduler that knows nothing says nothing, so that whoever scales hears of it: 0 would end the workers.
      series.remove();
      if (fresh.length > 0) series.set(fresh.reduce((sum, { slots }) => sum + slots, 0));
    },
  );
  return { slotsWanted: (of, slots) => void wanted.set(sourceKeyOf(of), { at: now(), slots }) };
}
