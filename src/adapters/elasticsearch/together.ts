/** What many sources ask or write in the same moment goes out as one request, so that its number does not follow tenants. */
import { errors, type estypes } from '@elastic/elasticsearch';
import DataLoader from 'dataloader';
import type { Elasticsearch } from './client.ts';

/** Too short for a person or a window to notice, long enough for whoever plans in the same tick. */
const GATHER_MS = 5;
const MOST_SEARCHES = 100;
const MOST_DOCUMENTS = 500;
/** Ten requests a second, whatever the number of windows. */
const WRITE_INTERVAL_MS = 100;

type Send = () => void;
const soon = (send: Send): void => void setTimeout(send, GATHER_MS);

/** One by one for whoever calls it, `most` at a time for `answer`, by position. `schedule`: when a batch goes. */
function gather<Question, Answer>(
  answer: (questions: readonly Question[]) => Promise<(Answer | Error)[]>,
  most: number,
  schedule: (send: Send) => void = soon,
): (question: Question) => Promise<Answer> {
  const loader = new DataLoader<Question, Answer>(answer, {
    cache: false,
    maxBatchSize: most,
    batchScheduleFn: schedule,
  });
  return (question) => loader.load(question);
}

export type Search = <T, A = Record<string, never>>(
  request: estypes.SearchRequest,
) => Promise<estypes.SearchResponse<T, A>>;

type Answer = estypes.MsearchMultiSearchItem | estypes.ErrorResponseBase;

/** As the client throws it for a request of its own. */
function errorOf(body: estypes.ErrorResponseBase, meta: errors.ResponseError['meta']['meta']): errors.ResponseError {
  return new errors.ResponseError({ body, statusCode: body.status, headers: {}, warnings: null, meta });
}

/** As `client.search`, of which several go out together: each with an answer or an error of its own. */
export function createSearch(client: Elasticsearch): Search {
  async function ask(requests: readonly estypes.SearchRequest[]): Promise<(Answer | Error)[]> {
    const [first, second] = requests;
    if (first !== undefined && second === undefined) return [(await client.search(first)) as Answer];
    const searches = requests.flatMap(({ index, allow_partial_search_results, ...body }) => [
      { index, allow_partial_search_results },
      body,
    ]) as estypes.MsearchRequestItem[];
    const { body, meta } = await client.msearch({ searches }, { meta: true });
    return body.responses.map((answer) => ('error' in answer ? errorOf(answer, meta) : answer));
  }
  const search = gather(ask, MOST_SEARCHES);
  return async <T, A>(request: estypes.SearchRequest) =>
    (await search(request)) as unknown as estypes.SearchResponse<T, A>;
}

/**
 * Writes go out at intervals, each with all that has come meanwhile. Not one after the other: where an answer takes as long
 * as a refresh, whoever came a moment late would wait for two. Rejects for all of a batch where `write` does.
 */
export function createGathered<Item, Outcome>(
  write: (items: readonly Item[]) => Promise<(Outcome | Error)[]>,
): (item: Item) => Promise<Outcome> {
  let sentAt = -Infinity;
  return gather(write, MOST_DOCUMENTS, (send) => {
    sentAt = Math.max(performance.now() + GATHER_MS, sentAt + WRITE_INTERVAL_MS);
    setTimeout(send, sentAt - performance.now());
  });
}

/** A stored document, with what a change of it has to name. */
export type Hit<T> = { readonly _source?: T; readonly _seq_no?: number; readonly _primary_term?: number };

const NO_INDEX = 'index_not_found_exception';

/** Documents by their ids; undefined where there is none. */
export function createGet<T>(client: Elasticsearch, index: string): (id: string) => Promise<Hit<T> | undefined> {
  async function ask(ids: readonly string[]): Promise<(Hit<T> | undefined | Error)[]> {
    const { body, meta } = await client.mget<T>({ index, ids: [...ids] }, { meta: true });
    return body.docs.map((answer) => {
      if (!('error' in answer)) return answer.found ? answer : undefined;
      return answer.error.type === NO_INDEX ? undefined : errorOf({ error: answer.error, status: 503 }, meta);
    });
  }
  return gather(ask, MOST_DOCUMENTS);
}

/** A document in the place of the version that was read. */
export type Change = {
  readonly id: string;
  readonly document: object;
  readonly seqNo: number;
  readonly primaryTerm: number;
  /** Whether searches must see it at once. */
  readonly refresh: boolean;
};

/** Changes documents; `outdated` where somebody else has changed one since. */
export function createPut(client: Elasticsearch, index: string): (change: Change) => Promise<'written' | 'outdated'> {
  return createGathered(async (changes: readonly Change[]): Promise<('written' | 'outdated' | Error)[]> => {
    const operations = changes.flatMap(({ id, document, seqNo, primaryTerm }) => [
      { index: { _id: id, if_seq_no: seqNo, if_primary_term: primaryTerm } },
      document,
    ]);
    const refresh = changes.some((change) => change.refresh);
    const { body, meta } = await client.bulk({ index, operations, refresh }, { meta: true });
    return body.items.map(({ index: outcome }) => {
      const { error, status = 503 } = outcome ?? {};
      if (error === undefined) return 'written';
      return status === 409 ? 'outdated' : errorOf({ error, status }, meta);
    });
  });
}
