/** One check: it never rejects, and takes no longer than it may. */
import { messageOf } from '../../sdk/errors.ts';
import { withinBound } from '../../core/time/within-bound.ts';
import type { Runtime } from '../runtime.ts';

/** `check` names what was looked at; `message` says what was found, with its remedy where that is not good. */
export type CheckResult = {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'fault';
  readonly message: string;
};
export type Outcome = Omit<CheckResult, 'check'>;

/** Never rejects: a probe that fails, or takes longer than `patienceMs`, is a fault with its words and the remedy, if any. */
export async function runCheck(
  { scrub }: Pick<Runtime, 'scrub'>,
  check: string,
  probe: () => Promise<Outcome>,
  { remedy = '', patienceMs }: { readonly remedy?: string; readonly patienceMs: number },
): Promise<CheckResult> {
  try {
    const ended = await withinBound(probe(), patienceMs);
    if (ended === undefined) throw new Error(`no answer within ${patienceMs / 1_000} s`);
    const { state, message } = ended.value;
    return { check, state, message: scrub(message) };
  } catch (error) {
    const parts = [scrub(messageOf(error)), remedy].filter((part) => part !== '');
    return { check, state: 'fault', message: parts.join('; ') };
  }
}
