/** The backing indices of a data stream: where earlier copies of a document can lie (law 3). */
import type { Elasticsearch } from './client.ts';
import { orUnavailable } from './client.ts';
import type { RoleName } from './roles.ts';

/** `createdAt` in epoch milliseconds, by Elasticsearch's clock. */
export type BackingIndex = { readonly name: string; readonly createdAt: number };

/** How far Elasticsearch's clock and the vendor's may be apart. */
const CLOCK_MARGIN_MS = 15 * 60_000;

/** In the stream's own order, the one that is written last; empty where the stream does not exist yet. */
export async function backingIndices(client: Elasticsearch, stream: string, role?: RoleName): Promise<BackingIndex[]> {
  const ignore = { ignore: [404] };
  const resolved = await orUnavailable(
    'reading its backing indices',
    client.indices.resolveIndex({ name: stream }, ignore),
    role,
  );
  const names = [resolved.data_streams?.[0]?.backing_indices ?? []].flat();
  if (names.length === 0) return [];
  const settings = await orUnavailable(
    'reading the age of its backing indices',
    client.indices.getSettings({ index: stream, filter_path: '*.settings.index.creation_date' }, ignore),
    role,
  );
  // Without a date it counts as made just now: its predecessor is then looked into, never skipped.
  return names.map((name) => ({ name, createdAt: Number(settings[name]?.settings?.index?.creation_date ?? Infinity) }));
}

/**
 * The indices, beside the one being written, that may hold a copy of something that cannot have been written before
 * `earliest` (epoch milliseconds): those that were still written then, whose successor came later.
 */
export function candidates(indices: readonly BackingIndex[], earliest: number): BackingIndex[] {
  return indices
    .slice(0, -1)
    .filter((_, position) => (indices[position + 1]?.createdAt ?? 0) >= earliest - CLOCK_MARGIN_MS);
}

/** Whether the stream rolled over in between; its very first index is no rollover. */
export function hasRolledOver(before: readonly BackingIndex[], after: readonly BackingIndex[]): boolean {
  const known = new Set(before.map(({ name }) => name));
  const added = after.filter(({ name }) => !known.has(name)).length;
  return before.length === 0 ? added > 1 : added > 0;
}
