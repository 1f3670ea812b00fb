/** JSON as vendors put it into strings: maybe malformed, maybe with integers that a double cannot hold. */

/** The value, with integers of 16 digits and more kept as written; undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepLongNumbers) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keepLongNumbers(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined || context.source.length < 16) return value;
  return JSON.rawJSON(context.source);
}
