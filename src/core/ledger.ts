/** What the planner and the workers ask of the ledger and the checkpoints (see `docs/design.md`, laws 1 and 4). */
import type { Asker, Question } from '../sdk/source.ts';
import type { Failures } from './planning/plan.ts';
import type { Claim } from './proof/claims.ts';
import type { Interval } from './time/intervals.ts';
import type { Stream } from './stream.ts';

/** What one run of a window did. Counts are of documents except `pages`; `events` counts distinct ids inside the window. */
export type Counts = {
  readonly pages: number;
  readonly fetched: number;
  readonly events: number;
  readonly created: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Ids that were looked up in older indices because of a rollover nearby. */
  readonly lookups: number;
  /** Copies in younger indices that the run came across; `shenji repair` takes them away. */
  readonly crossIndexDuplicates: number;
  /** Created by a settle pass: the vendor published them after the live pass had read the window. */
  readonly late: number;
  /** How long after their time the latest of them was found, in milliseconds. */
  readonly lateness: number;
};

export const NO_COUNTS: Counts = {
  pages: 0,
  fetched: 0,
  events: 0,
  created: 0,
  duplicates: 0,
  rejected: 0,
  lookups: 0,
  crossIndexDuplicates: 0,
  late: 0,
  lateness: 0,
};

/** The type of error of a window that took its workers down. */
export const POISON = 'WorkerLostError';

export type RecordedError = {
  readonly type: string;
  readonly message: string;
  /** False where trying again with the same parameters cannot help. */
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
};

/** What a done run says for the proof (docs/design.md): what it saw, when by the vendor's clock, and what it had asked. */
export type Reading = {
  readonly claim: Claim;
  /** Between these moments of the vendor's clock it was read; `readUntil` undefined where the last page had no `Date`. */
  readonly readFrom: number;
  readonly readUntil: number | undefined;
  readonly question: Question;
  readonly asker: Asker;
};

/** One finished or failed run of a window. `run` tells runs of one window apart; the same run written twice is one entry. */
export type WindowEntry = {
  readonly stream: Stream;
  readonly span: Interval;
  readonly run: string;
  readonly attempts: number;
  readonly startedAt: number;
  readonly endedAt: number;
} & (
  | { readonly status: 'done'; readonly counts: Counts; readonly reading?: Reading }
  | { readonly status: 'failed'; readonly error: RecordedError }
  /** A failure that concerns all of its source, and from which on the source is suspended; the run by which it goes on. */
  | { readonly status: 'suspended'; readonly error: RecordedError }
  | { readonly status: 'resumed' }
  /** A gap that an operator closed without its data. */
  | { readonly status: 'accepted'; readonly reason: string; readonly by: string; readonly question?: Question }
);

/** A stream that another one goes on with: what it did before an instant (epoch milliseconds) counts for its successor. */
export type Former = { readonly pass: Stream['pass']; readonly until: number };

/** A stream as it was opened: its origin never slides. */
export type OpenedStream = {
  readonly stream: Stream;
  readonly origin: number;
  readonly end?: number | undefined;
  readonly requestedBy?: string | undefined;
  /** Whose work it goes on with: none for most. */
  readonly formers?: readonly Former[] | undefined;
};

/** An entry as it is read back. */
export type ReadEntry = Interval & {
  readonly pass: Stream['pass'];
  readonly status: 'done' | 'failed' | 'accepted';
  readonly run: string;
  /** When it was written, in epoch milliseconds, and when the run began, by its own clock. */
  readonly at: number;
  readonly startedAt: number;
  readonly counts: Counts;
  readonly reason: string | undefined;
  readonly by: string | undefined;
  readonly error: (Pick<RecordedError, 'message' | 'retryable'> & { readonly type?: string | undefined }) | undefined;
  /** Undefined in entries from before claims were made by the minute. */
  readonly reading: RecordedReading | undefined;
};

/** `at`: when it was written, in epoch milliseconds, or before which it was: checkpoints of older versions have ids only. */
export type EntryRef = { readonly id: string; readonly at: number };
/** As it lay in the ledger: `minutes` are for `parseClaim`, since they may be damaged; the others may be unreadable too. */
export type RecordedReading = {
  readonly minutes: unknown;
  readonly readFrom: number | undefined;
  readonly readUntil: number | undefined;
  readonly question: Question | undefined;
};

/** Between the first and the last window under it a question was asked, not everywhere between; `question` as the ledger has it, own dimensions of readings included. */
export type AskedBefore = { readonly question: Question; readonly text: string; readonly span: Interval };

/** A window that was read; `at` is when, by the vendor's clock where that is known, in epoch milliseconds. */
export type ReadWindow = Interval & { readonly pass: Stream['pass']; readonly at: number };

