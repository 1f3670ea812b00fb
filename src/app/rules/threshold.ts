/** Rules that count. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from './alert.ts';
import { paceOf } from './clock.ts';
import { alertAt, type Evaluation } from './evaluation.ts';
import { runsOver, seenBy } from './steps.ts';

const NO_THRESHOLD = { field: [], value: 1, cardinality: [] };

/** A group that was alerted on is counted anew from there, as the engine does it. */
export async function threshold(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { field: by, value, cardinality } = rule.threshold ?? NO_THRESHOLD;
  const pace = paceOf(rule);
  const alerts: Alert[] = [];
  const [distinct] = cardinality;
  const counted = distinct === undefined ? [] : [distinct.field];
  for (const { about, steps } of await seenBy(evaluation, rule, evaluation.span, by, { counted })) {
    let since = -Infinity;
    for (const run of runsOver(steps, pace)) {
      const from = Math.max(since, run - pace.lookbackMs);
      const inside = steps.filter(({ at }) => at >= from && at < run);
      const total = inside.reduce((sum, { count }) => sum + count, 0);
      const values = new Set(inside.map((step) => step.value)).size;
      if (total < value || values < (distinct?.value ?? 0)) continue;
      alerts.push(await alertAt(evaluation, rule, about, { from, to: run }, run));
      since = run;
    }
  }
  return alerts;
}
