/** What the environment calls the settings where there is no file: those of the servers, and those that each vendor names. */
import { z } from 'zod';
import { datasetOf, type SourceDefinition, type VendorDefinition } from '../sdk/definition.ts';

/** By path. */
const COMMON: Readonly<Record<string, string>> = {
  'elasticsearch.url': 'ELASTICSEARCH_URL', 'elasticsearch.apiKey': 'ELASTICSEARCH_API_KEY', 'elasticsearch.username': 'ELASTICSEARCH_USERNAME',
  'elasticsearch.password': 'ELASTICSEARCH_PASSWORD', 'elasticsearch.caFile': 'ELASTICSEARCH_CA_FILE', 'redis.url': 'REDIS_URL',
  'elasticsearch.repair.apiKey': 'ELASTICSEARCH_REPAIR_API_KEY', 'elasticsearch.repair.username': 'ELASTICSEARCH_REPAIR_USERNAME',
  'elasticsearch.repair.password': 'ELASTICSEARCH_REPAIR_PASSWORD',
  'kibana.url': 'KIBANA_URL', 'kibana.space': 'KIBANA_SPACE', 'kibana.apiKey': 'KIBANA_API_KEY', 'kibana.username': 'KIBANA_USERNAME',
  'kibana.password': 'KIBANA_PASSWORD', 'kibana.caFile': 'KIBANA_CA_FILE', namespace: 'SHENJI_NAMESPACE', 'tenants[0].id': 'SHENJI_TENANT',
}; // prettier-ignore

/** Packages that bring sources, by comma. */
export const PLUGINS_VARIABLE = 'SHENJI_PLUGINS';
/** Where a new stream begins, of each source. */
const SINCE_VARIABLE = 'SHENJI_SINCE';

/** A setting with a default says nothing of whether the vendor is wanted. */
const hasDefault = (schema: z.core.$ZodType): boolean => z.safeParse(schema, undefined).data !== undefined;

/** The variables that tell that this vendor is collected from. */
function tellingOf({ env = {}, settings }: VendorDefinition): readonly string[] {
  return Object.entries(env).flatMap(([key, name]) => {
    const schema = settings[key];
    return name === undefined || schema === undefined || hasDefault(schema) ? [] : [name];
  });
}

const vendorsOf = (definitions: readonly SourceDefinition[]): readonly VendorDefinition[] => [
  ...new Set(definitions.map(({ vendor }) => vendor)),
];

const pathOf = (vendor: string, key: string): string => `tenants[0].${vendor}.${key}`;

/** Vendors that `isSet` variables do not ask for are left out. */
function ofVendors(
  definitions: readonly SourceDefinition[],
  isSet: (name: string) => boolean,
): readonly (readonly [path: string, name: string])[] {
  return vendorsOf(definitions)
    .filter((vendor) => tellingOf(vendor).some(isSet))
    .flatMap((vendor) => [
      ...Object.entries(vendor.env ?? {}).map(([key, name]) => [pathOf(vendor.name, key), String(name)] as const),
      ...definitions
        .filter((definition) => definition.vendor === vendor)
        .map((definition) => [`${pathOf(vendor.name, datasetOf(definition))}.since`, SINCE_VARIABLE] as const),
    ]);
}

/** Path and variable of everything that the environment may set; `isSet` leaves out vendors that nobody asks for. */
export const variablesOf = (
  definitions: readonly SourceDefinition[],
  isSet: (name: string) => boolean = () => true,
): readonly (readonly [path: string, name: string])[] => [...Object.entries(COMMON), ...ofVendors(definitions, isSet)];

/** By which a mistake in the environment is named as the operator wrote it; where no vendor is named, what would name one. */
export function namesOf(definitions: readonly SourceDefinition[]): Readonly<Record<string, string>> {
  const telling = vendorsOf(definitions).map((vendor) => tellingOf(vendor).join(' and '));
  return {
    ...Object.fromEntries(variablesOf(definitions)),
    plugins: PLUGINS_VARIABLE,
    'tenants[0]': telling.filter((names) => names !== '').join(', or '),
  };
}
