/** The append-only record of which second of which stream has been collected: `logs-shenji.window-<namespace>`. */
import { hashId } from '../../../sdk/document-id.ts';
import type { Ledger, OpenedStream, WindowEntry } from '../../../core/ledger.ts';
import { iso } from '../../../core/time/intervals.ts';
import { streamKey } from '../../../core/stream.ts';
import type { BulkItem } from '../../../core/collecting/writer.ts';
import { createBulkWriter } from '../bulk.ts';
import type { Elasticsearch } from '../client.ts';
import { LEDGER, streamName } from '../names.ts';
import { createGathered } from '../together.ts';
import { openedDocument, toOpened, windowDocument } from './documents.ts';
import { createLedgerForPlanning } from './planning.ts';
import { createLedgerOfReadings } from './readings.ts';
import { createLedgerSearch, ofSource, ofStream, type Filter } from './search.ts';

const areOpenings = { term: { 'shenji.window.status': 'opened' } };

export function createLedger(client: Elasticsearch, namespace: string): Ledger {
  const index = streamName(LEDGER, namespace);
  const writer = createBulkWriter({ client, index, refresh: 'wait_for' });
  const search = createLedgerSearch(client, index);
  const write = createGathered((items: readonly BulkItem[]) => writer.write(items, new AbortController().signal));

  async function create(id: string, document: object): Promise<void> {
    const outcome = await write({ id, document: JSON.stringify(document) });
    // The mapping takes every entry that the code above can make.
    if (outcome.kind === 'rejected') throw new Error(`the ledger refused an entry: ${outcome.reason}`);
  }

  /** Of each stream the first: its origin never slides. */
  async function opened(filter: Filter): Promise<OpenedStream[]> {
    const first = new Map<string, { at: string; opened: OpenedStream }>();
    for await (const stored of search.list([areOpenings, ...filter])) {
      const found = toOpened(stored.shenji.window);
      const key = streamKey(found.stream);
      if (stored['@timestamp'] < (first.get(key)?.at ?? '~'))
        first.set(key, { at: stored['@timestamp'], opened: found });
    }
    return [...first.values()].map((entry) => entry.opened);
  }

  async function open(wanted: OpenedStream): Promise<OpenedStream> {
    const key = streamKey(wanted.stream);
    const recorded = async (): Promise<OpenedStream | undefined> => (await opened([ofStream(key)]))[0];
    const before = await recorded();
    if (before !== undefined) return before;
    await create(hashId(key, 'opened'), openedDocument(wanted, namespace));
    return (await recorded()) ?? wanted;
  }

  const idOf = ({ stream, span, run }: WindowEntry): string =>
    hashId(streamKey(stream), iso(span.from), iso(span.to), run);

  return {
    ...createLedgerOfReadings(search),
    ...createLedgerForPlanning(search, client, index),
    append: (entry) => create(idOf(entry), windowDocument(entry, namespace)),
    open,
    opened: (tenant, source) => opened(ofSource(tenant, source)),
  };
}
