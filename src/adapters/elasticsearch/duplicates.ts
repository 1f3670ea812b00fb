/**
 * Documents of a data stream that lie in more than one backing index, as a rollover can leave them (law 3). Found by what
 * Elasticsearch holds, and by nobody's word: copies of a document share its tenant and its time, so only minutes of which
 * more than one index holds documents of a tenant can have any.
 */
import type { estypes } from '@elastic/elasticsearch';
import { merge, type Interval } from '../../core/time/intervals.ts';
import { backingNames } from './backing-indices.ts';
import { wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import { copiesOf, type Copy } from './copies.ts';
import { documentsByTime, within } from './evidence.ts';
import type { RoleName } from './roles.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Time ranges of the next finer length are asked for of so many at a time. */
const DAYS_AT_ONCE = 60;
const HOURS_AT_ONCE = 24;
/** Each is a clause of one search. */
const MINUTES_AT_ONCE = 500;
const IDS_AT_ONCE = 1_000;
const BUCKETS_AT_ONCE = 5_000;
/** A year of daily rollovers, and more. */
const MOST_INDICES = 1_000;
/** It goes through all documents of the time that several indices hold. */
const LOOK_TIMEOUT_MS = 5 * MINUTE;
const TENANT = 'organization.id';

export type DuplicatesOptions = {
  readonly client: Elasticsearch;
  readonly signal: AbortSignal;
  readonly role?: RoleName;
  /** Hears how many of the days that more than one index holds have been looked at. */
  readonly onProgress?: (days: number, of: number) => void;
};

/** A time range of a tenant that begins at `from`, and the indices that hold documents of it, the one with the most first. */
type Shared = { readonly tenant: string | null; readonly from: number; readonly indices: readonly string[] };

type Scan = DuplicatesOptions & {
  readonly stream: string;
  /** Oldest first. One that a rollover makes meanwhile is left to the next scan, which knows its place. */
  readonly order: readonly string[];
};

type Range = {
  readonly key: string;
  readonly min: { readonly value: number };
  readonly max: { readonly value: number };
};
type RangeBuckets = {
  readonly ranges: {
    readonly after_key?: Record<string, estypes.FieldValue>;
    readonly buckets: readonly {
      readonly key: { readonly tenant: string | null; readonly time: number };
      readonly indices: { readonly buckets: readonly { readonly key: string }[] };
    }[];
  };
};

const spansOf = (shared: readonly Shared[], length: number): Interval[] =>
  merge(shared.map(({ from }) => ({ from, to: from + length })));

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

type Aggregations = Readonly<Record<string, estypes.AggregationsAggregationContainer>>;

async function ask<T>(scan: Scan, aggs: Aggregations, spans?: readonly Interval[]): Promise<T | undefined> {
  const { client, stream, signal, role } = scan;
  const search = {
    index: stream,
    size: 0,
    allow_partial_search_results: false,
    ...(spans === undefined ? {} : { query: within(spans) }),
    aggs,
  } satisfies estypes.SearchRequest;
  const asked = () => client.search<unknown, T>(search, { signal, requestTimeout: LOOK_TIMEOUT_MS });
  try {
    return (await wholeAnswerIfThere(`looking what the indices of ${stream} hold`, asked, role))?.aggregations;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** The time that more than one index can hold, by the first and the last event of each: whatever else there is costs nothing. */
async function overlapsOf(scan: Scan): Promise<Interval[]> {
  const times = { min: { min: { field: '@timestamp' } }, max: { max: { field: '@timestamp' } } };
  const aggs = { indices: { terms: { field: '_index', size: MOST_INDICES }, aggs: times } };
  const found = await ask<{ indices: { buckets: readonly Range[] } }>(scan, aggs);
  const ranges = (found?.indices.buckets ?? [])
    .filter(({ key }) => scan.order.includes(key))
    .map(({ min, max }) => ({ from: min.value, to: max.value + 1 }))
    .toSorted((a, b) => a.from - b.from);
  const overlaps: Interval[] = [];
  let end = -Infinity;
  for (const { from, to } of ranges) {
    if (from < end) overlaps.push({ from, to: Math.min(to, end) });
    end = Math.max(end, to);
  }
  return merge(overlaps);
}

/** Time ranges of this length, within these spans, of which more than one index holds documents of a tenant. */
async function sharedOf(scan: Scan, length: number, spans: readonly Interval[]): Promise<Shared[]> {
  if (spans.length === 0) return [];
  const shared: Shared[] = [];
  const sources = [
    { tenant: { terms: { field: TENANT, missing_bucket: true } } },
    { time: { date_histogram: { field: '@timestamp', fixed_interval: `${length}ms` } } },
  ] as unknown as Record<string, estypes.AggregationsCompositeAggregationSource>[];
  for (let after: Record<string, estypes.FieldValue> | undefined; ;) {
    const composite = { size: BUCKETS_AT_ONCE, sources, ...(after === undefined ? {} : { after }) };
    const aggs = {
      ranges: { composite, aggs: { indices: { terms: { field: '_index', size: MOST_INDICES } } } },
    };
    const found = await ask<RangeBuckets>(scan, aggs, spans);
    for (const { key, indices } of found?.ranges.buckets ?? []) {
      const names = indices.buckets.map((bucket) => bucket.key).filter((name) => scan.order.includes(name));
      if (names.length > 1) shared.push({ tenant: key.tenant, from: key.time, indices: names });
    }
    after = found?.ranges.after_key;
    if (after === undefined) return shared;
  }
}

const ofTenant = (tenant: string | null): estypes.QueryDslQueryContainer =>
  tenant === null ? { bool: { must_not: { exists: { field: TENANT } } } } : { term: { [TENANT]: tenant } };

const keyOf = (tenant: string | null, from: number): string => `${from} ${tenant ?? ''}`;

/** Each id of these minutes that lies in an index beside the fullest, once, with the indices that hold its minute. */
async function* suspectsIn(minutes: readonly Shared[], { client, role }: Scan) {
  for (const [fullest, shared] of Map.groupBy(minutes, ({ indices }) => indices[0])) {
    const holding = new Map(shared.map(({ tenant, from, indices }) => [keyOf(tenant, from), indices]));
    const listed = new Set(shared.flatMap(({ indices }) => indices).filter((name) => name !== fullest));
    const should = [...Map.groupBy(shared, ({ tenant }) => tenant)].map(([tenant, own]) => ({
      bool: { filter: [ofTenant(tenant), within(spansOf(own, MINUTE))] },
    }));
    const filter = [{ bool: { should } }];
    const seen = new Set<string>();
    let moment = NaN;
    for await (const { id, time, values } of documentsByTime(client, [...listed].join(','), filter, [TENANT], role)) {
      // By time: whatever lies in two of the listed indices comes in one moment.
      if (time !== moment) seen.clear();
      moment = time;
      const [tenant = null] = (values[TENANT] ?? []) as (string | null)[];
      const indices = holding.get(keyOf(tenant, Math.floor(time / MINUTE) * MINUTE));
      if (indices !== undefined && !seen.has(id)) yield { id, indices };
      seen.add(id);
    }
  }
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

async function* duplicatesIn(minutes: readonly Shared[], scan: Scan): AsyncGenerator<readonly (readonly Copy[])[]> {
  for (const some of chunks(minutes, MINUTES_AT_ONCE))
    for await (const suspects of batchesOf(suspectsIn(some, scan), IDS_AT_ONCE)) {
      const copies = [...(await copiesOf(suspects, scan)).values()].filter((found) => found.length > 1);
      if (copies.length > 0) yield copies;
    }
}

/**
 * Documents that lie in more than one backing index, some at a time, each once, as its copies, the oldest index first. What
 * no search sees yet is not found, nor what lies in an index that is made meanwhile.
 * @throws DestinationUnavailableError where an answer is not whole; the signal's reason when aborted.
 */
export async function* duplicatesOf(
  stream: string,
  options: DuplicatesOptions,
): AsyncGenerator<readonly (readonly Copy[])[]> {
  const order = await backingNames(options.client, stream, options.role);
  if (order.length < 2) return;
  const scan = { ...options, stream, order };
  const days = await sharedOf(scan, DAY, await overlapsOf(scan));
  let done = 0;
  for (const someDays of chunks(days, DAYS_AT_ONCE)) {
    const hours = await sharedOf(scan, HOUR, spansOf(someDays, DAY));
    for (const someHours of chunks(hours, HOURS_AT_ONCE))
      yield* duplicatesIn(await sharedOf(scan, MINUTE, spansOf(someHours, HOUR)), scan);
    done += someDays.length;
    options.onProgress?.(done, days.length);
  }
}

/** How many documents lie in more than one backing index. @throws as `duplicatesOf` */
export async function countDuplicates(stream: string, options: DuplicatesOptions): Promise<number> {
  let count = 0;
  for await (const some of duplicatesOf(stream, options)) count += some.length;
  return count;
}
