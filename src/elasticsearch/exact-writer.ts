/** Law 3: each document once, across rollovers too. Elasticsearch keeps an id unique within one backing index only. */
import { waitBackoff } from '../pipeline/backoff.ts';
import { DestinationUnavailableError } from '../pipeline/errors.ts';
import type { DatedItem, DocumentWriter, ItemOutcome, Written } from '../pipeline/writer.ts';
import { backingIndices, candidates, hasRolledOver, type BackingIndex, type Sightings } from './backing-indices.ts';
import { createBulkWriter, type BulkOptions } from './bulk.ts';
import { orUnavailable, statusOf, typeOf } from './client.ts';
import type { Reconciled } from './reconciler.ts';

/** Where a copy lies, oldest index first, with what a conditional delete needs. */
type Copy = { readonly id: string; readonly index: string; readonly seqNo: number; readonly primaryTerm: number };

type FoundDocument = {
  readonly _id: string;
  readonly _index: string;
  readonly found?: boolean;
  readonly _seq_no?: number;
  readonly _primary_term?: number;
  readonly error?: { readonly type: string };
};

const LOOKUP_TRIES = 6;
const NEVER = new AbortController().signal;
/** After the client has given a bulk up, Elasticsearch may execute it yet: requests have a limit of 30 s. */
const LATE_EXECUTION_MS = 35_000;
const BACKOFF = { baseMs: 250, maxMs: 8_000 };

export type ExactWriterOptions = BulkOptions & {
  /** Called before a window is read into a data stream that is not there yet: rejects where it would be made by guess. */
  readonly beforeCreation: () => Promise<void>;
  /** Takes over what could not be looked into: it is done after so many milliseconds, and again until it succeeds. */
  readonly owe: (work: () => Promise<Reconciled>, waitMs: number) => void;
};

