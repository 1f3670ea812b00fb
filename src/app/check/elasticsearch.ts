/** Checks of Elasticsearch: version, templates, clock, how long data is kept, and privileges. */
import { orUnavailable } from '../../adapters/elasticsearch/client.ts';
import { lifecycleOf, sameRetention } from '../../adapters/elasticsearch/lifecycle.ts';
import { LEDGER, streamName } from '../../adapters/elasticsearch/names.ts';
import { templateFaults } from '../../adapters/elasticsearch/setup.ts';
import { dataStreamTemplates, type DataStreamTemplate } from '../../adapters/elasticsearch/templates.ts';
import { unconfiguredSources } from '../../adapters/elasticsearch/unconfigured.ts';
import { requireSupportedVersion } from '../../adapters/elasticsearch/version.ts';
import { PATIENCE_MS } from '../patience.ts';
import { probeElasticsearch, sourceKey, usedDefinitions, type Runtime } from '../runtime.ts';
import { clockOutcome, fault, ok, warning } from './outcome.ts';
import { privileges, repairPrivileges } from './privileges.ts';
import { runCheck, type CheckResult, type Outcome } from './run-check.ts';

/** Names in one line. */
const MOST_NAMED = 3;

/** By the node that is furthest off: each makes indices while it is the master. */
async function elasticsearchClock({ elasticsearch }: Runtime): Promise<Outcome> {
  const { nodes } = await orUnavailable(
    'asking for its time',
    elasticsearch.nodes.stats({ metric: 'process', filter_path: 'nodes.*.timestamp' }),
  );
  const ahead = Object.values(nodes).map(({ timestamp = 0 }) => Date.now() - timestamp);
  const [furthest] = ahead.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  return furthest === undefined ? warning('no node says what time it is') : clockOutcome('Elasticsearch', furthest);
}

/** What is wrong with how long a data stream is kept; undefined where nothing is. */
async function retentionFault(
  { elasticsearch, config }: Runtime,
  { stream, retention }: DataStreamTemplate,
): Promise<Outcome | undefined> {
  const name = streamName(stream, config.namespace);
  const lifecycle = await lifecycleOf(elasticsearch, name);
  if (lifecycle === 'unsupported')
    return warning('this server has no data stream lifecycle: nothing deletes old documents, whatever retention says');
  if (lifecycle === 'absent') return undefined;
  const { enabled, retention: asked, effective = asked, determinedBy } = lifecycle;
  const byMaximum = determinedBy === 'max_global_retention';
  const maximum = 'raise or remove data_streams.lifecycle.retention.max';
  // What the ledger has lost can be proven no more.
  if (stream === LEDGER && enabled && effective !== undefined && !sameRetention(effective, retention))
    return fault(
      `${name}: the ledger is kept for ${effective} only (${determinedBy}), not for ever; ${byMaximum ? maximum : 'run "shenji setup"'}`,
    );
  if (!enabled || !sameRetention(asked, retention))
    return warning(`${name} ${enabled ? `is kept for ${asked ?? 'ever'}` : 'has no lifecycle'}; run "shenji setup" to have it kept for ${retention}`); // prettier-ignore
  return sameRetention(effective, retention)
    ? undefined
    : warning(`${name} is kept for ${effective} only (${determinedBy}), not for ${retention}; ${maximum}, or lower retention`); // prettier-ignore
}

async function retentions(runtime: Runtime): Promise<Outcome> {
  const templates = dataStreamTemplates(runtime.definitions, runtime.config.retention);
  const found = await Promise.all(templates.map((template) => retentionFault(runtime, template)));
  const wrong = found.filter((each) => each !== undefined);
  if (wrong.length === 0) return ok(`${runtime.config.retention}, and the ledger for ever`);
  const message = [...new Set(wrong.map((each) => each.message))].join('; ');
  return wrong.some(({ state }) => state === 'fault') ? fault(message) : warning(message);
}

/** A source whose plugin or tenant was taken out stands still, with its gaps. */
async function streams({ elasticsearch, config, sources }: Runtime): Promise<Outcome> {
  const gone = await unconfiguredSources(elasticsearch, config.namespace, sources.map(sourceKey));
  if (gone.length === 0) return ok('all are of configured sources');
  const shown = `${gone.slice(0, MOST_NAMED).join(', ')}${gone.length > MOST_NAMED ? `, and ${gone.length - MOST_NAMED} more` : ''}`;
  return warning(
    `nothing is collected of ${shown}: streams of theirs are open, and they are configured no more; put them back (with their plugin), or leave them where that is meant`,
  );
}

async function version(elasticsearch: Runtime['elasticsearch']): Promise<Outcome> {
  await probeElasticsearch(elasticsearch);
  const found = await requireSupportedVersion(elasticsearch);
  return ok(`answers; ${found === undefined ? 'it does not tell its version' : `version ${found}`}`);
}

async function templates(runtime: Runtime): Promise<Outcome> {
  const { elasticsearch, config } = runtime;
  const faults = await templateFaults(elasticsearch, usedDefinitions(runtime), config.namespace);
  if (faults.length > 0) await requireSupportedVersion(elasticsearch);
  return faults.length === 0 ? ok('installed and up to date') : fault(`${faults.join('; ')}; run "shenji setup"`);
}

export function elasticsearchChecks(runtime: Runtime): Promise<CheckResult>[] {
  const checks: Readonly<Record<string, () => Promise<Outcome>>> = {
    Elasticsearch: () => version(runtime.elasticsearch),
    'Elasticsearch templates': () => templates(runtime),
    'Elasticsearch streams': () => streams(runtime),
    'Elasticsearch clock': () => elasticsearchClock(runtime),
    'Elasticsearch retention': () => retentions(runtime),
    'Elasticsearch privileges': () => privileges(runtime),
    'Elasticsearch repair': () => repairPrivileges(runtime),
  };
  return Object.entries(checks).map(([name, probe]) => runCheck(runtime, name, probe, { patienceMs: PATIENCE_MS }));
}
