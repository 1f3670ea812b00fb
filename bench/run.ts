/** `npm run bench`: how fast it is, what it costs, how many calls it makes and how fresh its documents are (docs/performance.md). */
import { parseArgs } from 'node:util';
import { print, printJson } from '../src/cli/terminal.ts';
import { callsRows, callsText, measureCalls } from './calls.ts';
import { freshnessText, measureFreshness } from './freshness.ts';
import { startBenchServers } from './program.ts';
import { rowsText, type Row } from './report.ts';
import { measureSpeed } from './speed.ts';
import { measureTenants, tenantsRows, tenantsText } from './tenants.ts';

const PARTS = ['speed', 'calls', 'freshness', 'tenants'] as const;
type Part = (typeof PARTS)[number];

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: PARTS.join(',') },
    windows: { type: 'string', default: '30' },
    pages: { type: 'string', default: '40' },
    tenants: { type: 'string', default: '1,100,1000' },
    seconds: { type: 'string', default: '60' },
    densities: { type: 'string', default: '1000,5000,9000' },
    minutes: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const HELP = `npm run bench -- [--parts ${PARTS.join(',')}] [--json]

Measures the built program; use an idle machine. Redis is always embedded, Elasticsearch where ELASTICSEARCH_URL is not set.
  speed      documents through the pipe, against what no collector can do without: [--windows 30] [--pages 40]
  calls      vendor calls for each page, live and in a backfill: [--densities 1000,5000,9000]
  freshness  from an event to the search that finds it: [--minutes 3]
  tenants    what so many quiet tenants cost: [--tenants 1,100,1000] [--seconds 60]`;
if (options.help) {
  print(HELP);
  process.exit();
}
const parts = options.parts.split(',') as Part[];
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  print(`there is no part "${unknown}"\n\n${HELP}`);
  process.exit(2);
}
const numbers = (list: string): number[] => list.split(',').map(Number);

const servers = await startBenchServers();
const rows: Row[] = [];
const results: Record<string, unknown> = {};
/** A part at a time: none has the machine to itself otherwise. */
async function measured<T>(part: Part, measure: () => Promise<T>): Promise<T | undefined> {
  if (!parts.includes(part)) return undefined;
  const result = await measure();
  results[part] = result;
  return result;
}
const texts: string[] = [];

const volume = { windows: Number(options.windows), pages: Number(options.pages) };
const speed = await measured('speed', () => measureSpeed(servers, volume));
if (speed !== undefined) {
  rows.push(...speed.rows);
  texts.push(
    Object.entries(speed.seen)
      .map(([what, value]) => `${what}: ${Math.round(value)}`)
      .join('\n'),
  );
}
const calls = await measured('calls', () => measureCalls(servers, numbers(options.densities)));
if (calls !== undefined) {
  rows.push(...callsRows(calls));
  texts.push(callsText(calls));
}
const freshness = await measured('freshness', () => measureFreshness(servers, Number(options.minutes)));
if (freshness !== undefined) texts.push(freshnessText(freshness));
const wanted = { tenants: numbers(options.tenants), seconds: Number(options.seconds) };
const costs = await measured('tenants', () => measureTenants(servers, wanted));
if (costs !== undefined) {
  rows.push(...tenantsRows(costs));
  texts.push(tenantsText(costs));
}
await servers.stop();
if (options.json) printJson({ rows, ...results });
else print([...(rows.length > 0 ? [rowsText(rows)] : []), ...texts].join('\n\n'));