export function createExactWriter(options: ExactWriterOptions): DocumentWriter {
  const { client, index: stream, beforeCreation, owe } = options;
  const bulk = createBulkWriter(options);
  const sightings: Sightings = new Map();
  let layout: readonly BackingIndex[] | undefined;
  let asked = 0;
  let answered = 0;

  /** Windows share the layout: an answer that was overtaken by a later one must not bring an older layout back. */
  async function refresh(): Promise<readonly BackingIndex[]> {
    asked += 1;
    const turn = asked;
    const found = await backingIndices(client, stream, sightings);
    if (turn > answered) {
      answered = turn;
      layout = found;
    }
    return found;
  }

  /** Realtime, by id: a search would not see what was written a moment ago. An index that is gone holds nothing. */
  async function copiesOf(
    items: readonly DatedItem[],
    indices: readonly BackingIndex[],
    signal: AbortSignal,
  ): Promise<Map<string, Copy[]>> {
    const copies = new Map<string, Copy[]>();
    const writeIndex = indices.at(-1)?.name;
    // A vendor may repeat a record within a page: asked for twice, one document would look like two copies.
    const distinct = new Map(items.map((item) => [item.id, item]));
    let open = [...distinct.values()].flatMap((item) => {
      const names = [...candidates(indices, item).map(({ name }) => name), writeIndex];
      return names.flatMap((_index) => (_index === undefined ? [] : [{ _id: item.id, _index }]));
    });
    for (let attempt = 1; open.length > 0; attempt += 1) {
      signal.throwIfAborted();
      const { docs } = await orUnavailable('looking ids up', client.mget({ docs: open, _source: false }, { signal }));
      const again: typeof open = [];
      for (const found of docs as unknown as FoundDocument[]) {
        if (found.error !== undefined && found.error.type !== 'index_not_found_exception')
          again.push({ _id: found._id, _index: found._index });
        if (found.found === true)
          copies.set(found._id, [
            ...(copies.get(found._id) ?? []),
            { id: found._id, index: found._index, seqNo: found._seq_no ?? 0, primaryTerm: found._primary_term ?? 0 },
          ]);
      }
      open = again;
      if (open.length === 0) break;
      if (attempt >= LOOKUP_TRIES)
        throw new DestinationUnavailableError(
          `Elasticsearch, looking ids up: ${open.length} could not be read; see its log`,
        );
      await waitBackoff(attempt, BACKOFF, signal);
    }
    const order = new Map(indices.map(({ name }, position) => [name, position]));
    for (const found of copies.values()) found.sort((a, b) => (order.get(a.index) ?? 0) - (order.get(b.index) ?? 0));
    return copies;
  }

  /** Keeps the oldest copy. A copy that somebody else deleted meanwhile is as good as deleted here. */
  async function repair(found: Iterable<readonly Copy[]>): Promise<{ repaired: number; crossIndexDuplicates: number }> {
    let repaired = 0;
    let crossIndexDuplicates = 0;
    for (const [, ...extra] of found) {
      for (const { id, index, seqNo, primaryTerm } of extra) {
        try {
          await client.delete({ index, id, if_seq_no: seqNo, if_primary_term: primaryTerm });
          repaired += 1;
        } catch (error) {
          const status = statusOf(error);
          // A write block is a 403 too, but one that passes.
          if (status === 403 && typeOf(error) === 'security_exception') crossIndexDuplicates += 1;
          else if (status !== 404 && status !== 409)
            await orUnavailable('deleting a cross-index duplicate', Promise.reject(error as Error));
        }
      }
    }
    return { repaired, crossIndexDuplicates };
  }

  /**
   * Copies of these items behind a turn that happened since `before`, repaired. Not to be aborted: whoever has lost its
   * window to another worker must still take away the duplicates of its own last bulk, since nobody reads that window again.
   */
  async function repairBehind(before: readonly BackingIndex[], items: readonly DatedItem[]) {
    const after = await refresh();
    const doubtful = hasRolledOver(before, after) ? items.filter((item) => candidates(after, item).length > 0) : [];
    const found = doubtful.length === 0 ? new Map<string, Copy[]>() : await copiesOf(doubtful, after, NEVER);
    return { doubtful, found, ...(await repair(found.values())) };
  }

  /**
   * The window's next run would repair the same, but there may be none: Redis can have lost its job after another worker
   * had written the window down as done.
   */
  function reconcileLater(before: readonly BackingIndex[], items: readonly DatedItem[], waitMs: number): void {
    // Their documents may wait in memory for long: ids suffice.
    const slim = items.map(({ id, earliest, time }) => ({ id, earliest, time, source: '' }));
    owe(async () => {
      const { repaired, crossIndexDuplicates } = await repairBehind(before, slim);
      return { repaired, left: crossIndexDuplicates };
    }, waitMs);
  }

  /** As `repairBehind`; where it fails it is tried again in the background, and the caller learns of the failure all the same. */
  async function repairNowOrLater(before: readonly BackingIndex[], items: readonly DatedItem[]) {
    try {
      return await repairBehind(before, items);
    } catch (error) {
      reconcileLater(before, items, BACKOFF.baseMs);
      throw error;
    }
  }

  async function write(items: readonly DatedItem[], signal: AbortSignal): Promise<Written> {
    const before = layout ?? (await refresh());
    const suspects = items.filter((item) => candidates(before, item).length > 0);
    const known = suspects.length === 0 ? new Map<string, Copy[]>() : await copiesOf(suspects, before, signal);
    const direct = await repair(known.values());
    const fresh = items.filter((item) => !known.has(item.id));
    let sent: readonly ItemOutcome[];
    try {
      sent = fresh.length === 0 ? [] : await bulk.write(fresh, signal);
    } catch (error) {
      // Part of it may have been written all the same, or may be yet.
      await repairNowOrLater(before, fresh).catch(() => undefined);
      reconcileLater(before, fresh, LATE_EXECUTION_MS);
      throw error;
    }
    const outcomeOf = new Map<DatedItem, ItemOutcome>(
      fresh.map((item, position) => [item, sent[position] as ItemOutcome]),
    );

    // Created where nothing was expected to be written: it rolled over since, so an older copy may lie behind the turn.
    const writeIndex = before.at(-1)?.name;
    const strays = fresh.filter((item) => {
      const outcome = outcomeOf.get(item);
      return outcome?.kind === 'created' && outcome.index !== writeIndex;
    });
    const behind = strays.length === 0 ? undefined : await repairNowOrLater(before, strays);
    for (const item of behind?.doubtful ?? [])
      if ((behind?.found.get(item.id)?.length ?? 0) > 1) outcomeOf.set(item, { kind: 'duplicate' });

    return {
      outcomes: items.map((item) => outcomeOf.get(item) ?? { kind: 'duplicate' }),
      lookups: suspects.length + (behind?.doubtful.length ?? 0),
      repaired: direct.repaired + (behind?.repaired ?? 0),
      crossIndexDuplicates: direct.crossIndexDuplicates + (behind?.crossIndexDuplicates ?? 0),
    };
  }

  async function begin(): Promise<{ rolledOver: () => Promise<boolean> }> {
    const before = await refresh();
    if (before.length === 0) await beforeCreation();
    return { rolledOver: async () => hasRolledOver(before, await refresh()) };
  }

  return { write, begin };
}
