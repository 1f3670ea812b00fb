/** A record that became no document. */
import type { SourceName } from '../../sdk/source.ts';
import type { DatedId } from '../proof/evidence.ts';
import type { Interval } from '../time/intervals.ts';
import type { Stream } from '../stream.ts';

export type DeadLetter = {
  readonly stream: Stream;
  readonly span: Interval;
  /** `mapping`: ours refused it. `document`: Elasticsearch did. */
  readonly type: 'mapping' | 'document';
  readonly reason: string;
  /** The record, redacted, as JSON. */
  readonly original: string;
  /** The document that it would be; undefined where the record has no identity or no time. */
  readonly document: DatedId | undefined;
  /** The same for the same record, whatever is redacted: the document's id, else a hash of the record. */
  readonly fingerprint: string;
  /** When it was fetched, in epoch milliseconds. */
  readonly at: number;
};

/** A letter as it is read back; `original` is JSON, redacted when it was stored. */
export type StoredLetter = {
  readonly id: string;
  readonly tenant: string;
  readonly source: SourceName;
  readonly original: string;
  readonly type: string;
  readonly reason: string;
  /** The document that it would be, where that was known. */
  readonly document: DatedId | undefined;
};

export type DeadLetters = {
  /** Resolves when all are stored or were there already. Throws `DestinationUnavailableError`. */
  write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
  /** How many letters there are, replayed ones too. */
  count(filter: { readonly source?: string }): Promise<number>;
  /** Letters that were not replayed yet, page by page. */
  open(filter: { readonly source?: string }): AsyncIterable<StoredLetter>;
  /** Appends that this letter became this document; the letter itself stays. */
  markReplayed(letter: StoredLetter, document: DatedId, signal: AbortSignal): Promise<void>;
};
