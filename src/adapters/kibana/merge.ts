/** A rule of ours and the one that Kibana has, field by field, against what was shipped the last time. */
import { differing, FIELDS, hashOf, type Attributes } from './fields.ts';
import { asImported, type Rule } from './rule.ts';
import { isRecord, recordOf, shippedOf, type Existing } from './shipped.ts';

/** What of a rule is always the user's; we ship none of it. */
const THEIRS = [
  'enabled', 'actions', 'exceptions_list', 'response_actions', 'timeline_id', 'timeline_title', 'namespace', 'meta',
]; // prettier-ignore

export type Merged = {
  /** What to send; undefined where Kibana has it already. */
  readonly send?: Attributes;
  /** Attributes that are not as we ship them, because somebody has changed them. */
  readonly kept: readonly string[];
  /** Of these, those that we have changed since, too. */
  readonly contested: readonly string[];
  /** Tags that somebody has added. */
  readonly ownTags: readonly string[];
};

const picked = (from: Attributes, keys: readonly string[]): Attributes =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));

const without = (from: Attributes, keys: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

/** Those of ours but for what was taken away, and those that others have added. */
function mergeTags(ours: Rule, theirs: Existing, hasTag: (tag: string) => boolean, overwrite: boolean) {
  const there = theirs.tags.filter((tag) => !isRecord(tag));
  const removed = overwrite ? [] : ours.tags.filter((tag) => !there.includes(tag) && hasTag(tag));
  const ownTags = there.filter((tag) => !ours.tags.includes(tag) && !hasTag(tag));
  const tags = [...ours.tags.filter((tag) => !removed.includes(tag)), ...ownTags, recordOf(ours)];
  const isSame = new Set(tags).size === new Set(theirs.tags).size && tags.every((tag) => theirs.tags.includes(tag));
  return { tags, removed, ownTags, isSame };
}

/** @param overwrite takes ours also where somebody has changed it, but for tags of their own */
export function merge(ours: Rule, theirs: Existing, overwrite: boolean): Merged {
  const shipped = shippedOf(theirs, ours);
  const sent = asImported(ours);
  const fields = FIELDS.map((field) => ({ field, differs: differing(field, sent, theirs) })).filter(
    ({ differs }) => differs.length > 0,
  );
  const isTheirs = ({ field }: (typeof fields)[number]): boolean =>
    !overwrite && hashOf(field, theirs) !== shipped.hashOf(field);
  const kept = fields.filter(isTheirs);
  const contested = kept.filter(({ field }) => ![undefined, hashOf(field, sent)].includes(shipped.hashOf(field)));
  const { tags, removed, ownTags, isSame } = mergeTags(ours, theirs, shipped.hasTag, overwrite);
  const keys = kept.flatMap(({ field }) => field.keys);
  const send = {
    ...without(sent, keys),
    ...picked(theirs, keys),
    ...picked(theirs, THEIRS),
    tags,
  };
  const isThere = isSame && kept.length === fields.length && theirs['version'] === ours['version'];
  return {
    ...(isThere ? {} : { send }),
    kept: [...kept.flatMap(({ differs }) => differs), ...(removed.length > 0 ? ['tags'] : [])],
    contested: contested.flatMap(({ differs }) => differs),
    ownTags,
  };
}
