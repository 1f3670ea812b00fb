/** What the Helm chart takes from elsewhere in the repository: the schema of its configuration, and the alerts. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { configSchema } from '../src/config/schema.ts';
import { settingsOf } from '../src/config/secrets.ts';

const ROOT = path.join(import.meta.dirname, '..');
const CHART = 'deploy/helm/shenji';

type Node = { readonly [keyword: string]: unknown };

/** What stands in a ConfigMap is no secret: only the name of one. */
const NAMED = '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$';
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the schema says of a value, without what only the program knows; defaults are the program's to fill in. */
function forValues({ secret, takesCredentials, default: _, $schema: __, ...node }: Node, partial: boolean): Node {
  const walked = Object.entries(node).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === 'required') return partial ? [] : [[keyword, value]];
    if (keyword === 'properties' && isNode(value))
      return [[keyword, Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child, partial)]))]];
    // A list is laid over another as a whole.
    return [[keyword, walk(value, partial && keyword !== 'items')]];
  });
  return { ...Object.fromEntries(walked), ...(secret === true ? { pattern: NAMED, minLength: 1 } : {}) };
}
const walk = (value: unknown, partial: boolean): unknown => (isNode(value) ? forValues(value, partial) : value);

/** Vendors of plugins are keys of a tenant too, and only their plugin knows their settings. */
function withPlugins(config: Node): Node {
  const { tenants, ...properties } = config['properties'] as { readonly tenants: Node };
  const { additionalProperties: _, ...items } = tenants['items'] as Node;
  const known = Object.fromEntries(Object.keys(items['properties'] as Node).map((key) => [key, true]));
  return {
    ...config,
    properties: { ...properties, tenants: { ...tenants, items } },
    if: { properties: { plugins: { minItems: 1 } }, required: ['plugins'] },
    else: { properties: { tenants: { items: { properties: known, additionalProperties: false } } } },
  };
}

/** The chart's own part as it is, with the configuration's made anew. */
function valuesSchema(): string {
  const own = JSON.parse(readFileSync(path.join(ROOT, CHART, 'values.schema.json'), 'utf8')) as {
    readonly definitions: Node;
  };
  const program = settingsOf(configSchema) as Node;
  const definitions = {
    ...own.definitions,
    config: withPlugins(forValues(program, false)),
    overlay: withPlugins(forValues(program, true)),
  };
  return `${JSON.stringify({ ...own, definitions }, null, 2)}\n`;
}

/** Files of the chart by their path in the repository. `made`: what the same run has made of others. */
export function chartFiles(made: Readonly<Record<string, string>>): Record<string, string> {
  const copies = {
    'alerts.yml': 'deploy/prometheus/alerts.yml',
    'grafana.json': 'deploy/grafana/shenji.json',
  };
  const textOf = (file: string): string | undefined => {
    const there = path.join(ROOT, file);
    return made[file] ?? (existsSync(there) ? readFileSync(there, 'utf8') : undefined);
  };
  const copied = Object.entries(copies).flatMap(([name, from]): [string, string][] => {
    const text = textOf(from);
    return text === undefined ? [] : [[`${CHART}/files/${name}`, text]];
  });
  return { [`${CHART}/values.schema.json`]: valuesSchema(), ...Object.fromEntries(copied) };
}
