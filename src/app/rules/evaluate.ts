/**
 * What a rule would have found, by the rule's own text and Elasticsearch's own KQL and ES|QL: the engine's runs over a time
 * range of the past are made again one after the other, each with the rule's interval, look-back, clock, history, limit of
 * alerts and suppression. No Kibana is needed.
 */
import { documentsOf } from '../../adapters/elasticsearch/evidence.ts';
import { orUnavailable, type Elasticsearch, type estypes } from '../../adapters/elasticsearch/client.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { iso, type Interval } from '../../core/time/intervals.ts';
import type { About, Alert } from './alert.ts';
import { agoMs, firstRun, paceOf, runsSeeing, seenWithin, timeFieldsOf, type Clock, type Pace } from './clock.ts';
import { textAt } from './source-fields.ts';
import { suppress } from './suppress.ts';

type Filter = estypes.QueryDslQueryContainer;

/** A row of an ES|QL answer, by column. */
export type Row = Readonly<Record<string, unknown>>;

export type Evaluation = {
  readonly client: Elasticsearch;
  /** What the rule may see, in epoch milliseconds of its clock; the history that new terms need is read before it. */
  readonly span: Interval;
  readonly clock: Clock;
  /** Asks an ES|QL engine, over the documents that match. */
  readonly esql: (query: string, filter: Filter) => Promise<readonly Row[]>;
};

const PAGE = 1_000;
const MAX_SIGNALS = 100;
const NO_THRESHOLD = { field: [], value: 1, cardinality: [] };

const kql = (query: string): Filter => ({ kql: { query } }) as unknown as Filter;
const terms = (about: About): Filter[] => Object.entries(about).map(([field, value]) => ({ term: { [field]: value } }));

type Found = { readonly id: string; readonly at: number; readonly source: object };

/** What matches and is seen within the time range, in the order in which it is seen. */
async function matching(
  { client, clock }: Evaluation,
  rule: Rule,
  range: Interval,
  filter: readonly Filter[] = [],
): Promise<Found[]> {
  const clockField = timeFieldsOf(rule, clock)[0]?.field ?? '@timestamp';
  const fields = ['@timestamp', 'event.id', clockField, ...(rule.alert_suppression?.group_by ?? [])];
  const found: Found[] = [];
  const all = [kql(rule.query), seenWithin(rule, clock, range), ...filter];
  for await (const { id, source } of documentsOf<object>(client, rule.index.join(','), all, fields)) {
    const at = Date.parse(textAt(source, clockField) ?? textAt(source, '@timestamp') ?? '');
    found.push({ id: textAt(source, 'event.id') ?? id, at, source });
  }
  return found.toSorted((a, b) => a.at - b.at);
}

/** One alert a document; what a run leaves over, later runs take as long as they look back to it. */
async function plainQuery(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const pace = paceOf(rule);
  const by = rule.alert_suppression?.group_by ?? [];
  // Suppression makes groups before the limit counts them.
  const most = by.length > 0 ? Infinity : (rule.max_signals ?? MAX_SIGNALS);
  const found = await matching(evaluation, rule, evaluation.span);
  const raisedBy = new Map<number, number>();
  return found.flatMap(({ id, at, source }): Alert[] => {
    const step = firstRun(at, pace) - pace.intervalMs;
    const run = runsSeeing(step, pace).find((each) => (raisedBy.get(each) ?? 0) < most);
    if (run === undefined) return [];
    raisedBy.set(run, (raisedBy.get(run) ?? 0) + 1);
    const values = by.map((field) => [field, textAt(source, field)] as const);
    const about = Object.fromEntries(values.filter((each): each is [string, string] => each[1] !== undefined));
    return [{ about, at: run, documents: [id] }];
  });
}

/** How often a group was seen in each step of the rule's interval, by the values that are counted. */
type Step = { readonly at: number; readonly count: number; readonly value: string };
type Seen = { readonly about: About; readonly steps: readonly Step[] };

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

