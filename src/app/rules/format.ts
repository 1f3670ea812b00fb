/** From an author's words about a rule to the line that Kibana imports (`POST /api/detection_engine/rules/_import`). */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { streamName } from '../../adapters/elasticsearch/names.ts';
import { dataStreamTemplates, mappingOf } from '../../adapters/elasticsearch/templates.ts';
import { ecsFields } from '../../core/documents/ecs.ts';
import type { SourceDefinition } from '../../sdk/definition.ts';
import type { DetectionRule } from '../../sdk/kibana.ts';
import { noteOf, setupOf, tagsOf } from './guide.ts';
import { VERSIONS } from './versions.ts';

/** The clock of the documents that sources make; the ledger has none. */
const RULE_TIME = 'shenji.rule_time';

/** Interval, the delay of indexing, and a restart of the rule engine; thresholds count within it. */
const MIN_LOOKBACK = 'now-30m';
const INTERVAL = '5m';

/** Stable for ever: Kibana knows a rule by it. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`shenji/rule/${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Types = ReadonlyMap<string, string>;
/** By the pattern of a data stream's names, `logs-feishu.openapi_audit-*`: the type of each of its fields. */
export type FieldTypes = ReadonlyMap<string, Types>;

/** The fields that these sources' data streams map, and shenji's own. */
export function fieldTypes(definitions: readonly SourceDefinition[]): FieldTypes {
  return new Map(
    dataStreamTemplates(definitions, '').map((template) => [
      streamName(template.stream, '*'),
      new Map(Object.entries(mappingOf(template)).map(([name, { type }]) => [name, type] as const)),
    ]),
  );
}

/** Those of the data streams that the patterns mean; of all where they mean none that is known. */
function typesIn(index: readonly string[], types: FieldTypes): Types {
  const meant = [...types].filter(([stream]) => index.some((pattern) => path.matchesGlob(stream, pattern)));
  return new Map((meant.length === 0 ? [...types] : meant).flatMap(([, fields]) => [...fields]));
}

/** Undefined for a field that no mapping has; part of a flattened field has the type of the whole. */
function typeOf(name: string, types: Types): string | undefined {
  for (let part = name; part !== ''; part = part.includes('.') ? part.slice(0, part.lastIndexOf('.')) : '') {
    const type = types.get(part);
    if (type !== undefined && (part === name || type === 'flattened')) return type === 'flattened' ? 'keyword' : type;
  }
  return undefined;
}

/** The fields that a query in KQL names: the words before a colon or a comparison. */
export function fieldsOf(query: string): string[] {
  return [
    ...new Set([...query.matchAll(/([a-z_]+(?:\.[a-z_]+)+)\s*(?::|<=?|>=?)/g)].map(([, field]) => field as string)),
  ];
}

