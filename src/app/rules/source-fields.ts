/** Fields of a document as it was indexed. */

/** The text at a dotted path, the first where there are several; undefined where there is none. */
export function textAt(source: object, dotted: string): string | undefined {
  let value: unknown = source;
  for (const part of dotted.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}
