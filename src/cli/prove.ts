/** `prove`: the evidence for a time range, as one would show it to an auditor. */
import type { Command } from 'commander';
import { requireAnswers } from '../app/patience.ts';
import { isProven, prove } from '../app/prove.ts';
import { chooseSource, spanOf, withSourceSpan, type SourceSpanOptions } from './choose-source.ts';
import { asJson } from './proof/json.ts';
import { showProof } from './proof/show.ts';
import { printJson, progress, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type ProveOptions = CommonOptions &
  SourceSpanOptions & {
    readonly recount?: boolean;
    readonly json?: boolean;
  };

const HOUR = 3_600_000;

export function registerProve(program: Command): void {
  withSourceSpan(withConfigOption(program.command('prove').summary('the evidence that a time range is complete')))
    .description(
      'Holds what the readings of a time range have seen, minute by minute, against what Elasticsearch holds, by id; with --recount also against what the vendor answers now. docs/prove.md explains each verdict:\n  complete · complete but for dead letters or accepted gaps (exits with code 0)\n  incomplete, with where · not provable, with where, why and what will change it (exits with code 1)\n  repair pending, beside any of these: documents lie in more than one index after a rollover (exits with code 1)\nIt is proven for the filter or the datasets that are configured now. What retention has deleted can no longer be proven.',
    )
    .option('--recount', 'ask the vendor again and compare ids')
    .option('--json', 'print one JSON document')
    .action((name: string, options: ProveOptions) =>
      withRuntime(options, 'warn', async (runtime) => {
        const source = chooseSource(runtime, name, options.tenant);
        // The vendor is asked within the budget, which is in Redis.
        await requireAnswers(runtime, options.recount === true ? ['Elasticsearch', 'Redis'] : ['Elasticsearch']);
        const span = spanOf(source, options);
        const hours = (milliseconds: number): number => Math.round(milliseconds / HOUR);
        if (options.recount === true)
          tell(
            `asks ${source.definition.vendor.name} again for all of it, after collection in the request budget: where that uses the budget up, this waits`,
          );
        const bar = progress('prove', 'hours');
        const proof = await prove(runtime, source, span, {
          recount: options.recount === true,
          onProgress: (doing, doneMs, events) =>
            bar.update(hours(doneMs), hours(span.to - span.from), `${doing}: ${events} events`),
        });
        bar.stop();
        if (options.json === true) printJson(asJson(proof, source, span, runtime.config.namespace));
        else showProof(proof, source, span, runtime.config.namespace);
        if (!isProven(proof)) process.exitCode = 1;
      }),
    );
}
