/**
 * What was imported the last time, so far as it must be known to tell an analyst's edits from ours. Kibana has no place
 * for it that an edit leaves alone (`meta` is overwritten by its form), but for the tags: one of them holds a hash for
 * each field and each tag.
 */
import { createHash } from 'node:crypto';
import { canonical, FIELDS, hashOf, shortHash, type Attributes, type Field } from './fields.ts';
import type { Rule } from './rule.ts';

const TAG = 'shenji:content-';
export const isRecord = (tag: string): boolean => tag.startsWith(TAG);

export type Shipped = {
  /** As `hashOf`; undefined where it is not known. */
  readonly hashOf: (field: Field) => string | undefined;
  readonly hasTag: (tag: string) => boolean;
};

/** The tag: a letter and three characters for each field that is not Kibana's default, a dot, three for each tag. */
export function recordOf(rule: Rule): string {
  const fields = FIELDS.filter((field) => hashOf(field, rule) !== hashOf(field, {}));
  return `${TAG}${fields.map((field) => field.code + hashOf(field, rule)).join('')}.${rule.tags.map(shortHash).join('')}`;
}

function read(record: string): Shipped {
  const [fields = '', tags = ''] = record.split('.');
  const hashes = new Map((fields.match(/.{4}/g) ?? []).map((part) => [part.slice(0, 1), part.slice(1)]));
  const known = new Set(tags.match(/.{3}/g));
  return {
    hashOf: (field) => hashes.get(field.code) ?? hashOf(field, {}),
    hasTag: (tag) => known.has(shortHash(tag)),
  };
}

/** Of these the first form of the tag holds one hash; all rules had the same in the others. */
const FIRST_KEYS = [
  'name', 'description', 'type', 'query', 'index', 'from', 'interval', 'severity', 'risk_score', 'note', 'false_positives',
  'timestamp_override', 'new_terms_fields', 'history_window_start', 'threshold',
] as const; // prettier-ignore
const FIRST_OTHERS: Attributes = { language: 'kuery', author: ['shenji'], license: 'Apache-2.0' };
/** Beyond this many differences nobody tells any more which of them are whose. */
const MOST_DIFFERENCES = 12;

/** The hash of the first form, over the whole rule. */
export function firstHash(rule: Attributes): string {
  const said = FIRST_KEYS.slice(0, -1).map((key) => rule[key] ?? null);
  const {
    field = [],
    value = 0,
    cardinality = [],
  } = (rule['threshold'] ?? {}) as Partial<NonNullable<Rule['threshold']>>;
  const text = JSON.stringify([...said, [field].flat(), value, cardinality.map((item) => [item.field, item.value])]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The rule as it was shipped: `theirs`, but for those attributes that they have changed and we have not. */
function solve(hash: string, theirs: Attributes, ours: Attributes): Attributes | undefined {
  const keys = FIRST_KEYS.filter((key) => canonical(key, theirs) !== canonical(key, ours));
  if (keys.length > MOST_DIFFERENCES) return undefined;
  for (let choice = 0; choice < 2 ** keys.length; choice += 1) {
    const taken = keys.filter((_, index) => Math.floor(choice / 2 ** index) % 2 === 1);
    const candidate = { ...theirs, ...Object.fromEntries(taken.map((key) => [key, ours[key]])) };
    if (firstHash(candidate) === hash) return candidate;
  }
  return undefined;
}

/** The first form knew nothing of threat, references and what a rule requires: only a threat is likely to be edited. */
function readFirst(hash: string, theirs: Attributes & Pick<Rule, 'tags'>, ours: Rule): Shipped {
  const solved = solve(hash, theirs, ours);
  const { references, required_fields: fields, related_integrations: integrations } = theirs;
  const known = Object.fromEntries(FIRST_KEYS.map((key) => [key, solved?.[key]]));
  const shipped = {
    ...FIRST_OTHERS,
    ...known,
    references,
    required_fields: fields,
    related_integrations: integrations,
  };
  const unknown = new Set<string>(['threat', ...(solved === undefined ? FIRST_KEYS : [])]);
  const tactics = ((theirs['threat'] ?? []) as { tactic: { name: string } }[]).map(({ tactic }) => tactic.name);
  const tags = ['shenji', ...ours.tags.filter((tag) => tag.startsWith('shenji:')), ...tactics.map((name) => `Tactic: ${name}`)]; // prettier-ignore
  return {
    hashOf: (field) => (field.keys.some((key) => unknown.has(key)) ? undefined : hashOf(field, shipped)),
    hasTag: (tag) => tags.includes(tag),
  };
}

/** As Kibana shows it. `revision`: how often it was edited, since it was created. */
export type Existing = Rule & { readonly revision?: number };

/** What was shipped of a rule that Kibana has, by its tag; a rule that was never edited is what was shipped. */
export function shippedOf(theirs: Existing, ours: Rule): Shipped {
  const record = theirs.tags.find(isRecord)?.slice(TAG.length);
  if (record?.includes('.') === true) return read(record);
  // Kibana counts edits, not switching on and off: imported by hand, or by the first form, and left as it was.
  if (theirs.revision === 0)
    return { hashOf: (field) => hashOf(field, theirs), hasTag: (tag) => theirs.tags.includes(tag) };
  if (record !== undefined) return readFirst(record, theirs, ours);
  return { hashOf: () => undefined, hasTag: () => false };
}
