/** The settle pass reads no later than the live pass, so it finds nothing that came late. */
import { mutate } from './mutate.ts';

mutate(
  'src/pipeline/stream.ts',
  'return Math.max(cadence.lagMs, delay ?? cadence.lagMs);',
  'return Math.min(cadence.lagMs, delay ?? cadence.lagMs);',
);
