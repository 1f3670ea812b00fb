/** What must be right before and while collecting, each looked at for real, with its remedy. */
import { orUnavailable } from '../adapters/elasticsearch/client.ts';
import { lifecycleOf, sameRetention } from '../adapters/elasticsearch/lifecycle.ts';
import { LEDGER, streamName } from '../adapters/elasticsearch/names.ts';
import { grantedPrivileges, missingPrivileges } from '../adapters/elasticsearch/privileges.ts';
import { forbiddenOf, rolesOf, type RoleName } from '../adapters/elasticsearch/roles.ts';
import { templateFaults } from '../adapters/elasticsearch/setup.ts';
import { dataStreamTemplates, type DataStreamTemplate } from '../adapters/elasticsearch/templates.ts';
import { requireSupportedVersion } from '../adapters/elasticsearch/version.ts';
import { createKibana, doubtAbout, requireReady, requireSpace } from '../adapters/kibana/client.ts';
import { formatDuration } from '../sdk/duration.ts';
import { many } from '../core/many.ts';
import type { RequestBudget } from '../sdk/source.ts';
import { createBudget } from '../adapters/redis/budget.ts';
import { knownGroups } from '../adapters/redis/groups.ts';
import { livingOf, type Part } from '../adapters/redis/heartbeat.ts';
import { askVendor, GRACE_MS, checkByRedis, PATIENCE_MS, pingRedis } from './patience.ts';
import { runCheck, type Finding, type Found } from './readiness.ts';
import { probeElasticsearch, sourceKey, type Runtime, type TenantSource } from './runtime.ts';

/** Names of processes in one line. */
const MOST_NAMED = 3;
/** Windows are judged by the vendor's clock; beyond this the local one makes every live window late or ask too early. */
const CLOCK_TOLERANCE_MS = 30_000;

/** As `missingPrivileges` says it: who has this is meant for setup. */
const CHANGE_TEMPLATES = 'cluster: manage_index_templates';

const ok = (says: string): Found => ({ state: 'ok', says });
const warning = (says: string): Found => ({ state: 'warning', says });
const fault = (says: string): Found => ({ state: 'fault', says });

const look = (runtime: Runtime, what: string, remedy: string, probe: () => Promise<Found>): Promise<Finding> =>
  runCheck(runtime, what, probe, { remedy, patienceMs: PATIENCE_MS });

/** A setting of Redis, judged; managed ones often refuse to show theirs. */
async function redisSetting(
  { redis }: Runtime,
  name: string,
  judge: (value: string | undefined) => Found,
): Promise<Found> {
  try {
    const [, value] = await redis.config('GET', name);
    return judge(value);
  } catch (error) {
    const { message } = error as Error;
    if (!/NOPERM|unknown command|not allowed/i.test(message)) throw error;
    return warning(`${name} cannot be read (${message}); allow the user +config|get, or look by hand`);
  }
}

function clockFinding(whose: string, ahead: number): Found {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE_MS) return ok(`within ${formatDuration(CLOCK_TOLERANCE_MS)} of ${whose}`);
  const by = `${formatDuration(Math.round(Math.abs(ahead) / 1_000) * 1_000)} ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return warning(
    `this machine's clock is ${by} ${whose}; switch on time synchronisation (chrony, systemd-timesyncd) on both`,
  );
}

