/** Reads the configuration: a YAML file with `${VAR}`, or the environment alone for one tenant. All mistakes at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { SourceDefinition } from '../sdk/definition.ts';
import { loadPlugins } from './plugins.ts';
import { configSchemaOf, type Config } from './schema.ts';
import { namesOf, PLUGINS_VARIABLE, variablesOf } from './variables.ts';
import { secretsBelow, settingsOf } from './secrets.ts';
import { messageOf } from '../sdk/errors.ts';
import { wordsOf } from './words.ts';
import { UsageError } from '../core/usage-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration is wrong: one line for each mistake, with its path and how to write it. Exit code 2. */
export class ConfigError extends UsageError {
  override readonly name = 'ConfigError';

  constructor(where: string, mistakes: readonly string[]) {
    super([`The configuration (${where}) cannot be used:`, ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'));
  }
}

/** Of a file that is named. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as Error & { code?: string };
  return code === 'EISDIR' ? 'it is a directory; name a file in it' : message;
}

/** A variable's value, or the content of the file that `<name>_FILE` names (a mounted secret). */
function variable(environment: Environment, name: string, mistakes: string[]): string | undefined {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (value !== undefined && value !== '') return value;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    mistakes.push(`${name}_FILE: cannot read ${file}: ${whyUnreadable(error)}`);
    return undefined;
  }
}

function substitute(value: unknown, environment: Environment, at: string, mistakes: string[]): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const before = mistakes.length;
      const found = variable(environment, name, mistakes);
      // A file that is named and cannot be read is one mistake, not two.
      if (found === undefined && mistakes.length === before)
        mistakes.push(`${at}: the environment has no ${name}; set it, or ${name}_FILE`);
      return found ?? '';
    });
  }
  if (Array.isArray(value))
    return value.map((item, index) => substitute(item, environment, `${at}[${index}]`, mistakes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      substitute(item, environment, at === '' ? key : `${at}.${key}`, mistakes),
    ]),
  );
}

function fromYaml(file: string, environment: Environment): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(file, [`cannot read it: ${(error as Error).message}`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
    );
  }
  const mistakes: string[] = [];
  const value = substitute(document.toJS(), environment, '', mistakes);
  if (mistakes.length > 0) throw new ConfigError(file, mistakes);
  return relativeTo(path.dirname(path.resolve(file)), value);
}

/** Files named in the configuration lie beside it. */
function relativeTo(directory: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => relativeTo(directory, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key.endsWith('File') && typeof item === 'string' ? path.resolve(directory, item) : relativeTo(directory, item),
    ]),
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `over` says beside or instead of `base`, key by key; a list replaces a list. */
function overlaid(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over ?? base;
  const changed = Object.entries(over).map(([key, value]) => [key, overlaid(base[key], value)]);
  return { ...base, ...Object.fromEntries(changed) };
}

/** `elasticsearch.repair.apiKey`, `tenants[0].feishu.appId`: the value at that path, in maps and lists that are made as needed. */
function place(into: Record<string, unknown>, at: string, value: string): void {
  const parts = at.split(/[.[\]]+/).filter((part) => part !== '');
  let holder = into;
  for (const [index, part] of parts.slice(0, -1).entries())
    holder = (holder[part] ??= /^\d+$/.test(parts[index + 1] ?? '') ? [] : {}) as Record<string, unknown>;
  holder[parts.at(-1) ?? ''] = value;
}

