/** `demo`: the whole pipeline on embedded real servers, compared with the truth. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { environment } from '../config/environment.ts';
import { demoConfig, isExact, runDemo, startVendors, type DemoResult, type DemoRow } from '../dev/demo/demo.ts';
import { startServers, type Servers } from '../dev/embedded/index.ts';
import { formatDuration } from '../sdk/duration.ts';
import { openRuntime } from '../app/runtime.ts';
import { many } from '../core/many.ts';
import { streamKey } from '../core/stream.ts';
import { colors, print, printJson, progress, table, tell } from './terminal.ts';
import { interruptible, stopSignal } from './stopping.ts';
import { openLog } from './with-runtime.ts';

type DemoOptions = { readonly keep?: boolean; readonly json?: boolean };

function jsonRow({ name, windows, fetched, events, created, duplicates, rejected, gaps, comparison }: DemoRow): object {
  const { inElasticsearch, expected } = comparison;
  return { name, windows, fetched, events, created, duplicates, rejected, gaps, inElasticsearch, expected };
}

function showAttacks({ attacks, falseAlarms, untried }: Pick<DemoResult, 'attacks' | 'falseAlarms' | 'untried'>): void {
  print();
  print(colors.bold('Attacks that were planted, and the rules that fired'));
  print(
    table(
      ['tenant', 'attack', '', 'rule', 'severity', 'evidence'],
      attacks.map(({ tenant, story, caught, rule, severity, evidence }) => [
        tenant,
        story,
        caught ? colors.green('caught') : colors.red('MISSED'),
        rule,
        severity,
        evidence,
      ]),
    ),
  );
  const caught = attacks.filter((attack) => attack.caught).length;
  print(
    `${caught} of ${many(attacks.length, 'attack')} caught; ${many(falseAlarms.length, 'false alarm')} in fifteen days of ordinary work that looks like them`,
  );
  if (untried > 0)
    print(
      `${many(untried, 'rule')} in ES|QL could not be tried: the Elasticsearch of the demo has none; docs/analyst.md says what they find`,
    );
  for (const { rule, about, at } of falseAlarms)
    print(`${colors.red('false alarm')} ${rule}: ${about} at ${new Date(at).toISOString()}`);
}

function showCollected(rows: DemoResult['rows']): void {
  print(colors.bold('Collected'));
  const columns = ['tenant / source', 'windows', 'fetched', 'created', 'duplicate', 'dead letters', 'gaps', 'in Elasticsearch', 'vendor has', 'compared']; // prettier-ignore
  const cells = rows.map((row) => {
    const { expected, inElasticsearch } = row.comparison;
    const { name, windows, fetched, created, duplicates, rejected, gaps } = row;
    const compared = isExact(row) ? colors.green('equal by id') : colors.red('DIFFERENT');
    return [name, windows, fetched, created, duplicates, rejected, gaps, inElasticsearch, expected, compared];
  });
  print(table(columns, cells));
}

function showStreams(states: DemoResult['states']): void {
  const title =
    'Read, as the ledger has it; what failed there is a gap ("shenji prove" holds it against what is stored)';
  print(colors.bold(title));
  const cells = states.map(({ stream, origin, watermark, gaps }) => [
    streamKey(stream),
    new Date(origin).toISOString(),
    new Date(watermark).toISOString(),
    gaps.length === 0 ? colors.green('no gap') : colors.red(many(gaps.length, 'gap')),
  ]);
  print(table(['stream', 'from', 'until', ''], cells));
}

function show({ rows, states, samples, notes, ...told }: DemoResult): void {
  print();
  showCollected(rows);
  print();
  showStreams(states);
  print();
  print(colors.bold('Two events as an analyst sees them'));
  for (const sample of samples) print(JSON.stringify(sample, null, 2));
  showAttacks(told);
  for (const note of notes.slice(0, 3)) tell(colors.dim(`setup: ${note}`));
  for (const { name, comparison } of rows) {
    const { missing, unexpected, twice } = comparison;
    for (const [what, names] of Object.entries({ missing, unexpected, twice }))
      if (names.length > 0) tell(`${name}: ${names.length} ${what}: ${names.slice(0, 5).join(', ')}`);
  }
}

async function demo(options: DemoOptions): Promise<void> {
  const startedAt = Date.now();
  tell('starting Redis and Elasticsearch …');
  const servers: Servers = await interruptible(() => startServers(environment, tell));
  tell(
    `ready after ${formatDuration(Date.now() - startedAt)}; the simulated vendors have no rate limit here, real ones answer 100 calls a minute`,
  );
  const vendors = await startVendors();
  // Servers of the operator's own keep what they have: each demo there gets a namespace of its own.
  const ours = servers.embedded.elasticsearch && servers.embedded.redis;
  const config = demoConfig(
    vendors,
    servers.elasticsearchUrl,
    servers.redisUrl,
    ours ? 'demo' : `demo_${randomBytes(3).toString('hex')}`,
  );
  const runtime = await openRuntime(config, openLog(config, 'error'));
  try {
    const bar = progress('collecting', 'minutes of streams');
    const result = await interruptible(() =>
      runDemo(runtime, vendors, (done, total, states) =>
        bar.update(done, total, `${states.reduce((sum, { queued }) => sum + queued, 0)} windows queued`),
      ),
    );
    bar.stop();
    if (options.json === true)
      printJson({
        streams: result.rows.map(jsonRow),
        attacks: result.attacks,
        falseAlarms: result.falseAlarms,
        untriedRules: result.untried,
        seconds: Math.round((Date.now() - startedAt) / 1_000),
      });
    else show(result);
    const defended = result.attacks.every(({ caught }) => caught) && result.falseAlarms.length === 0;
    if (!result.rows.every(isExact) || !defended) process.exitCode = 1;
    tell(`done after ${formatDuration(Date.now() - startedAt)}`);
    if (options.keep === true) {
      tell(
        `\nElasticsearch ${servers.elasticsearchUrl}\nRedis ${servers.redisUrl}\nnamespace ${config.namespace}\nCtrl-C ends it.`,
      );
      await stopSignal();
    }
  } finally {
    await runtime.close();
    await Promise.all([...vendors.values()].map((vendor) => vendor.close()));
    await servers.stop();
  }
}

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .summary('the whole pipeline on embedded real servers')
    .description(
      'Starts a real Redis and a real Elasticsearch, simulates two tenants, collects sixteen days of audit log and a month of statistics, compares what is in Elasticsearch with what the vendors have, by id, and shows which detection rule caught which planted attack.\nNeeds Java 21+ and Maven for the servers, or ELASTICSEARCH_URL and REDIS_URL. Exits with code 1 where anything is missing or double, an attack is missed, or a rule speaks of ordinary work.',
    )
    .option('--keep', 'stay up afterwards and print the addresses')
    .option('--json', 'print one JSON document')
    .action(demo);
}
