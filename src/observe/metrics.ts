/**
 * What shenji counts, for Prometheus. Label values are bounded: tenants, sources, vendors and APIs come from the
 * configuration, everything else is one of a few words; no id of a window, record or backfill is ever a label.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  CredentialsError,
  DestinationUnavailableError,
  isRetryable,
  QuotaExhaustedError,
  RateLimitedError,
  RefusedTokenError,
  WaitError,
} from '../sdk/errors.ts';
import type { Demand } from '../core/planning/demand.ts';
import type { Counts } from '../core/ledger.ts';
import { reachedUntil, type StreamState } from '../core/planning/stream-state.ts';
import { passKind } from '../sdk/pass.ts';
import { sourceKeyOf, type Stream } from '../core/stream.ts';

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
  /** One bulk request has ended; `result` is `ok`, or the class of what went wrong. */
  readonly indexed: (bulk: { dataset: string; seconds: number; error: unknown }) => void;
  /** One run of a window has ended. */
  readonly windowEnded: (stream: Stream, status: WindowStatus, seconds: number, counts?: Counts) => void;
  /** A settle pass found an event so many milliseconds after it happened. */
  readonly foundLate: (stream: Stream, delayMs: number) => void;
  /** A data stream was looked through: copies that were deleted, and documents that lie in more than one index yet. */
  readonly repaired: (done: { stream: string; deleted: number; left: number }) => void;
  /** Which share of the last twenty or more readings of records of a source made no document. */
  readonly refused: (source: { tenant: string; source: string; share: number }) => void;
  /** How many calls a minute a source needs, by live windows of the last hour, and may make. */
  readonly demanded: (of: { readonly tenant: string; readonly source: string }, demand: Demand | undefined) => void;
  /** Taking windows pauses, or goes on. */
  readonly paused: (dataStream: string, isPaused: boolean) => void;
  /** What one tick of the scheduler saw of a source's streams and queue. One that it cannot plan keeps its values, which grow old visibly. */
  readonly planned: (
    of: { readonly tenant: string; readonly source: string },
    streams: readonly ObservedStream[],
    queue: QueueDepth,
  ) => void;
  /** Everything, in Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

/** A plan older than this no longer says how far a stream is: what has passed since counts as lag. */
const FRESH_MS = 30_000;

const RESULTS = [
  'ok', 'rate_limited', 'quota_exhausted', 'token_refused', 'credentials', 'unavailable', 'waiting', 'permanent', 'retryable',
] as const; // prettier-ignore

function resultOf(error: unknown): (typeof RESULTS)[number] {
  if (error === undefined) return 'ok';
  if (error instanceof RateLimitedError) return 'rate_limited';
  if (error instanceof QuotaExhaustedError) return 'quota_exhausted';
  if (error instanceof RefusedTokenError) return 'token_refused';
  if (error instanceof CredentialsError) return 'credentials';
  if (error instanceof DestinationUnavailableError) return 'unavailable';
  if (error instanceof WaitError) return 'waiting';
  return isRetryable(error) ? 'retryable' : 'permanent';
}

/** What became of a window that did not succeed. */
export const statusOfFailure = (error: unknown): WindowStatus => (error instanceof WaitError ? 'waiting' : 'failed');

type StreamLabels = 'tenant' | 'source' | 'pass';
type StreamGauges = { lag: (now: number) => number; watermark: number; gaps: number; maxLagMs: number };

const labelsOf = ({ tenant, source, pass }: Stream): Record<StreamLabels, string> => ({
  tenant,
  source,
  pass: passKind(pass),
});

/** Several backfills of a source are one series: the furthest behind speaks for all. */
function combine(a: StreamGauges | undefined, b: StreamGauges): StreamGauges {
  if (a === undefined) return b;
  return {
    lag: (now) => Math.max(a.lag(now), b.lag(now)),
    watermark: Math.min(a.watermark, b.watermark),
    gaps: a.gaps + b.gaps,
    maxLagMs: b.maxLagMs,
  };
}

