/** `setup`: installs or updates what Elasticsearch and Kibana need. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Config } from '../config/schema.ts';
import { setup, type Change, type SetupResult } from '../adapters/elasticsearch/setup.ts';
import { requireSupportedVersion } from '../adapters/elasticsearch/version.ts';
import { createKibana, doubtAbout, requireReady, requireSpace } from '../adapters/kibana/client.ts';
import { importObjects, importRules, type Imported } from '../adapters/kibana/import.ts';
import { library } from '../app/kibana/library.ts';
import { LANGUAGES, type Language } from '../sdk/kibana.ts';
import { localRules } from '../app/rules/rule.ts';
import { parseDuration } from '../sdk/duration.ts';
import { probeElasticsearch, type Runtime } from '../app/runtime.ts';
import { waitUntilReady, type WaitOptions } from '../app/wait-until-ready.ts';
import { colors, print, printJson, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type SetupOptions = CommonOptions & {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly lang: Language | 'both';
  readonly overwriteRules?: boolean;
  /** Milliseconds. */
  readonly wait: number;
};

const WAIT_MS = 5 * 60_000;

function waitingTime(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError('It must be a duration with its unit, for example 5m; 0s does not wait.');
  return milliseconds;
}

/** @throws KibanaError where Kibana refuses us, or has no such space; Error where it does not come */
async function importInto(settings: NonNullable<Config['kibana']>, runtime: Runtime, options: SetupOptions) {
  const { lang, overwriteRules, wait } = options;
  const kibana = createKibana(settings);
  try {
    const version = await waitUntilReady(
      () => requireReady(kibana),
      waiting(runtime, `Kibana at ${settings.url}`, wait),
    );
    const doubt = doubtAbout(version);
    tell(doubt === undefined ? `Kibana ${version ?? 'of an untold version'}` : `${colors.yellow('warning')}  ${doubt}`);
    await requireSpace(kibana, settings.space);
    const rules = localRules(runtime);
    const languages = lang === 'both' ? LANGUAGES : [lang];
    return [
      ...(await importObjects(kibana, library(runtime.definitions, languages))),
      ...(await importRules(kibana, rules, overwriteRules === true)),
    ];
  } finally {
    await kibana.close();
  }
}

const waiting = ({ scrub }: Runtime, name: string, boundMs: number): WaitOptions => ({
  name,
  boundMs,
  announce: (line) => tell(scrub(line)),
});

/** What Elasticsearch got stays, whatever becomes of Kibana: the problem is said, not thrown. */
async function fillKibana(
  runtime: Runtime,
  options: SetupOptions,
): Promise<{ readonly imported: readonly Imported[]; readonly problem?: string }> {
  const { kibana } = runtime.config;
  if (kibana === undefined || options.dryRun === true) return { imported: [] };
  try {
    return { imported: await importInto(kibana, runtime, options) };
  } catch (error) {
    return { imported: [], problem: runtime.scrub((error as Error).message) };
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

function showTemplates({ changes, notes }: SetupResult, dryRun: boolean): void {
  for (const line of changes) print(describe(line, dryRun));
  for (const note of notes) print(`${colors.yellow('note')}  ${note}`);
}

async function run(runtime: Runtime, options: SetupOptions): Promise<void> {
  const { elasticsearch: client, definitions, config } = runtime;
  const { namespace, retention, kibana } = config;
  const dryRun = options.dryRun === true;
  const there = `Elasticsearch at ${config.elasticsearch.url}`;
  await waitUntilReady(() => probeElasticsearch(client, 'setup'), waiting(runtime, there, options.wait));
  const version = await requireSupportedVersion(client);
  tell(`Elasticsearch ${version ?? 'of an untold version'}`);
  const result = await setup({ client, definitions, namespace, retention, dryRun });
  if (options.json !== true) {
    showTemplates(result, dryRun);
    if (kibana === undefined)
      tell('Kibana is not configured: dashboards and rules were not imported (kibana.url does it)');
    else if (dryRun)
      tell(`would import dashboards, searches, hunts and rules into ${kibana.url}, space ${kibana.space}`);
  }
  const { imported, problem } = await fillKibana(runtime, options);
  if (options.json === true)
    printJson({ ...result, kibana: imported, ...(problem === undefined ? {} : { kibanaProblem: problem }) });
  else
    for (const { change, kind, name, reason } of imported)
      print(`${COLORS[change](change)}  ${kind} ${name}${reason === undefined ? '' : `: ${reason}`}`);
  if (problem !== undefined) tell(problem);
  if (problem !== undefined || imported.some(({ change }) => change === 'failed')) process.exitCode = 1;
}

export function registerSetup(program: Command): void {
  withConfigOption(program.command('setup').summary('install or update what Elasticsearch and Kibana need'))
    .description(
      'Compares component and index templates, the checkpoints index, and mapping, settings and lifecycle of each data stream with what they should be, and puts right what differs; and, where the configuration names a Kibana, imports data views, dashboards, saved searches, hunts, a map and detection rules into its space. Idempotent: a second run changes nothing. Rules come switched off; what somebody has changed in one stays, field by field, and is named.\nWaits for servers that still start, and says so. Elasticsearch gets what it needs also where Kibana does not come.\nNeeds the privileges manage_index_templates and manage on the data streams and the checkpoints index; workers need less.',
    )
    .option('--dry-run', 'only say what would change')
    .addOption(
      new Option(
        '--lang <language>',
        'of dashboards, searches and hunts; the other language stays where it is installed',
      )
        .choices([...LANGUAGES, 'both'])
        .default('en'),
    )
    .option(
      '--overwrite-rules',
      'take ours also where somebody has changed a rule; their own tags, actions and exceptions stay',
    )
    .addOption(
      new Option('--wait <duration>', 'how long to wait for each of Elasticsearch and Kibana; 0s does not wait')
        .default(WAIT_MS, '5m')
        .argParser(waitingTime),
    )
    .option('--json', 'print one JSON document')
    .action((options: SetupOptions) => withRuntime(options, 'warn', (runtime) => run(runtime, options)));
}
