/** Collects one window: pages are fetched, mapped, redacted and written; what comes out is its counts. */
import { EcsVersion } from '@elastic/ecs';
import type { EcsDocument, Source, SourceContext } from '../source.ts';
import type { DeadLetter, DeadLetters } from './dead-letter.ts';
import { documentId, hashId } from './document-id.ts';
import { RejectedPageError, RetryableError, WindowNotOverError } from './errors.ts';
import { NO_COUNTS, type Counts } from './ledger.ts';
import type { Redactor } from './redact.ts';
import type { Span } from './spans.ts';
import { passRank, streamKey, type Stream } from './stream.ts';
import type { DatedItem, DocumentWriter } from './writer.ts';

const BATCH_ITEMS = 500;
const BATCH_CHARACTERS = 4_000_000;
/** A page of which more than half, and at least so many, is rejected has a systemic cause. */
const SYSTEMIC_REJECTIONS = 10;
/** A stream that rolls over more often while one window is read is being shaken, not rolled. */
const MAX_ROUNDS = 5;
/** A clock may be corrected meanwhile: no window waits longer than this before it looks again. */
const LONGEST_CLOCK_WAIT_MS = 60_000;

export type Collection<Raw> = {
  readonly stream: Stream;
  readonly span: Span;
  readonly source: Source<Raw>;
  /** The vendor's clock must have reached this, in epoch milliseconds, before the window counts as over (law 8). */
  readonly ripeAt: number;
  readonly organizationName: string;
  readonly dataStream: { readonly type: string; readonly dataset: string; readonly namespace: string };
  /** Whether the redacted record itself is kept in `event.original`. */
  readonly keepOriginal: boolean;
  readonly redactor: Redactor;
  readonly documents: DocumentWriter;
  readonly deadLetters: DeadLetters;
  readonly now: () => number;
};

type Tally = { records: number; rejected: number };
type Prepared = DatedItem & { readonly tally: Tally; readonly original: string; readonly time: number };
type Batch = { items: Prepared[]; letters: { tally: Tally; letter: DeadLetter }[]; characters: number };

const emptyBatch = (): Batch => ({ items: [], letters: [], characters: 0 });

function checkVendorClock(vendorTime: Date | undefined, ripeAt: number): void {
  if (vendorTime === undefined) {
    throw new RetryableError(
      'the vendor sent no Date header, so nothing proves that the window is over; a proxy on the way may remove it',
    );
  }
  const ahead = ripeAt - vendorTime.getTime();
  if (ahead <= 0) return;
  throw new WindowNotOverError(
    `by the vendor's clock (${vendorTime.toISOString()}) the window is complete only at ${new Date(ripeAt).toISOString()}`,
    Math.min(Math.max(ahead, 1_000), LONGEST_CLOCK_WAIT_MS),
  );
}

/** The fields that every document has, whatever its source. */
function finish<Raw>(document: EcsDocument, original: string | undefined, collection: Collection<Raw>): string {
  const { stream, dataStream, organizationName } = collection;
  const now = new Date(collection.now()).toISOString();
  const event = {
    ...(document['event'] as object | undefined),
    module: stream.source.split('.')[0],
    dataset: stream.source,
    created: now,
    ingested: now,
    ...(original === undefined ? {} : { original }),
  };
  return JSON.stringify({
    ...document,
    event,
    ecs: { version: EcsVersion },
    data_stream: dataStream,
    organization: { id: stream.tenant, name: organizationName, ...(document['organization'] as object | undefined) },
    shenji: { pass: stream.pass.replace(/-.*/, ''), stream: streamKey(stream) },
  });
}

/**
 * @returns the counts of the window, when every record of it was created, was there already or is a dead letter.
 * @throws the errors of `errors.ts` from source and writer, `WindowNotOverError` by the vendor's clock,
 * `RejectedPageError` for something systemic, the signal's reason when aborted.
 */
