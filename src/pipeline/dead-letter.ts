/** A record that became no document. */
import type { Span } from './spans.ts';
import type { Stream } from './stream.ts';

export type DeadLetter = {
  readonly stream: Stream;
  readonly span: Span;
  /** `mapping`: ours refused it. `document`: Elasticsearch did. */
  readonly type: 'mapping' | 'document';
  readonly reason: string;
  /** The record, redacted, as JSON. */
  readonly original: string;
  /** A hash of the whole record: equal records are one letter. */
  readonly fingerprint: string;
  /** When it was fetched, in epoch milliseconds. */
  readonly at: number;
};

export type DeadLetters = {
  /** Resolves when all are stored or were there already. Throws `DestinationUnavailableError`. */
  write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
};
