/** Names with their values in a text that is not JSON: malformed JSON, query strings, forms, headers, assignments. */

/** Where a value lies. */
type Extent = { readonly from: number; readonly to: number };

/** Begins only where a word begins: from within a long word it would be tried a hundred times over. */
const KEY_BEFORE_SEPARATOR =
  /(?<![A-Za-z0-9_%.-])([A-Za-z0-9_%.-]{2,256})(?=((?:\[\w{0,20}\]|[\])])?\\{0,64}["']?\s{0,64}[:=]\s{0,64}))/g;

/** `\u0061` and its like, which hide a name from a reader of malformed JSON. */
const decodeUnicodeEscapes = (text: string): string =>
  text.replaceAll(/\\+u00([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function quotedExtent(text: string, opening: RegExpExecArray): Extent {
  const [lead, escapes = '', quote = '"'] = opening;
  const from = opening.index + lead.length;
  for (let to = text.indexOf(quote, from); to !== -1; to = text.indexOf(quote, to + 1)) {
    let slashes = 0;
    while (to - slashes > from && text[to - slashes - 1] === '\\') slashes += 1;
    // A quote escaped more deeply than the opening one belongs to the value.
    if (slashes <= escapes.length) return { from, to: to - slashes };
  }
  return { from, to: text.length };
}

/** Where each bracket closes that does, found in one walk: looking from each of many open ones would take quadratic time. */
function closingBrackets(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') open.push(at);
    else if (character === '}' || character === ']') {
      const opened = open.pop();
      if (opened !== undefined) closing.set(opened, at);
    }
  }
  return closing;
}

const OPENING_QUOTE = /(\\{0,16})(["'])/y;
const END_OF_LINE = /[\r\n"]/g;
const END_OF_WORD = /[&,;\s"'}\])\\]/g;

/** Where the value that starts at `at` ends: behind its closing quote or bracket, else at the next separator. */
function extentOf(text: string, at: number, wholeLine: boolean, closing: () => ReadonlyMap<number, number>): Extent {
  OPENING_QUOTE.lastIndex = at;
  const opening = OPENING_QUOTE.exec(text);
  if (opening !== null) return quotedExtent(text, opening);
  if (text[at] === '{' || text[at] === '[') return { from: at, to: (closing().get(at) ?? text.length - 1) + 1 };
  const end = wholeLine ? END_OF_LINE : END_OF_WORD;
  end.lastIndex = at;
  return { from: at, to: end.exec(text)?.index ?? text.length };
}

/** Headers whose value goes on to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookie)s?$/i;

/** Replaces each value whose key `concerns` by what `replace` makes of it; undefined leaves it, and what it holds is looked at in turn. */
export function replaceValues(
  text: string,
  concerns: (key: string) => boolean,
  replace: (key: string, value: string) => string | undefined,
): string {
  const decoded = text.includes('\\u00') ? decodeUnicodeEscapes(text) : text;
  let closing: ReadonlyMap<number, number> | undefined;
  const brackets = (): ReadonlyMap<number, number> => (closing ??= closingBrackets(decoded));
  let result = '';
  let copied = 0;
  for (const { index, 1: raw = '', 2: separator = '' } of decoded.matchAll(KEY_BEFORE_SEPARATOR)) {
    if (index < copied) continue;
    const key = decodePercent(raw);
    if (!concerns(key)) continue;
    const at = index + raw.length + separator.length;
    const { from, to } = extentOf(decoded, at, WHOLE_LINE.test(key), brackets);
    const replaced = replace(key, decoded.slice(from, to));
    if (replaced === undefined) continue;
    result += decoded.slice(copied, from) + replaced;
    copied = to;
  }
  return copied === 0 ? text : result + decoded.slice(copied);
}
