/** A fortnight that was really collected: both vendors, a failed window, dead letters, late events. */
import { createCompletenessWriter, itemsOf } from '../../src/adapters/elasticsearch/completeness.ts';
import { configSchema } from '../../src/config/schema.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import type { Stream } from '../../src/core/stream.ts';
import { startCollector } from '../../src/app/collector.ts';
import { openRuntime, type Runtime } from '../../src/app/runtime.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { startSimulator } from '../../src/dev/simulator/index.ts';
import { live, watermark } from '../support/pipeline.ts';
import { silent } from '../support/silent.ts';
import { until } from '../support/until.ts';
import { install, rawConfig } from '../support/world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const STATISTICS: Stream = { tenant: 'acme', source: 'dingtalk.report', pass: 'live' };

export type Collected = { readonly world: Runtime; close(): Promise<void> };

export async function collected(): Promise<Collected> {
  const to = Math.floor(Date.now() / 1_000) * 1_000;
  const vendor = await startSimulator({
    seed: 'dashboards',
    events: 1_500,
    from: to - 15 * DAY - HOUR,
    to,
    odd: 0.06,
    story: true,
  });
  const apps = Object.fromEntries(vendor.truth.apps.map(({ id, name }) => [id, name]));
  const audit = { since: '15d', window: '6h', backlog: '6h', settle: [] };
  const raw = rawConfig(vendor, { feishu: { apps }, audit, dingtalk: { report: { since: '30d', settle: [] } } });
  const world = await openRuntime(configSchema.parse(raw), silent);
  await install(world);
  const workers = await startCollector(world, { concurrency: 4 });
  const scheduler = startScheduler(world, { tickMs: 200 });
  await until(
    'the audit log',
    () => watermark(world),
    (time) => time >= to - 6 * HOUR,
    120_000,
  );
  await until(
    'the statistics',
    () => watermark(world, STATISTICS),
    (time) => time >= to - 3 * DAY,
  );
  await scheduler.stop();
  await workers.stop(1_000);
  // The last hours, which are not whole windows yet, what a settle pass found late, and a refusal.
  const entry = { span: { from: to - HOUR, to }, run: '1', attempts: 8, startedAt: to, endedAt: to + 900 };
  const refused = {
    type: 'PermanentError',
    message: 'Feishu refused: the scope of the audit log is missing',
    retryable: false,
  };
  await world.ledger.append({ ...entry, stream: live, status: 'failed', error: refused });
  await world.ledger.append({
    ...entry,
    stream: { ...live, pass: 'settle-1h' },
    status: 'done',
    counts: { ...NO_COUNTS, created: 3, late: 3, lateness: 95_000 },
  });
  // What a scheduler would tell an hour later of a gap, and of what came last.
  const gap = { ...entry.span, error: refused.message, failures: 8, failedAt: to, retryAt: to + HOUR };
  const completeness = { word: 'incomplete', until: to - HOUR, lagMs: HOUR, missingMs: HOUR, gaps: 1, rules: 13, blindRules: 5 } as const; // prettier-ignore
  const tell = createCompletenessWriter(world.elasticsearch, world.config.namespace);
  for (const stream of [live, STATISTICS]) {
    const told = { stream, tenantName: 'Acme Ltd', at: to + 1, gaps: [gap], completeness, lastEvent: to - HOUR };
    await tell(itemsOf(told, to, world.config.namespace), new AbortController().signal);
  }
  await world.elasticsearch.indices.refresh({ index: `*-${world.config.namespace}` });
  return { world, close: () => world.close().then(() => vendor.close()) };
}
