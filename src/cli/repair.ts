/** `repair`: takes away what rollovers left twice. */
import type { Command } from 'commander';
import { many } from '../core/many.ts';
import { requireAnswers } from '../app/patience.ts';
import { dataStreamsOf, pendingText, repairStream } from '../app/repairs.ts';
import type { Runtime } from '../app/runtime.ts';
import type { Repaired } from '../adapters/elasticsearch/repair.ts';
import { print, printJson, progress, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type RepairOptions = CommonOptions & { readonly dryRun?: boolean; readonly json?: boolean };

function show(stream: string, { deleted, left, why }: Repaired): void {
  if (deleted > 0) print(`${stream}: ${many(deleted, 'copy', 'copies')} taken away`);
  else if (left === 0) print(`${stream}: nothing lies in more than one index`);
  if (left > 0) print(pendingText(stream, left, why));
}

async function repairAll(runtime: Runtime, { dryRun = false, json = false }: RepairOptions): Promise<void> {
  await requireAnswers(runtime, ['Elasticsearch']);
  const { signal } = new AbortController();
  const found: object[] = [];
  for (const stream of dataStreamsOf(runtime)) {
    const bar = progress(stream, 'days');
    const onProgress = (days: number, of: number): void => bar.update(days, of, 'days that several indices hold');
    try {
      const repaired = await repairStream(runtime, stream, { dryRun, signal, onProgress });
      found.push({ stream, ...repaired });
      if (!json) show(stream, repaired);
      if (repaired.left > 0) process.exitCode = 1;
    } catch (error) {
      // The others can be looked through all the same.
      const message = runtime.scrub((error as Error).message);
      found.push({ stream, error: message });
      tell(`${stream}: ${message}`);
      process.exitCode = 1;
    } finally {
      bar.stop();
    }
  }
  if (json) printJson(found);
}

export function registerRepair(program: Command): void {
  withConfigOption(program.command('repair').summary('take copies away that a rollover left'))
    .description(
      'Looks for documents that lie in more than one backing index of a data stream, as a rollover can leave them, and deletes all copies but that of the oldest index. It believes nobody: it compares what Elasticsearch holds, by id.\nIt uses the credentials of elasticsearch.repair, which need deploy/elasticsearch/repair.json and which no worker should have; without them those of elasticsearch. A scheduler that has elasticsearch.repair does this by itself, soon after each rollover and again later.\nExits with code 1 where something lies in more than one index yet.',
    )
    .option('--dry-run', 'only count them')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  shenji repair --dry-run')
    .action((options: RepairOptions) => withRuntime(options, 'warn', (runtime) => repairAll(runtime, options)));
}
