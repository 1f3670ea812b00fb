/** Rules about what was not there before. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from './alert.ts';
import { agoMs, paceOf } from './clock.ts';
import { alertAt, type Evaluation } from './evaluation.ts';
import { runsOver, seenBy, type Step } from './steps.ts';

/** New is what a run sees within its look-back, and what the history before that does not hold. */
export async function newTerms(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { span } = evaluation;
  const fields = rule.new_terms_fields ?? [];
  const pace = paceOf(rule);
  const historyMs = agoMs(rule.history_window_start ?? 'now-14d');
  const before = { from: span.from - historyMs, to: span.to };
  const known = new Map(
    (await seenBy(evaluation, rule, before, fields, { history: true })).map(
      ({ about, steps }) => [JSON.stringify(about), steps] as const,
    ),
  );
  const alerts: Alert[] = [];
  for (const { about, steps } of await seenBy(evaluation, rule, span, fields)) {
    const history = known.get(JSON.stringify(about)) ?? [];
    // The engine names the first document of a run; another run that sees the same one first says nothing new.
    const named = new Set<number>();
    for (const run of runsOver(steps, pace)) {
      const from = run - pace.lookbackMs;
      const first = steps.find(({ at }) => at >= from && at < run);
      const wasThere = ({ readAt = 0 }: Step): boolean => evaluation.clock === 'event' || readAt < run;
      const isKnown = history.some((step) => step.at < from && step.at >= run - historyMs && wasThere(step));
      if (first === undefined || isKnown || named.has(first.at)) continue;
      named.add(first.at);
      alerts.push(await alertAt(evaluation, rule, about, { from: first.at, to: run }, run));
    }
  }
  return alerts;
}