/** A source of a tenant stands still: since when, in epoch milliseconds, and why. */
export type Suspension = { readonly since: number; readonly error: Pick<RecordedError, 'type' | 'message'> };
/**
 * `changedAt`: when the newest of its suspensions began or ended; -Infinity where there was none. `refused`: the window for
 * which the newest began.
 */
export type Standing = {
  readonly suspension: Suspension | undefined;
  readonly changedAt: number;
  readonly refused: (Interval & { readonly pass: string }) | undefined;
};

export type Ledger = {
  /** Appends; resolves when searches see it. Throws `DestinationUnavailableError`. */
  append(entry: WindowEntry): Promise<void>;
  /** Records a stream's opening, once; resolves with what was recorded first. */
  open(opened: OpenedStream): Promise<OpenedStream>;
  /** Every stream ever opened for this tenant and source. */
  opened(tenant: string, source: string): Promise<OpenedStream[]>;
  /** Every entry of any pass whose window touches this time range, or that created something in it; oldest window first. */
  entries(tenant: string, source: string, span: Interval): Promise<ReadEntry[]>;
  /** The questions that windows of this source were read under, by any pass. */
  questions(tenant: string, source: string): Promise<AskedBefore[]>;
  /** Windows over this time range that were read under one of these questions (undefined: it was not recorded); the earliest window first. */
  readUnder(
    tenant: string,
    source: string,
    span: Interval,
    texts: readonly (string | undefined)[],
  ): AsyncIterable<ReadWindow>;
  /** Records and dead letters of the newest runs that read something, newest first, at most so many. */
  newest(tenant: string, source: string, most: number): Promise<Pick<Counts, 'fetched' | 'rejected'>[]>;
  /** How many windows each app has read in the last hour in which something was found, by any pass. */
  askers(tenant: string, source: string): Promise<ReadonlyMap<string, number>>;
  /** Of each hour since this moment (epoch milliseconds) the beginning of the first window that found something; without backfills. */
  busy(tenant: string, source: string, since: number): Promise<number[]>;
  /** Live windows that were done in the last hour: at most the newest two hundred. */
  recentLive(tenant: string, source: string): Promise<(Interval & Pick<Counts, 'pages' | 'fetched'>)[]>;
  /** Everything that runs of this stream have done, each window's events counted once. */
  totals(stream: Stream): Promise<Counts & { readonly windows: number }>;
  /** What is known of these time ranges of a stream: done (or accepted) ones with the entries that say so, and where windows failed. */
  over(
    stream: Stream,
    spans: readonly Interval[],
  ): Promise<{ done: Interval[]; failures: Failures[]; entries: readonly EntryRef[] }>;
  /** Whether a source is suspended. */
  standing(tenant: string, source: string): Promise<Standing>;
  /** Whether a run has read some of this time range; that it was given up is no reading. */
  isRead(stream: Stream, span: Interval): Promise<boolean>;
  /** Which of these entries it holds, by id. */
  holds(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** What was written before this moment (epoch milliseconds) retention may have deleted: -Infinity where it has deleted nothing. */
  keptSince(): Promise<number>;
};

/** One document for each stream; `version` is for optimistic concurrency. */
export type Checkpoint = OpenedStream & {
  readonly done: readonly Interval[];
  readonly watermark: number;
  /** When its pass was no longer configured, in epoch milliseconds; undefined while it is. */
  readonly ended: number | undefined;
  /** The ledger's entries that were taken in last: where one is gone that retention did not delete, the ledger was set back. */
  readonly madeFrom: readonly EntryRef[];
  readonly version: { readonly seqNo: number; readonly primaryTerm: number };
};

/** Nothing of it is planned any more: its pass has ended, or all of it is done. */
export const isFinished = ({ ended, end, watermark }: Pick<Checkpoint, 'ended' | 'end' | 'watermark'>): boolean =>
  ended !== undefined || (end !== undefined && watermark >= end);

/** What changes in a checkpoint; what is absent stays. */
export type CheckpointChange = {
  readonly done?: readonly Interval[];
  readonly watermark?: number;
  readonly ended?: number | undefined;
  readonly madeFrom?: readonly EntryRef[];
};

export type Checkpoints = {
  read(stream: Stream): Promise<Checkpoint | undefined>;
  /** Creates it empty, unless somebody else was first; resolves with what is stored. */
  create(opened: OpenedStream): Promise<Checkpoint>;
  /** False where somebody else changed it meanwhile: read again at the next tick. */
  update(checkpoint: Checkpoint, change: CheckpointChange): Promise<boolean>;
  /** All of a tenant's source; `unfinished`: without those that are complete or have ended; `backfills`: only these. */
  list(filter: {
    readonly tenant?: string;
    readonly source?: string;
    readonly unfinished?: boolean;
    readonly backfills?: boolean;
  }): Promise<Checkpoint[]>;
};
