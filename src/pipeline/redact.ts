/** Takes secrets out of records: by key name at every depth and in every encoding met, and by the shape of the value. */
import { createHmac } from 'node:crypto';
import { parseJson } from './json.ts';
import { redactTokens } from './token-shapes.ts';

export type RedactionSettings = {
  /** Key names beside the built-in ones; case, `_` and `-` do not matter. */
  readonly keys: readonly string[];
  /** `remove` leaves a mark; `hash` leaves an HMAC by which equal secrets can be told to be equal. */
  readonly mode: 'remove' | 'hash';
  readonly hashKey?: string | undefined;
};

export type Redactor = {
  /** A deep copy without secrets. `plainKeys` are names that are none here, normalised as `normaliseKey` does. */
  value<T>(value: T, plainKeys?: ReadonlySet<string>): T;
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

const MARK = '[redacted]';
const MAX_DEPTH = 64;
const NO_KEYS: ReadonlySet<string> = new Set();

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
  const isSecret = (key: string, plainKeys: ReadonlySet<string>): boolean => {
    const name = normaliseKey(key);
    return secretKeys.has(name) && !plainKeys.has(name);
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
  function percentText(text: string, plainKeys: ReadonlySet<string>, depth: number): string {
    // Split rather than matched: a pattern with both ends open takes quadratic time on a hostile text.
    const parts = text.split(/([&=?#\s"']+)/);
    const clean = parts.map((encoded) => {
      const decoded = encoded.includes('%') ? decodePercent(encoded) : encoded;
      if (decoded === encoded) return encoded;
      const redacted = anyText(decoded, plainKeys, depth + 1);
      return redacted === decoded ? encoded : encodeURIComponent(redacted);
    });
    return clean.join('');
  }

  function plainText(text: string, plainKeys: ReadonlySet<string>, depth: number): string {
    let clean = text;
    if (/[:=]/.test(clean)) {
      const decoded = clean.includes('\\u00') ? decodeUnicodeEscapes(clean) : clean;
      const keyed = keyedText(decoded, plainKeys);
      if (keyed !== decoded) clean = keyed;
    }
    if (depth < MAX_DEPTH && /%[0-9a-f]{2}/i.test(clean)) clean = percentText(clean, plainKeys, depth);
    return redactTokens(clean, mark);
  }

  function anyText(text: string, plainKeys: ReadonlySet<string>, depth: number): string {
    if (text.length < 3) return text;
    if (depth < MAX_DEPTH && /^\s*[[{"]/.test(text)) {
      const parsed = parseJson(text);
      if (parsed !== undefined) {
        const clean = anyValue(parsed, plainKeys, depth + 1);
        // Equal values came back identical; a repeated key, which parsing drops, is left to the reader of plain text.
        if (clean !== parsed) return plainText(JSON.stringify(clean), plainKeys, depth);
      }
    }
    return plainText(text, plainKeys, depth);
  }

  function anyValue(value: unknown, plainKeys: ReadonlySet<string>, depth: number): unknown {
    if (typeof value === 'string') return anyText(value, plainKeys, depth);
    if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
    if (depth >= MAX_DEPTH) return deepText(value, plainKeys);
    if (Array.isArray(value)) {
      const items = value.map((item) => anyValue(item, plainKeys, depth + 1));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    let changed = false;
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
      const hidden = item !== null && item !== '' && isSecret(key, plainKeys);
      const clean = hidden ? mark(item) : anyValue(item, plainKeys, depth + 1);
      const name = redactTokens(key, mark);
      changed ||= clean !== item || name !== key;
      return [name, clean];
    });
    return changed ? Object.fromEntries(entries) : value;
  }

  function deepText(value: object, plainKeys: ReadonlySet<string>): string {
    try {
      return plainText(JSON.stringify(value), plainKeys, MAX_DEPTH);
    } catch {
      // Deeper than the engine can write down: nothing of it is worth the risk.
      return '[too deep]';
    }
  }

  return {
    value: <T>(value: T, plainKeys = NO_KEYS) => anyValue(value, plainKeys, 0) as T,
    text: (text, plainKeys = NO_KEYS) => anyText(text, plainKeys, 0),
  };
}
