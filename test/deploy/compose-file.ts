/** A Compose file as Compose reads it: YAML with merge keys, variables filled in, judged by Compose's own schema. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

export type Variables = Readonly<Record<string, string | undefined>>;

export type Service = {
  readonly image?: string;
  readonly build?: unknown;
  readonly user?: string;
  readonly init?: boolean;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[] | string;
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
};

export type ComposeFile = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The index behind the brace that closes the expression that begins at `start`. */
function endOf(text: string, start: number): number {
  for (let at = start, depth = 1; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`Invalid interpolation format: ${text}`);
}

/** `NAME`, `NAME-default`, `NAME:-default`, `NAME?error`, `NAME:?error`; a default may hold variables. */
function valueOf(expression: string, variables: Variables): string {
  const [, name = '', colon, operator, rest = ''] = /^(\w+)(?:(:?)([-?])([^]*))?$/.exec(expression) ?? [];
  const value = variables[name];
  const absent = value === undefined || (colon === ':' && value === '');
  if (!absent) return value;
  if (operator === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
  return operator === '-' ? interpolate(rest, variables) : '';
}

function interpolate(text: string, variables: Variables): string {
  const at = text.indexOf('$');
  if (at === -1) return text;
  const before = text.slice(0, at);
  if (text[at + 1] === '$') return `${before}$${interpolate(text.slice(at + 2), variables)}`;
  if (text[at + 1] !== '{') throw new Error(`a $ that is no variable must be written $$: ${text}`);
  const end = endOf(text, at + 2);
  return before + valueOf(text.slice(at + 2, end), variables) + interpolate(text.slice(end + 1), variables);
}

function filledIn(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, variables));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, variables)]));
}

const schema = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures', 'compose-spec.json'), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv({ strict: false });
const isValid = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });

/** @throws where Compose would refuse the text, with where and why. */
export function parseCompose(text: string, variables: Variables = {}): ComposeFile {
  const file = filledIn(parse(text, { merge: true }), variables);
  if (!isValid(file)) throw new Error(ajv.errorsText(isValid.errors, { dataVar: '' }));
  return file as ComposeFile;
}
