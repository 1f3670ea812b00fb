/** A pass is why a time range is read: its name travels through queue, ledger, documents and the command line. */
import { durationName, parseDuration } from './duration.ts';

/**
 * Why a window is read: soon after it ends, again later for what came late, or because an operator asked. A settle pass is
 * named by its delay (`settle-1h`), so that no change of the list gives one the place of another. Versions before named it
 * by its place (`settle-1`): such names are still in ledgers, checkpoints, queues and documents.
 */
export type Pass = 'live' | `settle-${string}` | `backfill-${string}`;

/** 0 live, 1 settle, 2 backfill: lower goes first, in the queue and in the request budget. */
export function passRank(pass: Pass): 0 | 1 | 2 {
  if (pass === 'live') return 0;
  return pass.startsWith('settle-') ? 1 : 2;
}

/** The pass without its delay or name: a bounded set, for labels and documents. */
export const passKind = (pass: Pass): 'live' | 'settle' | 'backfill' =>
  (['live', 'settle', 'backfill'] as const)[passRank(pass)];

export const settlePass = (delayMs: number): Pass => `settle-${durationName(delayMs)}`;

/** The place in the list, from 0, of a settle pass that a version before has named by it. */
export function placeOf(pass: Pass): number | undefined {
  const place = /^settle-(\d+)$/.exec(pass)?.[1];
  return place === undefined ? undefined : Number(place) - 1;
}

/** The delay of a settle pass, in milliseconds; undefined for other passes, and for a place that the list no longer has. */
export function settleDelayMs(pass: Pass, settleMs: readonly number[]): number | undefined {
  const place = placeOf(pass);
  if (place !== undefined) return settleMs[place];
  return passRank(pass) === 1 ? parseDuration(pass.slice('settle-'.length)) : undefined;
}

/** How long after a window's end this pass reads it, in milliseconds. */
export function passDelayMs(
  pass: Pass,
  { lagMs, settleMs }: { readonly lagMs: number; readonly settleMs: readonly number[] },
): number {
  return Math.max(lagMs, settleDelayMs(pass, settleMs) ?? lagMs);
}

/** The pass of records that were dead letters until a mapping could read them. */
export const REPLAY_PASS = 'backfill-replay';

/** Whether what this pass reads is the past that somebody asked for: history to the detection rules, and no news. */
export const readsHistory = (pass: Pass): boolean => passRank(pass) === 2 && pass !== REPLAY_PASS;
