/** What the company goes on doing after the records that were written first: each minute's calls follow from the seed and the minute alone. */
import { toTruth, type TruthRecord } from './audit-record.ts';
import { recordOf } from './call.ts';
import type { App } from './company.ts';
import { createRandom } from './random.ts';
import { activity, ordinaryCall } from './traffic.ts';

export type LiveOptions = {
  readonly seed: string;
  readonly apps: readonly App[];
  /** Calls in a minute of office hours; at night only jobs and whoever works late call. */
  readonly perMinute: number;
  /** Epoch seconds: what lies before is not live. */
  readonly since: number;
};

export type Live = {
  /** What is listed from `start` up to and with `end`, epoch seconds, in order. */
  between(start: number, end: number): TruthRecord[];
};

const MINUTE = 60;
/** Minutes that are kept, so that the pages of one window cost one making; older ones are made again when asked for. */
const KEPT = 5_000;

export function createLive({ seed, apps, perMinute, since }: LiveOptions): Live {
  const made = new Map<number, readonly TruthRecord[]>();

  function make(minute: number): readonly TruthRecord[] {
    const random = createRandom(`${seed}/live/${minute}`);
    const records = Array.from({ length: perMinute }, (_, index): TruthRecord[] => {
      const app = random.pick(apps);
      const time = minute * MINUTE + random.below(MINUTE);
      if (!random.chance(activity(app.hours, time))) return [];
      const id = `9${String(minute).padStart(9, '0')}${String(index).padStart(4, '0')}${String(random.below(1e5)).padStart(5, '0')}`;
      return [toTruth(recordOf(ordinaryCall(app, random.pick(app.apis), time, random), id, random), random, 0, time)];
    });
    return records.flat().toSorted((a, b) => a.listedAt - b.listedAt || (a.id < b.id ? -1 : 1));
  }

  function recordsOf(minute: number): readonly TruthRecord[] {
    const kept = made.get(minute) ?? make(minute);
    made.set(minute, kept);
    const [oldest] = made.keys();
    if (made.size > KEPT && oldest !== undefined) made.delete(oldest);
    return kept;
  }

  return {
    between: (start, end) => {
      const first = Math.floor(Math.max(start, since) / MINUTE);
      const count = Math.max(0, Math.floor(end / MINUTE) - first + 1);
      return Array.from({ length: count }, (_, index) => recordsOf(first + index))
        .flat()
        .filter(({ listedAt }) => listedAt >= Math.max(start, since) && listedAt <= end);
    },
  };
}
