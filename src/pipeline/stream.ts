/** A stream is one source of one tenant in one pass: the unit that has a checkpoint, a lag and a priority. */
import type { Cadence, SourceName } from '../source.ts';
import type { Grid } from './grid.ts';
import { durationName, parseDuration } from './duration.ts';

/**
 * Why a window is read: soon after it ends, again later for what came late, or because an operator asked. A settle pass is
 * named by its delay (`settle-1h`), so that no change of the list gives one the place of another. Versions before named it
 * by its place (`settle-1`): such names are still in ledgers, checkpoints, queues and documents.
 */
export type Pass = 'live' | `settle-${string}` | `backfill-${string}`;

export type Stream = { readonly tenant: string; readonly source: SourceName; readonly pass: Pass };

/** `acme/feishu.openapi_audit/live`: the stream's name everywhere it is shown or stored. */
export const streamKey = (stream: Stream): string => `${sourceKeyOf(stream)}/${stream.pass}`;

/** `acme/feishu.openapi_audit`: one source of one tenant, in all its passes. */
export const sourceKeyOf = ({ tenant, source }: { readonly tenant: string; readonly source: string }): string =>
  `${tenant}/${source}`;

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

/** By which live and settle windows are cut; the backlog's is for stretches far behind. */
export function gridOf(
  pass: Pass,
  { grid, settleGrid, lagMs, settleMs }: Pick<Cadence, 'grid' | 'settleGrid' | 'lagMs' | 'settleMs'>,
): Grid {
  return passRank(pass) === 1 ? settleGrid(passDelayMs(pass, { lagMs, settleMs })) : grid;
}

/** The passes that a source has without anybody asking, by delay; equal delays are one pass. */
export function standingPasses(settleMs: readonly number[]): readonly ['live', ...Pass[]] {
  const later = settleMs.toSorted((a, b) => a - b).map(settlePass);
  return ['live', ...new Set(later)];
}
