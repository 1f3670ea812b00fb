/** Law 3: each document once, across rollovers too. Elasticsearch keeps an id unique within one backing index only. */
import type { DatedItem, DocumentWriter, ItemOutcome, Written } from '../../core/collecting/writer.ts';
import { candidates, hasRolledOver, type BackingIndex } from './backing-indices.ts';
import { createBulkWriter, type BulkOptions } from './bulk.ts';
import type { Elasticsearch } from './client.ts';
import { copiesOf, type Copy } from './copies.ts';
import { createLayout, RECENT_MS } from './layout.ts';

export type ExactWriterOptions = BulkOptions & {
  /** Called before a window is read into a data stream that is not there yet: rejects where it would be mapped dynamically. */
  readonly beforeCreation: () => Promise<void>;
};

/** Copies of these, in the index that is written and in each that may hold an earlier one. */
async function copiesIn(
  client: Elasticsearch,
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

export function createExactWriter(options: ExactWriterOptions): DocumentWriter {
  const { client, index: stream, beforeCreation } = options;
  const bulk = createBulkWriter(options);
  const layout = createLayout(client, stream);
  let allowedAt = -Infinity;
  let allowed: Promise<void> = Promise.resolve();

  /** Copies of these items behind a turn that happened since `before`. */
  async function copiesBehind(before: readonly BackingIndex[], items: readonly DatedItem[], signal: AbortSignal) {
    const after = await layout.refresh();
    const doubtful = hasRolledOver(before, after) ? items.filter((item) => candidates(after, item).length > 0) : [];
    return { doubtful, found: await copiesIn(client, after, doubtful, signal) };
  }

  /**
   * What it finds twice it only counts: who talks to a vendor may not delete (`repair.ts`). A bulk that fails may be executed
   * yet, behind a turn: the window's next run finds the older copy, and repair the younger.
   */
  async function write(items: readonly DatedItem[], signal: AbortSignal): Promise<Written> {
    const before = layout.known() ?? (await layout.refresh());
    const suspects = items.filter((item) => candidates(before, item).length > 0);
    const known = await copiesIn(client, before, suspects, signal);
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
    const before = await layout.recent();
    if (before.length === 0) await mayBeCreated();
    return { rolledOver: async () => hasRolledOver(before, await layout.refresh()) };
  }

  return { write, begin };
}
