/** What is certainly missing: fewer ids are accounted for than one reading saw, or as many that are others. */
import { isWithin, type Span } from '../spans.ts';
import type { Accounts, Stretch } from './accounts.ts';
import { keyOfId, keyOfSum } from './evidence.ts';
import { isByStream, type Outside, type Part, type Reader } from './reading.ts';

/** `reader` undefined for what a replay had made. */
export type Lack = Span & { readonly claimed: number; readonly stored: number; readonly reader: Reader | undefined };

export function lacksIn({ parts, outsides, evidence }: Stretch, accounts: Accounts): Lack[] {
  function ofPart(part: Part): Lack | undefined {
    const { reader, seen, hasSum, from, to } = part;
    // Which of the documents a vendor's filter, or another version's stream, should have left is not certain enough.
    const there = isByStream(reader) ? accounts.everythingIn(part) : accounts.accountedFor(part);
    // Without a sum the claim is from before letters had ids, and counts refused records as events.
    const least = hasSum ? seen.count : seen.count - reader.entry.counts.rejected;
    const areOthers = hasSum && there.count === seen.count && there.sum !== seen.sum;
    return there.count < least || areOthers
      ? { from, to, claimed: seen.count, stored: there.count, reader }
      : undefined;
  }

  function ofOutside({ created, reader, from, to }: Outside): Lack | undefined {
    const there = accounts.everythingIn({ from, to });
    const key = keyOfSum(created);
    const isLetter = accounts.open.filter(isWithin({ from, to })).some(({ id }) => keyOfId(id) === key);
    const isGone = created.count === 1 && !evidence.holds(key) && !isLetter;
    const areOthers = there.count === created.count && there.sum !== created.sum;
    return isGone || areOthers || there.count < created.count
      ? { from, to, claimed: created.count, stored: there.count, reader }
      : undefined;
  }

  const gone = accounts.goneReplays.map(({ time }) => ({
    from: time,
    to: time + 1,
    claimed: 1,
    stored: 0,
    reader: undefined,
  }));
  return [...parts.map(ofPart), ...outsides.map(ofOutside), ...gone].filter((lack) => lack !== undefined);
}
