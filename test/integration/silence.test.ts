/** A feed that is asked, answers, and brings nothing any more: who says so. */
import { expect, it } from 'vitest';
import pino from 'pino';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { live } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const HOUR = 3_600_000;
const WEEKS = 3 * 7 * 24;
const now = Math.floor(Date.now() / HOUR) * HOUR;

/** Three weeks in which each hour had something, but for the last of them. A backfill has found something in these too. */
async function remember({ ledger }: Runtime, silentHours: number): Promise<void> {
  await ledger.open({ stream: live, origin: now - WEEKS * HOUR });
  const run = { run: '1', attempts: 1, startedAt: now, endedAt: now };
  const entry = (at: number, pass: typeof live.pass, events: number) =>
    ledger.append({ stream: { ...live, pass }, span: { from: at, to: at + HOUR }, ...run, status: 'done', counts: { ...NO_COUNTS, events } }); // prettier-ignore
  const hours = Array.from({ length: WEEKS }, (_, index) => now - (index + 1) * HOUR);
  await Promise.all(hours.map((at, index) => entry(at, 'live', index < silentHours ? 0 : 5)));
  await entry(now - HOUR, 'backfill-old', 7);
}

it(
  'is told of in the log, as a metric, in status and to Kibana, once it lacks four hours in which something usually comes',
  { timeout: 120_000 },
  async () => {
    const raw = rawConfig(await simulator({ events: 0 }), { audit: { since: '30d' } });
    const lines: string[] = [];
    const world = await openWorld(raw, pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }));
    await remember(world, 6);
    const words = `acme/feishu.openapi_audit is silent: the calls succeed and nothing has come since ${new Date(now - 7 * HOUR).toISOString()}, in 6 h of which something usually comes`;
    const scheduler = startScheduler(world, { tickMs: 200 });
    await until('the warning', () => lines.some((line) => line.includes(words)));
    const index = `metrics-shenji.completeness-${world.config.namespace}`;
    const told = async () => {
      await world.elasticsearch.indices.refresh({ index, ignore_unavailable: true });
      const { hits } = await world.elasticsearch.search<object>({
        index,
        ignore_unavailable: true,
        allow_no_indices: true,
      });
      return hits.hits.map(({ _source: source }) => source);
    };
    const [state] = await until('the state', told, (found) => found.length > 0);
    await scheduler.stop();
    expect(state).toMatchObject({ shenji: { completeness: { last_event: new Date(now - 7 * HOUR).toISOString() } } });
    expect(await world.metrics.text()).toContain('shenji_source_silent{tenant="acme",source="feishu.openapi_audit"} 1');
    const status = shenji(['status'], raw);
    await status.ended;
    expect(status.output().stdout).toContain(words);
  },
);

it('is not told of before', { timeout: 60_000 }, async () => {
  const raw = rawConfig(await simulator({ events: 0 }), { audit: { since: '30d' } });
  const world = await openWorld(raw);
  await remember(world, 3);
  const status = shenji(['status'], raw);
  await status.ended;
  expect(status.output().stdout).toContain('acme/feishu.openapi_audit/live');
  expect(status.output().stdout).not.toContain('is silent');
});
