import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import parsePrometheus from 'parse-prometheus-text-format';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../src/sdk/errors.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics/index.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { live, watermark, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig } from '../support/world.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
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
    const state = {
      origin: 0,
      end: undefined,
      watermark: 900_000,
      dueUntil: 960_000,
      gaps: [],
      missing: [],
      queued: 0,
      planned: 0,
    };
    const streams = [
      live,
      { ...live, pass: 'backfill-20261101-aa' } as const,
      { ...live, pass: 'backfill-b' } as const,
    ];
    metrics.planned(live, streams.map((stream, index) => ({ ...state, watermark: 900_000 - index, stream, maxLagMs: 1 })), IDLE); // prettier-ignore
    const lag = (pass: string): Promise<number | undefined> => read(metrics, 'shenji_stream_lag_seconds', { pass });
    expect(await lag('live')).toBe(60);
    expect(await lag('backfill')).toBe(60.002);
    expect(await metrics.text()).not.toContain('backfill-');
    now += 5 * MINUTE;
    expect(await lag('live')).toBe(360);
    metrics.planned(live, [{ ...state, stream: live, maxLagMs: 1 }], IDLE);
    expect(await lag('backfill')).toBeUndefined();
  });

  it('adds up the slots that sources want, and forgets those of one that nobody has planned for half a minute', async () => {
    let now = 1_000_000;
    const metrics = createMetrics('1.2.3', () => now);
    const slots = (): Promise<number | undefined> => read(metrics, 'shenji_slots_wanted');
    expect(await slots()).toBe(0);
    metrics.slotsWanted(live, 3);
    metrics.slotsWanted({ ...live, tenant: 'globex' }, 4);
    expect(await slots()).toBe(7);
    now += 31_000;
    metrics.slotsWanted(live, 2);
    expect(await slots()).toBe(2);
  });

  it('begins every result of a call at zero, so that the first failure counts as an increase', async () => {
    const metrics = createMetrics('1.2.3');
    const call = { vendor: 'feishu', api: 'list', seconds: 0.1 };
    metrics.called({ ...call, error: undefined });
    expect(await read(metrics, 'shenji_vendor_requests_total', { result: 'credentials' })).toBe(0);
    metrics.called({ ...call, error: new CredentialsError('no scope') });
    expect(await read(metrics, 'shenji_vendor_requests_total', { result: 'credentials' })).toBe(1);
  });
});

/** Every metric that shenji can have, with its label names: each event has happened once. */
async function everyMetric(): Promise<Map<string, Set<string>>> {
  const metrics = createMetrics('1.2.3');
  metrics.called({ vendor: 'feishu', api: 'list', seconds: 0.1, error: undefined });
  metrics.budgeted({ quota: 'feishu/cli/list', perMinute: 100, waitedSeconds: 0 });
  metrics.indexed({ dataset: 'feishu.openapi_audit', seconds: 0.1, error: undefined });
  metrics.windowEnded(live, 'done', 1, NO_COUNTS);
  metrics.foundLate(live, MINUTE);
  metrics.unreviewed(live);
  metrics.refused({ tenant: 'acme', source: live.source, share: 1 });
  metrics.silent({ tenant: 'acme', source: live.source, isSilent: true });
  metrics.demanded({ tenant: 'acme', source: live.source }, { live: 1, later: 2, limit: 100 });
  metrics.repaired({ stream: 'logs-feishu.openapi_audit-default', deleted: 1, left: 1 });
  metrics.paused('logs-feishu.openapi_audit-default', true);
  const state = {
    stream: live,
    origin: 0,
    end: undefined,
    watermark: 0,
    dueUntil: 0,
    gaps: [],
    missing: [],
    queued: 0,
    planned: 0,
  };
  metrics.planned(live, [{ ...state, maxLagMs: 0 }], IDLE);
  // A sample is a selector with its value behind: PromQL's own grammar reads it.
  const samples = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const known = new Map<string, Set<string>>();
  for (const sample of samples) {
    const { metrics: names, labels, faults } = namesIn(sample.slice(0, sample.lastIndexOf(' ')));
    expect(faults, sample).toBe(0);
    for (const name of names) known.set(name, new Set([...(known.get(name) ?? []), ...labels]));
  }
  return known;
}

type Alert = { alert: string; expr: string; labels: Record<string, string>; annotations: Record<string, string> };

/** What a PromQL expression names: [metric, label] for every selector, with the labels that it matches or groups by. */
function namesIn(expression: string): { metrics: string[]; labels: string[]; faults: number } {
  const metrics: string[] = [];
  const labels: string[] = [];
  let faults = 0;
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError) faults += 1;
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (type.name === 'LabelName') labels.push(text);
    },
  });
  return { metrics, labels, faults };
}

describe('deploy/prometheus/alerts.yml', () => {
  const file = readFileSync(path.join(ROOT, 'deploy', 'prometheus', 'alerts.yml'), 'utf8');
  const { groups } = parse(file) as { groups: { rules: Alert[] }[] };
  const alerts = groups.flatMap(({ rules }) => rules);

  it('holds only expressions that parse, and that name metrics and labels which exist', async () => {
    const known = await everyMetric();
    expect(alerts.length).toBeGreaterThan(10);
    for (const { alert, expr } of alerts) {
      const { metrics, labels, faults } = namesIn(expr);
      expect(faults, `${alert} parses`).toBe(0);
      expect(metrics.length, alert).toBeGreaterThan(0);
      for (const metric of metrics) expect([...known.keys()], alert).toContain(metric);
      const possible = new Set(metrics.flatMap((metric) => [...(known.get(metric) ?? [])]));
      for (const label of labels) expect([...possible], `${alert}: ${label}`).toContain(label);
    }
  });

  it('is no test that a broken expression or an invented metric would pass', async () => {
    expect(namesIn('max(shenji_stream_gaps > 0').faults).toBeGreaterThan(0);
    expect((await everyMetric()).has('shenji_stream_gap')).toBe(false);
  });

  it('is silent about lag and gaps of a source that is suspended, which has an alert of its own', () => {
    const about = alerts.filter(({ expr }) => /shenji_stream_(lag_seconds|gaps)/.test(expr));
    expect(about.length).toBeGreaterThan(1);
    for (const { alert, expr } of about) expect(expr, alert).toMatch(/unless[^>]*shenji_source_suspended\)? > 0/);
  });

  it('has for every alert an entry in the runbook that its annotation points to', () => {
    const runbook = readFileSync(path.join(ROOT, 'docs', 'operate.md'), 'utf8');
    for (const { alert, annotations, labels } of alerts) {
      expect(runbook, alert).toContain(`### ${alert}\n`);
      expect(annotations['runbook']).toBe(`docs/operate.md#${alert.toLowerCase()}`);
      expect(['info', 'warning', 'critical']).toContain(labels['severity']);
    }
  });
});
