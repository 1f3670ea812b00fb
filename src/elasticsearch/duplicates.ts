/**
 * Documents of a data stream that lie in more than one backing index, as a rollover can leave them (law 3). Found by what
 * Elasticsearch holds, and by nobody's word: copies of a document share its time, so only minutes in which more than one
 * index holds documents can have any.
 */
import type { estypes } from '@elastic/elasticsearch';
import { merge, type Span } from '../pipeline/spans.ts';
import { backingNames } from './backing-indices.ts';
import { wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import { copiesOf, type Copy } from './copies.ts';
import { documentsByTime, within } from './evidence.ts';
import type { RoleName } from './roles.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So that one answer holds few thousand buckets. */
const DAYS_AT_ONCE = 60;
const HOURS_AT_ONCE = 24;
const IDS_AT_ONCE = 1_000;
/** Data streams roll over daily at the most often, by default; an event's day may lie in many where much came late. */
const MOST_INDICES = 500;

export type DuplicatesOptions = {
  readonly client: Elasticsearch;
  readonly signal: AbortSignal;
  readonly role?: RoleName;
  /** Hears how many of the days that more than one index holds have been looked at. */
  readonly onProgress?: (days: number, of: number) => void;
};

/** A stretch that begins at `from`, and the indices that hold documents of it, the one with the most first. */
type Shared = { readonly from: number; readonly indices: readonly string[] };

type Histogram = {
  readonly times: {
    readonly buckets: readonly {
      readonly key: number;
      readonly indices: { readonly buckets: readonly { readonly key: string }[] };
    }[];
  };
};

const spansOf = (shared: readonly Shared[], length: number): Span[] =>
  merge(shared.map(({ from }) => ({ from, to: from + length })));

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Stretches of this length of which more than one index holds something. */
async function sharedOf(
  client: Elasticsearch,
  stream: string,
  length: number,
  spans: readonly Span[] | undefined,
): Promise<Shared[]> {
  const asked = client.search<unknown, Histogram>({
    index: stream,
    size: 0,
    allow_partial_search_results: false,
    ...(spans === undefined ? {} : { query: within(spans) }),
    aggs: {
      times: {
        date_histogram: { field: '@timestamp', fixed_interval: `${length}ms`, min_doc_count: 2 },
        aggs: { indices: { terms: { field: '_index', size: MOST_INDICES } } },
      },
    },
  } satisfies estypes.SearchRequest);
  const answer = await wholeAnswerIfThere(`looking which indices of ${stream} hold the same time`, asked);
  return (answer?.aggregations?.times.buckets ?? [])
    .map(({ key, indices }) => ({ from: key, indices: indices.buckets.map((bucket) => bucket.key) }))
    .filter(({ indices }) => indices.length > 1);
}

async function* batchesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Of all but the fullest index the ids are listed, and each is looked up in every index that holds its minute. */
async function* copiesIn(
  minutes: readonly Shared[],
  order: readonly string[],
  { client, signal, role }: DuplicatesOptions,
): AsyncGenerator<readonly Copy[]> {
  for (const [fullest, shared] of Map.groupBy(minutes, ({ indices }) => indices[0])) {
    const holding = new Map(shared.map(({ from, indices }) => [from, indices]));
    const listed = new Set(shared.flatMap(({ indices }) => indices).filter((name) => name !== fullest));
    const documents = documentsByTime(client, [...listed].join(','), spansOf(shared, MINUTE), [], []);
    for await (const batch of batchesOf(documents, IDS_AT_ONCE)) {
      const asked = batch.map(({ id, time }) => ({ id, indices: holding.get(time - (time % MINUTE)) ?? [] }));
      const found = await copiesOf(asked, { client, order, signal, ...(role === undefined ? {} : { role }) });
      yield* [...found.values()].filter((copies) => copies.length > 1);
    }
  }
}

/**
 * Each document that lies in more than one backing index once, as its copies, the oldest index first. What no search sees
 * yet is not found.
 * @throws DestinationUnavailableError where an answer is not whole; the signal's reason when aborted.
 */
export async function* duplicatesOf(stream: string, options: DuplicatesOptions): AsyncGenerator<readonly Copy[]> {
  const { client, role, onProgress } = options;
  const order = await backingNames(client, stream, role);
  if (order.length < 2) return;
  const days = await sharedOf(client, stream, DAY, undefined);
  const told = new Set<string>();
  let done = 0;
  for (const someDays of chunks(days, DAYS_AT_ONCE)) {
    const hours = await sharedOf(client, stream, HOUR, spansOf(someDays, DAY));
    for (const someHours of chunks(hours, HOURS_AT_ONCE)) {
      const minutes = await sharedOf(client, stream, MINUTE, spansOf(someHours, HOUR));
      for await (const copies of copiesIn(minutes, order, options)) {
        const id = copies[0]?.id ?? '';
        if (!told.has(id)) yield copies;
        told.add(id);
      }
    }
    done += someDays.length;
    onProgress?.(done, days.length);
  }
}

/** How many documents lie in more than one backing index. @throws as `duplicatesOf` */
export async function countDuplicates(stream: string, options: DuplicatesOptions): Promise<number> {
  let count = 0;
  for await (const _ of duplicatesOf(stream, options)) count += 1;
  return count;
}
