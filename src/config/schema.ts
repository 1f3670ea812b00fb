/** The configuration file: every key with its meaning, default and an example of how to write it. */
import { z } from 'zod';
import ipaddr from 'ipaddr.js';
import { IANAZone } from 'luxon';
import { datasetOf, type SourceDefinition } from '../sdk/definition.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { baseUrl, duration, refuseHttp, secret, withConditions } from '../sdk/settings.ts';

const name = (example: string) =>
  z.string({ error: `is missing; write for example ${example}` }).regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, {
    error: `needs lower-case letters, digits, _ and -, at most 40; for example ${example}`,
  });

const file = z.string().min(1).optional();

const isNetwork = (text: string): boolean => ipaddr.isValidCIDR(text) || ipaddr.isValid(text);

/** Paths of all settings that `baseUrl(…)` made, also one level further down. */
function urlsIn(shape: z.ZodRawShape): string[][] {
  type Node = { readonly takesCredentials?: boolean; readonly properties?: Readonly<Record<string, Node>> };
  const { properties = {} } = z.toJSONSchema(z.object(shape), { io: 'input', unrepresentable: 'any' }) as Node;
  const marked = (nodes: Readonly<Record<string, Node>>): string[] =>
    Object.entries(nodes).flatMap(([key, node]) => (node.takesCredentials === true ? [key] : []));
  const below = Object.entries(properties).flatMap(([key, node]) =>
    marked(node.properties ?? {}).map((own) => [key, own]),
  );
  return [...marked(properties).map((key) => [key]), ...below];
}

/** Where credentials are sent, only https or this machine, unless `allowHttp` stands beside. */
function secured<Shape extends z.ZodRawShape>(shape: Shape) {
  const urls = urlsIn(shape);
  return z
    .strictObject({ ...shape, allowHttp: z.boolean().default(false).describe('Accept a URL that is not https') })
    .superRefine((settings, context) => {
      const { allowHttp } = settings as { allowHttp: boolean };
      for (const path of urls) {
        const url = path.reduce<unknown>(
          (value, key) => (value as Record<string, unknown> | undefined)?.[key],
          settings,
        );
        const fault = typeof url === 'string' && URL.canParse(url) ? refuseHttp(url, allowHttp) : undefined;
        if (fault !== undefined) context.addIssue({ code: 'custom', path, message: fault });
      }
    });
}

const credential = z.string().min(1).optional();

const elasticCredentials = {
  apiKey: secret(credential).describe('An API key, or'),
  username: credential.describe('a user'),
  password: secret(credential).describe('and its password'),
};

function refuseHalfCredentials(settings: unknown, context: z.core.$RefinementCtx): void {
  const { apiKey, username, password } = settings as Partial<Record<keyof typeof elasticCredentials, string>>;
  const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (apiKey !== undefined && username !== undefined) refuse('apiKey', 'and username exclude each other; keep one');
  if ((username === undefined) !== (password === undefined))
    refuse('password', 'username and password belong together; set both or none');
}

/** A server of Elastic: it takes an API key, or a user with a password. */
function elasticServer<Shape extends z.ZodRawShape>(shape: Shape) {
  return secured({
    ...shape,
    ...elasticCredentials,
    caFile: file.describe('The certificate authority of a private certificate, PEM'),
  }).superRefine(refuseHalfCredentials);
}

/** Of the repair role, which no worker should have. */
const repair = z
  .strictObject({
    apiKey: elasticCredentials.apiKey.describe('An API key of the repair role, which no worker should have, or'),
    username: elasticCredentials.username,
    password: elasticCredentials.password,
    again: duration('15m')
      .prefault('15m')
      .describe(
        'Where `repair` is set, the scheduler takes away what a rollover left twice: soon after it, and again so much later; `repair: {}` takes the same credentials as all else, for an Elasticsearch without security',
      ),
  })
  .superRefine(refuseHalfCredentials);

const elasticsearch = elasticServer({
  url: baseUrl('https://es.example:9200').describe('One address of the cluster'),
  repair: repair.optional(),
});

const kibana = elasticServer({
  url: baseUrl('https://kibana.example:5601').describe('Its address'),
  space: z.string().default('default').describe('The space that dashboards and rules go into'),
});

const redis = z.strictObject({
  url: z
    .string({ error: 'is missing; write for example redis://127.0.0.1:6379' })
    .regex(/^rediss?:\/\//, {
      error: 'needs redis:// or rediss:// (TLS), for example rediss://user:password@redis:6379',
    })
    .describe('Its address, with user and password where it has them'),
  caFile: file.describe('The certificate authority of a private certificate, PEM'),
});

/** One for each vendor, with a part for each of its sources. */
function vendorSchemas(definitions: readonly SourceDefinition[]): Record<string, z.ZodType> {
  const vendors = new Map(definitions.map(({ vendor }) => [vendor.name, vendor]));
  return Object.fromEntries(
    [...vendors.values()].map((vendor) => {
      const own = definitions.filter((definition) => definition.vendor.name === vendor.name);
      const datasets = own.map((definition): [string, z.ZodType] => [
        datasetOf(definition),
        definition.settings.prefault({}),
      ]);
      const settings = secured({ ...vendor.settings, ...Object.fromEntries(datasets) });
      return [vendor.name, withConditions(settings, vendor.conditions).optional()];
    }),
  );
}

