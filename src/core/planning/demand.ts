/** How many calls a minute a source needs to keep up with what happens, against what its vendor lets it make. */
import type { Cadence } from '../../sdk/source.ts';
import { gridOf, standingPasses } from '../stream.ts';
import type { Counts } from '../ledger.ts';
import type { Interval } from '../time/intervals.ts';

/** Calls a minute. What is left of the limit is there for backfills, and for what is behind. */
export type Demand = { readonly live: number; readonly later: number; readonly limit: number };

/** A live window as the ledger has it. */
export type RecentWindow = Interval & Pick<Counts, 'pages' | 'fetched'>;

export type Calls = {
  /** What the vendor lets the source make, a minute. */
  readonly limit: number;
  /** Records in one answer, at most. */
  readonly recordsPerCall: number;
};

const MINUTE = 60_000;

/**
 * By live windows of late: live asks once in each of its windows at least, also where several are one entry; each later pass
 * reads all of it again in windows of its own. Undefined where there are none.
 */
export function demandOf(
  recent: readonly RecentWindow[],
  cadence: Pick<Cadence, 'grid' | 'settleGrid' | 'lagMs' | 'settleMs'>,
  { limit, recordsPerCall }: Calls,
): Demand | undefined {
  const minutes = recent.reduce((sum, { from, to }) => sum + (to - from), 0) / MINUTE;
  if (minutes <= 0) return undefined;
  const cellsOf = ({ from, to }: Interval, { startOf, next }: Cadence['grid']): number =>
    (to - from) / (next(startOf(from)) - startOf(from));
  const live = recent.reduce((sum, window) => sum + Math.max(window.pages, cellsOf(window, cadence.grid)), 0);
  const [, ...passes] = standingPasses(cadence.settleMs);
  const later = passes.reduce((sum, pass) => {
    const grid = gridOf(pass, cadence);
    return sum + recent.reduce((calls, window) => calls + window.fetched / recordsPerCall + cellsOf(window, grid), 0);
  }, 0);
  return { live: live / minutes, later: later / minutes, limit };
}

export const neededCalls = ({ live, later }: Demand): number => live + later;

/** The budget lets 97 % of the limit through, and calls are spread: nearer to it, what is late never catches up. */
const ENOUGH = 0.95;
export const isTooMuch = (demand: Demand): boolean => neededCalls(demand) > ENOUGH * demand.limit;
