/**
 * A page of which most is refused fails its window; a tenant so small that no page holds ten records never gets there. What
 * its last records became, taken together, says the same: something systemic is wrong.
 */
import type { Counts } from '../ledger.ts';

/** So many records speak for a source. */
export const ENOUGH_RECORDS = 20;

/** Each pass reads a record anew: seven records that three passes have read are twenty-one readings. */
export type Refusals = { readonly records: number; readonly refused: number };

/** Of the newest runs, newest first, as many as hold enough records; undefined where all together hold fewer. */
export function refusalsOf(newest: readonly Pick<Counts, 'fetched' | 'rejected'>[]): Refusals | undefined {
  let [records, refused] = [0, 0];
  for (const { fetched, rejected } of newest) {
    records += fetched;
    refused += rejected;
    if (records >= ENOUGH_RECORDS) return { records, refused };
  }
  return undefined;
}

export const areMostRefused = ({ records, refused }: Refusals): boolean => refused * 2 > records;
