/** Streams of sources that the configuration names no more: nothing of them is collected, and nobody would say so. */
import { wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import { checkpointsIndex } from './names.ts';

type Buckets = { readonly tenants: { readonly buckets: readonly Tenant[] } };
type Tenant = { readonly key: string; readonly sources: { readonly buckets: readonly { readonly key: string }[] } };

const MOST_TENANTS = 2_000;
const MOST_SOURCES = 50;

/** `known` as `acme/feishu.openapi_audit`; what it returns too, in order. A backfill that is complete is no stream any more. @throws DestinationUnavailableError */
export async function unconfiguredSources(
  client: Elasticsearch,
  namespace: string,
  known: readonly string[],
): Promise<string[]> {
  const index = checkpointsIndex(namespace);
  const found = await wholeAnswerIfThere('looking for streams that are configured no more', () =>
    client.search<unknown, Buckets>({
      index,
      size: 0,
      query: { bool: { filter: [{ term: { complete: false } }], must_not: [{ exists: { field: 'ended' } }] } },
      aggs: {
        tenants: {
          terms: { field: 'tenant', size: MOST_TENANTS },
          aggs: { sources: { terms: { field: 'source', size: MOST_SOURCES } } },
        },
      },
    }),
  );
  const configured = new Set(known);
  const all = (found?.aggregations?.tenants.buckets ?? []).flatMap(({ key, sources }) =>
    sources.buckets.map((source) => `${key}/${source.key}`),
  );
  return all.filter((source) => !configured.has(source)).toSorted();
}
