/** What a window's records became is written in batches, each while the next pages are fetched; what is refused is a dead letter. */
import type { DeadLetter, DeadLetters } from '../documents/dead-letter.ts';
import { RejectedPageError } from '../../sdk/errors.ts';
import type { Counts } from '../ledger.ts';
import type { Prepared } from '../documents/prepare.ts';
import type { Redactor } from '../documents/redact.ts';
import type { Interval } from '../time/intervals.ts';
import type { Stream } from '../stream.ts';
import type { DatedItem, DocumentWriter } from './writer.ts';

const BATCH_ITEMS = 500;
const BATCH_CHARACTERS = 4_000_000;
/** A page of which more than half, and at least so many, is rejected has a systemic cause. */
const SYSTEMIC_REJECTIONS = 10;

/** Of one page: its records, and how many of them made no document. */
export type PageTally = { readonly records: number; rejected: number };

type Document = Extract<Prepared, { kind: 'document' }>;
type Unmappable = Extract<Prepared, { kind: 'unmappable' }>;
type Item = DatedItem & Pick<Document, 'time' | 'unreviewed' | 'original'> & { readonly tally: PageTally };
type Letter = { readonly tally: PageTally; readonly letter: DeadLetter };
type Batch = { items: Item[]; letters: Letter[]; characters: number };

const emptyBatch = (): Batch => ({ items: [], letters: [], characters: 0 });

export type BatchesOptions = {
  readonly stream: Stream;
  readonly span: Interval;
  readonly documents: DocumentWriter;
  readonly deadLetters: DeadLetters;
  readonly redactor: Redactor;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** What becomes of documents is added here. */
  readonly counts: Record<keyof Counts, number>;
  readonly onCreated: (document: Pick<Document, 'id' | 'time' | 'unreviewed'>) => void;
};

export type Batches = {
  addDocument(document: Document, tally: PageTally): void;
  addUnmappable(unmappable: Unmappable, tally: PageTally): void;
  /** Begins to write where a batch is full. */
  writeWhereFull(): Promise<void>;
  /** Begins to write what there is. */
  write(): Promise<void>;
  /** Resolves when what was begun is written. @throws what the writers throw, `RejectedPageError` for something systemic */
  written(): Promise<void>;
};

// oxlint-disable-next-line max-lines-per-function -- the batch that fills and the one that is written are one state
export function createBatches(options: BatchesOptions): Batches {
  const { stream, span, documents, deadLetters, redactor, now, signal, counts, onCreated } = options;
  let batch = emptyBatch();
  let writing = Promise.resolve();

  const letterFor = (letter: Omit<DeadLetter, 'stream' | 'span' | 'at'>): DeadLetter => ({
    ...letter,
    stream,
    span,
    at: now(),
  });

  const refusedLetter = ({ id, time, original }: Item, reason: string): DeadLetter =>
    letterFor({
      type: 'document',
      reason: redactor.text(reason),
      original: original(),
      document: { id, time },
      fingerprint: id,
    });

  /** Gives what Elasticsearch refused. */
  async function writeItems(items: readonly Item[]): Promise<Letter[]> {
    if (items.length === 0) return [];
    const { outcomes, ...written } = await documents.write(items, signal);
    for (const key of ['lookups', 'crossIndexDuplicates'] as const) counts[key] += written[key];
    const refused: Letter[] = [];
    for (const [position, outcome] of outcomes.entries()) {
      const item = items[position] as Item;
      if (outcome.kind === 'rejected') {
        refused.push({ tally: item.tally, letter: refusedLetter(item, outcome.reason) });
      } else if (outcome.kind === 'created') {
        counts.created += 1;
        onCreated(item);
      } else counts.duplicates += 1;
    }
    return refused;
  }

  async function writeLetters(letters: readonly Letter[]): Promise<void> {
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
        signal,
      );
    counts.rejected += letters.length;
  }

  async function writeBatch(): Promise<void> {
    const { items, letters } = batch;
    batch = emptyBatch();
    signal.throwIfAborted();
    await writeLetters([...letters, ...(await writeItems(items))]);
  }

  /** One at a time, so that memory stays bounded. */
  async function write(): Promise<void> {
    await writing;
    writing = writeBatch();
    // Whoever awaits it next throws it; until then it must not count as unhandled.
    writing.catch(() => undefined);
  }

  return {
    addDocument: ({ id, time, line, unreviewed, original }, tally) => {
      // A copy can have been written as soon as its window was read, or, dated ahead, as soon as it was listed.
      batch.items.push({ id, document: line, earliest: Math.min(span.from, time), tally, unreviewed, original, time });
      batch.characters += line.length;
    },
    addUnmappable: ({ kind: _, ...letter }, tally) =>
      void batch.letters.push({ tally, letter: letterFor({ type: 'mapping', ...letter }) }),
    writeWhereFull: async () => {
      const isFull = batch.items.length + batch.letters.length >= BATCH_ITEMS || batch.characters >= BATCH_CHARACTERS;
      if (isFull) await write();
    },
    write,
    written: () => writing,
  };
}
