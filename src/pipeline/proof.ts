/** What the ledger claims about a stretch, set beside what is stored: pure. */
import type { ReadEntry } from './ledger.ts';
import { overlaps, subtract, type Span } from './spans.ts';

export type Coverage = {
  /** Stretches for which no entry says done or accepted. */
  readonly uncovered: readonly Span[];
  readonly accepted: readonly ReadEntry[];
  /** The newest done entries that do not overlap one another: each claims a number of events for its window. */
  readonly claims: readonly ReadEntry[];
};

/** The newest claim about an instant counts: a later read of a window has seen what came late. */
export function coverageOf(entries: readonly ReadEntry[], asked: Span): Coverage {
  const done = entries.filter(({ status }) => status === 'done');
  const accepted = entries.filter(({ status }) => status === 'accepted');
  const claims: ReadEntry[] = [];
  for (const entry of done.toSorted((a, b) => b.at - a.at))
    if (!claims.some((claim) => overlaps(claim, entry))) claims.push(entry);
  return {
    uncovered: subtract([asked], [...done, ...accepted]),
    accepted,
    claims: claims.toSorted((a, b) => a.from - b.from),
  };
}
