/** What Elasticsearch itself says it holds. */
import type { estypes } from '@elastic/elasticsearch';
import { orUnavailable, type Elasticsearch } from './client.ts';

const PAGE = 5_000;

/** Every document that matches, page by page, as its `_source` reduced to these fields. Ids may repeat: that is for the caller to see. */
export async function* documentsOf<T>(
  client: Elasticsearch,
  index: string,
  filter: estypes.QueryDslQueryContainer[],
  fields: readonly string[],
): AsyncGenerator<{ id: string; index: string; source: T }> {
  const { id } = await orUnavailable('opening a point in time', client.openPointInTime({ index, keep_alive: '1m' }));
  try {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const found = client.search<T>({
        size: PAGE,
        pit: { id, keep_alive: '1m' },
        query: { bool: { filter } },
        sort: [{ _shard_doc: 'asc' }] as never,
        track_total_hits: false,
        // Evidence with a shard missing would be a lie.
        allow_partial_search_results: false,
        _source: [...fields],
        ...(after === undefined ? {} : { search_after: after }),
      });
      const { hits } = (await orUnavailable(`reading ${index}`, found)).hits;
      for (const hit of hits) yield { id: hit._id ?? '', index: hit._index, source: hit._source as T };
      after = hits.at(-1)?.sort;
      if (after === undefined || hits.length < PAGE) return;
    }
  } finally {
    await client.closePointInTime({ id }).catch(() => undefined);
  }
}
