/** `setup`: installs or updates what Elasticsearch and Kibana need. */
import { Option, type Command } from 'commander';
import { setup, type Change } from '../elasticsearch/setup.ts';
import { createKibana, requireSpace } from '../kibana/client.ts';
import { importObjects, importRules, type Imported, type Language } from '../kibana/import.ts';
import { localRules } from '../rules/rule.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { colors, print, printJson, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type SetupOptions = CommonOptions & {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly lang: Language;
  readonly overwriteRules?: boolean;
};

/** @throws KibanaError where Kibana is away, refuses us, or has no such space */
async function fillKibana({ config }: Runtime, { lang, overwriteRules }: SetupOptions): Promise<Imported[]> {
  if (config.kibana === undefined) return [];
  const kibana = createKibana(config.kibana);
  try {
    await requireSpace(kibana, config.kibana.space);
    const rules = localRules(config);
    return [...(await importObjects(kibana, lang)), ...(await importRules(kibana, rules, overwriteRules === true))];
  } finally {
    await kibana.close();
  }
}

const COLORS: Readonly<Record<Imported['change'], (text: string) => string>> = {
  created: colors.green,
  updated: colors.green,
  'left alone': colors.dim,
  failed: colors.red,
};

function describe({ change, kind, name, detail }: Change, dryRun: boolean): string {
  const of = detail === undefined ? '' : `: ${detail}`;
  if (change === 'unchanged') return `${colors.dim(change)}  ${kind} ${name}`;
  if (change === 'pending') return `${colors.yellow('with its next rollover')}  ${kind} ${name}${of}`;
  return `${colors.green(dryRun ? `would be ${change}` : change)}  ${kind} ${name}${of}`;
}

async function run(runtime: Runtime, options: SetupOptions): Promise<void> {
  const { elasticsearch: client, definitions, config } = runtime;
  const { namespace, retention } = config;
  const dryRun = options.dryRun === true;
  const result = await setup({ client, definitions, namespace, retention, dryRun });
  if (options.json !== true) {
    for (const line of result.changes) print(describe(line, dryRun));
    for (const note of result.notes) print(`${colors.yellow('note')}  ${note}`);
    if (config.kibana === undefined)
      tell('Kibana is not configured: dashboards and rules were not imported (kibana.url does it)');
    else if (dryRun)
      tell(`would import data views, dashboards and rules into ${config.kibana.url}, space ${config.kibana.space}`);
  }
  const imported = dryRun ? [] : await fillKibana(runtime, options);
  if (options.json === true) printJson({ ...result, kibana: imported });
  else
    for (const { change, kind, name, reason } of imported)
      print(`${COLORS[change](change)}  ${kind} ${name}${reason === undefined ? '' : `: ${reason}`}`);
  if (imported.some(({ change }) => change === 'failed')) process.exitCode = 1;
}

export function registerSetup(program: Command): void {
  withConfigOption(program.command('setup').summary('install or update what Elasticsearch and Kibana need'))
    .description(
      'Compares component and index templates, the checkpoints index, and mapping, settings and lifecycle of each data stream with what they should be, and puts right what differs; and, where the configuration names a Kibana, imports data views, dashboards and detection rules into its space. Idempotent: a second run changes nothing. Rules come switched off, and one that somebody has changed stays as it is.\nNeeds the privileges manage_index_templates and manage on the data streams and the checkpoints index; workers need less.',
    )
    .option('--dry-run', 'only say what would change')
    .addOption(new Option('--lang <language>', 'of the dashboards').choices(['en', 'zh']).default('en'))
    .option('--overwrite-rules', 'replace also rules that somebody has changed')
    .option('--json', 'print one JSON document')
    .action((options: SetupOptions) => withRuntime(options, 'warn', (runtime) => run(runtime, options)));
}