const tenantOf = (definitions: readonly SourceDefinition[]) =>
  z
    .strictObject({
      id: name('acme').describe('Part of every document id: never rename it'),
      name: z.string().min(1).optional().describe('Shown as organization.name; the id where absent'),
      timeZone: z
        .string()
        .default('Asia/Shanghai')
        .refine((zone) => IANAZone.isValidZone(zone), { error: 'is no time zone; write for example Asia/Shanghai' })
        .describe("The organisation's time zone"),
      ...vendorSchemas(definitions),
    })
    .refine(
      (settings) => definitions.some(({ vendor }) => (settings as Record<string, unknown>)[vendor.name] !== undefined),
      {
        message: `collects nothing; add ${[...new Set(definitions.map(({ vendor }) => vendor.name))].join(' or ')}`,
      },
    );

const appIds = (description: string) => z.array(z.string().min(1)).default([]).describe(description);

/** Everything but the tenants, which depend on the sources there are. */
const common = {
  plugins: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Packages that bring further sources, by name; each is installed beside shenji, or beside this file (docs/sources.md)',
    ),
  namespace: name('default').default('default').describe('The last part of every data stream, and the prefix in Redis'),
  retention: z
    .string()
    .regex(/^\d+[dhm]$/, { error: 'needs days, hours or minutes, for example 90d' })
    .default('90d')
    .describe('How long documents are kept, once `shenji setup` has run; the ledger is kept for ever'),
  elasticsearch,
  redis,
  kibana: kibana.optional(),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Where /healthz, /readyz, /metrics and /queues listen'),
      port: z.number().int().min(0).max(65_535).default(9464).describe('Its port; 0 takes any free one'),
      token: secret(z.string().min(1))
        .optional()
        .describe(
          'Opens /metrics and /queues: bearer token, or password of any user; without it they are open on loopback only',
        ),
    })
    .prefault({}),
  redact: z
    .strictObject({
      keys: z.array(z.string().min(1)).default([]).describe('More names of secret fields'),
      mode: z.enum(['remove', 'hash']).default('remove').describe('Remove secrets, or replace each by an HMAC'),
      hashKey: secret(z.string().min(16, { error: 'needs at least 16 characters' }))
        .optional()
        .describe('The key of the HMAC'),
    })
    .refine(({ mode, hashKey }) => mode === 'remove' || hashKey !== undefined, {
      path: ['hashKey'],
      message: 'is missing; mode "hash" needs it, for example "${SHENJI_HASH_KEY}"',
    })
    .prefault({}),
  geo: z
    .strictObject({
      countryFile: file.describe(
        'A MaxMind-format country or city database; of cities: source.geo.location is the city, not the middle of the country',
      ),
      asnFile: file.describe('A MaxMind-format AS database'),
    })
    .prefault({}),
  rules: z
    .strictObject({
      homeCountries: z
        .array(z.string().regex(/^[A-Z]{2}$/, { error: 'needs two capital letters, for example CN' }))
        .default([])
        .describe('Countries that apps call from as a matter of course'),
      knownNetworks: z
        .array(z.string().refine(isNetwork, { error: 'is no address or range; write for example 203.0.113.0/24' }))
        .default([])
        .describe('Addresses and ranges of the organisation'),
      adminApps: appIds('Ids of apps that may grant roles and scopes, and configure other apps'),
      nightApps: appIds('Ids of apps that may change staff at night'),
      exportApps: appIds('Ids of apps that read very much as a matter of course: backup, search, migration'),
    })
    .prefault({})
    .describe('What the detection rules leave alone'),
  scheduler: z
    .strictObject({ tick: duration('5s').prefault('5s').describe('How often due windows are looked for') })
    .prefault({}),
  retries: z
    .strictObject({
      attempts: z.number().int().min(1).max(50).default(8).describe('Attempts of a window before it becomes a gap'),
      base: duration('2s').prefault('2s').describe('Pause after the first, doubled each time, with full jitter'),
      max: duration('5m').prefault('5m').describe('The longest pause'),
    })
    .prefault({}),
};

/** The configuration with these sources; what it makes names them too. */
export const configSchemaOf = (definitions: readonly SourceDefinition[]) =>
  z
    .strictObject({
      ...common,
      tenants: z
        .array(tenantOf(definitions))
        .min(1, { error: 'needs at least one tenant' })
        .superRefine((tenants, context) => {
          for (const [index, { id }] of tenants.entries()) {
            if (tenants.findIndex((other) => other.id === id) !== index)
              context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is there twice` });
          }
        }),
    })
    .transform((settings) => ({ ...settings, definitions }));

/** With the sources that shenji brings itself. */
export const configSchema = configSchemaOf(sourceDefinitions);

/** What every tenant has, beside one key for each vendor. */
export type TenantConfig = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly timeZone: string;
  readonly [vendor: string]: unknown;
};
/** `definitions`: the sources that it may name, those of its plugins too. */
export type Config = Omit<z.output<typeof configSchema>, 'tenants'> & { readonly tenants: readonly TenantConfig[] };
