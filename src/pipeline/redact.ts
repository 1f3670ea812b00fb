/** Takes secrets out of records: by key name at every depth and in every encoding met, and by the shape of the value. */
import { createHmac } from 'node:crypto';
import { parseJson } from './json.ts';
import { memo } from './memo.ts';
import { redactTokens } from './token-shapes.ts';

export type RedactionSettings = {
  /** Key names beside the built-in ones; case, `_` and `-` do not matter. */
  readonly keys: readonly string[];
  /** `remove` leaves a mark; `hash` leaves an HMAC by which equal secrets can be told to be equal. */
  readonly mode: 'remove' | 'hash';
  readonly hashKey?: string | undefined;
};

/** A record without secrets, with what its JSON texts hold: each was parsed for redaction, and need not be again. */
export type RedactedRecord<T> = {
  readonly value: T;
  /** What a text of this record holds, without secrets; undefined where it is no JSON. */
  readonly json: (text: string) => unknown;
};

export type Redactor = {
  /** A copy without secrets, or the value itself. `plainKeys` are names that are none here, normalised as `normaliseKey` does. */
  value<T>(value: T, plainKeys?: ReadonlySet<string>): T;
  record<T>(value: T, plainKeys?: ReadonlySet<string>): RedactedRecord<T>;
  /** A text without secrets: JSON, malformed JSON, query strings, headers, plain. */
  text(text: string, plainKeys?: ReadonlySet<string>): string;
};

const SECRET_KEYS = [
  'app_secret', 'client_secret', 'secret', 'secret_key', 'password', 'passwd', 'pwd', 'passphrase', 'token',
  'access_token', 'refresh_token', 'id_token', 'tenant_access_token', 'user_access_token', 'app_access_token',
  'session_token', 'authorization', 'proxy_authorization', 'cookie', 'set_cookie', 'encrypt_key',
  'verification_token', 'private_key', 'api_key_secret', 'access_key_secret', 'app_ticket', 'auth_code',
  'code_verifier', 'credential', 'credentials', 'x_acs_dingtalk_access_token', 'jsapi_ticket', 'sign_secret',
]; // prettier-ignore

/** What one reading of a record shares: names that are no secrets in it, and what its JSON texts hold. */
type Scope = { readonly plainKeys: ReadonlySet<string>; readonly parsed: Map<string, unknown> | undefined };

const MARK = '[redacted]';
const MAX_DEPTH = 64;
const NO_KEYS: ReadonlySet<string> = new Set();

