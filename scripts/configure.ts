/** `docs/configure.md` from the configuration's own schema: what it accepts is what is written down. */
import { namesOf } from '../src/config/variables.ts';
import { sourceDefinitions } from '../src/sources/index.ts';
import { configSchema } from '../src/config/schema.ts';
import { settingsOf } from '../src/config/secrets.ts';

type Node = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: unknown;
  readonly secret?: boolean;
};

const INTRODUCTION = `# Configuring shenji

A YAML file (\`--config FILE\` or \`SHENJI_CONFIG\`), or the environment alone for one tenant. All mistakes are reported at once, each with its path and an example; \`shenji check\` then tries what the configuration names.

- \`\${VAR}\` takes a value from the environment; a variable that is not set is a mistake, never an empty text. Any variable with \`_FILE\` appended is read from the file that it names, which keeps secrets out of the environment: \`FEISHU_APP_SECRET_FILE=/run/secrets/feishu\` sets \`\${FEISHU_APP_SECRET}\`.
- Several files, by comma, are laid over each other: \`--config shenji.yml,servers.yml\`. Maps are joined key by key, a list replaces a list, and the last file has the last word. \`tenants\` is a list: all tenants stand in one file, and their secrets come from the environment or from files as above.
- Durations have a unit: \`500ms\`, \`30s\`, \`2m\`, \`24h\`, \`30d\`.
- Files (\`caFile\`, \`countryFile\`, …) are looked for beside the file that names them.
- A URL that credentials travel to must be https, unless it is loopback or \`allowHttp: true\` stands beside it.
- A key that does not exist is a mistake.
- What is marked as secret below, and a password in an address, is taken out of every line of the log.

The smallest file that collects:

\`\`\`yaml
elasticsearch: { url: 'https://es.example:9200', apiKey: '\${ES_API_KEY}' }
redis: { url: 'rediss://shenji:\${REDIS_PASSWORD}@redis.example:6379' }
tenants:
  - id: acme
    feishu: { appId: cli_a1b2c3, appSecret: '\${FEISHU_APP_SECRET}' }
\`\`\`

Many tenants, one of them with several apps; each app needs the scope, and has \`requestsPerMinute\` to itself:

\`\`\`yaml
tenants:
  - id: acme
    feishu: { appId: cli_a1b2c3, appSecret: '\${ACME_SECRET}' }
  - id: globex
    feishu:
      credentials:
        - { appId: cli_d4e5f6, appSecret: '\${GLOBEX_SECRET_1}' }
        - { appId: cli_a7b8c9, appSecret: '\${GLOBEX_SECRET_2}' }
\`\`\`

\`ACME_SECRET_FILE=/run/secrets/acme\` in the environment of the process sets \`\${ACME_SECRET}\` from a file; in Compose add such variables, and the secrets that they name, to the services that collect; the Helm chart mounts by itself what the configuration names.

This page is made from the schema by \`npm run generate\`.
`;

const WHAT_ELSE = `
## Other variables

| variable | for |
| --- | --- |
| \`SHENJI_CONFIG\` | the configuration file, or several by comma, where \`--config\` is not given |
| \`LOG_LEVEL\` | trace, debug, info, warn, error, fatal or silent; info for what runs on, warn for commands |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | proxies, as curl reads them |
| \`NODE_EXTRA_CA_CERTS\` | one more certificate authority for everything |
| \`OTEL_EXPORTER_OTLP_ENDPOINT\` (or \`…_TRACES_ENDPOINT\`), \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_SERVICE_NAME\`, \`OTEL_SDK_DISABLED\` | where traces go; without an endpoint nothing is traced |
| \`NODE_OPTIONS\` | \`--max-old-space-size=320 --max-semi-space-size=2\` fits a container of 512 MB (docs/performance.md) |
| \`MALLOC_ARENA_MAX\`, \`MALLOC_MMAP_THRESHOLD_\`, \`MALLOC_TRIM_THRESHOLD_\` | 1, 65536 and 65536 have glibc give memory back (docs/performance.md) |
| \`NO_COLOR\` | no colours |
| \`SHENJI_CACHE\` | where the demo keeps the servers that it has fetched |
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function kindOf({ type = '', enum: choices, items, secret }: Node): string {
  if (choices !== undefined) return choices.map((choice) => code(choice)).join(' or ');
  const kind = type === 'array' ? `list of ${items?.type ?? 'values'}` : type;
  return secret === true ? `${kind}, secret` : kind;
}

/** One line for each value below a node, by dotted path. */
function lines(node: Node, path: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (child.properties !== undefined) return lines(child, at);
    const needed = node.required?.includes(key) === true ? 'required' : '';
    const preset = child.default === undefined ? needed : code(child.default);
    const row = `| \`${at}\` | ${cell(kindOf(child))} | ${preset} | ${cell(child.description ?? '')} |`;
    return [row, ...(child.items?.properties === undefined ? [] : lines(child.items, `${at}[]`))];
  });
}

const table = (rows: readonly string[]): string =>
  ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');

function section(key: string, node: Node): string {
  if (key === 'tenants') {
    const { properties = {}, required = [] } = node.items ?? {};
    const vendors = Object.entries(properties).filter(([, child]) => child.properties !== undefined);
    const own = Object.fromEntries(Object.entries(properties).filter(([, child]) => child.properties === undefined));
    const ofVendors = vendors.map(
      ([vendor, child]) => `\n\n### tenants[].${vendor}\n\n${table(lines(child, `tenants[].${vendor}`))}`,
    );
    return `## tenants\n\n${table(lines({ properties: own, required }, 'tenants[]'))}${ofVendors.join('')}`;
  }
  return `## ${key}\n\n${table(lines(node, key))}`;
}

/** The whole page, unformatted. */
export function configureDocument(): string {
  const schema = settingsOf(configSchema) as Node;
  const properties = Object.entries(schema.properties ?? {});
  const isSection = (node: Node): boolean => node.properties !== undefined || node.items?.properties !== undefined;
  const top = Object.fromEntries(properties.filter(([, node]) => !isSection(node)));
  const sections = properties.filter(([, node]) => isSection(node)).map(([key, node]) => section(key, node));
  const variables = Object.entries(namesOf(sourceDefinitions)).map(([path, name]) => `| \`${name}\` | \`${path}\` |`);
  return [
    INTRODUCTION,
    `## Top level\n\n${table(lines({ properties: top }, ''))}\n`,
    sections.join('\n\n'),
    `\n## By environment alone\n\nWithout a file, for one tenant:\n\n| variable | sets |\n| --- | --- |\n${variables.join('\n')}`,
    WHAT_ELSE,
  ].join('\n');
}
