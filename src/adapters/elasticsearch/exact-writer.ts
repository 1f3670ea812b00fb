/** Law 3: each document once, across rollovers too. Elasticsearch keeps an id unique within one backing index only. */
import type { DatedItem, DocumentWriter, ItemOutcome, Written } from '../../core/collecting/writer.ts';
import { backingIndices, candidates, createSightings, hasRolledOver, type BackingIndex } from './backing-indices.ts';
import { createBulkWriter, type BulkOptions } from './bulk.ts';
import { copiesOf, type Copy } from './copies.ts';

export type ExactWriterOptions = BulkOptions & {
  /** Called before a window is read into a data stream that is not there yet: rejects where it would be mapped dynamically. */
  readonly beforeCreation: () => Promise<void>;
};

/** A rollover within it is found at the window's end. */
const RECENT_MS = 1_000;

export function createExactWriter(options: ExactWriterOptions): DocumentWriter {
  const { client, index: stream, beforeCreation } = options;
  const bulk = createBulkWriter(options);
  const sightings = createSightings();
  let layout: readonly BackingIndex[] | undefined;
  let layoutOf = -Infinity;
  let looking: Promise<readonly BackingIndex[]> | undefined;
  let asked = 0;
  let answered = 0;
  let allowedAt = -Infinity;
  let allowed: Promise<void> = Promise.resolve();

  /** Windows share the layout: a stale response must not bring an older layout back. */
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

  /** Windows that begin in the same second share one look. */
  async function recent(): Promise<readonly BackingIndex[]> {
    if (layout !== undefined && layout.length > 0 && performance.now() - layoutOf < RECENT_MS) return layout;
    looking ??= refresh().finally(() => (looking = undefined));
    return looking;
  }

  /** Copies of these, in the index that is written and in each that may hold an earlier one. */
  async function copiesIn(
    indices: readonly BackingIndex[],
    items: readonly DatedItem[],
    signal: AbortSignal,
  ): Promise<Map<string, readonly Copy[]>> {
    if (items.length === 0) return new Map();
    const order = indices.map(({ name }) => name);
    const asked = items.map((item) => ({
      id: item.id,
      indices: [...candidates(indices, item).map(({ name }) => name), ...order.slice(-1)],
    }));
    return copiesOf(asked, { client, order, signal });
  }

  /** Copies of these items behind a turn that happened since `before`. */
  async function copiesBehind(before: readonly BackingIndex[], items: readonly DatedItem[], signal: AbortSignal) {
    const after = await refresh();
    const doubtful = hasRolledOver(before, after) ? items.filter((item) => candidates(after, item).length > 0) : [];
    return { doubtful, found: await copiesIn(after, doubtful, signal) };
  }

  /**
   * What it finds twice it only counts: who talks to a vendor may not delete (`repair.ts`). A bulk that fails may be executed
   * yet, behind a turn: the window's next run finds the older copy, and repair the younger.
   */
  async function write(items: readonly DatedItem[], signal: AbortSignal): Promise<Written> {
    const before = layout ?? (await refresh());
    const suspects = items.filter((item) => candidates(before, item).length > 0);
    const known = await copiesIn(before, suspects, signal);
    const fresh = items.filter((item) => !known.has(item.id));
    const sent = fresh.length === 0 ? [] : await bulk.write(fresh, signal);
    const outcomeOf = new Map<DatedItem, ItemOutcome>(
      fresh.map((item, position) => [item, sent[position] as ItemOutcome]),
    );

    // Created where nothing was expected to be written: it rolled over since, so an older copy may lie behind the turn.
    const writeIndex = before.at(-1)?.name;
    const strays = fresh.filter((item) => {
      const outcome = outcomeOf.get(item);
      return outcome?.kind === 'created' && outcome.index !== writeIndex;
    });
    const behind = strays.length === 0 ? undefined : await copiesBehind(before, strays, signal);
    for (const item of behind?.doubtful ?? [])
      if ((behind?.found.get(item.id)?.length ?? 0) > 1) outcomeOf.set(item, { kind: 'duplicate' });

    const extra = [...known.values(), ...(behind?.found.values() ?? [])].map((copies) => copies.length - 1);
    return {
      outcomes: items.map((item) => outcomeOf.get(item) ?? { kind: 'duplicate' }),
      lookups: suspects.length + (behind?.doubtful.length ?? 0),
      crossIndexDuplicates: extra.reduce((sum, copies) => sum + copies, 0),
    };
  }

  /** Once for all windows that begin in the same second: until the first document comes, each of them asks. */
  function mayBeCreated(): Promise<void> {
    if (performance.now() - allowedAt > RECENT_MS) {
      allowedAt = performance.now();
      allowed = beforeCreation();
    }
    return allowed;
  }

  async function begin(): Promise<{ rolledOver: () => Promise<boolean> }> {
    const before = await recent();
    if (before.length === 0) await mayBeCreated();
    return { rolledOver: async () => hasRolledOver(before, await refresh()) };
  }

  return { write, begin };
}
