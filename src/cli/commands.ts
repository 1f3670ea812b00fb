/** All commands: one line for each. */
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { version } from '../observe/version.ts';
import { registerBackfill } from './backfill.ts';
import { registerCheck } from './check.ts';
import { registerDemo } from './demo.ts';
import { registerGaps } from './gaps.ts';
import { registerProve } from './prove.ts';
import { registerRepair } from './repair.ts';
import { registerReplay } from './replay.ts';
import { registerRoles } from './roles.ts';
import { registerRules } from './rules.ts';
import { registerRun } from './run.ts';
import { registerSetup } from './setup.ts';
import { registerSimulator } from './simulator.ts';
import { registerStatus } from './status.ts';

/** The whole command line; its reference (docs/cli.md) is made of it. */
export function createProgram(): Command {
  const program = new Command('shenji')
    .description(
      'Carries Feishu OpenAPI audit logs and DingTalk statistics into Elasticsearch, completely and provably.\nExit codes: 0 done, or stopped by a signal where it runs on; 1 failed; 2 usage or configuration; 143 and 130 cut off by SIGTERM and SIGINT, 141 by a reader that left (| head). Results go to stdout, logs to stderr (LOG_LEVEL).',
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
  registerRepair(program);
  registerRules(program);
  registerRoles(program);
  registerCheck(program);
  registerSimulator(program);
  // Adds "completion", which prints a script for a shell.
  tab(program, { completionCommandName: 'completion' });
  for (const command of [...program.commands, ...program.commands.flatMap((parent) => parent.commands)])
    command.exitOverride().showHelpAfterError('(--help explains the command)');
  return program;
}
