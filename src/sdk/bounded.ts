/** Free-form JSON made safe for a `flattened` field: bounded in depth, keys and lengths, so that nothing can be rejected for it. */

const MAX_DEPTH = 15;
const MAX_LEAVES = 1_000;
const MAX_KEY = 128;
/** Together with the longest key path it stays below Lucene's 32,766 bytes a term. */
const MAX_VALUE = 1_024;

export type Bounded = { readonly value: Readonly<Record<string, unknown>>; readonly truncated: boolean };

/** What one value's walk has met so far. */
type Walk = { leaves: number; truncated: boolean };

function cut(text: string, length: number, walk: Walk): string {
  if (text.length <= length) return text.toWellFormed();
  walk.truncated = true;
  return text.slice(0, length).toWellFormed();
}

/** Whether one more may be taken. */
function take(walk: Walk): boolean {
  walk.leaves += 1;
  walk.truncated ||= walk.leaves > MAX_LEAVES;
  return walk.leaves <= MAX_LEAVES;
}

function boundValue(value: unknown, depth: number, walk: Walk): unknown {
  if (typeof value === 'string') return cut(value, MAX_VALUE, walk);
  if (typeof value !== 'object' || value === null) return value;
  // Long integers were kept as written; to a flattened field every leaf is a keyword anyway.
  if (JSON.isRawJSON(value)) return cut(JSON.stringify(value), MAX_VALUE, walk);
  if (depth >= MAX_DEPTH) {
    walk.truncated = true;
    return '[too deep]';
  }
  return Array.isArray(value)
    ? boundItems(value, depth + 1, walk)
    : boundFields(value as Record<string, unknown>, depth + 1, walk);
}

// What needs no cut stays what it is, as nearly every value does.
function boundItems(value: readonly unknown[], depth: number, walk: Walk): readonly unknown[] {
  let kept: unknown[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    if (!take(walk)) return kept ?? value.slice(0, index);
    const item = boundValue(value[index], depth, walk);
    if (kept === undefined && item !== value[index]) kept = value.slice(0, index);
    kept?.push(item);
  }
  return kept ?? value;
}

function boundFields(value: Readonly<Record<string, unknown>>, depth: number, walk: Walk): object {
  const keys = Object.keys(value);
  let kept: [string, unknown][] | undefined;
  const before = (index: number): [string, unknown][] => keys.slice(0, index).map((key) => [key, value[key]]);
  for (let index = 0; index < keys.length; index += 1) {
    if (!take(walk)) {
      kept ??= before(index);
      break;
    }
    const key = keys[index] as string;
    const name = cut(key.includes('\0') ? key.replaceAll('\0', '') : key, MAX_KEY, walk);
    const item = boundValue(value[key], depth, walk);
    if (kept === undefined && (name !== key || item !== value[key])) kept = before(index);
    kept?.push([name, item]);
  }
  return kept === undefined ? value : Object.fromEntries(kept);
}

/**
 * An object for any JSON value (others come under the key `value`); `truncated` where something was cut. What `kept` names of
 * its own keys stays, whatever else is cut: what a rule goes by is not hidden by what stands before or beside it.
 */
export function bounded(json: unknown, kept: readonly string[] = []): Bounded {
  const walk: Walk = { leaves: 0, truncated: false };
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json) && !JSON.isRawJSON(json);
  const whole = (isObject ? json : { value: json }) as Record<string, unknown>;
  const value = boundValue(whole, 0, walk) as Record<string, unknown>;
  if (value === whole) return { value, truncated: walk.truncated };
  // Over what is there: a key that is the same without its NULs, or half of the value.
  const saved = kept
    .filter((key) => Object.hasOwn(whole, key))
    .map((key) => [key, boundValue(whole[key], 1, { leaves: 0, truncated: false })]);
  return { value: saved.length === 0 ? value : { ...value, ...Object.fromEntries(saved) }, truncated: walk.truncated };
}
