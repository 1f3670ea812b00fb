/** Takes secrets out of records: by name at every depth and in every encoding met, and by the shape of the value. */
import { parseJson } from '../../sdk/json.ts';
import { decodePercent, replaceValues } from './keyed-text.ts';
import { marker, type Marking } from '../../sdk/mark.ts';
import { isSecretText, nameReader, type Name } from './secret-names.ts';
import { redactTokens } from '../../sdk/token-shapes.ts';

/** `keys` are names beside the built-in ones; case, `_` and `-` do not matter. */
export type RedactionSettings = Marking & { readonly keys: readonly string[] };

/** A record without secrets, with what its JSON texts hold: each was parsed for redaction, and need not be again. */
export type RedactedRecord<T> = {
  readonly value: T;
  /** What a text of this record holds, without secrets; undefined where it is not JSON. */
  readonly json: (text: string) => unknown;
};

export type Redactor = {
  /** A copy without secrets, or the value itself. `plainKeys` are names that are none here, in lower case without `_` and `-`. */
  value<T>(value: T, plainKeys?: ReadonlySet<string>): T;
  record<T>(value: T, plainKeys?: ReadonlySet<string>): RedactedRecord<T>;
  /** A text without secrets: JSON, malformed JSON, query strings, headers, plain. */
  text(text: string, plainKeys?: ReadonlySet<string>): string;
};

/** One reading of a record: what all of it shares. */
type Reading = {
  readonly nameOf: (key: string) => Name;
  readonly mark: (secret: unknown) => string;
  readonly plainKeys: ReadonlySet<string>;
  /** What its JSON texts hold, where somebody will ask. */
  readonly parsed: ParsedText[] | undefined;
};

type ParsedText = { readonly text: string; readonly value: unknown };

type Fields = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 64;
const MAX_ROUNDS = 8;
/** What is longer names nothing. */
const LONGEST_NAME = 256;
const NO_KEYS: ReadonlySet<string> = new Set();

