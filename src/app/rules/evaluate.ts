/**
 * What a rule would have found, by the rule's own text and Elasticsearch's own KQL and ES|QL: the engine's runs over a time
 * range of the past are made again one after the other, each with the rule's interval, look-back, clock, history, limit of
 * alerts and suppression. No Kibana is needed.
 */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from './alert.ts';
import { esqlRule } from './esql-rule.ts';
import type { Evaluation } from './evaluation.ts';
import { newTerms } from './new-terms.ts';
import { plainQuery } from './plain-query.ts';
import { suppress } from './suppress.ts';
import { threshold } from './threshold.ts';

/**
 * @returns the alerts of this rule over the time range, in the order of time.
 * @throws DestinationUnavailableError where Elasticsearch does not answer, or does not understand the query.
 */
export async function evaluate(rule: Rule, evaluation: Evaluation): Promise<Alert[]> {
  const { client } = evaluation;
  if (!(await client.indices.exists({ index: [...rule.index] }))) return [];
  const by = { query: plainQuery, threshold, new_terms: newTerms, esql: esqlRule }[rule.type];
  const alerts = await by(evaluation, rule);
  return suppress(
    alerts.toSorted((a, b) => a.at - b.at),
    rule,
  );
}