/** By the fields `by`, and in each group by the fields `counted`; `history` counts what the engine learned of later too. */
async function seenBy(
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
    ];
    let after: estypes.AggregationsCompositeAggregateKey | undefined;
    do {
      const composite = { size: PAGE, sources, ...(after === undefined ? {} : { after }) };
      const seen = seenWithin(rule, evaluation.clock, range, history);
      const found = await page(evaluation, rule, composite, [seen, ...(only === undefined ? [] : [only])]);
      for (const { key, doc_count: count } of (found?.buckets ?? []) as estypes.AggregationsCompositeBucket[]) {
        const values = (fields: readonly string[]) => fields.map((field) => [field, String(key[field])] as const);
        const about = Object.fromEntries(values(by));
        const name = JSON.stringify(about);
        const group = groups.get(name) ?? { about, steps: [] };
        group.steps.push({ at: Number(key['step']), count, value: JSON.stringify(values(counted)) });
        groups.set(name, group);
      }
      after = found?.after_key;
    } while (after !== undefined);
  }
  return [...groups.values()].map(({ about, steps }) => ({ about, steps: steps.toSorted((a, b) => a.at - b.at) }));
}

/** The runs that see at least one of these steps, each once, in the order of time. */
const runsOver = (steps: readonly Step[], pace: Pace): readonly number[] =>
  [...new Set(steps.flatMap(({ at }) => runsSeeing(at, pace)))].toSorted((a, b) => a - b);

async function alertAt(evaluation: Evaluation, rule: Rule, about: About, range: Interval, at: number): Promise<Alert> {
  const found = await matching(evaluation, rule, range, terms(about));
  return { about, at, documents: found.map(({ id }) => id) };
}

/** A group that was alerted on is counted anew from there, as the engine does it. */
async function threshold(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
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

/** New is what a run sees within its look-back, and what the history before that does not hold. */
async function newTerms(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
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
      const isKnown = history.some(({ at }) => at < from && at >= run - historyMs);
      if (first === undefined || isKnown || named.has(first.at)) continue;
      named.add(first.at);
      alerts.push(await alertAt(evaluation, rule, about, { from: first.at, to: run }, run));
    }
  }
  return alerts;
}

const cells = (value: unknown): readonly string[] => (value == null ? [] : [value].flat().map(String));

/** What a backfill had read by then was there to be compared with. */
function seenBefore(rule: Rule, clock: Clock, range: Interval, run: number): Filter {
  const seen = seenWithin(rule, clock, range, true);
  if (clock === 'event') return seen;
  const indexed: Filter = { range: { 'event.ingested': { lt: run, format: 'epoch_millis' } } };
  return { bool: { filter: [seen, indexed] } };
}

/** Questions at once: a preview may not take Elasticsearch from those who look at dashboards. */
const AT_ONCE = 4;

/** Each run asks over its own look-back, at its own time; rows name their documents in a column `event.id`. */
async function esql(evaluation: Evaluation, rule: Rule): Promise<Alert[]> {
  const { span, clock } = evaluation;
  const pace = paceOf(rule);
  const alertsOf = async (run: number): Promise<Alert[]> => {
    const range = { from: Math.max(span.from, run - pace.lookbackMs), to: Math.min(span.to, run) };
    const query = rule.query.replaceAll('NOW()', `TO_DATETIME("${iso(run)}")`);
    const rows = await evaluation.esql(query, seenBefore(rule, clock, range, run));
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

/**
 * @returns the alerts of this rule over the time range, in the order of time.
 * @throws DestinationUnavailableError where Elasticsearch does not answer, or does not understand the query.
 */
export async function evaluate(rule: Rule, evaluation: Evaluation): Promise<Alert[]> {
  const { client } = evaluation;
  if (!(await client.indices.exists({ index: [...rule.index] }))) return [];
  const by = { query: plainQuery, threshold, new_terms: newTerms, esql }[rule.type];
  const alerts = await by(evaluation, rule);
  return suppress(
    alerts.toSorted((a, b) => a.at - b.at),
    rule,
  );
}
