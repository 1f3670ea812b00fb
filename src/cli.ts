#!/usr/bin/env node
/** The program: one line for each command. */
import { Command, CommanderError } from 'commander';
import { registerBackfill } from './commands/backfill.ts';
import { registerCheck } from './commands/check.ts';
import { registerDemo } from './commands/demo.ts';
import { registerGaps } from './commands/gaps.ts';
import { registerProve } from './commands/prove.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRules } from './commands/rules.ts';
import { registerRun } from './commands/run.ts';
import { registerSetup } from './commands/setup.ts';
import { registerSimulator } from './commands/simulator.ts';
import { registerStatus } from './commands/status.ts';
import { tell } from './commands/terminal.ts';
import { ConfigError } from './config/load.ts';
import { version } from './observe/version.ts';
import { redactTokens } from './pipeline/token-shapes.ts';

const program = new Command('shenji')
  .description(
    'Carries Feishu OpenAPI audit logs and DingTalk statistics into Elasticsearch, completely and provably.\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration. Results go to stdout, logs to stderr (LOG_LEVEL).',
  )
  .version(version)
  .showHelpAfterError('(--help explains the command)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

registerDemo(program);
registerSetup(program);
registerRun(program);
registerBackfill(program);
registerStatus(program);
registerProve(program);
registerGaps(program);
registerReplay(program);
registerRules(program);
registerCheck(program);
registerSimulator(program);
for (const command of [...program.commands, ...program.commands.flatMap((parent) => parent.commands)])
  command.exitOverride().showHelpAfterError('(--help explains the command)');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    tell(redactTokens((error as Error).message));
    process.exitCode = error instanceof ConfigError || error instanceof RangeError ? 2 : 1;
  }
}
