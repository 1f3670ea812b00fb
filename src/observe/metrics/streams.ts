/** How streams stand as the scheduler saw them last, and what waits in the queue. */
import { sourceKeyOf } from '../../core/stream.ts';
import { lagOf, staleMs } from '../../core/planning/stream-state.ts';
import type { Families } from './families.ts';
import type { Metrics, ObservedStream, QueueDepth } from './events.ts';
import { createPlanTimes, isKnown } from './plan-times.ts';
import { labelsOf, type StreamLabels } from './stream-labels.ts';

type StreamGauges = {
  lag: (now: number) => number;
  watermark: number;
  gaps: number;
  maxLagMs: number;
  plannedAt: number;
};

/** Several backfills of a source are one series: the furthest behind speaks for all. */
function combine(a: StreamGauges | undefined, b: StreamGauges): StreamGauges {
  if (a === undefined) return b;
  return {
    lag: (now) => Math.max(a.lag(now), b.lag(now)),
    watermark: Math.min(a.watermark, b.watermark),
    gaps: a.gaps + b.gaps,
    maxLagMs: b.maxLagMs,
    plannedAt: b.plannedAt,
  };
}

type Observed = { labels: Record<StreamLabels, string>; gauges: StreamGauges };

/** One series for each pass. `plannedAt`: when the scheduler saw them, in epoch milliseconds. */
function observedOf(states: readonly ObservedStream[], plannedAt: number): ReadonlyMap<string, Observed> {
  const passes = new Map<string, Observed>();
  for (const state of states) {
    const { stream, watermark, gaps, maxLagMs } = state;
    const labels = labelsOf(stream);
    const behind = lagOf(state);
    const lag = (at: number): number => behind + staleMs(plannedAt, at);
    const gauges = combine(passes.get(labels.pass)?.gauges, { lag, watermark, gaps: gaps.length, maxLagMs, plannedAt });
    passes.set(labels.pass, { labels, gauges });
  }
  return passes;
}

/** Gauges that are worked out when they are asked for. Takes what the scheduler saw of a source. */
function createStreamGauges({ gauge }: Families, now: () => number) {
  /** By tenant and source, then by pass. */
  const observed = new Map<string, ReadonlyMap<string, Observed>>();
  const streams = (): Observed[] => [...observed.values()].flatMap((passes) => [...passes.values()]);
  const streamGauge = (name: string, help: string, value: (gauges: StreamGauges) => number | undefined): void => {
    const series = gauge<StreamLabels>(name, help, ['tenant', 'source', 'pass'], () => {
      series.reset();
      for (const { labels, gauges } of streams()) {
        const known = value(gauges);
        if (known !== undefined) series.set(labels, known);
      }
    });
  };
  streamGauge('stream_lag_seconds', 'What could be collected by now and is not', ({ lag }) => lag(now()) / 1_000);
  streamGauge('stream_max_lag_seconds', 'The configured maxLag', ({ maxLagMs }) => maxLagMs / 1_000);
  streamGauge(
    'stream_watermark_timestamp_seconds',
    'Everything before it is collected',
    ({ watermark }) => watermark / 1_000,
  );
  streamGauge('stream_gaps', 'Time ranges that failed and are not collected', ({ gaps, plannedAt }) =>
    isKnown(plannedAt, now()) ? gaps : undefined,
  );
  return (of: { readonly tenant: string; readonly source: string }, passes: ReadonlyMap<string, Observed>): void =>
    void observed.set(sourceKeyOf(of), passes);
}

/** Windows that wait, of all sources together and of each. */
function createQueueGauges({ gauge }: Families): (of: { tenant: string; source: string }, depth: QueueDepth) => void {
  const waitingOf = new Map<string, number>();
  const depth = gauge('queue_windows', 'Windows in the queue by state', ['tenant', 'source', 'state']);
  const waiting = gauge(
    'windows_waiting',
    'Windows that wait in the queues, also those that no further worker could begin',
    [],
    () => {
      waiting.set([...waitingOf.values()].reduce((sum, windows) => sum + windows, 0));
    },
  );
  return ({ tenant, source }, counts) => {
    for (const [state, windows] of Object.entries(counts)) depth.set({ tenant, source, state }, windows);
    waitingOf.set(sourceKeyOf({ tenant, source }), counts.waiting);
  };
}

/** What a scheduler saw of its sources, each with the time of its last plan. */
export function createPlanMetrics(
  families: Families,
  now: () => number,
): Pick<Metrics, 'scheduling' | 'ledgerAway' | 'planned' | 'silent' | 'refused'> {
  const observe = createStreamGauges(families, now);
  const queued = createQueueGauges(families);
  const plans = createPlanTimes(families, now);
  const suspended = plans.gauge(
    'source_suspended',
    '1 while nothing of a source is collected, for what only an operator or time puts right',
  );
  const silent = plans.gauge(
    'source_silent',
    '1 while a source is asked and answers, and nothing comes in time in which something usually does',
  );
  const refusedShare = plans.gauge(
    'refused_records_share',
    'How many of the last twenty or more readings of records made no document, 0 to 1',
  );
  return {
    scheduling: plans.begin,
    ledgerAway: plans.away,
    silent: (of) => silent(of, of.isSilent ? 1 : 0),
    refused: (of) => refusedShare(of, of.share),
    planned: (of, states, counts) => {
      const plannedAt = now();
      plans.note(of, plannedAt, states.length > 0);
      suspended(of, states.some(({ suspension }) => suspension !== undefined) ? 1 : 0);
      observe(of, observedOf(states, plannedAt));
      queued(of, counts);
    },
  };
}

/** How many calls a source needs, and may make. */
export function createDemandMetrics({ gauge }: Families): Pick<Metrics, 'demanded'> {
  const callsNeeded = gauge(
    'calls_needed_per_minute',
    'Calls that it takes to keep up with what happens, by live windows of the last hour',
    ['tenant', 'source', 'pass'],
  );
  const callsLimit = gauge('calls_limit_per_minute', 'Calls that the apps of a source may make', ['tenant', 'source']);

  return {
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
  };
}
