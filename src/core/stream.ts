/** A stream is one source of one tenant in one pass: the unit that has a checkpoint, a lag and a priority. */
import type { Cadence, SourceName } from '../sdk/source.ts';
import type { Grid } from '../sdk/grid.ts';
import { passDelayMs, passRank, settlePass, type Pass } from '../sdk/pass.ts';

export type Stream = { readonly tenant: string; readonly source: SourceName; readonly pass: Pass };

/** `acme/feishu.openapi_audit/live`: the stream's name everywhere it is shown or stored. */
export const streamKey = (stream: Stream): string => `${sourceKeyOf(stream)}/${stream.pass}`;

/** `acme/feishu.openapi_audit`: one source of one tenant, in all its passes. */
export const sourceKeyOf = ({ tenant, source }: { readonly tenant: string; readonly source: string }): string =>
  `${tenant}/${source}`;

/** By which live and settle windows are cut; the backlog's is for time ranges far behind. */
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
