/** By what a stream's series are told apart: a bounded set, whatever backfills are called. */
import type { Stream } from '../../core/stream.ts';
import { passKind } from '../../sdk/pass.ts';

export type StreamLabels = 'tenant' | 'source' | 'pass';

export const labelsOf = ({ tenant, source, pass }: Stream): Record<StreamLabels, string> => ({
  tenant,
  source,
  pass: passKind(pass),
});
