/** A source as the configuration would make it, and a record as the pipeline would make a document of it. */
import { createVendorHttp } from '../adapters/vendor/http.ts';
import { openGeo } from '../adapters/vendor/geo.ts';
import { configSchemaOf, type TenantConfig } from '../config/schema.ts';
import { wordsOf } from '../config/words.ts';
import { preparer } from '../core/documents/prepare.ts';
import { createRedactor } from '../core/documents/redact.ts';
import { datasetOf, type SourceCache, type SourceDefinition, type SourceInstance } from '../sdk/definition.ts';

/** As an operator would write them: under the vendor's name, and under the source's own. */
export type WrittenSettings = {
  readonly vendor: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
};

const SERVERS = { elasticsearch: { url: 'http://127.0.0.1:9200' }, redis: { url: 'redis://127.0.0.1' } };
const TENANT = { id: 'acme', name: 'Acme Ltd', timeZone: 'Asia/Shanghai' };

/** Of this process alone. */
export function memoryCache(): SourceCache {
  const values = new Map<string, string>();
  return { get: async (key) => values.get(key), set: async (key, value) => void values.set(key, value) };
}

let geo: ReturnType<typeof openGeo> | undefined;

/** For the tenant `acme` of Shanghai. @throws Error naming each setting that the configuration would refuse */
export async function openSource(
  definition: SourceDefinition,
  { vendor, settings = {} }: WrittenSettings,
): Promise<SourceInstance> {
  const { name } = definition.vendor;
  const section = { ...vendor, [datasetOf(definition)]: settings };
  const parsed = configSchemaOf([definition]).safeParse(
    { ...SERVERS, tenants: [{ ...TENANT, [name]: section }] },
    { error: wordsOf },
  );
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'),
    );
  const [tenant] = parsed.data.tenants as readonly TenantConfig[];
  geo ??= openGeo({});
  return definition.open(tenant?.[name], TENANT, {
    http: createVendorHttp(false),
    geo: await geo,
    cache: memoryCache(),
  });
}

/**
 * What becomes of a record: redacted, mapped, and with everything that shenji adds, at the instant `at` (epoch milliseconds).
 * @throws Error with the reason where it would go to the dead letters
 */
export function documentOf(
  definition: SourceDefinition,
  { source }: Pick<SourceInstance, 'source'>,
  record: unknown,
  at: number,
): Record<string, unknown> {
  const prepared = preparer({
    stream: { tenant: TENANT.id, source: definition.name, pass: 'live' },
    source,
    dataStream: { type: definition.dataStream.type, dataset: definition.name, namespace: 'default' },
    organizationName: TENANT.name,
    keepOriginal: true,
    redactor: createRedactor({ keys: [], mode: 'remove' }),
    now: () => at,
  })(record);
  if (prepared.kind !== 'document') throw new Error(prepared.reason);
  return JSON.parse(prepared.line) as Record<string, unknown>;
}

/** All that an iterable yields. */
export async function readAll<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
