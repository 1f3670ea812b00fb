/** What a check comes to, and what is said of clocks, which several look at. */
import { formatDuration } from '../../sdk/duration.ts';
import type { Outcome } from './run-check.ts';

export const ok = (message: string): Outcome => ({ state: 'ok', message });
export const warning = (message: string): Outcome => ({ state: 'warning', message });
export const fault = (message: string): Outcome => ({ state: 'fault', message });

/** Windows are judged by the vendor's clock; beyond this the local one makes every live window late or ask too early. */
const CLOCK_TOLERANCE_MS = 30_000;

/** `ahead`: by how much this machine's clock is ahead of another, in milliseconds. */
export function clockOutcome(whose: string, ahead: number): Outcome {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE_MS) return ok(`within ${formatDuration(CLOCK_TOLERANCE_MS)} of ${whose}`);
  const by = `${formatDuration(Math.round(Math.abs(ahead) / 1_000) * 1_000)} ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return warning(
    `this machine's clock is ${by} ${whose}; switch on time synchronisation (chrony, systemd-timesyncd) on both`,
  );
}
