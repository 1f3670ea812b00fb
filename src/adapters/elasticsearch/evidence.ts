/** What Elasticsearch itself says it holds. */
import type { estypes } from '@elastic/elasticsearch';
import type { StoredDocument } from '../../core/proof/evidence.ts';
import { iso, type Interval } from '../../core/time/intervals.ts';
import { orUnavailable, wholeAnswer, type Elasticsearch } from './client.ts';
import type { RoleName } from './roles.ts';

const PAGE = 5_000;
/** Whoever reads has to come back for the next page in that time. */
const KEEP_ALIVE = '5m';

/** Whose time lies in one of these time ranges. */
export const within = (spans: readonly Interval[]): estypes.QueryDslQueryContainer => ({
  bool: { should: spans.map(({ from, to }) => ({ range: { '@timestamp': { gte: iso(from), lt: iso(to) } } })) },
});

/** Every document that matches, page by page, as its `_source` reduced to these fields. Ids may repeat: that is for the caller to see. */
export async function* documentsOf<T>(
  client: Elasticsearch,
  index: string,
  filter: estypes.QueryDslQueryContainer[],
  fields: readonly string[],
): AsyncGenerator<{ id: string; index: string; source: T }> {
  const search = { query: { bool: { filter } }, sort: [{ _shard_doc: 'asc' }] as never, _source: [...fields] };
  for await (const hit of hitsOf<T>(client, index, search))
    yield { id: hit._id ?? '', index: hit._index, source: hit._source as T };
}

/** Documents that match by time, with the values of these keyword fields; one that lies in two indices comes twice. */
export async function* documentsByTime(
  client: Elasticsearch,
  index: string,
  filter: estypes.QueryDslQueryContainer[],
  fields: readonly string[],
  role?: RoleName,
): AsyncGenerator<StoredDocument> {
  const search = {
    query: { bool: { filter } },
    sort: [{ '@timestamp': 'asc' }, { _shard_doc: 'asc' }] as never,
    // What is sorted by comes with each hit: no document has to be loaded for it.
    _source: false,
    docvalue_fields: [...fields],
    filter_path: 'pit_id,timed_out,_shards,hits.hits._id,hits.hits.sort,hits.hits.fields',
  };
  for await (const { _id: id = '', sort, fields: values = {} } of hitsOf(client, index, search, role))
    yield { id, time: Number(sort?.[0]), values };
}

/** Page by page over one moment of the index; whole, or an error. */
async function* hitsOf<T>(
  client: Elasticsearch,
  index: string,
  search: estypes.SearchRequest,
  role?: RoleName,
): AsyncGenerator<estypes.SearchHit<T>> {
  const opening = client.openPointInTime({ index, keep_alive: KEEP_ALIVE });
  let { id } = await orUnavailable('opening a point in time', opening, role);
  try {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const found = client.search<T>({
        ...search,
        size: PAGE,
        pit: { id, keep_alive: KEEP_ALIVE },
        track_total_hits: false,
        allow_partial_search_results: false,
        ...(after === undefined ? {} : { search_after: after }),
      });
      const reply = await wholeAnswer(`reading ${index}`, found, role);
      id = reply.pit_id ?? id;
      const hits = reply.hits?.hits ?? [];
      yield* hits;
      after = hits.at(-1)?.sort;
      if (after === undefined || hits.length < PAGE) return;
    }
  } finally {
    await client.closePointInTime({ id }).catch(() => undefined);
  }
}
