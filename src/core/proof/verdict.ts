/** One word for all that a proof has found. */
import type { Places } from './places.ts';
import type { Findings } from './findings.ts';

/**
 * `complete but` for dead letters or accepted gaps. Only `incomplete` says that something is missing. Copies in several
 * indices change no verdict: they are counted once, and told beside it as a repair that is pending.
 */
export type Verdict = 'complete' | 'complete but' | 'incomplete' | 'not provable';

/** How many events only the vendor has, and only Elasticsearch. */
export type AskedAgain = {
  readonly missing: { readonly count: number };
  readonly foreign: { readonly count: number };
};

/** `letters`: those without a date too. */
export function verdictOf(found: Findings, letters: number, vendor: AskedAgain | undefined): Verdict {
  const isSome = ({ listed }: Places<unknown>): boolean => listed.length > 0;
  if (isSome(found.missing)) return 'incomplete';
  // What the vendor has beyond that was never seen: published since the last reading, or not collected yet.
  const isUnknown = (vendor?.missing.count ?? 0) > 0 || (vendor?.foreign.count ?? 0) > 0;
  if (isUnknown || isSome(found.unclear) || isSome(found.uncollected)) return 'not provable';
  return letters > 0 || found.accepted.length > 0 ? 'complete but' : 'complete';
}
