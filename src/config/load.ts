/** Reads the configuration: a YAML file with `${VAR}`, or the environment alone for one tenant. All mistakes at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { configSchema, type Config } from './schema.ts';
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

/** Without undefined values and objects left empty, so that the schema's defaults apply. */
function compacted(value: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(value)
    .map(([key, item]): [string, unknown] => [
      key,
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? compacted(item as Record<string, unknown>)
        : item,
    ])
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function fromEnvironment(environment: Environment): unknown {
  const mistakes: string[] = [];
  const read = (name: string): string | undefined => variable(environment, name, mistakes);
  const since = read('SHENJI_SINCE');
  const feishu = read('FEISHU_APP_ID') ?? read('FEISHU_APP_SECRET');
  const dingtalk = read('DINGTALK_APP_KEY') ?? read('DINGTALK_APP_SECRET');
  const config =
    compacted({
      namespace: read('SHENJI_NAMESPACE'),
      elasticsearch: {
        url: read('ELASTICSEARCH_URL'),
        apiKey: read('ELASTICSEARCH_API_KEY'),
        username: read('ELASTICSEARCH_USERNAME'),
        password: read('ELASTICSEARCH_PASSWORD'),
        caFile: read('ELASTICSEARCH_CA_FILE'),
        repair: {
          apiKey: read('ELASTICSEARCH_REPAIR_API_KEY'),
          username: read('ELASTICSEARCH_REPAIR_USERNAME'),
          password: read('ELASTICSEARCH_REPAIR_PASSWORD'),
        },
      },
      redis: { url: read('REDIS_URL') },
      kibana: {
        url: read('KIBANA_URL'),
        space: read('KIBANA_SPACE'),
        apiKey: read('KIBANA_API_KEY'),
        username: read('KIBANA_USERNAME'),
        password: read('KIBANA_PASSWORD'),
        caFile: read('KIBANA_CA_FILE'),
      },
    }) ?? {};
  const tenant = compacted({
    id: read('SHENJI_TENANT') ?? 'default',
    feishu:
      feishu === undefined
        ? undefined
        : {
            baseUrl: read('FEISHU_BASE_URL'),
            appId: read('FEISHU_APP_ID'),
            appSecret: read('FEISHU_APP_SECRET'),
            openapi_audit: { since },
          },
    dingtalk:
      dingtalk === undefined
        ? undefined
        : {
            baseUrl: read('DINGTALK_BASE_URL'),
            appKey: read('DINGTALK_APP_KEY'),
            appSecret: read('DINGTALK_APP_SECRET'),
            report: { since },
          },
  });
  if (mistakes.length > 0) throw new ConfigError('the environment', mistakes);
  return { elasticsearch: {}, redis: {}, ...config, tenants: [tenant] };
}

/** What the environment calls the keys where there is no file; a mistake is then named as the operator wrote it. */
export const VARIABLES: Readonly<Record<string, string>> = {
  'elasticsearch.url': 'ELASTICSEARCH_URL', 'elasticsearch.apiKey': 'ELASTICSEARCH_API_KEY', 'elasticsearch.username': 'ELASTICSEARCH_USERNAME',
  'elasticsearch.password': 'ELASTICSEARCH_PASSWORD', 'elasticsearch.caFile': 'ELASTICSEARCH_CA_FILE', 'redis.url': 'REDIS_URL',
  'elasticsearch.repair.apiKey': 'ELASTICSEARCH_REPAIR_API_KEY', 'elasticsearch.repair.username': 'ELASTICSEARCH_REPAIR_USERNAME',
  'elasticsearch.repair.password': 'ELASTICSEARCH_REPAIR_PASSWORD',
  'kibana.url': 'KIBANA_URL', 'kibana.space': 'KIBANA_SPACE', 'kibana.apiKey': 'KIBANA_API_KEY', 'kibana.username': 'KIBANA_USERNAME',
  'kibana.password': 'KIBANA_PASSWORD', 'kibana.caFile': 'KIBANA_CA_FILE', namespace: 'SHENJI_NAMESPACE', 'tenants[0].id': 'SHENJI_TENANT',
  'tenants[0]': 'FEISHU_APP_ID and FEISHU_APP_SECRET, or DINGTALK_APP_KEY and DINGTALK_APP_SECRET',
  'tenants[0].feishu.appId': 'FEISHU_APP_ID', 'tenants[0].feishu.appSecret': 'FEISHU_APP_SECRET', 'tenants[0].feishu.baseUrl': 'FEISHU_BASE_URL',
  'tenants[0].feishu.openapi_audit.since': 'SHENJI_SINCE', 'tenants[0].dingtalk.report.since': 'SHENJI_SINCE',
  'tenants[0].dingtalk.appKey': 'DINGTALK_APP_KEY', 'tenants[0].dingtalk.appSecret': 'DINGTALK_APP_SECRET', 'tenants[0].dingtalk.baseUrl': 'DINGTALK_BASE_URL',
}; // prettier-ignore

const dotted = (parts: readonly PropertyKey[]): string =>
  parts.reduce<string>(
    (all, part) =>
      typeof part === 'number' ? `${all}[${part}]` : all === '' ? String(part) : `${all}.${String(part)}`,
    '',
  );

function explain(issue: z.core.$ZodIssue, names: Readonly<Record<string, string>>): string {
  const at = dotted(issue.path);
  const name = names[at] === undefined ? at : `${names[at]} (${at})`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .map((key) => `${at === '' ? key : `${at}.${key}`}: there is no such key; remove it or check its spelling`)
      .join('\n  - ');
  return `${name === '' ? 'the whole' : name}: ${issue.message}`;
}

/**
 * From `file` (`--config` or `SHENJI_CONFIG`: one, or several by comma of which a later one has the last word), else from
 * the environment alone.
 * @throws ConfigError with every mistake, its path and an example.
 */
export function loadConfig(file: string | undefined, environment: Environment): Config {
  const chosen = file ?? environment['SHENJI_CONFIG'];
  const where = chosen ?? 'from the environment; --config FILE reads a file';
  const raw =
    chosen === undefined
      ? fromEnvironment(environment)
      : chosen
          .split(',')
          .map((part) => fromYaml(part.trim(), environment))
          .reduce(overlaid);
  const parsed = configSchema.safeParse(raw ?? {}, { error: wordsOf });
  if (parsed.success) return parsed.data;
  const names = chosen === undefined ? VARIABLES : {};
  throw new ConfigError(
    where,
    parsed.error.issues.map((issue) => explain(issue, names)),
  );
}