/** @throws ConfigError */
function fromEnvironment(environment: Environment): {
  readonly raw: unknown;
  readonly definitions: readonly SourceDefinition[];
} {
  const mistakes: string[] = [];
  const read = (name: string): string | undefined => variable(environment, name, mistakes);
  const plugins = (read(PLUGINS_VARIABLE) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const definitions = withPlugins(plugins, process.cwd(), 'the environment');
  const raw: Record<string, unknown> = { elasticsearch: {}, redis: {}, plugins, tenants: [{ id: 'default' }] };
  for (const [at, name] of variablesOf(definitions, (asked) => read(asked) !== undefined)) {
    const value = read(name);
    if (value !== undefined) place(raw, at, value);
  }
  if (mistakes.length > 0) throw new ConfigError('the environment', [...new Set(mistakes)]);
  return { raw, definitions };
}

/** The sources that there are with these plugins. @throws ConfigError naming each plugin that cannot be used */
function withPlugins(plugins: unknown, beside: string, where: string): readonly SourceDefinition[] {
  // Anything else is a mistake that the schema tells.
  const names = Array.isArray(plugins) ? plugins.filter((name) => typeof name === 'string' && name !== '') : [];
  const { definitions, mistakes } = loadPlugins(names as string[], beside);
  if (mistakes.length > 0) throw new ConfigError(where, mistakes);
  return definitions;
}

/** @throws ConfigError */
function fromFiles(
  chosen: string,
  environment: Environment,
): { readonly raw: unknown; readonly definitions: readonly SourceDefinition[] } {
  if ((environment[PLUGINS_VARIABLE] ?? '') !== '')
    throw new ConfigError(chosen, [
      `${PLUGINS_VARIABLE} is for a configuration without a file; name the packages under "plugins" in it`,
    ]);
  const files = chosen.split(',').map((part) => part.trim());
  const raw = files.map((file) => fromYaml(file, environment)).reduce(overlaid);
  const beside = path.dirname(path.resolve(files[0] ?? ''));
  return { raw, definitions: withPlugins(isMap(raw) ? raw['plugins'] : undefined, beside, chosen) };
}

const dotted = (parts: readonly PropertyKey[]): string =>
  parts.reduce<string>(
    (all, part) =>
      typeof part === 'number' ? `${all}[${part}]` : all === '' ? String(part) : `${all}.${String(part)}`,
    '',
  );

/** Vendors from outside are keys of a tenant only where their plugin is named. */
const remedyFor = (at: string): string =>
  /^tenants\[\d+\]$/.test(at)
    ? 'remove it, check its spelling, or name the plugin that brings it under "plugins"'
    : 'remove it or check its spelling';

function explain(issue: z.core.$ZodIssue, names: Readonly<Record<string, string>>): string {
  const at = dotted(issue.path);
  const name = names[at] === undefined ? at : `${names[at]} (${at})`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .map((key) => `${at === '' ? key : `${at}.${key}`}: there is no such key; ${remedyFor(at)}`)
      .join('\n  - ');
  return `${name === '' ? 'the whole' : name}: ${issue.message}`;
}

/** What is shorter stands in any sentence. */
const SHORTEST_SECRET = 6;

/**
 * From `file` (`--config` or `SHENJI_CONFIG`: one, or several by comma of which a later one has the last word), else from
 * the environment alone.
 * @throws ConfigError with every mistake, its path and an example.
 */
export function loadConfig(file: string | undefined, environment: Environment): Config {
  const chosen = file ?? environment['SHENJI_CONFIG'];
  const where = chosen ?? 'from the environment; --config FILE reads a file';
  const { raw, definitions } = chosen === undefined ? fromEnvironment(environment) : fromFiles(chosen, environment);
  const schema = configSchemaOf(definitions);
  // Whatever an author says of a value in his own words may hold it.
  const secrets = secretsBelow(raw, settingsOf(schema)).filter(({ length }) => length >= SHORTEST_SECRET);
  const clean = (text: string): string => secrets.reduce((said, secret) => said.replaceAll(secret, '[redacted]'), text);
  let parsed: ReturnType<typeof schema.safeParse>;
  try {
    parsed = schema.safeParse(raw ?? {}, { error: wordsOf });
  } catch (error) {
    throw new ConfigError(where, [`a plugin's own check of its settings failed: ${clean(messageOf(error))}`]);
  }
  if (parsed.success) return parsed.data;
  const names = chosen === undefined ? namesOf(definitions) : {};
  throw new ConfigError(
    where,
    parsed.error.issues.map((issue) => clean(explain(issue, names))),
  );
}
