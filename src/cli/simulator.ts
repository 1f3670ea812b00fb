/** `simulator`: the vendors, alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  FAULTS,
  HISTORY_DAYS,
  parseFaults,
  startSimulator,
  type FaultPlan,
  type Simulator,
} from '../dev/simulator/index.ts';
import { positiveInteger } from './run.ts';
import { print } from './terminal.ts';
import { stopSignal } from './stopping.ts';
import { UsageError } from '../core/usage-error.ts';

type SimulatorCommandOptions = {
  readonly host: string;
  readonly port: number;
  readonly seed: string;
  readonly events: number;
  readonly days?: number;
  readonly story?: boolean;
  readonly live?: number;
  readonly state?: string;
  readonly odd: number;
  readonly apps: number;
  readonly rateLimit?: number;
  readonly rateLimitKind: 'fixed' | 'sliding';
  readonly faults: FaultPlan;
  readonly json?: boolean;
};

function faultList(text: string): FaultPlan {
  try {
    return parseFaults(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number, 0 or above.');
  return number;
}

function share(text: string): number {
  const number = Number(text);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must lie between 0 and 1.');
  return number;
}

function portNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return number;
}

const DAY_MS = 86_400_000;
/** Whoever begins to collect so much later, and goes back as many days, still sees the first event. */
const SLACK_MS = 5 * 60_000;

/** When the past ends that is written before the first answer, epoch milliseconds: kept in a file, so that a restart serves the same one. */
function endOfPast(file: string | undefined): number {
  if (file !== undefined && existsSync(file)) {
    const kept = Date.parse(readFileSync(file, 'utf8').trim());
    if (Number.isNaN(kept)) throw new UsageError(`--state ${file}: it holds no time; remove it to begin anew`);
    return kept;
  }
  const now = Date.now();
  if (file !== undefined) writeFileSync(file, `${new Date(now).toISOString()}\n`);
  return now;
}

/** What to type, or to write into shenji's configuration. */
function show({ url, urlsFromElsewhere, feishu, feishuApps, dingtalk, truth }: Simulator): void {
  print(`Feishu and DingTalk, simulated, at ${url}`);
  print(`FEISHU_BASE_URL=${url} FEISHU_APP_ID=${feishu.appId} FEISHU_APP_SECRET=${feishu.appSecret}`);
  if (feishuApps.length > 1) print(`All its apps, for the configuration: credentials: ${JSON.stringify(feishuApps)}`);
  print(`DINGTALK_BASE_URL=${url} DINGTALK_APP_KEY=${dingtalk.appKey} DINGTALK_APP_SECRET=${dingtalk.appSecret}`);
  if (urlsFromElsewhere.length > 0)
    print(`From elsewhere, with allowHttp: true beside baseUrl: ${urlsFromElsewhere.join(' or ')}`);
  if (truth.story !== undefined)
    print(`What the company tells its rules, for the configuration: rules: ${JSON.stringify(truth.story.known)}`);
  print('Ctrl-C ends it.');
}

// oxlint-disable-next-line max-lines-per-function -- a table: one option after the other
export function registerSimulator(program: Command): void {
  program
    .command('simulator')
    .summary('Feishu and DingTalk, simulated')
    .description(
      'Serves the audit log and the statistics of an invented company. The same seed gives the same company, credentials and statistics, and with --state also the same past. GET /healthz answers 200.',
    )
    .option('--host <address>', 'where it listens; 0.0.0.0 lets other machines and containers in', '127.0.0.1')
    .addOption(new Option('--port <n>', '0 takes any free one').default(0).argParser(portNumber))
    .option('--seed <text>', 'another seed, another company', 'shenji')
    .addOption(
      new Option('--events <n>', 'records in the audit log; 0 for a company in which nothing happens')
        .default(5_000)
        .argParser(count),
    )
    .addOption(
      new Option(
        '--days <n>',
        `the days up to now that they lie in (default: 1, with --story ${HISTORY_DAYS})`,
      ).argParser(positiveInteger),
    )
    .option('--story', 'plants attacks on the last day, and fifteen days of ordinary work that looks like them')
    .addOption(
      new Option('--live <n>', 'goes on while it runs, with about so many calls in a minute of office hours').argParser(
        positiveInteger,
      ),
    )
    .option('--state <file>', 'keeps there when the past ended, so that a restart serves the same one')
    .addOption(new Option('--odd <share>', 'share of odd records, 0 to 1').default(0).argParser(share))
    .addOption(
      new Option('--apps <n>', 'Feishu apps that may read the audit log, each with a limit of its own')
        .default(1)
        .argParser(positiveInteger),
    )
    .addOption(
      new Option('--rate-limit <n>', 'calls a minute of one app; unlimited without').argParser(positiveInteger),
    )
    .addOption(
      new Option('--rate-limit-kind <kind>', 'how minutes are counted').choices(['fixed', 'sliding']).default('fixed'),
    )
    .addOption(
      new Option('--faults <list>', `fault:probability by comma, or all:0.05; faults: ${FAULTS.join(', ')}`)
        .default({}, 'none')
        .argParser(faultList),
    )
    .option('--json', 'print address and credentials as one line of JSON first; `credentials` holds all apps')
    .addHelpText(
      'after',
      '\nExamples:\n  shenji simulator --port 8080 --events 20000 --days 3 --faults reset:0.05,rate-limit:0.1\n  shenji simulator --host 0.0.0.0 --port 8080 --seed acme --story --live 10 --state /data/acme.json',
    )
    .action(async (options: SimulatorCommandOptions) => {
      const { json, state, days = options.story === true ? HISTORY_DAYS : 1, ...rest } = options;
      if (options.story === true && days < HISTORY_DAYS)
        throw new UsageError(`--story needs --days ${HISTORY_DAYS} or more, not ${days}`);
      const to = endOfPast(state);
      const simulator = await startSimulator({ ...rest, from: to - days * DAY_MS + SLACK_MS, to });
      const { url, urlsFromElsewhere, feishu, feishuApps: credentials, dingtalk, truth } = simulator;
      const apps = Object.fromEntries(truth.apps.map(({ id, name }) => [id, name]));
      if (json === true)
        print(
          JSON.stringify({ url, urlsFromElsewhere, feishu, credentials, dingtalk, apps, rules: truth.story?.known }),
        );
      else show(simulator);
      await stopSignal();
      await simulator.close();
    });
}
