/** Rules in ES|QL. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import { iso } from '../../core/time/intervals.ts';
import type { Alert } from './alert.ts';
import { firstRun, paceOf, seenWithin, type Clock } from './clock.ts';
import { MAX_SIGNALS, type Evaluation } from './evaluation.ts';

const cells = (value: unknown): readonly string[] => (value == null ? [] : [value].flat().map(String));

/** As the run asks it: at its own time, by the clock that is asked for. */
function queryAt({ query, timestamp_override: ruleTime }: Rule, clock: Clock, run: number): string {
  const timed = query.replaceAll(/\bNOW\(\)/gi, `TO_DATETIME("${iso(run)}")`);
  return clock === 'event' && ruleTime !== undefined ? timed.replaceAll(ruleTime, '@timestamp') : timed;
}

/** Questions at once: a preview may not take Elasticsearch from those who look at dashboards. */
const AT_ONCE = 4;

/** Each run asks over its own look-back, at its own time; rows name their documents in a column `event.id`. */
export async function esqlRule(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { span, clock } = evaluation;
  const pace = paceOf(rule);
  const alertsOf = async (run: number): Promise<Alert[]> => {
    // What lies before the time that is asked about is what the rule compares with.
    const range = { from: run - pace.lookbackMs, to: Math.min(span.to, run) };
    const query = queryAt(rule, clock, run);
    const rows = await evaluation.esql(query, seenWithin(rule, clock, range, run));
    return rows.slice(0, rule.max_signals ?? MAX_SIGNALS).map(({ 'event.id': ids, ...row }): Alert => {
      const told = Object.entries(row).filter(([, value]) => value != null);
      const about = Object.fromEntries(told.map(([field, value]) => [field, cells(value).join(', ')]));
      return { about, at: run, documents: cells(ids) };
    });
  };
  const first = firstRun(span.from, pace);
  const count = Math.ceil((span.to + pace.intervalMs - first) / pace.intervalMs);
  const runs = Array.from({ length: Math.max(0, count) }, (_, index) => first + index * pace.intervalMs);
  const alerts: Alert[] = [];
  for (let at = 0; at < runs.length; at += AT_ONCE)
    alerts.push(...(await Promise.all(runs.slice(at, at + AT_ONCE).map(alertsOf))).flat());
  return alerts;
}
