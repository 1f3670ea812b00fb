import parsePrometheus from 'parse-prometheus-text-format';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../../src/app/collector.ts';
import { CredentialsError } from '../../src/sdk/errors.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics/index.ts';
import { live, watermark, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const MINUTE = 60_000;

/** What a scraper would see: the value of the one series of this name with these labels. */
async function read(metrics: Metrics, name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const families = parsePrometheus(await metrics.text());
  const found = families.find((family) => family.name === name);
  const series = found?.metrics.find(({ labels: own = {} }) =>
    Object.entries(labels).every(([label, value]) => own[label] === value),
  );
  return series === undefined ? undefined : Number(series.value);
}

/** Observations of the one series of a histogram; the parser keeps none of its labels. */
async function histogramCount(metrics: Metrics, name: string): Promise<number> {
  const found = parsePrometheus(await metrics.text()).find((family) => family.name === name);
  return Number(found?.metrics[0]?.buckets?.['+Inf']);
}

/** How a stream stands of which a minute is due. */
const BEHIND = {
  origin: 0,
  end: undefined,
  watermark: 900_000,
  dueUntil: 960_000,
  gaps: [],
  missing: [],
  queued: 0,
  planned: 0,
};
const IDLE = { waiting: 0, active: 0, delayed: 0, failed: 0 };

describe('/metrics', () => {
  it(
    'tells of a stream that was collected: lag, watermark, documents, calls, budget, bulks, late events',
    { timeout: 180_000 },
    async () => {
      // In the future, also for a machine that is slow to set up: what is published late is late for the live pass too.
      const to = Math.floor(Date.now() / 1_000) * 1_000 + 30_000;
      const vendor = await simulator({
        seed: 'metrics',
        events: 300,
        from: to - 40_000,
        to,
        late: 0.3,
        lateSeconds: 6,
      });
      const audit = { window: '1s', backlog: '1s', lag: '1s', settle: ['8s'], since: '80s' };
      const world = await openWorld(rawConfig(vendor, { audit }));
      const { metrics } = world;
      await work(world);
      const labels = { tenant: 'acme', source: 'feishu.openapi_audit' };
      const created = { ...labels, outcome: 'created' };
      await until('all of it', () => read(metrics, 'shenji_documents_total', created), (seen) => seen === 300); // prettier-ignore
      await until('live', () => watermark(world), (seen) => seen >= to); // prettier-ignore

      expect(await read(metrics, 'shenji_stream_gaps', { ...labels, pass: 'live' })).toBe(0);
      expect(await read(metrics, 'shenji_stream_lag_seconds', { ...labels, pass: 'live' })).toBeLessThan(60);
      expect(await read(metrics, 'shenji_stream_watermark_timestamp_seconds', { ...labels, pass: 'live' })).toBeGreaterThan(to / 1_000 - 30); // prettier-ignore
      const late = await read(metrics, 'shenji_late_events_total', labels);
      expect(late).toBeGreaterThan(0);
      expect(late).toBeLessThan(300);
      expect(await histogramCount(metrics, 'shenji_late_event_delay_seconds')).toBe(late);
      const calls = { vendor: 'feishu', api: 'openapi_logs.list_data', result: 'ok' };
      const asked = await read(metrics, 'shenji_vendor_requests_total', calls);
      expect(asked).toBeGreaterThan(20);
      const quota = `feishu/${vendor.feishu.appId}/openapi_logs.list_data`;
      expect(await read(metrics, 'shenji_budget_taken_total', { quota })).toBeGreaterThanOrEqual(asked ?? Infinity);
      expect(await read(metrics, 'shenji_windows_total', { ...labels, pass: 'live', status: 'done' })).toBeGreaterThan(
        0,
      );
      expect(await histogramCount(metrics, 'shenji_bulk_duration_seconds')).toBeGreaterThan(0);
      expect(await read(metrics, 'shenji_queue_windows', { ...labels, state: 'failed' })).toBe(0);
      expect(await read(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    },
  );

  it('lets a lag grow while nobody can plan, and keeps the pass of a backfill out of its labels', async () => {
    let now = 1_000_000;
    const metrics = createMetrics('1.2.3', () => now);
    const streams = [
      live,
      { ...live, pass: 'backfill-20261101-aa' } as const,
      { ...live, pass: 'backfill-b' } as const,
    ];
    metrics.planned(live, streams.map((stream, index) => ({ ...BEHIND, watermark: 900_000 - index, stream, maxLagMs: 1 })), IDLE); // prettier-ignore
    const lag = (pass: string): Promise<number | undefined> => read(metrics, 'shenji_stream_lag_seconds', { pass });
    expect(await lag('live')).toBe(60);
    expect(await lag('backfill')).toBe(60.002);
    expect(await metrics.text()).not.toContain('backfill-');
    now += 5 * MINUTE;
    expect(await lag('live')).toBe(360);
    metrics.planned(live, [{ ...BEHIND, stream: live, maxLagMs: 1 }], IDLE);
    expect(await lag('backfill')).toBeUndefined();
  });

  it('adds up the slots that sources want, forgets those of one that nobody has planned for half a minute, and says nothing where it knows nothing', async () => {
    let now = 1_000_000;
    const metrics = createMetrics('1.2.3', () => now);
    const slots = (): Promise<number | undefined> => read(metrics, 'shenji_slots_wanted');
    expect(await slots()).toBeUndefined();
    metrics.slotsWanted(live, 3);
    metrics.slotsWanted({ ...live, tenant: 'globex' }, 4);
    expect(await slots()).toBe(7);
    now += 31_000;
    metrics.slotsWanted(live, 2);
    expect(await slots()).toBe(2);
    now += 31_000;
    expect(await slots()).toBeUndefined();
  });

  it('tells of a source that a scheduler cannot plan any more since when, and how far behind it falls, but no longer what was so before', async () => {
    let now = 10 * MINUTE;
    const metrics = createMetrics('1.2.3', () => now);
    const since = (tenant: string) => read(metrics, 'shenji_source_planned_timestamp_seconds', { tenant });
    const told = async (): Promise<unknown[]> =>
      Promise.all(['source_suspended', 'source_silent', 'refused_records_share', 'stream_gaps'].map((name) => read(metrics, `shenji_${name}`))); // prettier-ignore
    const lag = (): Promise<number | undefined> => read(metrics, 'shenji_stream_lag_seconds');
    metrics.scheduling([live, { tenant: 'globex', source: live.source }]);
    expect(await read(metrics, 'shenji_scheduler_last_tick_timestamp_seconds')).toBe(0);
    expect(await told()).toEqual([undefined, undefined, undefined, undefined]);
    const gap = { from: 0, to: MINUTE, error: 'x', failures: 1, failedAt: 0, retryAt: 0 };
    const suspension = { since: 0, probes: 1, error: { type: 'x', message: 'x' } };
    const state = { ...BEHIND, stream: live, maxLagMs: 1, gaps: [gap], suspension };
    metrics.planned(live, [state], IDLE);
    metrics.silent({ ...live, isSilent: true });
    metrics.refused({ ...live, share: 0.5 });
    now += 4 * MINUTE;
    expect(await told()).toEqual([1, 1, 0.5, 1]);
    const before = (await lag()) ?? Infinity;
    now += 2 * MINUTE;
    expect(await told()).toEqual([undefined, undefined, undefined, undefined]);
    expect(await lag()).toBe(before + 120);
    expect([await since('acme'), await since('globex')]).toEqual([600, 600]);
    metrics.planned(live, [state], IDLE);
    expect(await told()).toEqual([1, 1, 0.5, 1]);
    expect([await since('acme'), await since('globex')]).toEqual([960, 600]);
  });

  it('has a worker say 0 dead letters of each of its sources before it has taken a window', async () => {
    const world = await openWorld(rawConfig(await simulator({ events: 0 })));
    const workers = await startCollector(world, { concurrency: 1 });
    onTestFinished(() => workers.stop(1_000));
    for (const { tenant, definition } of world.sources)
      expect(
        await read(world.metrics, 'shenji_documents_total', {
          tenant: tenant.id,
          source: definition.name,
          outcome: 'dead_lettered',
        }),
      ).toBe(0);
  });

  it('begins every result of a call at zero, so that the first failure counts as an increase', async () => {
    const metrics = createMetrics('1.2.3');
    const call = { vendor: 'feishu', api: 'list', seconds: 0.1 };
    metrics.called({ ...call, error: undefined });
    expect(await read(metrics, 'shenji_vendor_requests_total', { result: 'credentials' })).toBe(0);
    metrics.called({ ...call, error: new CredentialsError('no scope') });
    expect(await read(metrics, 'shenji_vendor_requests_total', { result: 'credentials' })).toBe(1);
  });

  it('begins every result of a bulk request at zero too', async () => {
    const metrics = createMetrics('1.2.3');
    metrics.indexed({ dataset: 'feishu.openapi_audit', seconds: 0.1, error: undefined });
    expect(await read(metrics, 'shenji_bulk_requests_total', { result: 'unavailable' })).toBe(0);
  });
});
