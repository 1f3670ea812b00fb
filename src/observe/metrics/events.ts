/** Everything that is counted: a method for each thing that happens, which whoever causes it calls. */
import type { Counts } from '../../core/ledger.ts';
import type { Demand } from '../../core/planning/demand.ts';
import type { StreamState } from '../../core/planning/stream-state.ts';
import type { Stream } from '../../core/stream.ts';
import { WaitError } from '../../sdk/errors.ts';

/** How a run of a window ended: `waiting` and `split` ones come back without having spent an attempt. */
export type WindowStatus = 'done' | 'failed' | 'waiting' | 'split';

/** How a stream stands, with what its operator takes for too late, in milliseconds. */
export type ObservedStream = StreamState & { readonly maxLagMs: number };

export type QueueDepth = {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
};

export type Metrics = {
  /** One call to a vendor has ended, in so many seconds; `error` is what it threw. */
  readonly called: (call: { vendor: string; api: string; seconds: number; error: unknown }) => void;
  /** One call was let through by the shared budget after so many seconds; `quota` names vendor, app and API. */
  readonly budgeted: (call: { quota: string; perMinute: number; waitedSeconds: number }) => void;
  /** This process takes windows of a source: what it counts of it begins at 0. */
  readonly taken: (of: { readonly tenant: string; readonly source: string }) => void;
  /** One bulk request has ended; `result` is `ok`, or the class of what went wrong. */
  readonly indexed: (bulk: { dataset: string; seconds: number; error: unknown }) => void;
  /** One run of a window has ended. */
  readonly windowEnded: (stream: Stream, status: WindowStatus, seconds: number, counts?: Counts) => void;
  /** A settle pass found an event so many milliseconds after it happened. */
  readonly foundLate: (stream: Stream, delayMs: number) => void;
  /** A new document was guessed, since its source does not know the kind of its record. */
  readonly unreviewed: (stream: Stream) => void;
  /** A data stream was looked through: copies that were deleted, and documents that lie in more than one index yet. */
  readonly repaired: (done: { stream: string; deleted: number; left: number }) => void;
  /** Which share of the last twenty or more readings of records of a source made no document. */
  readonly refused: (source: { tenant: string; source: string; share: number }) => void;
  /** Whether nothing comes of a source, though it is asked and usually brings something. */
  readonly silent: (source: { tenant: string; source: string; isSilent: boolean }) => void;
  /** How many calls a minute a source needs, by live windows of the last hour, and may make. */
  readonly demanded: (of: { readonly tenant: string; readonly source: string }, demand: Demand | undefined) => void;
  /** Elasticsearch does not take documents of a data stream, or does so again: taking windows pauses, or goes on. */
  readonly paused: (dataStream: string, isPaused: boolean) => void;
  /** A scheduler begins to plan these sources. */
  readonly scheduling: (sources: readonly { readonly tenant: string; readonly source: string }[]) => void;
  /** Whether this scheduler can read the ledger of no source. */
  readonly ledgerAway: (isAway: boolean) => void;
  /** What one tick of the scheduler saw of a source's streams and queue. Of one that it cannot plan the lag grows, and what is not known any more has no series. */
  readonly planned: (
    of: { readonly tenant: string; readonly source: string },
    streams: readonly ObservedStream[],
    queue: QueueDepth,
  ) => void;
  /** How many slots of workers the windows of a source would fill, as one tick of the scheduler saw it. */
  readonly slotsWanted: (of: { readonly tenant: string; readonly source: string }, slots: number) => void;
  /** Everything, in Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

/** What became of a window that did not succeed. */
export const statusOfFailure = (error: unknown): WindowStatus => (error instanceof WaitError ? 'waiting' : 'failed');
