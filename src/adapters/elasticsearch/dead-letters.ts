/** Records that became no document, kept with the reason and what is left of them after redaction. */
import { ECS_VERSION } from '../../core/documents/ecs.ts';
import { hashId } from '../../sdk/document-id.ts';
import type { DeadLetter, DeadLetters, StoredLetter } from '../../core/documents/dead-letter.ts';
import type { DatedId } from '../../core/proof/evidence.ts';
import { iso } from '../../core/time/intervals.ts';
import { streamKey } from '../../core/stream.ts';
import type { BulkItem } from '../../core/collecting/writer.ts';
import type { SourceName } from '../../sdk/source.ts';
import { createBulkWriter } from './bulk.ts';
import { orUnavailable, wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import { documentsOf } from './evidence.ts';
import { unreplayed } from './letter-evidence.ts';
import { DEAD_LETTERS, streamName } from './names.ts';

/** A record that was refused for its size is cut, so that its dead letter is not refused too. */
const MAX_ORIGINAL = 5_000_000;

const storedId = ({ id, time }: DatedId): object => ({ id, time: iso(time) });

/** A letter as it is stored. */
export function letterDocument(letter: DeadLetter, namespace: string): object {
  const { stream, span, reason, original, document, at } = letter;
  return {
    '@timestamp': new Date(at).toISOString(),
    ecs: { version: ECS_VERSION },
    data_stream: { ...DEAD_LETTERS, namespace },
    event: {
      kind: 'pipeline_error',
      module: 'shenji',
      dataset: DEAD_LETTERS.dataset,
      outcome: 'failure',
      original: original.slice(0, MAX_ORIGINAL).toWellFormed(),
      ingested: new Date().toISOString(),
    },
    error: { type: letter.type, message: reason.slice(0, 2_000).toWellFormed() },
    organization: { id: stream.tenant },
    shenji: {
      reason: reason.slice(0, 1_000).toWellFormed(),
      ...(document === undefined ? {} : { document: storedId(document) }),
      window: {
        stream: streamKey(stream),
        ...stream,
        from: new Date(span.from).toISOString(),
        to: new Date(span.to).toISOString(),
      },
    },
  };
}

function toMark(letter: StoredLetter, document: DatedId, namespace: string): object {
  const now = new Date().toISOString();
  return {
    '@timestamp': now,
    ecs: { version: ECS_VERSION },
    data_stream: { ...DEAD_LETTERS, namespace },
    event: {
      kind: 'event',
      module: 'shenji',
      dataset: DEAD_LETTERS.dataset,
      action: 'dead-letter-replayed',
      outcome: 'success',
      ingested: now,
    },
    organization: { id: letter.tenant },
    shenji: {
      replayed: { letter: letter.id },
      document: storedId(document),
      window: { tenant: letter.tenant, source: letter.source },
    },
  };
}

type StoredDocument = {
  readonly event: { readonly original: string };
  readonly error: { readonly type: string };
  readonly shenji: {
    readonly reason: string;
    readonly window: { readonly tenant: string; readonly source: SourceName };
    readonly document?: { readonly id: string; readonly time: string };
  };
};

/** Ids depend on tenant, source and record alone, so that reading a window again adds no second letter. */
// oxlint-disable-next-line max-lines-per-function -- two methods that share how letters are written
export function createDeadLetters(client: Elasticsearch, namespace: string): DeadLetters {
  const index = streamName(DEAD_LETTERS, namespace);
  const writer = createBulkWriter({ client, index });

  async function append(items: readonly BulkItem[], signal: AbortSignal): Promise<void> {
    const outcomes = await writer.write(items, signal);
    const refused = outcomes.find((outcome) => outcome.kind === 'rejected');
    if (refused !== undefined) throw new Error(`a dead letter was refused: ${refused.reason}`);
  }

  const kindsOf = ({ source }: { readonly source?: string }) => [
    { term: { 'event.kind': 'pipeline_error' } },
    ...(source === undefined ? [] : [{ term: { 'shenji.window.source': source } }]),
  ];

  async function count(filter: { readonly source?: string }): Promise<number> {
    // Not `_count`, which counts what the shards that answer hold and calls it all.
    const found = () =>
      client.search({
        index,
        allow_partial_search_results: false,
        track_total_hits: true,
        size: 0,
        query: { bool: { filter: kindsOf(filter) } },
      });
    const total = (await wholeAnswerIfThere('counting dead letters', found))?.hits.total;
    return typeof total === 'number' ? total : (total?.value ?? 0);
  }

  async function* open(filter: { readonly source?: string }): AsyncGenerator<StoredLetter> {
    if (!(await orUnavailable('looking for dead letters', client.indices.exists({ index })))) return;
    const letters = documentsOf<StoredDocument>(client, index, kindsOf(filter), [
      'event.original',
      'error.type',
      'shenji',
    ]);
    for await (const { id, source } of unreplayed(client, index, letters)) {
      const { window, document, reason } = source.shenji;
      yield {
        id,
        tenant: window.tenant,
        source: window.source,
        original: source.event.original,
        type: source.error.type,
        reason,
        document: document === undefined ? undefined : { id: document.id, time: Date.parse(document.time) },
      };
    }
  }

  return {
    write: (letters, signal) =>
      append(
        letters.map((letter) => ({
          id: hashId(letter.stream.tenant, letter.stream.source, letter.fingerprint),
          document: JSON.stringify(letterDocument(letter, namespace)),
        })),
        signal,
      ),
    count,
    open,
    markReplayed: (letter, document, signal) =>
      append(
        [{ id: hashId(letter.id, 'replayed'), document: JSON.stringify(toMark(letter, document, namespace)) }],
        signal,
      ),
  };
}
