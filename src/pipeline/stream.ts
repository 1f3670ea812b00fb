/** A stream is one source of one tenant in one pass: the unit that has a checkpoint, a lag and a priority. */
import type { SourceName } from '../source.ts';

/** Why a window is read: soon after it ends, again later for what came late, or because an operator asked. */
export type Pass = 'live' | `settle-${number}` | `backfill-${string}`;

export type Stream = { readonly tenant: string; readonly source: SourceName; readonly pass: Pass };

/** `acme/feishu.openapi_audit/live`: the stream's name everywhere it is shown or stored. */
export const streamKey = ({ tenant, source, pass }: Stream): string => `${tenant}/${source}/${pass}`;

/** 0 live, 1 settle, 2 backfill: lower goes first, in the queue and in the request budget. */
export function passRank(pass: Pass): 0 | 1 | 2 {
  if (pass === 'live') return 0;
  return pass.startsWith('settle-') ? 1 : 2;
}

/** The pass without its number or name: a bounded set, for labels and documents. */
export const passKind = (pass: Pass): 'live' | 'settle' | 'backfill' =>
  (['live', 'settle', 'backfill'] as const)[passRank(pass)];

/** How long after a window's end this pass reads it, in milliseconds. */
export function passDelayMs(
  pass: Pass,
  cadence: { readonly lagMs: number; readonly settleMs: readonly number[] },
): number {
  if (!pass.startsWith('settle-')) return cadence.lagMs;
  const delay = cadence.settleMs[Number(pass.slice('settle-'.length)) - 1];
  return Math.max(cadence.lagMs, delay ?? cadence.lagMs);
}

/** The passes that a source has without anybody asking. */
export function standingPasses(settleMs: readonly number[]): Pass[] {
  return ['live', ...settleMs.map((_, index) => `settle-${index + 1}` as const)];
}
