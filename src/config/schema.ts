/** The configuration file: every key with its meaning, default and an example of how to write it. */
import { z } from 'zod';
import ipaddr from 'ipaddr.js';
import { IANAZone } from 'luxon';
import { datasetOf, type SourceDefinition } from '../sdk/definition.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { duration, secret, withConditions } from '../sdk/settings.ts';
import { elasticsearch, file, kibana, redis, secured } from './servers.ts';

const name = (example: string) =>
  z.string({ error: `is missing; write for example ${example}` }).regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, {
    error: `needs lower-case letters, digits, _ and -, at most 40; for example ${example}`,
  });

const isNetwork = (text: string): boolean => ipaddr.isValidCIDR(text) || ipaddr.isValid(text);

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
