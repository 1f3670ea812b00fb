/** Rules over single documents. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from './alert.ts';
import { firstRun, paceOf, runsSeeing } from './clock.ts';
import { matching, MAX_SIGNALS, type Evaluation } from './evaluation.ts';

/** One alert a document; what a run leaves over, later runs take as long as they look back to it. */
export async function plainQuery(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const pace = paceOf(rule);
  // Suppression makes groups before the limit counts them.
  const most = rule.alert_suppression !== undefined ? Infinity : (rule.max_signals ?? MAX_SIGNALS);
  const found = await matching(evaluation, rule, evaluation.span);
  const raisedBy = new Map<number, number>();
  return found.flatMap(({ id, at, about }): Alert[] => {
    const step = firstRun(at, pace) - pace.intervalMs;
    const run = runsSeeing(step, pace).find((each) => (raisedBy.get(each) ?? 0) < most);
    if (run === undefined) return [];
    raisedBy.set(run, (raisedBy.get(run) ?? 0) + 1);
    return [{ about, at: run, documents: [id] }];
  });
}
