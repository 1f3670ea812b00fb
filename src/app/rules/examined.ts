/** How much a rule has to look at: one that is silent over nothing says nothing. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import { orUnavailable } from '../../adapters/elasticsearch/client.ts';
import { seenWithin } from './clock.ts';
import type { Evaluation } from './evaluation.ts';

/** The documents of the time in the indices of each rule that have the fields by which it groups and counts: those without it cannot see. 0 also where the indices are not there. @throws DestinationUnavailableError */
export async function examinedBy(
  { client, span, clock }: Evaluation,
  rules: readonly Rule[],
): Promise<ReadonlyMap<Rule, number>> {
  const counts = new Map<string, Promise<number>>();
  const countOf = (rule: Rule): Promise<number> => {
    const index = rule.index.join(',');
    const fields = [...(rule.new_terms_fields ?? []), ...(rule.threshold?.field ?? [])];
    const counted = rule.threshold?.cardinality.map(({ field }) => field) ?? [];
    const has = [...fields, ...counted].map((field) => ({ exists: { field } }));
    const query = { bool: { filter: [seenWithin(rule, clock, span), ...has] } };
    // The rules of a source look at the same documents by the same clock.
    const name = JSON.stringify([index, query]);
    const counting =
      counts.get(name) ??
      orUnavailable(
        `counting what ${index} holds`,
        client.count({ index, query, ignore_unavailable: true, allow_no_indices: true }),
      ).then(({ count }) => count);
    counts.set(name, counting);
    return counting;
  };
  return new Map(await Promise.all(rules.map(async (rule) => [rule, await countOf(rule)] as const)));
}
