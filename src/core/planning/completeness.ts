/** What a live stream can vouch for: until when nothing of it is missing, and which detection rules look at nothing. */
import { subtract, type Interval } from '../time/intervals.ts';
import { lagOf, reachedUntil, type StreamState } from './stream-state.ts';

/**
 * The worst that is so. `blind`: nothing of what some rule looks back over is collected; `silent`: it is asked, and nothing
 * comes though usually something does; `incomplete`: it has gaps; `late`: its lag is beyond `maxLag`.
 */
export type CompletenessWord = 'complete' | 'late' | 'incomplete' | 'silent' | 'blind';

export type Completeness = {
  readonly word: CompletenessWord;
  /** Nothing before it is missing, in epoch milliseconds. */
  readonly until: number;
  readonly lagMs: number;
  /** How much is due and missing, wherever it lies, in milliseconds. */
  readonly missingMs: number;
  readonly gaps: number;
  /** The rules that go by this stream, and how many of them look at nothing. */
  readonly rules: number;
  readonly blindRules: number;
};

export type Judging = {
  /** Since when nobody could tell how the stream stands, in milliseconds: all of it is missing. */
  readonly staleMs: number;
  readonly maxLagMs: number;
  /** How far back each rule over this stream looks, in milliseconds. */
  readonly lookbacksMs: readonly number[];
  readonly isSilent: boolean;
};

function isBlind(lookbackMs: number, until: number, missing: readonly Interval[]): boolean {
  return subtract([{ from: until - lookbackMs, to: until }], missing).length === 0;
}

/** A gap that no rule looks back to any more blinds none: it was told when it began. */
export function completenessOf(
  state: StreamState,
  { staleMs, maxLagMs, lookbacksMs, isSilent }: Judging,
): Completeness {
  const dueUntil = state.dueUntil + staleMs;
  const missing = [...state.missing, { from: state.dueUntil, to: dueUntil }];
  const blindRules = lookbacksMs.filter((lookbackMs) => isBlind(lookbackMs, dueUntil, missing)).length;
  const lagMs = lagOf(state) + staleMs;
  const words: readonly (readonly [CompletenessWord, boolean])[] = [
    ['blind', blindRules > 0],
    ['silent', isSilent],
    ['incomplete', state.gaps.length > 0],
    ['late', lagMs > maxLagMs],
  ];
  return {
    word: words.find(([, isSo]) => isSo)?.[0] ?? 'complete',
    until: reachedUntil(state),
    lagMs,
    missingMs: missing.reduce((sum, { from, to }) => sum + to - from, 0),
    gaps: state.gaps.length,
    rules: lookbacksMs.length,
    blindRules,
  };
}
