/** From our own words about a rule to the line that Kibana imports (`POST /api/detection_engine/rules/_import`). */
import { EcsFlat } from '@elastic/ecs';
import { dataStreamTemplates, mappingOf } from '../../src/adapters/elasticsearch/templates.ts';
import type { Rule } from '../../src/adapters/kibana/rule.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';

/** Interval, the delay of indexing, and a restart of the rule engine; thresholds count within it. */
export const MIN_LOOKBACK = 'now-30m';
const REFERENCE = 'https://open.feishu.cn/document/server-docs/security_and_compliance-v1/openapi_log/list_data';

export type Threat = {
  readonly framework: 'MITRE ATT&CK';
  readonly tactic: { readonly id: string; readonly name: string; readonly reference: string };
  readonly technique: readonly object[];
};

export type RuleSource = Pick<
  Rule,
  | 'rule_id'
  | 'name'
  | 'description'
  | 'type'
  | 'index'
  | 'query'
  | 'from'
  | 'interval'
  | 'threshold'
  | 'new_terms_fields'
  | 'history_window_start'
> & {
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly risk_score: number;
  /** Why severity and score are what they are. */
  readonly risk: string;
  readonly threat: readonly Threat[];
  readonly false_positives: readonly string[];
  /** What to do when it fires, step by step. */
  readonly triage: readonly string[];
};

const types = new Map(
  dataStreamTemplates(sourceDefinitions, '').flatMap((template) =>
    Object.entries(mappingOf(template)).map(([name, { type }]) => [name, type] as const),
  ),
);

/** @throws TypeError for a field that no mapping has; part of a flattened field has the type of the whole. */
export function typeOf(name: string): string {
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

function noteOf({ description, risk, triage, severity, risk_score: score }: RuleSource): string {
  const steps = triage.map((step, index) => `${index + 1}. ${step}`).join('\n');
  return `## What it means\n\n${description}\n\nSeverity ${severity}, risk ${score}: ${risk}\n\n## What to do\n\n${steps}\n`;
}

export function toImport(rule: RuleSource & { readonly key: string }): Record<string, unknown> {
  const {
    key,
    risk: _risk,
    triage: _triage,
    threshold,
    new_terms_fields: newTerms,
    history_window_start: history,
    ...rest
  } = rule;
  const fields = [...fieldsOf(rule.query), ...(threshold?.field ?? []), ...(newTerms ?? [])];
  return {
    ...rest,
    language: 'kuery',
    author: ['shenji'],
    license: 'Apache-2.0',
    version: 1,
    enabled: false,
    tags: ['shenji', `shenji:${key}`, ...rule.threat.map(({ tactic }) => `Tactic: ${tactic.name}`)],
    references: [REFERENCE],
    note: noteOf(rule),
    timestamp_override: 'event.ingested',
    max_signals: 100,
    required_fields: [...new Set(fields)].map((name) => ({ name, type: typeOf(name), ecs: name in EcsFlat })),
    related_integrations: [],
    ...(threshold === undefined ? {} : { threshold }),
    ...(newTerms === undefined ? {} : { new_terms_fields: newTerms, history_window_start: history }),
  };
}
