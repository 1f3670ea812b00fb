/** Free-form JSON made safe for a `flattened` field: bounded in depth, keys and lengths, so that nothing can be rejected for it. */

const MAX_DEPTH = 15;
const MAX_LEAVES = 1_000;
const MAX_KEY = 128;
/** Together with the longest key path it stays below Lucene's 32,766 bytes a term. */
const MAX_VALUE = 1_024;

export type Bounded = { readonly value: Readonly<Record<string, unknown>>; readonly truncated: boolean };

/** An object for any JSON value (others come under the key `value`); `truncated` where something was cut. */
export function bounded(json: unknown): Bounded {
  let leaves = 0;
  let truncated = false;
  const cut = (text: string, length: number): string => {
    if (text.length <= length) return text.toWellFormed();
    truncated = true;
    return text.slice(0, length).toWellFormed();
  };
  const take = (): boolean => {
    leaves += 1;
    truncated ||= leaves > MAX_LEAVES;
    return leaves <= MAX_LEAVES;
  };
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return cut(value, MAX_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    // Long integers were kept as written; to a flattened field every leaf is a keyword anyway.
    if (JSON.isRawJSON(value)) return cut(JSON.stringify(value), MAX_VALUE);
    if (depth >= MAX_DEPTH) {
      truncated = true;
      return '[too deep]';
    }
    return Array.isArray(value) ? items(value, depth + 1) : fields(value as Record<string, unknown>, depth + 1);
  };
  // What needs no cut stays what it is, as nearly every value does.
  const items = (value: readonly unknown[], depth: number): readonly unknown[] => {
    let kept: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      if (!take()) return kept ?? value.slice(0, index);
      const walked = walk(value[index], depth);
      if (kept === undefined && walked !== value[index]) kept = value.slice(0, index);
      kept?.push(walked);
    }
    return kept ?? value;
  };
  const fields = (value: Readonly<Record<string, unknown>>, depth: number): object => {
    const keys = Object.keys(value);
    let kept: [string, unknown][] | undefined;
    const before = (index: number): [string, unknown][] => keys.slice(0, index).map((key) => [key, value[key]]);
    for (const [index, key] of keys.entries()) {
      if (!take()) {
        kept ??= before(index);
        break;
      }
      const name = cut(key.includes('\0') ? key.replaceAll('\0', '') : key, MAX_KEY);
      const walked = walk(value[key], depth);
      if (kept === undefined && (name !== key || walked !== value[key])) kept = before(index);
      kept?.push([name, walked]);
    }
    return kept === undefined ? value : Object.fromEntries(kept);
  };
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json) && !JSON.isRawJSON(json);
  const value = walk(isObject ? json : { value: json }, 0) as Record<string, unknown>;
  return { value, truncated };
}
