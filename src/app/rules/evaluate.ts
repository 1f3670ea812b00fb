/**
 * What a rule would have found, by the rule's own text and Elasticsearch's own KQL: the rule engine's steps are taken one
 * after the other over a time range of the past. No Kibana is needed.
 */
import { documentsOf } from '../../adapters/elasticsearch/evidence.ts';
import { orUnavailable, type Elasticsearch, type estypes } from '../../adapters/elasticsearch/client.ts';
import { parseDuration } from '../../sdk/duration.ts';
import { merge, type Interval } from '../../core/time/intervals.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';

type Filter = estypes.QueryDslQueryContainer;

/** Where time is read: when it happened, or when it was indexed, as the rule engine does. */
export type Clock = '@timestamp' | 'event.ingested';

/** One alert: what it is about, when the engine would have seen it, and the documents behind it. */
export type Alert = {
  /** The values of the fields that the rule groups by; empty for a plain query. */
  readonly about: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `event.id`, or where there is none the document's `_id`. */
  readonly documents: readonly string[];
};

export type Evaluation = {
  readonly client: Elasticsearch;
  /** The time range in epoch milliseconds; the history that new terms need is read before it. */
  readonly span: Interval;
  readonly clock: Clock;
};

const PAGE = 1_000;
const NO_THRESHOLD = { field: [], value: 1, cardinality: [] };

/** `5m` or `now-30m` in milliseconds. @throws TypeError */
function agoMs(text: string): number {
  const range = parseDuration(/^(?:now-)?(\d+[smhd])$/.exec(text)?.[1] ?? '');
  if (range === undefined)
    throw new TypeError(`"${text}" is no duration such as 5m, nor one back from now such as now-30m`);
  return range;
}

const kql = (query: string): Filter => ({ kql: { query } }) as unknown as Filter;
export const within = (clock: Clock, { from, to }: Interval): Filter => ({
  range: { [clock]: { gte: from, lt: to, format: 'epoch_millis' } },
});
const terms = (about: Readonly<Record<string, string>>): Filter[] =>
  Object.entries(about).map(([field, value]) => ({ term: { [field]: value } }));

async function search(
  { client }: Evaluation,
  rule: Rule,
  filter: readonly Filter[],
  body: estypes.SearchRequest,
): Promise<estypes.SearchResponse> {
  return orUnavailable(
    `evaluating "${rule.name}"`,
    client.search({
      index: [...rule.index],
      ignore_unavailable: true,
      track_total_hits: false,
      query: { bool: { filter: [kql(rule.query), ...filter] } },
      size: 0,
      ...body,
    }),
  );
}

type Found = { readonly id: string; readonly at: number };
type Timed = { readonly '@timestamp': string; readonly event?: { readonly id?: string; readonly ingested?: string } };

async function matching({ client, clock }: Evaluation, rule: Rule, filter: Filter[]): Promise<Found[]> {
  const found: Found[] = [];
  const fields = ['@timestamp', 'event.id', 'event.ingested'];
  for await (const { id, source } of documentsOf<Timed>(
    client,
    rule.index.join(','),
    [kql(rule.query), ...filter],
    fields,
  )) {
    const time = clock === '@timestamp' ? source['@timestamp'] : (source.event?.ingested ?? source['@timestamp']);
    found.push({ id: source.event?.id ?? id, at: Date.parse(time) });
  }
  return found.toSorted((a, b) => a.at - b.at);
}

async function plainQuery(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const found = await matching(evaluation, rule, [within(evaluation.clock, evaluation.span)]);
  return found.map(({ id, at }) => ({ about: {}, at, documents: [id] }));
}

/** When each group was seen: the beginnings of the steps of the rule's interval that hold a matching document. */
type Seen = {
  readonly about: Readonly<Record<string, string>>;
  readonly steps: { readonly at: number; readonly count: number }[];
};

async function seenBy(evaluation: Evaluation, rule: Rule, fields: readonly string[], span: Interval): Promise<Seen[]> {
  const { clock } = evaluation;
  const groups = new Map<string, Seen>();
  const sources = [
    ...fields.map((field) => ({ [field]: { terms: { field } } })),
    { step: { date_histogram: { field: clock, fixed_interval: rule.interval } } },
  ];
  let after: estypes.AggregationsCompositeAggregateKey | undefined;
  do {
    const composite = { size: PAGE, sources, ...(after === undefined ? {} : { after }) };
    const { aggregations } = await search(evaluation, rule, [within(clock, span)], { aggs: { groups: { composite } } });
    const page = aggregations?.['groups'] as estypes.AggregationsCompositeAggregate | undefined;
    for (const { key, doc_count: count } of (page?.buckets ?? []) as estypes.AggregationsCompositeBucket[]) {
      const { step, ...values } = key as Record<string, string | number>;
      const about = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, String(value)]));
      const name = JSON.stringify(about);
      const seen = groups.get(name) ?? { about, steps: [] };
      seen.steps.push({ at: Number(step), count });
      groups.set(name, seen);
    }
    after = page?.after_key;
  } while (after !== undefined);
  return [...groups.values()].map(({ about, steps }) => ({ about, steps: steps.toSorted((a, b) => a.at - b.at) }));
}

