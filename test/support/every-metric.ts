/** Every metric that shenji can have, with its label names: each event has happened once. */
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import type { Stream } from '../../src/core/stream.ts';
import { namesIn } from './promql.ts';

const stream: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };
const of = { tenant: stream.tenant, source: stream.source };

/** @throws Error where a sample cannot be read */
export async function everyMetric(): Promise<Map<string, Set<string>>> {
  const metrics = createMetrics('1.2.3');
  metrics.called({ vendor: 'feishu', api: 'list', seconds: 0.1, error: undefined });
  metrics.budgeted({ quota: 'feishu/cli/list', perMinute: 100, waitedSeconds: 0 });
  metrics.indexed({ dataset: stream.source, seconds: 0.1, error: undefined });
  metrics.scheduling([of]);
  metrics.taken(of);
  metrics.slotsWanted(of, 1);
  metrics.windowEnded(stream, 'done', 1, NO_COUNTS);
  metrics.foundLate(stream, 60_000);
  metrics.unreviewed(stream);
  metrics.silent({ ...of, isSilent: true });
  metrics.refused({ ...of, share: 1 });
  metrics.demanded(of, { live: 1, later: 2, limit: 100 });
  metrics.repaired({ stream: 'logs-feishu.openapi_audit-default', deleted: 1, left: 1 });
  metrics.paused('logs-feishu.openapi_audit-default', true);
  const state = { origin: 0, end: undefined, watermark: 0, dueUntil: 0, gaps: [], missing: [], queued: 0, planned: 0 };
  metrics.planned(of, [{ ...state, stream, maxLagMs: 0 }], { waiting: 0, active: 0, delayed: 0, failed: 0 });
  const known = new Map<string, Set<string>>();
  // A sample is a selector with its value behind: PromQL's own grammar reads it.
  for (const sample of (await metrics.text()).split('\n')) {
    if (sample === '' || sample.startsWith('#')) continue;
    const { metrics: names, labels, faults } = namesIn(sample.slice(0, sample.lastIndexOf(' ')));
    if (faults > 0) throw new Error(`no sample: ${sample}`);
    for (const name of names) known.set(name, new Set([...(known.get(name) ?? []), ...labels]));
  }
  return known;
}
