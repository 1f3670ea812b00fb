/**
 * The verdict about one time range: is everything there that any reading of it has seen? Pure. It is complete only where
 * equations prove it, something is missing only where fewer are there than one reading saw; what is neither stays in doubt.
 */
import { overlaps, subtract, type Interval } from '../time/intervals.ts';
import { accountsOf, type ProofRange } from './accounts.ts';
import type { DatedId } from './evidence.ts';
import { explanationsOf, newsOver } from './explanations.ts';
import { lacksIn, type Lack } from './lacks.ts';
import { givesWay, isAnswer, type Outside, type Part } from './reading.ts';

/**
 * Why no equation holds: `more` is there than the readings tell; the sums are `mixed`. Of a claim without a sum: it is the
 * `rest` of one over which other readings have found something, or its `total` counts refused records.
 */
export type Doubt = Interval & {
  readonly why: 'more' | 'mixed' | 'rest' | 'total';
  readonly claimed: number;
  readonly stored: number;
};

export type Judgement = {
  readonly lacks: readonly Lack[];
  readonly doubts: readonly Doubt[];
  /** Readings whose word counts: no later one has taken their place. */
  readonly kept: readonly Part[];
  /** Letters without a document. */
  readonly open: readonly DatedId[];
};

export function judge(range: ProofRange): Judgement {
  const { asked, parts, outsides } = range;
  const accounts = accountsOf(range);
  const { explained, isProven } = explanationsOf(range, accounts);
  const kept = parts.filter((part) => !givesWay(part, part.reader, parts, asked));

  function whyOf(one: Part | Outside, claimed: number, stored: number): Doubt['why'] {
    const isTotal = 'hasSum' in one && !one.hasSum;
    if (isTotal && newsOver(one, range).length > 0) return 'rest';
    if (stored > claimed) return 'more';
    return isTotal ? 'total' : 'mixed';
  }

  function doubtOf(one: Part | Outside): Doubt {
    const claimed = 'seen' in one ? one.seen.count : one.created.count;
    const stored = accounts.accountedFor(one).count;
    return { from: one.from, to: one.to, why: whyOf(one, claimed, stored), claimed, stored };
  }

  const unproven = [
    ...kept.filter((part) => part.seen.count > 0 && !explained.has(part)),
    ...outsides.filter((outside) => !isProven(outside)),
  ];
  // Where the newest reading saw nothing, what lies there all the same has to be known to another.
  const answering = ({ reader }: Part): boolean => isAnswer(reader, asked);
  const unknown = subtract(kept.filter(answering), [...explained].filter(answering));
  const unknownParts = kept.filter((part) => answering(part) && unknown.some((span) => overlaps(span, part)));
  const isTold = (part: Part): boolean => unproven.some((one) => overlaps(one, part));
  const doubts = [...unproven, ...unknownParts.filter((part) => !isTold(part))].map(doubtOf);
  return { lacks: lacksIn(range, accounts), doubts, kept, open: accounts.open };
}
