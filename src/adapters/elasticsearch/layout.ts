/** Which backing indices a data stream has, as all windows of a process share it. */
import { backingIndices, createSightings, type BackingIndex } from './backing-indices.ts';
import type { Elasticsearch } from './client.ts';

/** A rollover within it is found at the window's end. */
export const RECENT_MS = 1_000;

export type Layout = {
  /** As it was last seen; undefined until then. */
  readonly known: () => readonly BackingIndex[] | undefined;
  /** Asks Elasticsearch. @throws DestinationUnavailableError */
  readonly refresh: () => Promise<readonly BackingIndex[]>;
  /** Of the last second: windows that begin in the same moment share one question. @throws DestinationUnavailableError */
  readonly recent: () => Promise<readonly BackingIndex[]>;
};

export function createLayout(client: Elasticsearch, stream: string): Layout {
  const sightings = createSightings();
  let layout: readonly BackingIndex[] | undefined;
  let layoutOf = -Infinity;
  let pending: Promise<readonly BackingIndex[]> | undefined;
  let asked = 0;
  let answered = 0;

  /** A stale response must not bring an older layout back. */
  async function refresh(): Promise<readonly BackingIndex[]> {
    asked += 1;
    const turn = asked;
    const askedAt = performance.now();
    const found = await backingIndices(client, stream, sightings);
    if (turn > answered) {
      answered = turn;
      layout = found;
      layoutOf = askedAt;
    }
    return found;
  }

  return {
    known: () => layout,
    refresh,
    recent: async () => {
      if (layout !== undefined && layout.length > 0 && performance.now() - layoutOf < RECENT_MS) return layout;
      pending ??= refresh().finally(() => (pending = undefined));
      return pending;
    },
  };
}