/** A text without one holds neither a name nor a percent-encoding. */
const SEPARATOR = /[:=%]/;
const NAMED = /[\w"'\])\\%\s][:=]/;
const PERCENT = /%[0-9a-f]{2}/i;
const JSON_START = /^\s*[[{"]/;
/** Where an OAuth `code` stands in a text. */
const BESIDE_CODE = /(?:grant_?type|redirect_?ur[il]|state)["']?\s{0,20}[:=]/i;
/** A list of two may be a name and its value; two words, as of choices or fields, are none. */
const NAME = /^[A-Za-z][A-Za-z_.-]{2,60}$/;
const WORD = /^[a-z_]+$/;

const isNumber = (value: unknown): boolean => typeof value === 'number' || JSON.isRawJSON(value);

/** Whether a value under this name is a secret as a whole. */
function isSecret(name: Name, value: unknown, { plainKeys }: Reading): boolean {
  const { verdict, normal } = name;
  if (verdict === 'plain' || plainKeys.has(normal)) return false;
  if (typeof value === 'string') return isSecretText(verdict, value);
  if (typeof value === 'boolean' || value === null || value === undefined) return false;
  return isNumber(value) ? verdict === 'secret' : verdict === 'secret' || verdict === 'secrets';
}

/** An OAuth code and its like, which other names make a secret. */
const asRandom = (name: Name): Name => ({ ...name, verdict: 'random' });

/** The name that stands beside a value, as in `{"name": "Authorization", "value": …}`. */
function nameBeside(fields: Fields, { nameOf }: Reading): Name | undefined {
  const key = Object.keys(fields).find((other) => nameOf(other).role === 'name');
  const name = key === undefined ? undefined : fields[key];
  return typeof name === 'string' ? nameOf(name) : undefined;
}

/** A value that its name makes a secret, or each item of a list of such. */
function redactNamed(name: Name, value: unknown, reading: Reading, depth: number): unknown {
  if (Array.isArray(value) && depth < MAX_DEPTH)
    return mapped(value, (item) => redactNamed(name, item, reading, depth + 1));
  return isSecret(name, value, reading) ? reading.mark(value) : redactValue(value, reading, depth);
}

function redactField(name: Name, key: string, fields: Fields, reading: Reading, depth: number): unknown {
  const value = fields[key];
  if (name.role === 'value') return redactNamed(nameBeside(fields, reading) ?? name, value, reading, depth);
  const { beside } = name;
  const isBeside =
    beside.length > 0 && Object.keys(fields).some((other) => beside.includes(reading.nameOf(other).normal));
  return redactNamed(isBeside ? asRandom(name) : name, value, reading, depth);
}

/** Nearly every value holds no secret: a copy is begun only where something changes. */
function mapped(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const changed = change(items[index]);
    if (changed !== items[index]) (copy ??= [...items])[index] = changed;
  }
  return copy ?? items;
}

function redactItems(items: readonly unknown[], reading: Reading, depth: number): readonly unknown[] {
  const [first, second] = items;
  if (items.length === 2 && typeof first === 'string' && typeof second === 'string' && NAME.test(first)) {
    const name = reading.nameOf(first);
    if (!WORD.test(second) && isSecret(name, second, reading)) return [first, reading.mark(second)];
  }
  return mapped(items, (item) => redactValue(item, reading, depth + 1));
}

function redactFields(fields: Fields, reading: Reading, depth: number): object {
  const keys = Object.keys(fields);
  let copy: [string, unknown][] | undefined;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    const value = fields[key];
    const name = reading.nameOf(key);
    const clean = name.isPlain
      ? redactValue(value, reading, depth + 1)
      : redactField(name, key, fields, reading, depth + 1);
    if (copy === undefined && (clean !== value || name.shown !== key))
      copy = keys.slice(0, index).map((before): [string, unknown] => [before, fields[before]]);
    copy?.push([name.shown, clean]);
  }
  return copy === undefined ? fields : Object.fromEntries(copy);
}

function redactValue(value: unknown, reading: Reading, depth: number): unknown {
  if (typeof value === 'string') return redactText(value, reading, depth);
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth >= MAX_DEPTH) return redactDeep(value, reading);
  return Array.isArray(value)
    ? redactItems(value, reading, depth)
    : redactFields(value as Record<string, unknown>, reading, depth);
}

function redactDeep(value: object, reading: Reading): string {
  try {
    return redactPlain(JSON.stringify(value), reading, MAX_DEPTH);
  } catch {
    // Deeper than the engine can write down: nothing of it is worth the risk.
    return '[too deep]';
  }
}

function redactText(text: string, reading: Reading, depth: number): string {
  if (text.length < 3) return text;
  const asJson = depth < MAX_DEPTH && JSON_START.test(text) ? redactJson(text, reading, depth) : undefined;
  if (asJson !== undefined) return asJson;
  return SEPARATOR.test(text) ? redactPlain(text, reading, depth) : redactTokens(text, reading.mark);
}

/** Undefined where the text is not JSON, or holds more than its parsed value shows. */
function redactJson(text: string, reading: Reading, depth: number): string | undefined {
  const parsed = parseJson(text);
  if (parsed === undefined) return undefined;
  const clean = redactValue(parsed, reading, depth + 1);
  const written = JSON.stringify(clean);
  // Parsing drops a repeated name: an unchanged value speaks for its text only where it is written the same.
  const isSame = written === text;
  if (clean === parsed && !isSame) return undefined;
  const kept = isSame ? text : written;
  reading.parsed?.push({ text: kept, value: clean });
  return kept;
}

/** Until it stays the same: what takes the place of a secret may bring another to light, as it may end a word. */
function redactPlain(text: string, reading: Reading, depth: number): string {
  let clean = text;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const before = clean;
    if (NAMED.test(clean)) clean = redactKeyed(clean, reading);
    if (depth < MAX_DEPTH && PERCENT.test(clean)) clean = redactPercent(clean, reading, depth);
    clean = redactTokens(clean, reading.mark);
    if (clean === before) break;
  }
  return clean;
}

function redactKeyed(text: string, reading: Reading): string {
  let named: Name | undefined;
  let isBesideCode: boolean | undefined;
  const concerns = (key: string): boolean => {
    const { isPlain, role } = reading.nameOf(key);
    return !isPlain || role === 'name';
  };
  return replaceValues(text, concerns, (key, value) => {
    let name = reading.nameOf(key);
    if (name.role === 'value' && named !== undefined) name = named;
    named = name.role === 'name' && value.length <= LONGEST_NAME ? reading.nameOf(value) : undefined;
    if (name.normal === 'code' && (isBesideCode ??= BESIDE_CODE.test(text))) name = asRandom(name);
    return isSecret(name, value, reading) ? reading.mark(value) : undefined;
  });
}

/** Values of a query string or form may hold JSON or another query string, percent-encoded. */
function redactPercent(text: string, reading: Reading, depth: number): string {
  // Split rather than matched: a pattern with both ends open takes quadratic time on a hostile text.
  const parts = text.split(/([&=?#\s"']+)/);
  const clean = parts.map((encoded) => {
    const decoded = encoded.includes('%') ? decodePercent(encoded) : encoded;
    if (decoded === encoded) return encoded;
    const redacted = redactText(decoded, reading, depth + 1);
    return redacted === decoded ? encoded : encodeURIComponent(redacted);
  });
  return clean.join('');
}

/** @throws TypeError where the mode is `hash` without a key. */
export function createRedactor(settings: RedactionSettings): Redactor {
  const mark = marker(settings);
  const nameOf = nameReader(settings.keys, (name) => redactTokens(name, mark));
  const reading = (plainKeys = NO_KEYS, parsed?: ParsedText[]): Reading => ({
    nameOf,
    mark,
    plainKeys,
    parsed,
  });
  return {
    value: <T>(value: T, plainKeys?: ReadonlySet<string>) => redactValue(value, reading(plainKeys), 0) as T,
    record: <T>(value: T, plainKeys?: ReadonlySet<string>) => {
      const parsed: ParsedText[] = [];
      const clean = redactValue(value, reading(plainKeys, parsed), 0) as T;
      const json = (text: string): unknown => {
        const known = parsed.find((one) => one.text === text);
        return known === undefined ? parseJson(text) : known.value;
      };
      return { value: clean, json };
    },
    text: (text, plainKeys) => redactText(text, reading(plainKeys), 0),
  };
}
