/** From an author's words about a rule to the line that Kibana imports (`POST /api/detection_engine/rules/_import`). */
import { createHash } from 'node:crypto';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { dataStreamTemplates, mappingOf } from '../../adapters/elasticsearch/templates.ts';
import { ecsFields } from '../../core/documents/ecs.ts';
import type { SourceDefinition } from '../../sdk/definition.ts';
import type { DetectionRule } from '../../sdk/kibana.ts';

/** Interval, the delay of indexing, and a restart of the rule engine; thresholds count within it. */
const MIN_LOOKBACK = 'now-30m';
const INTERVAL = '5m';

/** Stable for ever: Kibana knows a rule by it. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`shenji/rule/${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The type of each field that these sources' data streams map, by name. */
export function fieldTypes(definitions: readonly SourceDefinition[]): ReadonlyMap<string, string> {
  return new Map(
    dataStreamTemplates(definitions, '').flatMap((template) =>
      Object.entries(mappingOf(template)).map(([name, { type }]) => [name, type] as const),
    ),
  );
}

/** @throws TypeError for a field that no mapping has; part of a flattened field has the type of the whole. */
function typeOf(name: string, types: ReadonlyMap<string, string>): string {
  for (let part = name; part !== ''; part = part.includes('.') ? part.slice(0, part.lastIndexOf('.')) : '') {
    const type = types.get(part);
    if (type !== undefined && (part === name || type === 'flattened')) return type === 'flattened' ? 'keyword' : type;
  }
  throw new TypeError(`${name} is in no mapping`);
}

/** The fields that a query names: the words before a colon or a comparison. */
export function fieldsOf(query: string): string[] {
  return [
    ...new Set([...query.matchAll(/([a-z_]+(?:\.[a-z_]+)+)\s*(?::|<=?|>=?)/g)].map(([, field]) => field as string)),
  ];
}

function noteOf({ description, risk, triage, severity, risk_score: score }: DetectionRule): string {
  const steps = triage.map((step, index) => `${index + 1}. ${step}`).join('\n');
  return `## What it means\n\n${description}\n\nSeverity ${severity}, risk ${score}: ${risk}\n\n## What to do\n\n${steps}\n`;
}

function suppressionOf({ type, suppression }: DetectionRule): Pick<Rule, 'alert_suppression'> {
  if (suppression === undefined) return {};
  const duration = { value: suppression.hours, unit: 'h' } as const;
  if (type === 'threshold') return { alert_suppression: { duration } };
  return { alert_suppression: { group_by: suppression.by, duration } };
}

/** `index`: where its source's documents are; `types` of all fields. @throws TypeError naming the rule and the field that nothing maps */
export function toImport(rule: DetectionRule, index: string, types: ReadonlyMap<string, string>): Rule {
  const { key, risk: _risk, triage: _triage, suppression, threat = [], references = [], ...rest } = rule;
  const isEsql = rule.type === 'esql';
  const fields = [...fieldsOf(rule.query), ...(rule.threshold?.field ?? []), ...(rule.new_terms_fields ?? [])];
  try {
    return {
      index: [index],
      from: MIN_LOOKBACK,
      interval: INTERVAL,
      ...rest,
      rule_id: uuidOf(key),
      threat,
      language: isEsql ? 'esql' : 'kuery',
      author: ['shenji'],
      license: 'Apache-2.0',
      version: 1,
      enabled: false,
      tags: ['shenji', `shenji:${key}`, ...threat.map(({ tactic }) => `Tactic: ${tactic.name}`)],
      references,
      note: noteOf(rule),
      timestamp_override: 'shenji.rule_time',
      ...suppressionOf(rule),
      max_signals: 100,
      required_fields: [...new Set(fields)].map((name) => ({
        name,
        type: typeOf(name, types),
        ecs: name in ecsFields(),
      })),
      related_integrations: [],
    };
  } catch (error) {
    throw new TypeError(`the rule ${key}: ${(error as Error).message}`, { cause: error });
  }
}
