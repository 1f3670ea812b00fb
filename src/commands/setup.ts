/** `setup`: installs or updates what Elasticsearch and Kibana need. */
import { Option, type Command } from 'commander';
import { setup } from '../elasticsearch/setup.ts';
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

async function run(runtime: Runtime, options: SetupOptions): Promise<void> {
  const { elasticsearch: client, definitions, config } = runtime;
  const { namespace, retention } = config;
  const dryRun = options.dryRun === true;
  const result = await setup({ client, definitions, namespace, retention, dryRun });
  if (options.json !== true) {
    for (const { change, kind, name } of result.changes) {
      const verb = dryRun && change !== 'unchanged' ? `would be ${change}` : change;
      print(`${change === 'unchanged' ? colors.dim(verb) : colors.green(verb)}  ${kind} ${name}`);
    }
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
      'Installs or updates component and index templates, lifecycle and the checkpoints index; and, where the configuration names a Kibana, imports data views, dashboards and detection rules into its space. Idempotent: a second run changes nothing. Rules come switched off, and one that somebody has changed stays as it is.\nNeeds the privileges manage_index_templates and manage on the checkpoints index; workers need less.',
    )
    .option('--dry-run', 'only say what would change')
    .addOption(new Option('--lang <language>', 'of the dashboards').choices(['en', 'zh']).default('en'))
    .option('--overwrite-rules', 'replace also rules that somebody has changed')
    .option('--json', 'print one JSON document')
    .action((options: SetupOptions) => withRuntime(options, 'warn', (runtime) => run(runtime, options)));
}
