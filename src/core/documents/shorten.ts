/** Values too long for any field are cut there: one of them must not cost the document. */

/** Lucene takes terms of 32,766 bytes: so many characters of four bytes, as Elasticsearch's page on `ignore_above` reckons. */
const MOST_CHARACTERS = 8_191;

/** Full text, which becomes terms word by word: taken at any length. */
export const FULL_TEXT: ReadonlySet<string> = new Set(['error.message']);

export type Shortened = {
  readonly value: Readonly<Record<string, unknown>>;
  /** The fields that were cut, by dotted name; none where the value is as it was. */
  readonly fields: readonly string[];
};

/** Plain objects, arrays and texts, as a document is made of. */
export function shorten(document: Readonly<Record<string, unknown>>): Shortened {
  const fields = new Set<string>();
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') {
      if (value.length <= MOST_CHARACTERS || FULL_TEXT.has(name)) return value;
      fields.add(name);
      return value.slice(0, MOST_CHARACTERS).toWellFormed();
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
    const items = Object.entries(value).map(([key, item]): [string, unknown] => [
      key,
      walk(item, name === '' ? key : `${name}.${key}`),
    ]);
    return Object.fromEntries(items);
  };
  const value = walk(document, '') as Record<string, unknown>;
  return { value: fields.size === 0 ? document : value, fields: [...fields] };
}

/** Whether a document that is so long when written may hold such a value at all. */
export const mayBeTooLong = (written: string): boolean => written.length > MOST_CHARACTERS;
