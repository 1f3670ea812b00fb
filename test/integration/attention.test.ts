/** What an operator hears of a source beside lag and gaps: in the log, in `status`, as a metric. */
import pino from 'pino';
import { expect, it } from 'vitest';
import type { Reading } from '../../src/core/ledger.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { live, minutesAgo, readWindow, work } from '../support/pipeline.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const MINUTE = 60_000;

/** The world's log, and what was written into it. */
function listening() {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  return { log, said: (text: string) => lines.filter((line) => line.includes(text)) };
}

it(
  'a filter that was taken out is told of, with the backfill that reads the rest, until that has run',
  { timeout: 120_000 },
  async () => {
    const vendor = await simulator({ events: 60, from: minutesAgo(60), to: minutesAgo(40) });
    const { log, said } = listening();
    const raw = rawConfig(vendor, { audit: { since: '10m' } });
    const world = await openWorld(raw, log);
    const span = { from: minutesAgo(60), to: minutesAgo(40) };
    const reading: Reading = {
      claim: { minutes: [], elsewhere: [] },
      readFrom: Date.now(),
      readUntil: Date.now(),
      question: { 'feishu.openapi_audit.app_id': ['cli_nobody'] },
      asker: { app: 'cli_a', url: 'https://open.feishu.cn' },
    };
    const run = { run: 'narrow', attempts: 1, startedAt: Date.now(), endedAt: Date.now() };
    await world.ledger.append({ stream: { ...live, pass: 'backfill-narrow' }, span, ...run, status: 'done', counts: NO_COUNTS, reading }); // prettier-ignore
    const command = `shenji backfill feishu.openapi_audit --tenant acme --from ${new Date(span.from).toISOString()} --to ${new Date(span.to).toISOString()} --wait`;
    const words = 'only where feishu.openapi_audit.app_id is cli_nobody, and is asked for more since';
    const { stop } = await work(world);
    await until('the warning', () => said(words)[0]?.includes(command) === true);
    await until('the live stream', () => world.checkpoints.read(live));
    await stop();
    expect(said(words)).toHaveLength(1);

    const attention = async (): Promise<string[]> => {
      const status = shenji(['status', '--json'], raw);
      await status.ended;
      const rows = JSON.parse(status.output().stdout) as { stream: string; attention: string[] }[];
      return rows.find(({ stream }) => stream.endsWith('/live'))?.attention ?? [];
    };
    expect(await attention()).toEqual([expect.stringContaining(command)]);
    await readWindow(world, span.from, span.to);
    expect(await attention()).toEqual([]);
  },
);

it(
  'a tenant whose every record is refused is told of, though no page is large enough to fail',
  { timeout: 120_000 },
  async () => {
    const token = { code: 0, tenant_access_token: 't-0123456789abcdef0123', expire: 7_200 };
    const items = [1, 2, 3, 4].map((index) => ({ id: `bad${index}` }));
    const list = { code: 0, data: { items, has_more: false } };
    const { url } = await standInVendor(({ path }) => ({ body: path.endsWith('/internal') ? token : list }));
    const { log, said } = listening();
    const raw = rawConfig(await simulator({ events: 1 }), { feishu: { baseUrl: url }, audit: { since: '1m' } });
    const world = await openWorld(raw, log);
    for (let minute = 0; minute < 5; minute += 1)
      await readWindow(world, minutesAgo(60) + minute * MINUTE, minutesAgo(59) + minute * MINUTE);
    const { stop } = await work(world);
    const words = 'counts the reasons';
    await until('the warning', () => said(words)[0]);
    expect(said(words)[0]).toMatch(
      /\d+ of the last \d+ readings of records of acme\/feishu.openapi_audit made no document/,
    );
    expect(await world.metrics.text()).toMatch(
      /shenji_refused_records_share\{tenant="acme",source="feishu.openapi_audit"\} 1/,
    );
    await until('the live stream', () => world.checkpoints.read(live));
    await stop();
    const status = shenji(['status'], raw);
    await status.ended;
    expect(status.output().stdout).toContain(words);
    // It alerts, and fails no window.
    const { failures } = await world.ledger.over(live, [{ from: minutesAgo(120), to: Date.now() }]);
    expect(failures).toEqual([]);
  },
);

it(
  'a tenant with more events than its calls can carry is told of, with the remedy in numbers',
  { timeout: 120_000 },
  async () => {
    const vendor = await simulator({ events: 0 });
    const { log, said } = listening();
    const settings = { feishu: { requestsPerMinute: 100 }, audit: { since: '1m', settle: ['1h', '24h'] } };
    const raw = rawConfig(vendor, settings);
    const world = await openWorld(raw, log);
    // Live windows of the last half hour, of 9,000 events a minute.
    for (let minute = 2; minute < 32; minute += 1) {
      const span = { from: minutesAgo(minute + 1), to: minutesAgo(minute) };
      const run = { run: `busy-${minute}`, attempts: 1, startedAt: Date.now(), endedAt: Date.now() };
      const counts = { ...NO_COUNTS, pages: 90, fetched: 9_000, events: 9_000, created: 9_000 };
      void world.ledger.append({ stream: live, span, ...run, status: 'done', counts });
    }
    await until('them in the ledger', async () => (await world.ledger.recentLive('acme', live.source)).length === 30);
    const { stop } = await work(world);
    const words = 'needs 271 calls a minute (live 90, 2 later readings 181), and may make 100: later readings fall behind; each further app in feishu.credentials makes 100 more'; // prettier-ignore
    await until('the warning', () => said('calls a minute')[0]);
    await stop();
    expect(said('calls a minute')[0]).toContain(words);
    expect(await world.metrics.text()).toMatch(/shenji_calls_limit_per_minute\{tenant="acme",source="feishu.openapi_audit"\} 100/); // prettier-ignore
    const status = shenji(['status'], raw);
    await status.ended;
    expect(status.output().stdout).toMatch(/live .* \d+ of 100\n/);
    expect(status.output().stdout).toContain('calls a minute (live');
  },
);
