/** What the rules would have said of time ranges in which they could not see everything: what came late, or closed a gap. */
import { documentsOf } from '../../adapters/elasticsearch/evidence.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { paceOf } from './clock.ts';
import type { Alert } from './alert.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';
import { textAt } from './source-fields.ts';

/** An alert over what happened, with what the engine could not see while its look-back lasted. */
export type LateAlert = Alert & {
  /** How many of its documents were indexed later than the rule looks back. */
  readonly late: number;
  /** Whether the engine raised an alert over some of its documents all the same. */
  readonly raised: boolean;
};

const IDS_AT_ONCE = 1_000;

async function lateAmong({ client }: Evaluation, rule: Rule, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { lookbackMs } = paceOf(rule);
  const fields = ['@timestamp', 'event.id', 'event.ingested'];
  const late = new Set<string>();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const some = ids.slice(at, at + IDS_AT_ONCE);
    const filter = { bool: { should: [{ terms: { 'event.id': some } }, { ids: { values: some } }] } };
    for await (const { id, source } of documentsOf<object>(client, rule.index.join(','), [filter], fields)) {
      const [happened, indexed] = ['@timestamp', 'event.ingested'].map((field) =>
        Date.parse(textAt(source, field) ?? ''),
      );
      if ((indexed ?? 0) - (happened ?? 0) > lookbackMs) late.add(textAt(source, 'event.id') ?? id);
    }
  }
  return late;
}

/**
 * The alerts over what happened within the time range, as if all of it had been known at once, in which something is late.
 * @throws DestinationUnavailableError
 */
export async function evaluateLate(rule: Rule, evaluation: Omit<Evaluation, 'clock'>): Promise<LateAlert[]> {
  const all = await evaluate(rule, { ...evaluation, clock: 'event' });
  const ids = [...new Set(all.flatMap(({ documents }) => documents))];
  const late = await lateAmong({ ...evaluation, clock: 'event' }, rule, ids);
  const alerts = all
    .map((alert) => ({ ...alert, late: alert.documents.filter((id) => late.has(id)).length }))
    .filter((alert) => alert.late > 0);
  if (alerts.length === 0) return [];
  // The engine saw what happened in that time until now.
  const seen = await evaluate(rule, {
    ...evaluation,
    span: { from: evaluation.span.from, to: Date.now() },
    clock: 'rule',
  });
  const raised = new Set(seen.flatMap(({ documents }) => documents));
  return alerts.map((alert) => ({ ...alert, raised: alert.documents.some((id) => raised.has(id)) }));
}
