/** What of a detection rule an analyst can edit in Kibana, and when two forms of it say the same. */
import { createHash } from 'node:crypto';
import { parseDuration } from '../../sdk/duration.ts';

export type Attributes = Readonly<Record<string, unknown>>;

/** Attributes that are decided together: half of one side and half of the other would be a rule that nobody wrote. */
export type Field = {
  /** One letter, the same for ever: it stands in the tags of rules that were imported. */
  readonly code: string;
  readonly keys: readonly string[];
};

export const FIELDS: readonly Field[] = [
  { code: 'n', keys: ['name'] },
  { code: 'd', keys: ['description'] },
  { code: 'q', keys: ['query', 'language', 'saved_id', 'type'] },
  { code: 'i', keys: ['index', 'data_view_id'] },
  { code: 'f', keys: ['filters'] },
  { code: 't', keys: ['threshold'] },
  { code: 'w', keys: ['new_terms_fields', 'history_window_start'] },
  // An interval of one side and a look back of the other could leave time that no run looks at.
  { code: 'c', keys: ['from', 'interval', 'to'] },
  { code: 'm', keys: ['max_signals'] },
  { code: 's', keys: ['severity'] },
  { code: 'S', keys: ['severity_mapping'] },
  { code: 'r', keys: ['risk_score'] },
  { code: 'R', keys: ['risk_score_mapping'] },
  { code: 'a', keys: ['threat'] },
  { code: 'g', keys: ['note'] },
  { code: 'u', keys: ['setup'] },
  { code: 'v', keys: ['investigation_fields'] },
  { code: 'l', keys: ['references'] },
  { code: 'p', keys: ['false_positives'] },
  { code: 'x', keys: ['alert_suppression'] },
  { code: 'o', keys: ['timestamp_override', 'timestamp_override_fallback_disabled'] },
  { code: 'b', keys: ['building_block_type'] },
  { code: 'N', keys: ['rule_name_override'] },
  { code: 'A', keys: ['author'] },
  { code: 'L', keys: ['license'] },
  { code: 'e', keys: ['required_fields'] },
  { code: 'j', keys: ['related_integrations'] },
];

/** What Kibana writes where nothing was sent (`apply_rule_defaults.ts` in its source). */
const DEFAULTS: Attributes = {
  language: 'kuery',
  from: 'now-6m',
  to: 'now',
  interval: '5m',
  max_signals: 100,
  timestamp_override_fallback_disabled: false,
};

/** Without what is empty, keys in order: Kibana's forms add empty lists, and it keeps no order of keys. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(compact);
  if (typeof value !== 'object') return value === '' ? undefined : value;
  const entries = Object.entries(value ?? {})
    .map(([key, inner]) => [key, compact(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Kibana's form writes `now-60m` as `now-1h`. */
function duration(value: unknown): unknown {
  const [, sign = '', text = ''] = /^(now-)?(\S+)$/.exec(String(value)) ?? [];
  const milliseconds = parseDuration(text);
  return milliseconds === undefined ? value : `${sign}${milliseconds}`;
}

const isObject = (value: unknown): value is Attributes => typeof value === 'object' && value !== null;

/** What Kibana itself makes of a value when it stores it, or when somebody saves its form. */
const SAME: Readonly<Record<string, (value: unknown) => unknown>> = {
  from: duration,
  to: duration,
  interval: duration,
  history_window_start: duration,
  // A query may become a saved one; no other type can become another.
  type: (value) => (value === 'saved_query' ? value : undefined),
  threshold: (value) => (isObject(value) ? { ...value, field: [value['field'] ?? []].flat() } : value),
  alert_suppression: (value) =>
    isObject(value) && 'group_by' in value ? { missing_fields_strategy: 'suppress', ...value } : value,
  required_fields: (value) =>
    Array.isArray(value) ? value.map(({ name, type }: { name: unknown; type: unknown }) => ({ name, type })) : value,
};

/** The same text for the same meaning of one attribute. */
export function canonical(key: string, rule: Attributes): string {
  const value = rule[key] ?? DEFAULTS[key];
  const same = SAME[key];
  return JSON.stringify(compact(same === undefined ? value : same(value))) ?? '';
}

/** Eighteen bits: whoever edits a field is taken for nobody once in 262,144 edits. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 3);

export const hashOf = ({ keys }: Field, rule: Attributes): string =>
  shortHash(JSON.stringify(keys.map((key) => canonical(key, rule))));

/** The attributes of a field that two rules have differently. */
export const differing = ({ keys }: Field, one: Attributes, other: Attributes): string[] =>
  keys.filter((key) => canonical(key, one) !== canonical(key, other));
