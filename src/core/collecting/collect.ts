/** Collects one window: pages are fetched, prepared and written; what comes out is its counts, and what it claims. */
import type { Page, SourceContext } from '../../sdk/source.ts';
import { createBatches, type BatchesOptions } from './batches.ts';
import { createPageCount } from './busy.ts';
import type { DeadLetters } from '../documents/dead-letter.ts';
import { RetryableError } from '../../sdk/errors.ts';
import { NO_COUNTS, type Counts, type Reading } from '../ledger.ts';
import { preparer, type Preparation } from '../documents/prepare.ts';
import { createClaimTally } from '../proof/claims.ts';
import type { Interval } from '../time/intervals.ts';
import { passRank } from '../../sdk/pass.ts';
import { createVendorClock } from './vendor-clock.ts';
import type { DocumentWriter } from './writer.ts';

/** A stream that rolls over more often while one window is read is being shaken, not rolled. */
const MAX_ROUNDS = 5;

export type Collection<Raw> = Preparation<Raw> & {
  readonly span: Interval;
  /** The vendor's clock must have reached this, in epoch milliseconds, before the window counts as over (law 8). */
  readonly completeAfter: number;
  /** A window of more pages is too busy to be read at once; undefined where it cannot be divided. */
  readonly mostPages: number | undefined;
  readonly documents: DocumentWriter;
  readonly deadLetters: DeadLetters;
  /** Hears of each event that only a settle pass found, so many milliseconds after it happened. */
  readonly onLate?: (delayMs: number) => void;
  /** Hears of each new document of a kind that the source does not know, by that kind. */
  readonly onUnreviewed?: (kind: string) => void;
};

/** A window that was read to its end. */
export type Collected = { readonly counts: Counts; readonly reading: Reading };

type Created = Parameters<BatchesOptions['onCreated']>[0];

/** What a collection counts and claims, over all of its rounds. */
function createTally<Raw>({ stream, span, source, now, onLate, onUnreviewed }: Collection<Raw>) {
  const counts = { ...NO_COUNTS } as Record<keyof Counts, number>;
  const claims = createClaimTally(span, source.cadence.indivisible);
  // Late is what an earlier pass should have seen: where each pass makes documents of its own, nothing is.
  const countsLate = passRank(stream.pass) === 1 && source.passesShareRecords;

  function onCreated({ id, time, unreviewed }: Created): void {
    claims.create(id, time);
    if (unreviewed !== undefined) onUnreviewed?.(unreviewed);
    if (!countsLate) return;
    const delayMs = now() - time;
    counts.late += 1;
    counts.lateness = Math.max(counts.lateness, delayMs);
    onLate?.(delayMs);
  }

  return { counts, claims, onCreated };
}

/** A reading of all pages, which may be done again: it resolves when all of it is written. */
function createReader<Raw>(
  collection: Collection<Raw>,
  context: SourceContext,
  { counts, claims, onCreated }: ReturnType<typeof createTally>,
) {
  const { span, source, completeAfter, mostPages = Infinity } = collection;
  const prepare = preparer(collection);
  const batches = createBatches({ ...collection, signal: context.signal, counts, onCreated });
  const asked = { from: new Date(span.from), to: new Date(span.to) };

  function addPage({ records }: Page<Raw>, see: (time: number) => void): void {
    counts.fetched += records.length;
    const tally = { records: records.length, rejected: 0 };
    for (const raw of records) {
      const prepared = prepare(raw);
      if (prepared.kind === 'unmappable') {
        // A record of which no document can be made was seen like any other.
        if (prepared.document !== undefined) claims.see(prepared.document.id, prepared.document.time);
        batches.addUnmappable(prepared, tally);
      } else {
        claims.see(prepared.id, prepared.time);
        see(prepared.time);
        batches.addDocument(prepared, tally);
      }
    }
  }

  async function readPages(): Promise<ReadBy> {
    const count = createPageCount(span, mostPages);
    const clock = createVendorClock(completeAfter);
    let app = source.asker.app;
    for await (const page of source.fetchPages(asked, context)) {
      clock.see(page);
      app = page.app ?? app;
      addPage(page, count.see);
      count.turn();
      await batches.writeWhereFull();
    }
    if (count.pages === 0)
      throw new RetryableError('the source yielded no page at all, so nothing proves that the window is over');
    counts.pages += count.pages;
    await batches.write();
    return { ...clock.reading(), app };
  }

  return async (): Promise<ReadBy> => {
    try {
      return await readPages();
    } finally {
      // Also after a failure: what was sent is looked after before the window is given back.
      await batches.written();
    }
  };
}

/** When the pages of a reading were given, by the vendor's clock, and to which app. */
type ReadBy = Pick<Reading, 'readFrom' | 'readUntil'> & { readonly app: string };

/**
 * @returns what became of the window, when every record of it was created, was there already or is a dead letter.
 * @throws the errors of `errors.ts` from source and writer, `WindowNotOverError` by the vendor's clock,
 * `WindowTooBusyError` where it has more than `mostPages`, `RejectedPageError` for something systemic, the signal's reason when aborted.
 */
export async function collectWindow<Raw>(collection: Collection<Raw>, context: SourceContext): Promise<Collected> {
  const { stream, source, documents } = collection;
  const tally = createTally(collection);
  const { counts, claims } = tally;
  const read = createReader(collection, context, tally);
  let readBy: ReadBy;
  // A rollover under way may have hidden a copy from the look-up: the window is done again before it counts as done.
  for (let round = 1; ; round += 1) {
    const work = await documents.begin();
    readBy = await read();
    // Where nothing was read nothing can be hidden.
    if (counts.fetched === 0 || !(await work.rolledOver())) break;
    if (round >= MAX_ROUNDS)
      throw new RetryableError(`the data stream rolled over ${round} times while the window was read`);
  }
  const { question, readings, asker } = source;
  const own = readings === undefined ? {} : { [readings.field]: [readings.of(stream.pass)] };
  const { app, ...times } = readBy;
  return {
    counts: { ...counts, events: claims.events },
    reading: { claim: claims.claim(), ...times, question: { ...question, ...own }, asker: { ...asker, app } },
  };
}