async function redisClock({ redis }: Runtime): Promise<Found> {
  const [seconds, microseconds] = (await redis.time()).map(Number);
  return clockFinding('Redis', Date.now() - ((seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000));
}

/** Where the right body of a role is: the files that come with shenji know its own sources alone. */
const bodyOf = (role: RoleName, { plugins }: Runtime['config']): string =>
  plugins.length === 0 ? `deploy/elasticsearch/${role}.json` : `what "shenji roles ${role}" prints`;

const lacking = (role: RoleName, missing: readonly string[], config: Runtime['config']): Found =>
  fault(`missing of the ${role} role: ${missing.join('; ')}; grant ${bodyOf(role, config)}`);

/** By the node that is furthest off: each makes indices while it is the master. */
async function elasticsearchClock({ elasticsearch }: Runtime): Promise<Found> {
  const { nodes } = await orUnavailable(
    'asking for its time',
    elasticsearch.nodes.stats({ metric: 'process', filter_path: 'nodes.*.timestamp' }),
  );
  const ahead = Object.values(nodes).map(({ timestamp = 0 }) => Date.now() - timestamp);
  const [furthest] = ahead.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  return furthest === undefined ? warning('no node says what time it is') : clockFinding('Elasticsearch', furthest);
}

/** Of credentials that have all of the writer role. */
async function mayErase({ elasticsearch: client, config, definitions }: Runtime): Promise<Found> {
  const erasing = (await grantedPrivileges(client, forbiddenOf(definitions).writer, config.namespace)) ?? [];
  if (erasing.length === 0) return ok('all of the writer role');
  return warning(
    `more than the writer role: they may erase events or their evidence (${erasing.join('; ')}); grant only ${bodyOf('writer', config)}`,
  );
}

/** Of the credentials of `elasticsearch.repair`. */
async function repairPrivileges({ repairing: client, config, definitions }: Runtime): Promise<Found> {
  if (client === undefined)
    return ok('no elasticsearch.repair here: who has this configuration takes nothing away that rollovers leave twice');
  const missing = await missingPrivileges(client, rolesOf(definitions).repair, config.namespace);
  if (missing === undefined) return ok('nothing is needed where Elasticsearch has no security');
  if (missing.length > 0) return lacking('repair', missing, config);
  const erasing = (await grantedPrivileges(client, forbiddenOf(definitions).repair, config.namespace)) ?? [];
  if (erasing.length === 0) return ok('all of the repair role');
  return warning(
    `more than the repair role: they may do more than take copies away (${erasing.join('; ')}); grant only ${bodyOf('repair', config)}`,
  );
}

/** `check` is run with the setup user's credentials too, which do for setup, and are too much for what runs on. */
async function privileges(runtime: Runtime): Promise<Found> {
  const { elasticsearch, config, definitions } = runtime;
  const roles = rolesOf(definitions);
  const [writer, setup] = await Promise.all(
    [roles.writer, roles.setup].map((role) => missingPrivileges(elasticsearch, role, config.namespace)),
  );
  if (writer === undefined || setup === undefined)
    return warning('Elasticsearch has no security: anybody who reaches it may read and change all');
  if (setup.length === 0)
    return warning(
      `all of the setup role, which is for shenji setup alone; give scheduler and workers only ${bodyOf('writer', config)}`,
    );
  if (writer.length === 0 && !setup.includes(CHANGE_TEMPLATES))
    return warning(`more than the writer role: they may change templates; grant only ${bodyOf('writer', config)}`);
  if (writer.length === 0) return mayErase(runtime);
  return setup.includes(CHANGE_TEMPLATES) ? lacking('writer', writer, config) : lacking('setup', setup, config);
}

/** What is wrong with how long a data stream is kept; undefined where nothing is. */
async function retentionFault(
  { elasticsearch, config }: Runtime,
  { stream, retention }: DataStreamTemplate,
): Promise<Found | undefined> {
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

async function retentions(runtime: Runtime): Promise<Found> {
  const templates = dataStreamTemplates(runtime.definitions, runtime.config.retention);
  const found = await Promise.all(templates.map((template) => retentionFault(runtime, template)));
  const wrong = found.filter((each) => each !== undefined);
  if (wrong.length === 0) return ok(`${runtime.config.retention}, and the ledger for ever`);
  const says = [...new Set(wrong.map((each) => each.says))].join('; ');
  return wrong.some(({ state }) => state === 'fault') ? fault(says) : warning(says);
}

async function alive({ redis, prefix }: Runtime, part: Part): Promise<Found> {
  const living = await livingOf(redis, prefix, part);
  if (living.length === 0) return warning(`none is running; start "shenji ${part}" or "shenji run"`);
  const more = living.length > MOST_NAMED ? ', …' : '';
  return ok(`${living.length} running: ${living.slice(0, MOST_NAMED).join(', ')}${more}`);
}

/** Sources that no worker that lives would take: all of them may be there for streams of their own. */
async function unserved({ redis, prefix, sources }: Runtime, workers: number): Promise<readonly string[]> {
  const groups = (await knownGroups(redis, prefix)).filter(({ group }) => group.pass === undefined);
  const dedicated = groups.reduce((sum, { living }) => sum + living, 0);
  if (dedicated < workers) return [];
  const served = new Set(groups.flatMap(({ living, group }) => (living > 0 ? group.sources : [])));
  return sources.map(sourceKey).filter((source) => !served.has(source));
}

async function workersAlive(runtime: Runtime): Promise<Found> {
  const found = await alive(runtime, 'worker');
  if (found.state !== 'ok') return found;
  const { length: workers } = await livingOf(runtime.redis, runtime.prefix, 'worker');
  const left = await unserved(runtime, workers);
  if (left.length === 0) return found;
  return warning(
    `${found.says}, but each takes streams of its own alone (--streams), and none ${left.slice(0, MOST_NAMED).join(', ')}${left.length > MOST_NAMED ? ', …' : ''}; start a "shenji worker" without --streams`,
  );
}

async function probeSource(source: TenantSource, budget: RequestBudget): Promise<Found> {
  const { message: says, vendorTime } = await askVendor(source, budget);
  if (vendorTime === undefined)
    return fault(
      `${says}, but its answer had no Date header, without which no window counts as over; a proxy on the way may remove it`,
    );
  const clock = clockFinding("the vendor's", Date.now() - vendorTime.getTime());
  return clock.state === 'ok' ? ok(says) : warning(`${says}, but ${clock.says}`);
}

async function kibanaSpace(settings: NonNullable<Runtime['config']['kibana']>): Promise<Found> {
  const kibana = createKibana(settings);
  try {
    const version = await requireReady(kibana);
    await requireSpace(kibana, settings.space);
    const there = `space ${settings.space} is there`;
    const doubt = doubtAbout(version);
    return doubt === undefined ? ok(`${there}; version ${version ?? 'untold'}`) : warning(`${there}, but ${doubt}`);
  } finally {
    await kibana.close();
  }
}

/** Redis alone. */
export function redisFindings(runtime: Runtime, redis = pingRedis(runtime)): Promise<Finding>[] {
  const remedy = 'check redis.url and that it runs';
  return [
    runCheck(runtime, 'Redis', async () => ok(`answers ${await redis}`), {
      remedy,
      patienceMs: PATIENCE_MS + GRACE_MS,
    }),
    checkByRedis(runtime, redis, 'Redis eviction', () =>
      redisSetting(runtime, 'maxmemory-policy', (policy) =>
        policy === 'noeviction'
          ? ok('noeviction')
          : fault(`maxmemory-policy is ${policy}, so Redis may drop windows; set it to noeviction`),
      ),
    ),
    checkByRedis(runtime, redis, 'Redis persistence', () =>
      redisSetting(runtime, 'appendonly', (aof) =>
        aof === 'yes'
          ? ok('append-only file')
          : warning(
              'no append-only file: after a crash of Redis the queue is planned anew from the ledger; set appendonly yes, appendfsync everysec',
            ),
      ),
    ),
    checkByRedis(runtime, redis, 'Redis clock', () => redisClock(runtime)),
  ];
}

/** Everything at once; each resolves, also where a server is away. */
export function findings(runtime: Runtime): Promise<Finding>[] {
  const { elasticsearch, definitions, config, sources } = runtime;
  const there = `${many(config.tenants.length, 'tenant')}, ${many(sources.length, 'source')}, namespace ${config.namespace}`;
  const { kibana } = config;
  const budget = createBudget(runtime.redis, runtime.prefix, 0);
  const redis = pingRedis(runtime);
  return [
    Promise.resolve({ what: 'configuration', ...ok(there) }),
    ...redisFindings(runtime, redis),
    look(runtime, 'Elasticsearch', '', async () => {
      await probeElasticsearch(elasticsearch);
      const version = await requireSupportedVersion(elasticsearch);
      return ok(`answers; ${version === undefined ? 'it does not tell its version' : `version ${version}`}`);
    }),
    look(runtime, 'Elasticsearch templates', '', async () => {
      const faults = await templateFaults(elasticsearch, definitions, config.namespace);
      if (faults.length > 0) await requireSupportedVersion(elasticsearch);
      return faults.length === 0 ? ok('installed and up to date') : fault(`${faults.join('; ')}; run "shenji setup"`);
    }),
    look(runtime, 'Elasticsearch clock', '', () => elasticsearchClock(runtime)),
    look(runtime, 'Elasticsearch retention', '', () => retentions(runtime)),
    look(runtime, 'Elasticsearch privileges', '', () => privileges(runtime)),
    look(runtime, 'Elasticsearch repair', '', () => repairPrivileges(runtime)),
    ...(kibana === undefined ? [] : [look(runtime, 'Kibana', '', () => kibanaSpace(kibana))]),
    checkByRedis(runtime, redis, 'scheduler', () => alive(runtime, 'scheduler')),
    checkByRedis(runtime, redis, 'worker', () => workersAlive(runtime)),
    ...sources.map((source) => checkByRedis(runtime, redis, sourceKey(source), () => probeSource(source, budget))),
  ];
}
