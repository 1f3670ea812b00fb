/** `setup`: installs or updates what Elasticsearch needs. */
import type { Command } from 'commander';
import { setup } from '../elasticsearch/setup.ts';
import { colors, print, printJson } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type SetupOptions = CommonOptions & { readonly dryRun?: boolean; readonly json?: boolean };

export function registerSetup(program: Command): void {
  withConfigOption(program.command('setup').summary('install or update templates and lifecycle in Elasticsearch'))
    .description(
      'Installs or updates component and index templates, lifecycle and the checkpoints index. Idempotent: a second run changes nothing.\nNeeds the privileges manage_index_templates and manage on the checkpoints index; workers need less.',
    )
    .option('--dry-run', 'only say what would change')
    .option('--json', 'print one JSON document')
    .action((options: SetupOptions) =>
      withRuntime(options, 'warn', async ({ elasticsearch: client, definitions, config }) => {
        const { namespace, retention } = config;
        const result = await setup({ client, definitions, namespace, retention, dryRun: options.dryRun === true });
        if (options.json === true) return printJson(result);
        for (const { change, kind, name } of result.changes) {
          const verb = options.dryRun === true && change !== 'unchanged' ? `would be ${change}` : change;
          print(`${change === 'unchanged' ? colors.dim(verb) : colors.green(verb)}  ${kind} ${name}`);
        }
        for (const note of result.notes) print(`${colors.yellow('note')}  ${note}`);
      }),
    );
}
