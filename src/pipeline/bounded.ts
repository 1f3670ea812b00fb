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
    truncated ||= text.length > length;
    return text.slice(0, length).toWellFormed();
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
    const take = (): boolean => {
      leaves += 1;
      truncated ||= leaves > MAX_LEAVES;
      return leaves <= MAX_LEAVES;
    };
    if (Array.isArray(value)) return value.filter(take).map((item) => walk(item, depth + 1));
    const entries = Object.entries(value).filter(take);
    return Object.fromEntries(
      entries.map(([key, item]) => [cut(key.replaceAll('\0', ''), MAX_KEY), walk(item, depth + 1)]),
    );
  };
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json) && !JSON.isRawJSON(json);
  const value = walk(isObject ? json : { value: json }, 0) as Record<string, unknown>;
  return { value, truncated };
}
