/** What the Helm chart takes from elsewhere in the repository: the schema of its configuration, alerts, and Grafana's dashboard. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configSchema } from '../src/config/schema.ts';
import { settingsOf } from '../src/config/secrets.ts';
import { valuesOf } from './helm-values.ts';

const ROOT = path.join(import.meta.dirname, '..');
const CHART = 'deploy/helm/shenji';

type Node = { readonly [keyword: string]: unknown };

/** What stands in a ConfigMap is no secret: only the name of one. */
const NAMED = { pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$', minLength: 1 };
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
  return { ...Object.fromEntries(walked), ...(secret === true ? NAMED : {}) };
}
const walk = (value: unknown, partial: boolean): unknown => (isNode(value) ? forValues(value, partial) : value);

/** Only a plugin knows its settings: what is called like a secret is one. */
const SETTINGS = {
  additionalProperties: { $ref: '#/definitions/settings' },
  items: { $ref: '#/definitions/settings' },
  patternProperties: {
    '([sS]ecrets?|[pP]asswords?|[tT]okens?|[kK]ey)$': {
      allOf: [{ $ref: '#/definitions/settings' }, { ...NAMED, items: NAMED }],
    },
  },
};

/** Vendors of plugins are keys of a tenant too, where plugins are named. */
function withPlugins(config: Node): Node {
  const { tenants, ...properties } = config['properties'] as { readonly tenants: Node };
  const items = tenants['items'] as Node;
  const known = Object.fromEntries(Object.keys(items['properties'] as Node).map((key) => [key, true]));
  const open = { ...items, additionalProperties: { $ref: '#/definitions/settings' } };
  return {
    ...config,
    properties: { ...properties, tenants: { ...tenants, items: open } },
    if: { properties: { plugins: { minItems: 1 } }, required: ['plugins'] },
    else: { properties: { tenants: { items: { properties: known, additionalProperties: false } } } },
  };
}

/** Where probes, Service and whoever reads /metrics find each process: not on its loopback, and not on any free port. */
function withListening(config: Node): Node {
  const properties = config['properties'] as { readonly http: Node };
  const { http } = properties;
  const { host, port, ...others } = http['properties'] as Readonly<Record<string, Node>>;
  const heard = { host: { ...host, enum: ['0.0.0.0', '::'] }, port: { ...port, minimum: 1 }, ...others };
  return {
    ...config,
    properties: { ...properties, http: { ...http, properties: heard, required: ['host', 'port'] } },
    required: [...(config['required'] as readonly string[]), 'http'],
  };
}

/** The same for all processes of an install: where they listen, and what they share. */
const SHARED = ['http', 'namespace', 'plugins', 'redis', 'tenants'];

/** What one component may have for itself. */
function withoutShared(config: Node): Node {
  const own = Object.entries(config['properties'] as Node).filter(([key]) => !SHARED.includes(key));
  return { ...config, properties: Object.fromEntries(own) };
}

function valuesSchema(): string {
  const program = settingsOf(configSchema) as Node;
  const definitions = {
    config: withListening(withPlugins(forValues(program, false))),
    overlay: withoutShared(forValues(program, true)),
    settings: SETTINGS,
  };
  return `${JSON.stringify(valuesOf(definitions), null, 2)}\n`;
}

/** Files of the chart by their path in the repository. `made`: what the same run has made of others. */
export function chartFiles(made: Readonly<Record<string, string>>): Record<string, string> {
  const textOf = (file: string): string => made[file] ?? readFileSync(path.join(ROOT, file), 'utf8');
  return {
    [`${CHART}/values.schema.json`]: valuesSchema(),
    [`${CHART}/files/alerts.yml`]: textOf('deploy/prometheus/alerts.yml'),
    [`${CHART}/files/grafana.json`]: textOf('deploy/grafana/shenji.json'),
  };
}