/** A text without any of these holds no secret: no key, no percent-encoding, no JSON, no token. */
const MAY_HOLD_SECRETS = /[:=%]|^\s*[[{"]|-----BEGIN|bearer|basic|eyJ|[tua]-/i;

/** `App-Secret`, `app_secret` and `appSecret` are one name. */
export const normaliseKey = (key: string): string => key.toLowerCase().replaceAll(/[_-]/g, '');

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `\u0061` and its like, which hide a key name from a reader of malformed JSON. */
const decodeUnicodeEscapes = (text: string): string =>
  text.replaceAll(/\\+u00([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Where the value that starts at `at` ends: behind its closing quote or bracket, else at the next separator. */
function endOfValue(text: string, at: number, wholeLine: boolean): { from: number; to: number } {
  const opening = /^(\\*)(["'])/.exec(text.slice(at, at + 16));
  if (opening !== null) {
    const [lead, escapes = '', quote = '"'] = opening;
    const from = at + lead.length;
    for (let to = text.indexOf(quote, from); to !== -1; to = text.indexOf(quote, to + 1)) {
      let slashes = 0;
      while (to - slashes > from && text[to - slashes - 1] === '\\') slashes += 1;
      // A quote escaped more deeply than the opening one belongs to the value.
      if (slashes <= escapes.length) return { from, to: to - slashes };
    }
    return { from, to: text.length };
  }
  if (text[at] === '{' || text[at] === '[') {
    let depth = 0;
    for (let to = at; to < text.length; to += 1) {
      if (text[to] === '{' || text[to] === '[') depth += 1;
      if ((text[to] === '}' || text[to] === ']') && --depth === 0) return { from: at, to: to + 1 };
    }
    return { from: at, to: text.length };
  }
  const stop = (wholeLine ? /[\r\n"]/ : /[&,;\s"'}\])\\]/).exec(text.slice(at));
  return { from: at, to: stop === null ? text.length : at + stop.index };
}

/** Begins only where a word begins: from within a long word it would be tried a hundred times over. */
const KEY_AND_SEPARATOR = /(?<![A-Za-z0-9_%-])([A-Za-z0-9_%-]{2,100})(\\*["']?\s*[:=]\s*)/g;
const WHOLE_LINE_KEYS = new Set(['authorization', 'proxyauthorization', 'cookie', 'setcookie']);

/** @throws TypeError where the mode is `hash` without a key. */
export function createRedactor(settings: RedactionSettings): Redactor {
  const secretKeys = new Set([...SECRET_KEYS, ...settings.keys].map(normaliseKey));
  const { mode, hashKey } = settings;
  if (mode === 'hash' && !hashKey) throw new TypeError('redact.mode "hash" needs redact.hashKey');
  /** The normalised name where it is a secret's, and the key as it may be shown. */
  const keyOf = memo((key: string): { readonly secretName: string | undefined; readonly shown: string } => {
    const name = normaliseKey(key);
    return { secretName: secretKeys.has(name) ? name : undefined, shown: redactTokens(key, mark) };
  });

  const isSecret = (key: string, plainKeys: ReadonlySet<string>): boolean => {
    const { secretName } = keyOf(key);
    return secretName !== undefined && !plainKeys.has(secretName);
  };
  const mark = (secret: unknown): string => {
    if (mode === 'remove') return MARK;
    const text = typeof secret === 'string' ? secret : (JSON.stringify(secret) ?? '');
    return `hash:${createHmac('sha256', hashKey ?? '')
      .update(text)
      .digest('hex')
      .slice(0, 32)}`;
  };

  function keyedText(text: string, plainKeys: ReadonlySet<string>): string {
    let result = '';
    let copied = 0;
    KEY_AND_SEPARATOR.lastIndex = 0;
    for (let match = KEY_AND_SEPARATOR.exec(text); match !== null; match = KEY_AND_SEPARATOR.exec(text)) {
      const key = decodePercent(match[1] ?? '');
      if (!isSecret(key, plainKeys)) {
        // "a=b=c" and "x:y=z": the separator may end one key and begin after another.
        KEY_AND_SEPARATOR.lastIndex = match.index + (match[1]?.length ?? 1);
        continue;
      }
      const { from, to } = endOfValue(text, match.index + match[0].length, WHOLE_LINE_KEYS.has(normaliseKey(key)));
      const secret = text.slice(from, to);
      if (to > from && secret !== 'null' && secret !== MARK) {
        result += text.slice(copied, from) + mark(secret);
        copied = to;
      }
      KEY_AND_SEPARATOR.lastIndex = Math.max(to, match.index + 1);
    }
    return copied === 0 ? text : result + text.slice(copied);
  }

  /** Values of a query string or form may hold JSON or another query string, percent-encoded. */
  function percentText(text: string, scope: Scope, depth: number): string {
    // Split rather than matched: a pattern with both ends open takes quadratic time on a hostile text.
    const parts = text.split(/([&=?#\s"']+)/);
    const clean = parts.map((encoded) => {
      const decoded = encoded.includes('%') ? decodePercent(encoded) : encoded;
      if (decoded === encoded) return encoded;
      const redacted = anyText(decoded, scope, depth + 1);
      return redacted === decoded ? encoded : encodeURIComponent(redacted);
    });
    return clean.join('');
  }

  function plainText(text: string, scope: Scope, depth: number): string {
    let clean = text;
    if (/[:=]/.test(clean)) {
      const decoded = clean.includes('\\u00') ? decodeUnicodeEscapes(clean) : clean;
      const keyed = keyedText(decoded, scope.plainKeys);
      if (keyed !== decoded) clean = keyed;
    }
    if (depth < MAX_DEPTH && /%[0-9a-f]{2}/i.test(clean)) clean = percentText(clean, scope, depth);
    return redactTokens(clean, mark);
  }

  /** Undefined where the text is no JSON, or holds more than its parsed value shows. */
  function jsonText(text: string, scope: Scope, depth: number): string | undefined {
    const parsed = parseJson(text);
    if (parsed === undefined) return undefined;
    const clean = anyValue(parsed, scope, depth + 1);
    const written = JSON.stringify(clean);
    // Parsing drops a repeated key: an unchanged value speaks for its text only where it is written the same.
    if (clean === parsed && written !== text) return undefined;
    scope.parsed?.set(written, clean);
    return written;
  }

  function anyText(text: string, scope: Scope, depth: number): string {
    if (text.length < 3 || !MAY_HOLD_SECRETS.test(text)) return text;
    const asJson = depth < MAX_DEPTH && /^\s*[[{"]/.test(text) ? jsonText(text, scope, depth) : undefined;
    return asJson ?? plainText(text, scope, depth);
  }

  // Nearly every value holds no secret: a copy is begun only where something changes.
  function anyItems(items: readonly unknown[], scope: Scope, depth: number): readonly unknown[] {
    let clean: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const cleaned = anyValue(items[index], scope, depth + 1);
      if (cleaned !== items[index]) (clean ??= [...items])[index] = cleaned;
    }
    return clean ?? items;
  }

  function anyFields(fields: Readonly<Record<string, unknown>>, scope: Scope, depth: number): object {
    const keys = Object.keys(fields);
    let copy: [string, unknown][] | undefined;
    for (const [index, key] of keys.entries()) {
      const item = fields[key];
      const { secretName, shown } = keyOf(key);
      const hidden = secretName !== undefined && item !== null && item !== '' && !scope.plainKeys.has(secretName);
      const clean = hidden ? mark(item) : anyValue(item, scope, depth + 1);
      if (copy === undefined && (clean !== item || shown !== key))
        copy = keys.slice(0, index).map((before): [string, unknown] => [before, fields[before]]);
      copy?.push([shown, clean]);
    }
    return copy === undefined ? fields : Object.fromEntries(copy);
  }

  function anyValue(value: unknown, scope: Scope, depth: number): unknown {
    if (typeof value === 'string') return anyText(value, scope, depth);
    if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
    if (depth >= MAX_DEPTH) return deepText(value, scope);
    return Array.isArray(value)
      ? anyItems(value, scope, depth)
      : anyFields(value as Record<string, unknown>, scope, depth);
  }

  function deepText(value: object, scope: Scope): string {
    try {
      return plainText(JSON.stringify(value), scope, MAX_DEPTH);
    } catch {
      // Deeper than the engine can write down: nothing of it is worth the risk.
      return '[too deep]';
    }
  }

  return {
    value: <T>(value: T, plainKeys = NO_KEYS) => anyValue(value, { plainKeys, parsed: undefined }, 0) as T,
    record: <T>(value: T, plainKeys = NO_KEYS) => {
      const parsed = new Map<string, unknown>();
      const clean = anyValue(value, { plainKeys, parsed }, 0) as T;
      return { value: clean, json: (text) => (parsed.has(text) ? parsed.get(text) : parseJson(text)) };
    },
    text: (text, plainKeys = NO_KEYS) => anyText(text, { plainKeys, parsed: undefined }, 0),
  };
}