/** A text of ES|QL; what stands between three quotes may hold single ones. */
const TEXT = /"""[\s\S]*?"""|"(?:[^"\\]|\\.)*"/g;
const KQL = /\bKQL\(\s*"""([\s\S]*?)"""/g;

/** Of ES|QL: what its KQL names, and those words outside its texts that are mapped; a query makes columns of its own beside them. */
function esqlFieldsOf(query: string, types: Types): string[] {
  const asked = [...query.matchAll(KQL)].flatMap(([, text = '']) => fieldsOf(text));
  const words = query.replaceAll(TEXT, '').match(/[a-z_@]+(?:\.[a-z_]+)*/g) ?? [];
  return [...new Set([...asked, ...words])].filter((word) => word.includes('.') && typeOf(word, types) !== undefined);
}

/** What an analyst asks of each alert first, so far as the data stream has it: whose, who, from where, what, how it ended. */
const CONTEXT = [
  'organization.id', 'user.id', 'user.name', 'source.ip', 'source.geo.country_iso_code', 'event.action', 'event.outcome', 'error.message',
]; // prettier-ignore
/** Which pass read a document says nothing of what happened. */
const SAYS_NOTHING = ['shenji.pass', RULE_TIME, 'event.id'];

/** Kibana's limit. */
const MOST_SUPPRESSED = 3;

/** As Kibana's schema has it for each type. @throws TypeError for what it would refuse */
function suppressionOf({ type, suppression, threshold }: DetectionRule): Rule['alert_suppression'] {
  if (suppression === undefined) return undefined;
  const { by, hours } = suppression;
  if (!Number.isSafeInteger(hours) || hours < 1)
    throw new TypeError(`suppression.hours: ${hours} is no whole number of hours`);
  const duration = { value: hours, unit: 'h' as const };
  if (type === 'threshold') {
    if (by.toSorted().join() !== threshold?.field.toSorted().join())
      throw new TypeError(
        'suppression.by: a threshold rule is suppressed by the fields that it counts by, and no others',
      );
    return { duration };
  }
  if (by.length < 1 || by.length > MOST_SUPPRESSED)
    throw new TypeError(`suppression.by: one to ${MOST_SUPPRESSED} fields, not ${by.length}`);
  // What lacks a field is no repetition of anything: it alerts.
  return { group_by: by, duration, missing_fields_strategy: 'doNotSuppress' };
}

/** What the rule goes by, which must be mapped, and what else is worth a look. @throws TypeError for a field that no mapping has */
function fieldsIn(rule: DetectionRule, types: Types): { required: object[]; highlighted: string[] } {
  const { query, threshold, new_terms_fields: terms = [], suppression } = rule;
  const grouped = [...(threshold?.field ?? []), ...(threshold?.cardinality ?? []).map(({ field }) => field), ...terms];
  const asked = rule.type === 'esql' ? esqlFieldsOf(query, types) : fieldsOf(query);
  const unmapped = [...asked, ...grouped, ...(suppression?.by ?? [])].find((name) => typeOf(name, types) === undefined);
  if (unmapped !== undefined && rule.type !== 'esql') throw new TypeError(`${unmapped} is in no mapping`);
  const required = [...new Set([...asked, ...grouped])].map((name) => ({
    name,
    type: typeOf(name, types),
    ecs: name in ecsFields(),
  }));
  const context = CONTEXT.filter((name) => types.has(name));
  const highlighted = [...new Set([...grouped, ...(suppression?.by ?? []), ...context, ...asked])].filter(
    (name) => !SAYS_NOTHING.includes(name),
  );
  return { required, highlighted };
}

/** `index`: where its source's documents are; `types` of all fields. @throws TypeError naming the rule and the field that nothing maps, or what Kibana would refuse */
export function toImport(rule: DetectionRule, index: string, types: FieldTypes): Rule {
  const {
    key,
    risk: _risk,
    triage: _triage,
    response: _response,
    suppression: _by,
    threat = [],
    references = [],
    ...rest
  } = rule;
  const patterns = rule.index ?? [index];
  try {
    const fields = typesIn(patterns, types);
    const { required, highlighted } = fieldsIn(rule, fields);
    const suppression = suppressionOf(rule);
    return {
      index: patterns,
      from: MIN_LOOKBACK,
      interval: INTERVAL,
      max_signals: 100,
      ...rest,
      rule_id: uuidOf(key),
      threat,
      language: rule.type === 'esql' ? 'esql' : 'kuery',
      author: ['shenji'],
      license: 'Apache-2.0',
      version: rule.version ?? VERSIONS[key]?.version ?? 1,
      enabled: false,
      tags: tagsOf(rule, patterns),
      references,
      note: noteOf(rule),
      setup: setupOf(rule, patterns),
      ...(suppression === undefined ? {} : { alert_suppression: suppression }),
      ...(highlighted.length === 0 ? {} : { investigation_fields: { field_names: highlighted } }),
      timestamp_override: fields.has(RULE_TIME) ? RULE_TIME : 'event.ingested',
      required_fields: required,
      related_integrations: [],
    };
  } catch (error) {
    throw new TypeError(`the rule ${key}: ${(error as Error).message}`, { cause: error });
  }
}
