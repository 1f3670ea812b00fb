/** One document for each stream: a digest of the ledger, changed only with optimistic concurrency, rebuilt when lost. */
import {
  isFinished,
  type Checkpoint,
  type CheckpointChange,
  type Checkpoints,
  type OpenedStream,
} from '../../core/ledger.ts';
import { iso } from '../../core/time/intervals.ts';
import { streamKey, type Stream } from '../../core/stream.ts';
import { orUnavailable, wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import { formerOf, storedFormer, type StoredFormer } from './ledger/documents.ts';
import { checkpointsIndex } from './names.ts';
import { createGet, createPut, createSearch, type Hit } from './together.ts';

type Stored = Stream & {
  readonly stream: string;
  readonly origin: string;
  readonly end: string | null;
  readonly requested_by: string | null;
  readonly done: readonly { readonly from: string; readonly to: string }[];
  readonly watermark: string;
  readonly complete: boolean;
  /** Absent in what versions before have written. */
  readonly formers?: readonly StoredFormer[];
  readonly ended?: string | null;
  readonly made_from?: readonly string[];
  /** When each of these was written; absent in what versions before have written. */
  readonly made_at?: readonly string[];
  readonly updated: string;
};

type State = Pick<Checkpoint, 'done' | 'watermark' | 'ended' | 'madeFrom'>;

function toStored(
  { stream, origin, end, requestedBy, formers = [] }: OpenedStream,
  { done, watermark, ended, madeFrom }: State,
): Stored {
  return {
    stream: streamKey(stream),
    ...stream,
    origin: iso(origin),
    end: end === undefined ? null : iso(end),
    requested_by: requestedBy ?? null,
    done: done.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    watermark: iso(watermark),
    complete: isFinished({ ended, end, watermark }),
    formers: formers.map(storedFormer),
    ended: ended === undefined ? null : iso(ended),
    made_from: madeFrom.map(({ id }) => id),
    made_at: madeFrom.map(({ at }) => iso(at)),
    updated: iso(Date.now()),
  };
}

function fromHit({
  _source: stored,
  _seq_no: seqNo = 0,
  _primary_term: primaryTerm = 0,
}: Hit<Stored>): Checkpoint | undefined {
  if (stored === undefined) return undefined;
  return {
    stream: { tenant: stored.tenant, source: stored.source, pass: stored.pass },
    origin: Date.parse(stored.origin),
    end: stored.end === null ? undefined : Date.parse(stored.end),
    requestedBy: stored.requested_by ?? undefined,
    done: stored.done.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
    watermark: Date.parse(stored.watermark),
    formers: (stored.formers ?? []).map(formerOf),
    ended: typeof stored.ended === 'string' ? Date.parse(stored.ended) : undefined,
    // What it names was written before it.
    madeFrom: (stored.made_from ?? []).map((id, position) => ({
      id,
      at: Date.parse(stored.made_at?.[position] ?? stored.updated),
    })),
    version: { seqNo, primaryTerm },
  };
}

export function createCheckpoints(client: Elasticsearch, namespace: string): Checkpoints {
  const index = checkpointsIndex(namespace);
  const ask = createSearch(client);
  const get = createGet<Stored>(client, index);
  const put = createPut(client, index);

  async function read(stream: Stream): Promise<Checkpoint | undefined> {
    const found = await orUnavailable('reading a checkpoint', get(streamKey(stream)));
    return found && fromHit(found);
  }

  async function create(opened: OpenedStream): Promise<Checkpoint> {
    const document = toStored(opened, { done: [], watermark: opened.origin, ended: undefined, madeFrom: [] });
    const created = client.create({ index, id: streamKey(opened.stream), document, refresh: true }, { ignore: [409] });
    await orUnavailable('creating a checkpoint', created);
    const stored = await read(opened.stream);
    if (stored === undefined)
      throw new Error(`the checkpoint of ${streamKey(opened.stream)} vanished while it was created`);
    return stored;
  }

  async function update(checkpoint: Checkpoint, change: CheckpointChange): Promise<boolean> {
    const document = toStored(checkpoint, { ...checkpoint, ...change });
    // A stream that ends leaves what is listed at once.
    const written = put({
      id: streamKey(checkpoint.stream),
      document,
      ...checkpoint.version,
      refresh: 'ended' in change,
    });
    return (await orUnavailable('updating a checkpoint', written)) === 'written';
  }

  async function list(filter: Parameters<Checkpoints['list']>[0]): Promise<Checkpoint[]> {
    const { tenant, source, unfinished, backfills } = filter;
    const terms = [
      ...(tenant === undefined ? [] : [{ term: { tenant } }]),
      ...(source === undefined ? [] : [{ term: { source } }]),
      ...(unfinished === true ? [{ term: { complete: false } }] : []),
      ...(backfills === true ? [{ prefix: { pass: 'backfill-' } }] : []),
    ];
    const found = () =>
      ask<Stored>({
        index,
        seq_no_primary_term: true,
        // A shard without an answer would hide the streams on it, and whoever plans would not know.
        allow_partial_search_results: false,
        size: 10_000,
        query: { bool: { filter: terms } },
        sort: ['stream'],
      });
    const hits = (await wholeAnswerIfThere('listing checkpoints', found))?.hits.hits ?? [];
    return hits.map(fromHit).filter((checkpoint) => checkpoint !== undefined);
  }

  return { read, create, update, list };
}
