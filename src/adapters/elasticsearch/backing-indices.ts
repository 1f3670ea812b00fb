/** The backing indices of a data stream: where earlier copies of a document can lie (law 3). */
import type { estypes } from '@elastic/elasticsearch';
import type { DatedItem } from '../../core/collecting/writer.ts';
import { orUnavailable, type Elasticsearch } from './client.ts';
import type { RoleName } from './roles.ts';

/** The times of the events that an index holds, the first and the last, in epoch milliseconds by the vendor's clock. */
type Range = { readonly first: number; readonly last: number };

/** In the stream's own order, which is that of their generations. */
export type BackingIndex = {
  readonly name: string;
  /** In epoch milliseconds, by Elasticsearch's clock. */
  readonly createdAt: number;
  /** As far as a search sees; undefined where it holds nothing, and for the one that is being written. */
  readonly range?: Range | undefined;
  /** Whether this process has seen the stream roll over from it a moment ago, by no wall clock. */
  readonly justTurned?: boolean;
};

/** What a process has seen of an index; by it, it need not ask again for what changes no more. */
type Sighting = {
  /** When it was first seen behind the one being written, by the process's own monotonic clock. */
  readonly behindSince: number;
  /** Whether it was seen being written before that. */
  readonly turned: boolean;
  readonly range: Range | undefined;
  readonly isFinal: boolean;
};
/** Shared by all who ask for the same stream in this process, by the names of indices. */
export type Sightings = {
  /** Undefined for the one being written. */
  readonly seen: Map<string, Sighting | undefined>;
  readonly createdAt: Map<string, number>;
};

export const createSightings = (): Sightings => ({ seen: new Map(), createdAt: new Map() });

/** How far Elasticsearch's clock and the vendor's may be apart for the quick look; where they are further, the ranges say it. */
const CLOCK_MARGIN_MS = 15 * 60_000;
/** By then a search sees all that was written before a rollover. */
const VISIBLE_AFTER_MS = 60_000;

/** Oldest first, the one that is written last; empty where the stream does not exist yet. */
export async function backingNames(client: Elasticsearch, stream: string, role?: RoleName): Promise<string[]> {
  const asked = client.indices.resolveIndex({ name: stream }, { ignore: [404] });
  const resolved = await orUnavailable('reading its backing indices', asked, role);
  return [resolved.data_streams?.[0]?.backing_indices ?? []].flat();
}

type Times = { readonly min: { readonly value: number | null }; readonly max: { readonly value: number | null } };
type ByIndex = { readonly buckets: readonly ({ readonly key: string } & Times)[] };

/** One question for all of them. An index that is gone holds nothing. */
async function rangesOf(client: Elasticsearch, names: readonly string[]): Promise<Map<string, Range | undefined>> {
  if (names.length === 0) return new Map();
  const times = { min: { min: { field: '@timestamp' } }, max: { max: { field: '@timestamp' } } };
  const asked = client.search<unknown, { indices: ByIndex }>({
    index: [...names],
    ignore_unavailable: true,
    allow_partial_search_results: false,
    size: 0,
    aggs: { indices: { terms: { field: '_index', size: names.length }, aggs: times } },
  } satisfies estypes.SearchRequest);
  const { aggregations } = await orUnavailable('reading what its backing indices hold', asked);
  const found = new Map((aggregations?.indices.buckets ?? []).map((bucket) => [bucket.key, bucket]));
  return new Map(
    names.map((name) => {
      const { min, max } = found.get(name) ?? {};
      const isEmpty = typeof min?.value !== 'number' || typeof max?.value !== 'number';
      return [name, isEmpty ? undefined : { first: min.value, last: max.value }];
    }),
  );
}

/** Asks once how old each is. */
async function learnAges(client: Elasticsearch, stream: string, names: readonly string[], { createdAt }: Sightings) {
  if (names.every((name) => createdAt.has(name))) return;
  const asked = client.indices.getSettings(
    { index: stream, filter_path: '*.settings.index.creation_date' },
    { ignore: [404] },
  );
  const settings = await orUnavailable('reading the age of its backing indices', asked);
  for (const name of names) {
    const date = settings[name]?.settings?.index?.creation_date;
    if (date !== undefined) createdAt.set(name, Number(date));
  }
}

/** Notes which indices the stream has turned from, and asks what they hold until that cannot change any more. */
async function observe(client: Elasticsearch, names: readonly string[], { seen }: Sightings): Promise<void> {
  const now = performance.now();
  const unknown = names.slice(0, -1).filter((name) => seen.get(name)?.isFinal !== true);
  const ranges = await rangesOf(client, unknown);
  for (const name of unknown) {
    const { behindSince = now, turned = seen.has(name) } = seen.get(name) ?? {};
    seen.set(name, {
      behindSince,
      turned,
      range: ranges.get(name),
      isFinal: now - behindSince > VISIBLE_AFTER_MS,
    });
  }
  for (const name of names.slice(-1)) if (!seen.has(name)) seen.set(name, undefined);
}

export async function backingIndices(
  client: Elasticsearch,
  stream: string,
  sightings: Sightings = createSightings(),
): Promise<BackingIndex[]> {
  const names = await backingNames(client, stream);
  if (names.length === 0) return [];
  await learnAges(client, stream, names, sightings);
  await observe(client, names, sightings);
  return names.map((name) => {
    const seen = sightings.seen.get(name);
    return {
      name,
      // Without a date it counts as made just now: its predecessor is then looked into, never skipped.
      createdAt: sightings.createdAt.get(name) ?? Infinity,
      range: seen?.range,
      justTurned: seen?.turned === true && performance.now() - seen.behindSince < CLOCK_MARGIN_MS,
    };
  });
}

/**
 * The indices, beside the one being written, that may hold a copy. By the clocks: those that were still written when it
 * can have been written first, whose successor came later. By no clock, since Elasticsearch's may be wrong: those that
 * hold events of its time, which a copy shares, and those that this process has just seen the stream turn from, of which
 * a search does not see the last documents yet.
 */
export function candidates(
  indices: readonly BackingIndex[],
  { earliest, time }: Pick<DatedItem, 'earliest' | 'time'>,
): BackingIndex[] {
  return indices.slice(0, -1).filter(({ range, justTurned }, position) => {
    const successor = indices[position + 1]?.createdAt ?? 0;
    const holds = range !== undefined && range.first <= time && time <= range.last;
    return successor >= earliest - CLOCK_MARGIN_MS || holds || justTurned === true;
  });
}

/** Whether the stream rolled over in between; its very first index is no rollover. */
export function hasRolledOver(before: readonly BackingIndex[], after: readonly BackingIndex[]): boolean {
  const known = new Set(before.map(({ name }) => name));
  const added = after.filter(({ name }) => !known.has(name)).length;
  return before.length === 0 ? added > 1 : added > 0;
}
