/** What every kind of rule is evaluated with, and the documents that it finds. */
import { documentsOf } from '../../adapters/elasticsearch/evidence.ts';
import type { Elasticsearch, estypes } from '../../adapters/elasticsearch/client.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Interval } from '../../core/time/intervals.ts';
import type { About, Alert } from './alert.ts';
import { seenWithin, timeFieldsOf, type Clock } from './clock.ts';
import { textAt } from './source-fields.ts';

export type Filter = estypes.QueryDslQueryContainer;

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

/** Alerts of one run, where the rule does not say. */
export const MAX_SIGNALS = 100;

export const kql = (query: string): Filter => ({ kql: { query } }) as unknown as Filter;
const terms = (about: About): Filter[] => Object.entries(about).map(([field, value]) => ({ term: { [field]: value } }));

/** `about`: its values of the fields that the rule suppresses by, of those that it has. */
export type Found = { readonly id: string; readonly at: number; readonly about: About };

/** What matches and is seen within the time range, in the order in which it is seen. */
export async function matching(
  { client, clock }: Evaluation,
  rule: Rule,
  range: Interval,
  filter: readonly Filter[] = [],
): Promise<Found[]> {
  const clockField = timeFieldsOf(rule, clock)[0]?.field ?? '@timestamp';
  const by = rule.alert_suppression?.group_by ?? [];
  const found: Found[] = [];
  const all = [kql(rule.query), seenWithin(rule, clock, range), ...filter];
  const fields = ['@timestamp', 'event.id', clockField, ...by];
  for await (const { id, source } of documentsOf<object>(client, rule.index.join(','), all, fields)) {
    const at = Date.parse(textAt(source, clockField) ?? textAt(source, '@timestamp') ?? '');
    const values = by.map((field) => [field, textAt(source, field)] as const);
    const about = Object.fromEntries(values.filter((each): each is [string, string] => each[1] !== undefined));
    found.push({ id: textAt(source, 'event.id') ?? id, at, about });
  }
  return found.toSorted((a, b) => a.at - b.at);
}

/** The alert of a run over a group, with the group's documents of the time range. */
export async function alertAt(
  evaluation: Evaluation,
  rule: Rule,
  about: About,
  range: Interval,
  at: number,
): Promise<Alert> {
  const found = await matching(evaluation, rule, range, terms(about));
  return { about, at, documents: found.map(({ id }) => id) };
}
