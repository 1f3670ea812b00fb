/** The kinds of fields that nearly every data stream has beside those of ECS. */
import type { FieldMapping } from './definition.ts';

/** A word or id, searched as a whole; longer than 1,024 characters it is kept and not searched. */
export const keyword = (description: string): FieldMapping => ({ type: 'keyword', ignore_above: 1024, description });

/** Free-form JSON, as `bounded` makes it safe: each of its values is searched as a word. */
export const flattened = (description: string): FieldMapping => ({
  type: 'flattened',
  ignore_above: 1024,
  description,
});

/** Text of a string, number or integer that is kept as written; undefined for anything else, and for an empty text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
}
