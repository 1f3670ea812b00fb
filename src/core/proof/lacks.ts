/** What is certainly missing: fewer ids are accounted for than one reading saw, or as many that are others. */
import type { Interval } from '../time/intervals.ts';
import type { Accounts, ProofRange } from './accounts.ts';
import { MINUTE, minuteOf } from './claims.ts';
import { keyOfSum } from './evidence.ts';
import type { IdSum } from './id-words.ts';
import { EVERYTHING, isByStream, type Outside, type Part, type Reader } from './reading.ts';

/** `claimed` ids were seen or created, and so many documents are there. `reader` undefined for what a replay had made. */
export type Lack = Interval & {
  readonly what: 'seen' | 'created';
  readonly claimed: number;
  readonly stored: number;
  readonly reader: Reader | undefined;
};

export function lacksIn({ parts, outsides, evidence }: ProofRange, accounts: Accounts): Lack[] {
  function ofPart(part: Part): Lack | undefined {
    const { reader, seen, hasSum, from, to } = part;
    // Which of the documents a vendor's filter, or another version's stream, should have left is not certain enough.
    const there = isByStream(reader) ? accounts.everythingIn(part) : accounts.accountedFor(part);
    // Without a sum the claim is from before letters had ids, and counts refused records as events.
    const least = hasSum ? seen.count : seen.count - reader.entry.counts.rejected;
    const areOthers = hasSum && there.count === seen.count && there.sum !== seen.sum;
    if (there.count < least || areOthers)
      return { from, to, what: 'seen', claimed: seen.count, stored: documentsOf(part).count, reader };
    return isCreationGone(part)
      ? { from, to, what: 'created', claimed: part.created.count, stored: documentsOf(part).count, reader }
      : undefined;
  }

  /** The documents alone, no letters. */
  const documentsOf = (part: Part): IdSum =>
    evidence.stored(part, isByStream(part.reader) ? EVERYTHING : part.reader.own);

  /** What a run created was a document: a letter of an earlier reading is no excuse for its being gone. */
  function isCreationGone(part: Part): boolean {
    const { created, hasSum } = part;
    if (!hasSum || created.count === 0) return false;
    const there = documentsOf(part);
    const areOthers = there.count === created.count && there.sum !== created.sum;
    return there.count < created.count || areOthers || (created.count === 1 && !evidence.holds(keyOfSum(created)));
  }

  function ofOutside({ created, reader, from, to }: Outside): Lack | undefined {
    const there = accounts.everythingIn({ from, to });
    const key = keyOfSum(created);
    const isGone = created.count === 1 && !evidence.holds(key);
    const areOthers = there.count === created.count && there.sum !== created.sum;
    return isGone || areOthers || there.count < created.count
      ? { from, to, what: 'created', claimed: created.count, stored: there.count, reader }
      : undefined;
  }

  // By the minute, as everything is told, and can be read again.
  const gone = accounts.goneReplays.map(({ time }): Lack => ({
    from: minuteOf(time),
    to: minuteOf(time) + MINUTE,
    what: 'created',
    claimed: 1,
    stored: 0,
    reader: undefined,
  }));
  return [...parts.map(ofPart), ...outsides.map(ofOutside), ...gone].filter((lack) => lack !== undefined);
}
