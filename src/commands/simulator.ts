/** `simulator`: the vendors, alone. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { FAULTS, parseFaults, startSimulator, type FaultPlan } from '../simulator/index.ts';
import { positiveInteger } from './run.ts';
import { print } from './terminal.ts';
import { stopSignal } from './with-runtime.ts';

type SimulatorCommandOptions = {
  readonly port: number;
  readonly seed: string;
  readonly events: number;
  readonly days: number;
  readonly odd: number;
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

export function registerSimulator(program: Command): void {
  program
    .command('simulator')
    .summary('Feishu and DingTalk, simulated')
    .description(
      'Serves the audit log and the statistics of an invented company, the same for the same seed. The truth is written before it serves the first record.',
    )
    .addOption(new Option('--port <n>', '0 takes any free one').default(0).argParser(portNumber))
    .option('--seed <text>', 'another seed, another company', 'shenji')
    .addOption(new Option('--events <n>', 'records in the audit log').default(5_000).argParser(positiveInteger))
    .addOption(new Option('--days <n>', 'the days up to now that they lie in').default(1).argParser(positiveInteger))
    .addOption(new Option('--odd <share>', 'share of odd records, 0 to 1').default(0).argParser(share))
    .addOption(new Option('--rate-limit <n>', 'calls a minute; unlimited without').argParser(positiveInteger))
    .addOption(
      new Option('--rate-limit-kind <kind>', 'how minutes are counted').choices(['fixed', 'sliding']).default('fixed'),
    )
    .addOption(
      new Option('--faults <list>', `fault:probability by comma, or all:0.05; faults: ${FAULTS.join(', ')}`)
        .default({}, 'none')
        .argParser(faultList),
    )
    .option('--json', 'print address and credentials as one line of JSON first')
    .addHelpText(
      'after',
      '\nExample:\n  shenji simulator --port 8080 --events 20000 --days 3 --faults reset:0.05,rate-limit:0.1',
    )
    .action(async (options: SimulatorCommandOptions) => {
      const { days, json, rateLimit, ...rest } = options;
      const to = Date.now();
      const simulator = await startSimulator({
        ...rest,
        from: to - days * 86_400_000,
        to,
        ...(rateLimit === undefined ? {} : { rateLimit }),
      });
      const { url, feishu, dingtalk } = simulator;
      if (json === true) print(JSON.stringify({ url, feishu, dingtalk }));
      else {
        print(`Feishu and DingTalk, simulated, at ${url}`);
        print(`FEISHU_BASE_URL=${url} FEISHU_APP_ID=${feishu.appId} FEISHU_APP_SECRET=${feishu.appSecret}`);
        print(`DINGTALK_BASE_URL=${url} DINGTALK_APP_KEY=${dingtalk.appKey} DINGTALK_APP_SECRET=${dingtalk.appSecret}`);
        print('Ctrl-C ends it.');
      }
      await stopSignal();
      await simulator.close();
    });
}
