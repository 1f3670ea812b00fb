/** How the ledger is asked: whole answers only, since a shard without one would make entries look gone. */
import type { estypes } from '@elastic/elasticsearch';
import { iso, type Interval } from '../../../core/time/intervals.ts';
import { wholeAnswerIfThere, type Elasticsearch } from '../client.ts';
import { createSearch } from '../together.ts';
import type { Stored } from './documents.ts';

const PAGE = 1_000;

export type Filter = estypes.QueryDslQueryContainer[];

export const ofSource = (tenant: string, source: string): Filter => [
  { term: { 'shenji.window.tenant': tenant } },
  { term: { 'shenji.window.source': source } },
];
export const ofStream = (key: string) => ({ term: { 'shenji.window.stream': key } });
export const areDone = { term: { 'shenji.window.status': 'done' } };
export const crossing = ({ from, to }: Interval): Filter => [
  { range: { 'shenji.window.from': { lt: iso(to) } } },
  { range: { 'shenji.window.to': { gt: iso(from) } } },
];
export const anyOf = (should: Filter) => ({ bool: { should, minimum_should_match: 1 } });

export type LedgerSearch = {
  /** One answer; undefined where there is no ledger yet. `doing`: what an error says was under way. Throws `DestinationUnavailableError`. */
  readonly ask: <T, A = Record<string, never>>(
    doing: string,
    body: estypes.SearchRequest,
  ) => Promise<estypes.SearchResponse<T, A> | undefined>;
  /**
   * All entries, the earliest window first. Without what a run claims minute by minute, unless that is asked for: it is most
   * of an entry.
   */
  readonly list: (
    filter: Filter,
    source?: estypes.SearchSourceConfig,
  ) => AsyncGenerator<Stored & { readonly id: string }>;
};

export function createLedgerSearch(client: Elasticsearch, index: string): LedgerSearch {
  const search = createSearch(client);
  const ask = <T, A = Record<string, never>>(doing: string, body: estypes.SearchRequest) =>
    wholeAnswerIfThere(doing, () => search<T, A>({ index, allow_partial_search_results: false, ...body }));

  async function* list(
    filter: Filter,
    source: estypes.SearchSourceConfig = { excludes: ['shenji.window.minutes'] },
  ): AsyncGenerator<Stored & { readonly id: string }> {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const reply = await ask<Stored>('reading the ledger', {
        size: PAGE,
        _source: source,
        track_total_hits: false,
        query: { bool: { filter } },
        sort: [{ 'shenji.window.from': 'asc' }, { '@timestamp': 'asc' }, { 'shenji.window.run': 'asc' }],
        ...(after === undefined ? {} : { search_after: after }),
      });
      const hits = reply?.hits.hits ?? [];
      for (const { _id: id = '', _source: stored } of hits) if (stored !== undefined) yield { id, ...stored };
      after = hits.at(-1)?.sort;
      if (after === undefined || hits.length < PAGE) return;
    }
  }

  return { ask, list };
}
