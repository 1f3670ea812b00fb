/** How often groups were seen, step by step of a rule's interval: what runs that begin and end with a step can count. */
import { orUnavailable, type estypes } from '../../adapters/elasticsearch/client.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Interval } from '../../core/time/intervals.ts';
import type { About } from './alert.ts';
import { runsSeeing, seenWithin, timeFieldsOf, type Pace } from './clock.ts';
import { kql, type Evaluation, type Filter } from './evaluation.ts';

const PAGE = 1_000;

/** How often a group was seen in each step of the rule's interval, by the values that are counted. */
export type Step = {
  readonly at: number;
  /** In which step it was indexed, of history. */
  readonly readAt: number | undefined;
  readonly count: number;
  readonly value: string;
};
export type Seen = { readonly about: About; readonly steps: readonly Step[] };

async function page(
  { client }: Evaluation,
  rule: Rule,
  composite: estypes.AggregationsCompositeAggregation,
  filter: readonly Filter[],
): Promise<estypes.AggregationsCompositeAggregate | undefined> {
  const searched = client.search({
    index: [...rule.index],
    ignore_unavailable: true,
    track_total_hits: false,
    query: { bool: { filter: [kql(rule.query), ...filter] } },
    size: 0,
    aggs: { groups: { composite } },
  });
  const { aggregations } = await orUnavailable(`evaluating "${rule.name}"`, searched);
  return aggregations?.['groups'] as estypes.AggregationsCompositeAggregate | undefined;
}

/** By the fields `by`, and in each group by the fields `counted`; `history` counts what backfills read too, with the step in which each was read. */
export async function seenBy(
  evaluation: Evaluation,
  rule: Rule,
  range: Interval,
  by: readonly string[],
  { counted = [], history = false }: { readonly counted?: readonly string[]; readonly history?: boolean } = {},
): Promise<Seen[]> {
  const groups = new Map<string, { about: About; steps: Step[] }>();
  for (const { field: clockField, only } of timeFieldsOf(rule, evaluation.clock)) {
    const sources = [
      ...[...by, ...counted].map((field) => ({ [field]: { terms: { field } } })),
      { step: { date_histogram: { field: clockField, fixed_interval: rule.interval } } },
      ...(history ? [{ read: { date_histogram: { field: 'event.ingested', fixed_interval: rule.interval } } }] : []),
    ];
    let after: estypes.AggregationsCompositeAggregateKey | undefined;
    do {
      const composite = { size: PAGE, sources, ...(after === undefined ? {} : { after }) };
      const seen = seenWithin(rule, evaluation.clock, range, history ? 'ever' : undefined);
      const found = await page(evaluation, rule, composite, [seen, ...(only === undefined ? [] : [only])]);
      for (const { key, doc_count: count } of (found?.buckets ?? []) as estypes.AggregationsCompositeBucket[]) {
        const values = (fields: readonly string[]) => fields.map((field) => [field, String(key[field])] as const);
        const about = Object.fromEntries(values(by));
        const name = JSON.stringify(about);
        const group = groups.get(name) ?? { about, steps: [] };
        const readAt = history ? Number(key['read']) : undefined;
        group.steps.push({ at: Number(key['step']), readAt, count, value: JSON.stringify(values(counted)) });
        groups.set(name, group);
      }
      after = found?.after_key;
    } while (after !== undefined);
  }
  return [...groups.values()].map(({ about, steps }) => ({ about, steps: steps.toSorted((a, b) => a.at - b.at) }));
}

/** The runs that see at least one of these steps, each once, in the order of time. */
export const runsOver = (steps: readonly Step[], pace: Pace): readonly number[] =>
  [...new Set(steps.flatMap(({ at }) => runsSeeing(at, pace)))].toSorted((a, b) => a - b);
