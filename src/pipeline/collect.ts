/** Collects one window: pages are fetched, prepared and written; what comes out is its counts, and what it claims. */
import type { SourceContext } from '../source.ts';
import type { DeadLetter, DeadLetters } from './dead-letter.ts';
import { createPageCount, type PageCount } from './busy.ts';
import { RejectedPageError, RetryableError, WindowNotOverError } from './errors.ts';
import { NO_COUNTS, type Counts, type Reading } from './ledger.ts';
import { preparer, type Preparation } from './prepare.ts';
import { createClaimTally } from './proof/claims.ts';
import type { Span } from './spans.ts';
import { passRank } from './stream.ts';
import type { DatedItem, DocumentWriter } from './writer.ts';

const BATCH_ITEMS = 500;
const BATCH_CHARACTERS = 4_000_000;
/** A page of which more than half, and at least so many, is rejected has a systemic cause. */
const SYSTEMIC_REJECTIONS = 10;
/** A stream that rolls over more often while one window is read is being shaken, not rolled. */
const MAX_ROUNDS = 5;
/** A clock may be corrected meanwhile: no window waits longer than this before it looks again. */
const LONGEST_CLOCK_WAIT_MS = 60_000;

export type Collection<Raw> = Preparation<Raw> & {
  readonly span: Span;
  /** The vendor's clock must have reached this, in epoch milliseconds, before the window counts as over (law 8). */
  readonly ripeAt: number;
  /** A window of more pages is too busy to be read at once; undefined where it cannot be divided. */
  readonly mostPages: number | undefined;
  readonly documents: DocumentWriter;
  readonly deadLetters: DeadLetters;
  /** Hears of each event that only a settle pass found, so many milliseconds after it happened. */
  readonly onLate?: (delayMs: number) => void;
};

type Tally = { records: number; rejected: number };
type Item = DatedItem & { readonly tally: Tally; readonly original: () => string; readonly time: number };
type Batch = { items: Item[]; letters: { tally: Tally; letter: DeadLetter }[]; characters: number };

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

/** A window that was read to its end. */
export type Collected = { readonly counts: Counts; readonly reading: Reading };

/**
 * @returns what became of the window, when every record of it was created, was there already or is a dead letter.
 * @throws the errors of `errors.ts` from source and writer, `WindowNotOverError` by the vendor's clock,
 * `WindowTooBusyError` where it has more than `mostPages`, `RejectedPageError` for something systemic, the signal's reason when aborted.
 */
