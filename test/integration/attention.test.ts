/** What an operator hears of a source beside lag and gaps: in the log, in `status`, as a metric. */
import pino from 'pino';
import { expect, it } from 'vitest';
import type { Reading } from '../../src/pipeline/ledger.ts';
import { NO_COUNTS } from '../../src/pipeline/ledger.ts';
import { live, minutesAgo, readWindow, work } from '../support/pipeline.ts';
import { toldVendor } from '../support/vendor.ts';
import { openWorld, rawConfig, shenji, simulator, until } from '../support/world.ts';

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
    const { url } = await toldVendor(({ path }) => ({ body: path.endsWith('/internal') ? token : list }));
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
