/** `replay`: dead letters through today's mapping. */
import type { Command } from 'commander';
import { requireAnswers } from '../app/patience.ts';
import { replay } from '../app/replay.ts';
import { many } from '../core/many.ts';
import { print, printJson, progress } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type ReplayOptions = CommonOptions & { readonly source?: string; readonly dryRun?: boolean; readonly json?: boolean };

export function registerReplay(program: Command): void {
  withConfigOption(program.command('replay').summary("send dead letters through today's mapping"))
    .description(
      "Sends dead letters through today's mapping and the same writer. A letter that became a document is marked by an appended record; the letter itself stays, and a later read of its window adds nothing.",
    )
    .option('--source <name>', 'only of this source')
    .option('--dry-run', 'only count what would become of them')
    .option('--json', 'print one JSON document')
    .action((options: ReplayOptions) =>
      withRuntime(options, 'warn', async (runtime) => {
        await requireAnswers(runtime, ['Elasticsearch']);
        const bar = progress('replay', 'letters');
        const outcome = await replay(runtime, options, ({ letters, created, stillDead }, total) =>
          bar.update(letters, total, `${created} created, ${stillDead} stay dead`),
        );
        bar.stop();
        if (options.json === true) return printJson(outcome);
        const would = options.dryRun === true ? 'would be ' : '';
        print(
          `${many(outcome.letters, 'dead letter')}: ${outcome.created} ${would}created, ${outcome.duplicates} there already, ${outcome.stillDead} stay dead${outcome.untried > 0 ? `, ${outcome.untried} only a replay can tell` : ''}`,
        );
        for (const [reason, count] of Object.entries(outcome.reasons)) print(`  ${count} × ${reason}`);
      }),
    );
}
