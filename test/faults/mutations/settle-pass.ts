/** The settle pass reads no later than the live pass, so it finds nothing that came late. */
import { mutate } from './mutate.ts';

mutate(
  'src/sdk/pass.ts',
  'return Math.max(lagMs, settleDelayMs(pass, settleMs) ?? lagMs);',
  'return Math.min(lagMs, settleDelayMs(pass, settleMs) ?? lagMs);',
);