/** The engine's runs that look back as far as this step. */
function runsAt(step: number, intervalMs: number, lookbackMs: number): Interval[] {
  const first = step + intervalMs;
  const runs = Math.ceil(lookbackMs / intervalMs);
  return Array.from({ length: runs }, (_, index) => first + index * intervalMs).map((to) => ({
    from: to - lookbackMs,
    to,
  }));
}

/** Alerts of runs that overlap are one. */
async function alertsOf(
  evaluation: Evaluation,
  rule: Rule,
  about: Alert['about'],
  runs: readonly Interval[],
): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (const range of merge(runs)) {
    const found = await matching(evaluation, rule, [within(evaluation.clock, range), ...terms(about)]);
    alerts.push({
      about,
      at: runs.find(({ from }) => from >= range.from)?.to ?? range.to,
      documents: found.map(({ id }) => id),
    });
  }
  return alerts;
}

async function threshold(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { field: fields, value, cardinality } = rule.threshold ?? NO_THRESHOLD;
  const [intervalMs, lookbackMs] = [agoMs(rule.interval), agoMs(rule.from)];
  const alerts: Alert[] = [];
  for (const { about, steps } of await seenBy(evaluation, rule, fields, evaluation.span)) {
    const inside = ({ from, to }: Interval): number =>
      steps.reduce((sum, { at, count }) => (at + intervalMs > from && at < to ? sum + count : sum), 0);
    const runs = [
      ...new Map(steps.flatMap(({ at }) => runsAt(at, intervalMs, lookbackMs)).map((run) => [run.to, run])).values(),
    ];
    const reached: Interval[] = [];
    // A step counts whole here; only those runs that can reach the threshold are asked for exactly.
    for (const run of runs.toSorted((a, b) => a.to - b.to).filter((candidate) => inside(candidate) >= value)) {
      const aggs = Object.fromEntries(cardinality.map(({ field }, index) => [`c${index}`, { cardinality: { field } }]));
      const reply = await search(evaluation, rule, [within(evaluation.clock, run), ...terms(about)], {
        track_total_hits: true,
        aggs: Object.keys(aggs).length === 0 ? undefined : aggs,
      } as never);
      const total = (reply.hits.total as estypes.SearchTotalHits).value;
      const counted = (reply.aggregations ?? {}) as Record<string, { value: number } | undefined>;
      const distinct = cardinality.map((_, index) => counted[`c${index}`]?.value ?? 0);
      if (total >= value && distinct.every((count, index) => count >= (cardinality[index]?.value ?? 0)))
        reached.push(run);
    }
    if (reached.length > 0) alerts.push(...(await alertsOf(evaluation, rule, about, reached)));
  }
  return alerts;
}

/** New is what the look back holds and the history before it does not. */
async function newTerms(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { span } = evaluation;
  const [intervalMs, lookbackMs] = [agoMs(rule.interval), agoMs(rule.from)];
  const historyMs = agoMs(rule.history_window_start ?? 'now-14d');
  const whole = { from: span.from - historyMs, to: span.to };
  const alerts: Alert[] = [];
  for (const { about, steps } of await seenBy(evaluation, rule, rule.new_terms_fields ?? [], whole)) {
    const isNew = ({ from, to }: Interval): boolean =>
      !steps.some(({ at }) => at + intervalMs <= from && at >= to - historyMs);
    const runs = steps
      .filter(({ at }) => at >= span.from && at < span.to)
      .flatMap(({ at }) => runsAt(at, intervalMs, lookbackMs))
      .filter(isNew);
    if (runs.length > 0) alerts.push(...(await alertsOf(evaluation, rule, about, runs)));
  }
  return alerts;
}

/**
 * @returns the alerts of this rule over the time range, in the order of time.
 * @throws DestinationUnavailableError where Elasticsearch does not answer, or does not understand the query.
 */
export async function evaluate(rule: Rule, evaluation: Evaluation): Promise<Alert[]> {
  const { client } = evaluation;
  if (!(await client.indices.exists({ index: [...rule.index] }))) return [];
  if (rule.type === 'esql') throw new TypeError('rules in ES|QL are not evaluated yet');
  const by = { query: plainQuery, threshold, new_terms: newTerms }[rule.type];
  const alerts = await by(evaluation, rule);
  return alerts.toSorted((a, b) => a.at - b.at);
}
