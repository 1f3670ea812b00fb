/** Where copies of a document lie: Elasticsearch keeps an id unique within one backing index only (law 3). */
import { BACKOFF, waitBackoff } from '../../sdk/backoff.ts';
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import { orUnavailable, type Elasticsearch } from './client.ts';
import type { RoleName } from './roles.ts';

/** What a conditional delete of it needs. */
export type Copy = {
  readonly id: string;
  readonly index: string;
  readonly seqNo: number;
  readonly primaryTerm: number;
};

type FoundDocument = {
  readonly _id: string;
  readonly _index: string;
  readonly found?: boolean;
  readonly _seq_no?: number;
  readonly _primary_term?: number;
  readonly error?: { readonly type: string };
};

const LOOKUP_TRIES = 6;

export type CopiesOptions = {
  readonly client: Elasticsearch;
  /** The backing indices, oldest first. */
  readonly order: readonly string[];
  readonly signal: AbortSignal;
  readonly role?: RoleName;
};

/**
 * Of each id that is there, its copies in these indices, the oldest index first. Realtime, by id: a search would not see
 * what was written a moment ago. An index that is gone holds nothing.
 * @throws DestinationUnavailableError where some could not be read after all tries; the signal's reason when aborted.
 */
export async function copiesOf(
  asked: readonly { readonly id: string; readonly indices: readonly string[] }[],
  { client, order, signal, role }: CopiesOptions,
): Promise<Map<string, readonly Copy[]>> {
  const copies = new Map<string, Copy[]>();
  // A vendor may repeat a record within a page: asked for twice, one document would look like two copies.
  const distinct = new Map(asked.map(({ id, indices }) => [id, new Set(indices)]));
  let open = [...distinct].flatMap(([_id, indices]) => [...indices].map((_index) => ({ _id, _index })));
  for (let attempt = 1; open.length > 0; attempt += 1) {
    signal.throwIfAborted();
    const looking = client.mget({ docs: open, _source: false }, { signal });
    const { docs } = await orUnavailable('looking ids up', looking, role);
    const again: typeof open = [];
    for (const { _id: id, _index: index, ...found } of docs as unknown as FoundDocument[]) {
      if (found.error !== undefined && found.error.type !== 'index_not_found_exception')
        again.push({ _id: id, _index: index });
      if (found.found === true)
        copies.set(id, [
          ...(copies.get(id) ?? []),
          { id, index, seqNo: found._seq_no ?? 0, primaryTerm: found._primary_term ?? 0 },
        ]);
    }
    open = again;
    if (open.length === 0) break;
    if (attempt >= LOOKUP_TRIES)
      throw new DestinationUnavailableError(
        `Elasticsearch, looking ids up: ${open.length} could not be read; see its log`,
      );
    await waitBackoff(attempt, BACKOFF.elasticsearch, signal);
  }
  const position = new Map(order.map((name, at) => [name, at]));
  for (const found of copies.values())
    found.sort((a, b) => (position.get(a.index) ?? 0) - (position.get(b.index) ?? 0));
  return copies;
}