/** A registry of its own for each call. `version` is the program's; `now` in epoch milliseconds. */
export function createMetrics(version: string, now: () => number = Date.now): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `shenji_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[], collect?: () => void): Gauge<L> =>
    new Gauge({ name: `shenji_${name}`, help, labelNames, registers, ...(collect === undefined ? {} : { collect }) });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> =>
    new Histogram({ name: `shenji_${name}`, help, labelNames, buckets, registers });
  const fast = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  const slow = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
  const late = [60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800];

  collectDefaultMetrics({ register: registry });
  gauge('build_info', 'Always 1; the version is a label', ['version']).set({ version }, 1);

  const requests = counter('vendor_requests_total', 'Calls to vendors by result', ['vendor', 'api', 'result']);
  const requestTime = histogram('vendor_request_duration_seconds', 'How long vendors take', ['vendor', 'api'], fast);
  const budgetTaken = counter('budget_taken_total', 'Calls that the shared request budget let through', ['quota']);
  const budgetLimit = gauge('budget_limit_per_minute', 'What the budget lets through in a minute', ['quota']);
  const budgetWait = counter('budget_wait_seconds_total', 'How long calls waited for the budget', ['quota']);
  const bulks = counter('bulk_requests_total', 'Bulk requests to Elasticsearch by result', ['dataset', 'result']);
  const bulkTime = histogram('bulk_duration_seconds', 'How long bulk requests take', ['dataset'], fast);
  const windows = counter('windows_total', 'Ended runs of windows by status', ['tenant', 'source', 'pass', 'status']);
  const windowTime = histogram('window_duration_seconds', 'How long runs of windows take', ['source', 'pass'], slow);
  const documents = counter('documents_total', 'Documents by outcome', ['tenant', 'source', 'outcome']);
  const lookups = counter('lookups_total', 'Ids looked up in older indices for a rollover nearby', ['source']);
  const crossIndexDuplicates = gauge(
    'cross_index_duplicates',
    'Documents in more than one backing index, after a rollover, as the last look left them',
    ['stream'],
  );
  const repaired = counter('repaired_total', 'Copies in younger backing indices that were deleted', ['stream']);
  const lateEvents = counter('late_events_total', 'Events that only a settle pass found', ['tenant', 'source']);
  const lateness = histogram(
    'late_event_delay_seconds',
    'How long after they happened late events were found; set lag and settle by it',
    ['tenant', 'source'],
    late,
  );
  const isPaused = gauge(
    'elasticsearch_paused',
    '1 while workers are paused for a data stream because Elasticsearch does not take its documents',
    ['stream'],
  );
  isPaused.set(0);
  const refusedShare = gauge(
    'refused_records_share',
    'How many of the last twenty or more readings of records made no document, 0 to 1',
    ['tenant', 'source'],
  );

  const callsNeeded = gauge(
    'calls_needed_per_minute',
    'Calls that it takes to keep up with what happens, by live windows of the last hour',
    ['tenant', 'source', 'pass'],
  );
  const callsLimit = gauge('calls_limit_per_minute', 'Calls that the apps of a source may make', ['tenant', 'source']);

  const knownApis = new Set<string>();
  type Observed = { labels: Record<StreamLabels, string>; gauges: StreamGauges };
  /** By tenant and source, then by pass. */
  const observed = new Map<string, ReadonlyMap<string, Observed>>();
  const streams = (): Observed[] => [...observed.values()].flatMap((passes) => [...passes.values()]);
  const streamGauge = (name: string, help: string, value: (gauges: StreamGauges) => number): void => {
    const series = gauge<StreamLabels>(name, help, ['tenant', 'source', 'pass'], () => {
      series.reset();
      for (const { labels, gauges } of streams()) series.set(labels, value(gauges));
    });
  };
  streamGauge('stream_lag_seconds', 'What could be collected by now and is not', ({ lag }) => lag(now()) / 1_000);
  streamGauge('stream_max_lag_seconds', 'The configured maxLag', ({ maxLagMs }) => maxLagMs / 1_000);
  streamGauge(
    'stream_watermark_timestamp_seconds',
    'Everything before it is collected',
    ({ watermark }) => watermark / 1_000,
  );
  streamGauge('stream_gaps', 'Time ranges that failed and are not collected', ({ gaps }) => gaps);
  const suspended = gauge(
    'source_suspended',
    '1 while nothing of a source is collected, for what only an operator or time puts right',
    ['tenant', 'source'],
  );
  const waitingOf = new Map<string, number>();
  const depth = gauge('queue_windows', 'Windows in the queue by state', ['tenant', 'source', 'state']);
  const waiting = gauge(
    'windows_waiting',
    'Windows that a worker could take now, of all queues; scale by it',
    [],
    () => {
      waiting.set([...waitingOf.values()].reduce((sum, windows) => sum + windows, 0));
    },
  );
  const liveLag = gauge('live_lag_seconds', 'The largest lag of all live streams', [], () => {
    const live = streams().filter(({ labels }) => labels.pass === 'live');
    liveLag.set(Math.max(0, ...live.map(({ gauges }) => gauges.lag(now()) / 1_000)));
  });
  const lastTick = gauge('scheduler_last_tick_timestamp_seconds', 'When the scheduler last planned', []);

  return {
    called: ({ vendor, api, seconds, error }) => {
      // A series that begins at 1 has not increased, to Prometheus: each begins at 0.
      if (!knownApis.has(`${vendor}/${api}`)) for (const result of RESULTS) requests.inc({ vendor, api, result }, 0);
      knownApis.add(`${vendor}/${api}`);
      requests.inc({ vendor, api, result: resultOf(error) });
      requestTime.observe({ vendor, api }, seconds);
    },
    budgeted: ({ quota, perMinute, waitedSeconds }) => {
      budgetTaken.inc({ quota });
      budgetLimit.set({ quota }, perMinute);
      budgetWait.inc({ quota }, waitedSeconds);
    },
    indexed: ({ dataset, seconds, error }) => {
      bulks.inc({ dataset, result: resultOf(error) });
      bulkTime.observe({ dataset }, seconds);
    },
    windowEnded: (stream, status, seconds, counts) => {
      const { tenant, source } = stream;
      windows.inc({ ...labelsOf(stream), status });
      windowTime.observe({ source, pass: passKind(stream.pass) }, seconds);
      if (counts === undefined) return;
      documents.inc({ tenant, source, outcome: 'created' }, counts.created);
      documents.inc({ tenant, source, outcome: 'duplicate' }, counts.duplicates);
      documents.inc({ tenant, source, outcome: 'dead_lettered' }, counts.rejected);
      lookups.inc({ source }, counts.lookups);
      lateEvents.inc({ tenant, source }, 0);
    },
    foundLate: ({ tenant, source }, delayMs) => {
      lateEvents.inc({ tenant, source });
      lateness.observe({ tenant, source }, delayMs / 1_000);
    },
    repaired: ({ stream, deleted, left }) => {
      crossIndexDuplicates.set({ stream }, left);
      repaired.inc({ stream }, deleted);
    },
    refused: ({ tenant, source, share }) => refusedShare.set({ tenant, source }, share),
    demanded: (of, demand) => {
      if (demand === undefined) {
        for (const pass of ['live', 'settle']) callsNeeded.remove({ ...of, pass });
        callsLimit.remove(of);
        return;
      }
      callsNeeded.set({ ...of, pass: 'live' }, demand.live);
      callsNeeded.set({ ...of, pass: 'settle' }, demand.later);
      callsLimit.set(of, demand.limit);
    },
    paused: (dataStream, paused) => isPaused.set({ stream: dataStream }, paused ? 1 : 0),
    planned: ({ tenant, source }, states, counts) => {
      const plannedAt = now();
      if (states.length > 0) lastTick.set(plannedAt / 1_000);
      const passes = new Map<string, Observed>();
      suspended.set({ tenant, source }, states.some(({ suspension }) => suspension !== undefined) ? 1 : 0);
      for (const state of states) {
        const { stream, watermark, dueUntil, gaps, maxLagMs } = state;
        const labels = labelsOf(stream);
        const behind = Math.max(0, dueUntil - reachedUntil(state));
        const lag = (at: number): number => behind + (at - plannedAt > FRESH_MS ? at - plannedAt : 0);
        const gauges = combine(passes.get(labels.pass)?.gauges, { lag, watermark, gaps: gaps.length, maxLagMs });
        passes.set(labels.pass, { labels, gauges });
      }
      observed.set(sourceKeyOf({ tenant, source }), passes);
      for (const [state, windows] of Object.entries(counts)) depth.set({ tenant, source, state }, windows);
      waitingOf.set(sourceKeyOf({ tenant, source }), counts.waiting);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
