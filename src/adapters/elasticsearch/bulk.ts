/** Sends documents and answers, for each one, what became of it (law 2). */
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import { BACKOFF, waitBackoff, type Backoff } from '../../sdk/backoff.ts';
import type { BulkItem, ItemOutcome } from '../../core/collecting/writer.ts';
import { destinationError, orUnavailable, statusOf, type Elasticsearch } from './client.ts';

export type BulkOptions = {
  readonly client: Elasticsearch;
  /** The data stream's name. */
  readonly index: string;
  /** `wait_for` makes what was written visible to searches before it is acknowledged. */
  readonly refresh?: 'wait_for';
  readonly backoff?: Backoff;
  /** Tries of one item before the destination counts as unavailable. */
  readonly tries?: number;
  /** Hears of every request's end; `error` is undefined where each item got its outcome. */
  readonly onRequest?: (bulk: { readonly seconds: number; readonly error: unknown }) => void;
};

export type BulkWriter = {
  write(items: readonly BulkItem[], signal: AbortSignal): Promise<ItemOutcome[]>;
  /** Resolves where a document would be taken, by one that no index can take: it is refused for itself, and nothing is stored. */
  probe(): Promise<void>;
};

type ReplyItem = {
  readonly status: number;
  readonly _index?: string;
  readonly failure_store?: string;
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly caused_by?: { readonly reason?: string };
  };
};

const FILTER = 'errors,items.*.status,items.*.error,items.*.failure_store,items.*._index';
const DOCUMENT_FAULTS = new Set(['document_parsing_exception', 'mapper_parsing_exception']);

/** A server that is silent is not ready. */
const PROBE_TIMEOUT_MS = 5_000;
/** A document without a time that can be read is refused, wherever documents are taken. */
const UNTAKEABLE: BulkItem = { id: 'probe', document: '{"@timestamp":"no time"}' };

/** Undefined where the item has to be sent again. */
function outcomeOf({ status, error, _index: index, failure_store: failureStore }: ReplyItem): ItemOutcome | undefined {
  if (failureStore === 'used')
    return { kind: 'rejected', reason: 'it was redirected to the failure store: switch that off, run "shenji setup"' };
  if (status === 201 || status === 200) return { kind: 'created', index };
  if (status === 409) return { kind: 'duplicate' };
  if (status === 400 && DOCUMENT_FAULTS.has(error?.type ?? '')) {
    const because = [error?.reason, error?.caused_by?.reason].filter((reason) => reason !== undefined);
    return { kind: 'rejected', reason: `${error?.type}: ${because.join(': ')}` };
  }
  return undefined;
}

function refusal(index: string, item: ReplyItem): DestinationUnavailableError {
  // These reasons speak of the cluster (shards, blocks, disk), never of a document.
  const aboutCluster = ['validation_exception', 'cluster_block_exception'].includes(item.error?.type ?? '');
  const reason = aboutCluster ? `: ${item.error?.reason ?? ''}` : '';
  const hint = `${reason}${item.status === 404 ? '; run "shenji setup"' : ''}`;
  return new DestinationUnavailableError(
    `Elasticsearch refuses documents for ${index}: ${item.status} ${item.error?.type ?? ''}${hint}`,
    {
      httpStatus: item.status,
    },
  );
}

/**
 * A writer for one data stream. Its `write` resolves with one outcome for each item, by position, when every item has
 * one; items that the destination could not take are sent again, only those, with growing pauses.
 * @throws DestinationUnavailableError when some item found no place after all tries; the signal's reason when aborted.
 */
// oxlint-disable-next-line max-lines-per-function -- one bulk and its repetitions share what was sent
export function createBulkWriter(options: BulkOptions): BulkWriter {
  const { client, index, refresh, backoff = BACKOFF.elasticsearch, tries = 6, onRequest } = options;

  /** Never aborted once sent: what it does would be done unseen. */
  async function post(items: readonly BulkItem[], timeoutMs?: number): Promise<ReplyItem[]> {
    const lines = items.map(({ id, document }) => `{"create":{"_id":${JSON.stringify(id)}}}\n${document}\n`);
    // The client's types know arrays only; bytes are sent as they are, without serialising twice. A text would wait in
    // memory beside its bytes.
    const operations = Buffer.from(lines.join('')) as unknown as object[];
    const request = {
      index,
      operations,
      require_data_stream: true,
      filter_path: FILTER,
      ...(refresh === undefined ? {} : { refresh }),
    };
    const reply = await client.bulk(request, timeoutMs === undefined ? {} : { requestTimeout: timeoutMs });
    return (reply.items as unknown as Record<string, ReplyItem>[]).map(
      (item) => Object.values(item)[0] ?? { status: 0 },
    );
  }

  /** One outcome for each item, undefined where it must be sent again. */
  async function send(
    items: readonly BulkItem[],
    signal: AbortSignal,
  ): Promise<{ outcomes: (ItemOutcome | undefined)[]; last?: DestinationUnavailableError }> {
    signal.throwIfAborted();
    const sentAt = performance.now();
    const ended = (error?: unknown): void => onRequest?.({ seconds: (performance.now() - sentAt) / 1_000, error });
    try {
      const replies = await post(items);
      const outcomes = items.map((_, position) => outcomeOf(replies[position] ?? { status: 0 }));
      const refused = replies.find((_, position) => outcomes[position] === undefined);
      const last = refused === undefined ? undefined : refusal(index, refused);
      ended(last);
      return last === undefined ? { outcomes } : { outcomes, last };
    } catch (error) {
      const failure = destinationError(`writing to ${index}`, error);
      ended(failure);
      signal.throwIfAborted();
      const status = statusOf(error);
      if (status !== 413 && status !== 400) return { outcomes: items.map(() => undefined), last: failure };
      if (items.length === 1) {
        return {
          outcomes: [
            {
              kind: 'rejected',
              reason: status === 413 ? 'larger than Elasticsearch accepts' : (error as Error).message,
            },
          ],
        };
      }
      const half = Math.ceil(items.length / 2);
      const [first, second] = [await send(items.slice(0, half), signal), await send(items.slice(half), signal)];
      const last = second.last ?? first.last;
      return { outcomes: [...first.outcomes, ...second.outcomes], ...(last === undefined ? {} : { last }) };
    }
  }

  async function write(items: readonly BulkItem[], signal: AbortSignal): Promise<ItemOutcome[]> {
    const outcomes: (ItemOutcome | undefined)[] = items.map(() => undefined);
    let open = items.map((_, position) => position);
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const { outcomes: replies, last } = await send(
        open.map((position) => items[position] as BulkItem),
        signal,
      );
      for (const [at, position] of open.entries()) outcomes[position] = replies[at];
      open = open.filter((position) => outcomes[position] === undefined);
      if (open.length === 0) break;
      if (attempt >= tries) throw last ?? refusal(index, { status: 0 });
      await waitBackoff(attempt, backoff, signal);
    }
    return outcomes as ItemOutcome[];
  }

  async function probe(): Promise<void> {
    const [reply] = await orUnavailable(`probing ${index}`, post([UNTAKEABLE], PROBE_TIMEOUT_MS));
    if (reply === undefined || outcomeOf(reply) === undefined) throw refusal(index, reply ?? { status: 0 });
  }

  return { write, probe };
}