export async function collectWindow<Raw>(collection: Collection<Raw>, context: SourceContext): Promise<Collected> {
  const { stream, span, source, documents, deadLetters, mostPages = Infinity } = collection;
  const counts = { ...NO_COUNTS } as Record<keyof Counts, number>;
  // Late is what an earlier pass should have seen: where each pass makes documents of its own, nothing is.
  const countsLate = passRank(stream.pass) === 1 && source.passesShareRecords;
  const prepare = preparer(collection);
  const claims = createClaimTally(span, source.cadence.indivisible);
  let read: Pick<Reading, 'readFrom' | 'readUntil'> | undefined;
  let batch = emptyBatch();
  let writing = Promise.resolve();

  function letterFor(
    letter: Pick<DeadLetter, 'type' | 'reason' | 'original' | 'document' | 'fingerprint'>,
  ): DeadLetter {
    return { ...letter, stream, span, at: collection.now() };
  }

  function add(raw: Raw, tally: Tally, count: PageCount): void {
    const prepared = prepare(raw);
    if (prepared.kind === 'unmappable') {
      // A record of which no document can be made was seen like any other.
      if (prepared.document !== undefined) claims.see(prepared.document.id, prepared.document.time);
      const { kind: _, ...letter } = prepared;
      batch.letters.push({ tally, letter: letterFor({ type: 'mapping', ...letter }) });
      return;
    }
    const { id, time, line, original } = prepared;
    claims.see(id, time);
    count.see(time);
    // A copy can have been written as soon as its window was read, or, dated ahead, as soon as it was listed.
    batch.items.push({ id, source: line, earliest: Math.min(span.from, time), tally, original, time });
    batch.characters += line.length;
  }

  function countCreated({ id, time }: Item): void {
    counts.created += 1;
    claims.create(id, time);
    if (!countsLate) return;
    const delayMs = collection.now() - time;
    counts.late += 1;
    counts.lateness = Math.max(counts.lateness, delayMs);
    collection.onLate?.(delayMs);
  }

  async function writeItems(items: readonly Item[]): Promise<Batch['letters']> {
    if (items.length === 0) return [];
    const { outcomes, ...written } = await documents.write(items, context.signal);
    for (const key of ['lookups', 'crossIndexDuplicates'] as const) counts[key] += written[key];
    const refused: Batch['letters'] = [];
    for (const [position, outcome] of outcomes.entries()) {
      const item = items[position] as Item;
      if (outcome.kind === 'created') countCreated(item);
      else if (outcome.kind === 'duplicate') counts.duplicates += 1;
      else
        refused.push({
          tally: item.tally,
          letter: letterFor({
            type: 'document',
            reason: collection.redactor.text(outcome.reason),
            original: item.original(),
            document: { id: item.id, time: item.time },
            fingerprint: item.id,
          }),
        });
    }
    return refused;
  }

  async function flush(): Promise<void> {
    const { items, letters: unmappable } = batch;
    batch = emptyBatch();
    context.signal.throwIfAborted();
    const letters = [...unmappable, ...(await writeItems(items))];
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

  /** The batch is written while the next pages are fetched; one at a time, so that memory stays bounded. */
  async function flushBehind(): Promise<void> {
    await writing;
    writing = flush();
    // Whoever awaits it next throws it; until then it must not count as unhandled.
    writing.catch(() => undefined);
  }

  let askedBy = source.asker.app;

  async function readPages(): Promise<void> {
    const startedAt = performance.now();
    const count = createPageCount(span, mostPages);
    let vendorTime: Date | undefined;
    // The vendor's clock may go back between two pages.
    let [readFrom, readUntil] = [Infinity, -Infinity];
    for await (const page of source.fetchPages({ from: new Date(span.from), to: new Date(span.to) }, context)) {
      if (count.pages === 0) {
        checkVendorClock(page.vendorTime, collection.ripeAt);
        // The vendor may have looked long before it answered.
        readFrom = (page.vendorTime?.getTime() ?? 0) - Math.ceil(performance.now() - startedAt);
      }
      vendorTime = page.vendorTime;
      askedBy = page.app ?? askedBy;
      readFrom = Math.min(readFrom, vendorTime?.getTime() ?? readFrom);
      readUntil = Math.max(readUntil, vendorTime?.getTime() ?? readUntil);
      counts.fetched += page.records.length;
      const tally = { records: page.records.length, rejected: 0 };
      for (const raw of page.records) add(raw, tally, count);
      count.turn();
      if (batch.items.length + batch.letters.length >= BATCH_ITEMS || batch.characters >= BATCH_CHARACTERS)
        await flushBehind();
    }
    if (count.pages === 0)
      throw new RetryableError('the source yielded no page at all, so nothing proves that the window is over');
    counts.pages += count.pages;
    read = { readFrom, readUntil: vendorTime === undefined ? undefined : readUntil };
    await flushBehind();
  }

  async function readOnce(): Promise<void> {
    try {
      await readPages();
    } finally {
      // Also after a failure: what was sent is looked after before the window is given back.
      await writing;
    }
  }

  // A rollover under way may have hidden a copy from the look-up: the window is done again before it counts as done.
  for (let round = 1; ; round += 1) {
    const stretch = await documents.begin();
    await readOnce();
    // Where nothing was read nothing can be hidden.
    if (counts.fetched === 0 || !(await stretch.rolledOver())) break;
    if (round >= MAX_ROUNDS)
      throw new RetryableError(`the data stream rolled over ${round} times while the window was read`);
  }
  const { question, readings, asker } = source;
  const own = readings === undefined ? {} : { [readings.field]: [readings.of(stream.pass)] };
  return {
    counts: { ...counts, events: claims.events },
    reading: {
      claim: claims.claim(),
      readFrom: read?.readFrom ?? 0,
      readUntil: read?.readUntil,
      question: { ...question, ...own },
      asker: { ...asker, app: askedBy },
    },
  };
}
