/** `check`: everything that must be right before collecting, each line with its remedy. */
import type { Command } from 'commander';
import { runChecks } from '../app/check/index.ts';
import { colors, print, printJson } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type CheckOptions = CommonOptions & { readonly json?: boolean };
const MARKS = { ok: colors.green('ok     '), warning: colors.yellow('warning'), fault: colors.red('fault  ') };

export function registerCheck(program: Command): void {
  withConfigOption(program.command('check').summary('check configuration, servers, templates and credentials'))
    .description(
      "Checks configuration, Redis with its settings, Elasticsearch with templates and privileges, Kibana, clocks, that somebody plans and works, and each source's credentials and scopes by one real call.\nEvery fault and warning names its remedy. Exits with code 1 where there is a fault.",
    )
    .option('--json', 'print one JSON document')
    .action((options: CheckOptions) =>
      withRuntime(options, 'fatal', async (runtime) => {
        const found = await Promise.all(runChecks(runtime));
        if (options.json === true) printJson(found);
        else for (const { state, check, message } of found) print(`${MARKS[state]} ${colors.bold(check)}: ${message}`);
        if (found.some(({ state }) => state === 'fault')) process.exitCode = 1;
      }),
    );
}
