/** The contract of a source: what a developer writes to collect one more kind of record. */
import type { Grid } from './grid.ts';
import type { Pass } from './pass.ts';

/** Half-open: `from` is in, `to` is out, so neighbours never share a second. */
export type Window = { readonly from: Date; readonly to: Date };

/** One answer of the vendor. */
export type Page<Raw> = {
  readonly records: readonly Raw[];
  /** The vendor's own clock, from the `Date` header; undefined where the answer had none. */
  readonly vendorTime: Date | undefined;
  /** The app that asked, where a source has several. */
  readonly app?: string;
};

/** What one API of one vendor app may be asked: the name of its bucket, and calls a minute. */
export type Quota = { readonly key: string; readonly perMinute: number };

/** The request budget that all workers share, already bound to the priority of the stream. */
export type RequestBudget = {
  /** Resolves when one call may be sent. Rejects with the signal's reason when aborted. */
  take(quota: Quota, signal: AbortSignal): Promise<void>;
  /** The vendor said "wait": nobody calls for so many milliseconds. */
  hold(quota: Quota, waitMs: number): Promise<void>;
};

/** A line of the log, with fields or without. */
export type LogLine = { (message: string): void; (fields: object, message: string): void };
/** What a source may say: `warn` for what an operator should see, `debug` for the rest. */
export type SourceLog = Readonly<Record<'debug' | 'info' | 'warn' | 'error', LogLine>>;

/** Lent to a source for one run of one window. */
export type SourceContext = {
  /** Bound to stream and window. Credentials are taken out of every line. */
  readonly log: SourceLog;
  /** Aborted on shutdown and on a lost lock: pass it to every request. */
  readonly signal: AbortSignal;
  readonly budget: RequestBudget;
  /** Why the window is read: `live`, `settle-1h`, `backfill-…`. */
  readonly pass: Pass;
};

/** How a source cuts time into windows and when each is worth reading. */
export type Cadence = {
  /** Where live windows begin and end. */
  readonly grid: Grid;
  /** The same, coarser, for backfills and time ranges far behind, so that a backlog costs few calls. */
  readonly backlogGrid: Grid;
  /** For a pass that reads so many milliseconds after a window's end: no coarser than that, or it would wait for longer. */
  readonly settleGrid: (delayMs: number) => Grid;
  /** True where a window cannot be cut, as a day of statistics; a backfill is then widened to whole windows. */
  readonly indivisible: boolean;
  /** How long after its end a window is complete, in milliseconds. */
  readonly lagMs: number;
  /** How long a time range in which nothing is found may grow before it is written into the ledger, in milliseconds; 0: not at all. */
  readonly quietMs: number;
  /** How long after its end a window is read again for what came late, in milliseconds, one pass each. */
  readonly settleMs: readonly number[];
};

/**
 * What narrows the readings of a source: of these fields of its documents only these values, as the operator's filter says.
 * A field that is missing is not narrowed; none at all asks for everything.
 */
export type Question = Readonly<Record<string, readonly string[]>>;

/** Who asked the vendor, for the record: nothing depends on it. */
export type Asker = { readonly app: string; readonly url: string };

/** An Elastic Common Schema document, nested; `@timestamp` is ISO 8601. */
export type EcsDocument = { readonly '@timestamp': string; readonly [field: string]: unknown };

/** One kind of record that a vendor hands out by time, and how each becomes one document. */
export type Source<Raw = unknown> = {
  /** `vendor.dataset`: names the data stream, the queue and the metric label. */
  readonly name: SourceName;
  readonly cadence: Cadence;
  /** True where every pass finds the same records, as in a log; false where a later reading makes documents of its own. */
  readonly passesShareRecords: boolean;
  /** Where `passesShareRecords` is false: the field that says which reading a document is from, and what it holds for this pass. */
  readonly readings: { readonly field: string; readonly of: (pass: Pass) => string } | undefined;
  /** The same for the same settings, values sorted: a time range that was read under it is collected as far as it asks. */
  readonly question: Question;
  readonly asker: Asker;
  /**
   * Yields the window page by page, in any order, each with the vendor's clock. Called once for each run of a window.
   * Failures are thrown as a `CollectionError` that says what to do next, never swallowed.
   */
  fetchPages(window: Window, context: SourceContext): AsyncIterable<Page<Raw>>;
  /** Stable identity of a record, unique together with tenant, source and event time. Throws what belongs in the dead letters. */
  idOf(raw: Raw): string;
  /** When the record happened. Throws `UnmappableRecord` where that is missing or absurd: it never falls back to now. */
  timeOf(raw: Raw): Date;
  /** Key names that are called like a secret but are none in this record (a document's `token`), in lower case without `_` and `-`. */
  plainKeys(raw: Raw): ReadonlySet<string>;
  /**
   * Pure: no clock, no I/O, no default that hides missing data. Gets the redacted record, and `json`, which tells what a
   * text of it holds that is JSON itself (undefined for any other). Throws what belongs in the dead letters.
   */
  toDocument(redacted: Raw, json: (text: string) => unknown): EcsDocument;
  /**
   * What the record of this document is called where the source does not know its kind and has guessed (an API that came
   * after this version); undefined for all others. Counted, and named in the log once. Pure.
   */
  unreviewed(document: EcsDocument): string | undefined;
};

/** `vendor.dataset`. */
export type SourceName = `${string}.${string}`;