export async function collectWindow<Raw>(collection: Collection<Raw>, context: SourceContext): Promise<Counts> {
  const { stream, span, source, redactor, documents, deadLetters } = collection;
  const counts = { ...NO_COUNTS } as Record<keyof Counts, number>;
  const isSettling = passRank(stream.pass) === 1;
  const idsInside = new Set<string>();
  let batch = emptyBatch();

  function letterFor(type: DeadLetter['type'], reason: string, original: string): DeadLetter {
    return {
      stream,
      span,
      type,
      reason: redactor.text(reason),
      original,
      fingerprint: hashId(original),
      at: collection.now(),
    };
  }

  function prepare(raw: Raw, tally: Tally): void {
    let original = '';
    try {
      const redacted = redactor.value(raw, source.plainKeys(raw));
      original = JSON.stringify(redacted).toWellFormed();
      const time = source.timeOf(raw);
      const id = documentId(stream.tenant, stream.source, source.idOf(raw), time);
      const line = finish(source.toDocument(redacted), collection.keepOriginal ? original : undefined, collection);
      if (time.getTime() >= span.from && time.getTime() < span.to) idsInside.add(id);
      // A copy can have been written as soon as its window was read, or, dated ahead, as soon as it was listed.
      const earliest = Math.min(span.from, time.getTime());
      batch.items.push({ id, source: line, earliest, tally, original, time: time.getTime() });
      batch.characters += line.length;
    } catch (error) {
      // Whatever it was, it was the record: one bad record must not cost the others of its window.
      const text = original === '' ? redactor.text(String(raw)) : original;
      batch.letters.push({ tally, letter: letterFor('mapping', (error as Error).message, text) });
    }
  }

  function countCreated({ time }: Prepared): void {
    counts.created += 1;
    if (!isSettling) return;
    counts.late += 1;
    counts.lateness = Math.max(counts.lateness, collection.now() - time);
  }

  async function flush(): Promise<void> {
    const { items, letters } = batch;
    batch = emptyBatch();
    context.signal.throwIfAborted();
    const written = items.length === 0 ? undefined : await documents.write(items, context.signal);
    for (const key of ['lookups', 'repaired', 'doubles'] as const) counts[key] += written?.[key] ?? 0;
    for (const [position, outcome] of (written?.outcomes ?? []).entries()) {
      const item = items[position] as Prepared;
      if (outcome.kind === 'created') countCreated(item);
      else if (outcome.kind === 'duplicate') counts.duplicates += 1;
      else letters.push({ tally: item.tally, letter: letterFor('document', outcome.reason, item.original) });
    }
    for (const { tally } of letters) tally.rejected += 1;
    const systemic = letters.find(
      ({ tally }) => tally.rejected >= SYSTEMIC_REJECTIONS && tally.rejected * 2 > tally.records,
    );
    if (systemic !== undefined) {
      const { rejected, records } = systemic.tally;
      throw new RejectedPageError(
        `${rejected} of a page's ${records} records were refused, which is no accident: ${systemic.letter.reason}; nothing was dead-lettered, see "shenji check"`,
      );
    }
    if (letters.length > 0)
      await deadLetters.write(
        letters.map(({ letter }) => letter),
        context.signal,
      );
    counts.rejected += letters.length;
  }

  async function readOnce(): Promise<void> {
    let pages = 0;
    for await (const page of source.fetchPages({ from: new Date(span.from), to: new Date(span.to) }, context)) {
      if (pages === 0) checkVendorClock(page.vendorTime, collection.ripeAt);
      pages += 1;
      counts.fetched += page.records.length;
      const tally = { records: page.records.length, rejected: 0 };
      for (const raw of page.records) prepare(raw, tally);
      if (batch.items.length + batch.letters.length >= BATCH_ITEMS || batch.characters >= BATCH_CHARACTERS)
        await flush();
    }
    if (pages === 0)
      throw new RetryableError('the source yielded no page at all, so nothing proves that the window is over');
    counts.pages += pages;
    await flush();
  }

  // A rollover under way may have hidden a copy from the look-up: the window is done again before it counts as done.
  for (let round = 1; ; round += 1) {
    const stretch = await documents.begin();
    await readOnce();
    if (!(await stretch.rolledOver())) break;
    if (round >= MAX_ROUNDS)
      throw new RetryableError(`the data stream rolled over ${round} times while the window was read`);
  }
  return { ...counts, events: idsInside.size };
}
