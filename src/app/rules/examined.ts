/** How much a rule has to look at: one that is silent over nothing says nothing. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import { orUnavailable } from '../../adapters/elasticsearch/client.ts';
import { within, type Evaluation } from './evaluate.ts';

/** The documents of the time in the indices of each rule; 0 also where the indices are not there. @throws DestinationUnavailableError */
export async function examinedBy(
  { client, span, clock }: Evaluation,
  rules: readonly Rule[],
): Promise<ReadonlyMap<Rule, number>> {
  const named = new Map(rules.map((rule) => [rule, rule.index.join(',')]));
  const query = { bool: { filter: [within(clock, span)] } };
  const counts = await Promise.all(
    [...new Set(named.values())].map(async (index) => {
      const counting = client.count({ index, query, ignore_unavailable: true, allow_no_indices: true });
      return [index, (await orUnavailable(`counting what ${index} holds`, counting)).count] as const;
    }),
  );
  const byIndex = new Map(counts);
  return new Map([...named].map(([rule, index]) => [rule, byIndex.get(index) ?? 0]));
}
