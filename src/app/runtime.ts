/** Everything that a process of shenji is made of, wired from the configuration. */
import type { Logger } from 'pino';
import { anyProxy, proxyFor, tracedService } from '../config/environment.ts';
import type { Config } from '../config/schema.ts';
import { secretsOf } from '../config/secrets.ts';
import { createCheckpoints } from '../adapters/elasticsearch/checkpoints.ts';
import type { RoleName } from '../adapters/elasticsearch/roles.ts';
import { createElasticsearch, orUnavailable, type Elasticsearch } from '../adapters/elasticsearch/client.ts';
import { createLedger } from '../adapters/elasticsearch/ledger/index.ts';
import { streamName } from '../adapters/elasticsearch/names.ts';
import { createScrub, type Scrub } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics/index.ts';
import { version } from '../observe/version.ts';
import type { Checkpoints, Ledger } from '../core/ledger.ts';
import { createPlanner, type Planner } from '../core/planning/planner.ts';
import { plannedDelayMs, type PlannedSource } from '../core/planning/planned-source.ts';
import { createRedactor, type Redactor } from '../core/documents/redact.ts';
import { sourceKeyOf } from '../core/stream.ts';
import { withinBound } from '../core/time/within-bound.ts';
import { createCache } from '../adapters/redis/cache.ts';
import { connectRedis, type Redis } from '../adapters/redis/connection.ts';
import { openLanes, type Lanes } from '../adapters/redis/lanes.ts';
import { openWindowQueue, type OpenQueue } from '../adapters/redis/window-queue.ts';
import type { SourceInstance, SourceDefinition } from '../sdk/definition.ts';
import { messageOf } from '../sdk/errors.ts';
import { openGeo } from '../adapters/vendor/geo.ts';
import { createVendorHttp } from '../adapters/vendor/http.ts';

/** One source of one tenant. */
export type TenantSource = {
  readonly tenant: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly definition: SourceDefinition;
  readonly instance: SourceInstance;
  readonly queue: OpenQueue;
  readonly planned: PlannedSource;
};

/** `acme/feishu.openapi_audit`: as it is shown, and named on the command line. */
export const sourceKey = ({ tenant, definition }: TenantSource): string =>
  sourceKeyOf({ tenant: tenant.id, source: definition.name });

export type Runtime = {
  readonly config: Config;
  readonly log: Logger;
  readonly scrub: Scrub;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly redis: Redis;
  readonly elasticsearch: Elasticsearch;
  /** With the credentials of `elasticsearch.repair`: the one client that may delete. Undefined where there are none. */
  readonly repairing: Elasticsearch | undefined;
  readonly ledger: Ledger;
  readonly checkpoints: Checkpoints;
  readonly planner: Planner;
  /** The queue of all tenants and sources. */
  readonly lanes: Lanes;
  readonly sources: readonly TenantSource[];
  /** Whether spans go anywhere. */
  readonly traced: boolean;
  /** Prefix of every key in Redis. */
  readonly prefix: string;
  readonly definitions: readonly SourceDefinition[];
  close(): Promise<void>;
};

const MINUTE = 60_000;
/** Windows of so many tenants may fall due in the same second. */
const TENANTS_A_SECOND = 20;

/** The first tenants wait for nothing, and nobody longer than a minute. */
export const offsetMs = (position: number): number => (Math.floor(position / TENANTS_A_SECOND) * 1_000) % MINUTE;

/** A server that is there takes no longer. */
const CLOSE_BOUND_MS = 1_000;

/** Where it names none, those of the server stay. */
function ownCredentials({ apiKey, username, password }: NonNullable<Config['elasticsearch']['repair']>) {
  return apiKey === undefined && username === undefined ? {} : { apiKey, username, password };
}

/** A source is its author's: what it throws while it is made names it, and holds none of the operator's secrets. */
function opened(
  open: () => SourceInstance,
  { of, scrub }: { readonly of: string; readonly scrub: Scrub },
): SourceInstance {
  try {
    return open();
  } catch (error) {
    throw new Error(`the source ${of} cannot be made: ${scrub(messageOf(error))}`, { cause: error });
  }
}

/** The sources that some tenant has: what is wrong with any other stops nobody. */
export const usedDefinitions = ({ sources }: Pick<Runtime, 'sources'>): readonly SourceDefinition[] => [
  ...new Set(sources.map(({ definition }) => definition)),
];

/** @throws Error where a file named in the configuration cannot be read, or a source cannot be made. Reaches for no server yet. */
// oxlint-disable-next-line max-lines-per-function -- the one place where everything is wired
export async function openRuntime(config: Config, log: Logger): Promise<Runtime> {
  const scrub = createScrub(secretsOf(config));
  const { namespace, retries, definitions } = config;
  // Before any connection, which would keep the process where this throws.
  const geo = await openGeo(config.geo);
  const server = { ...config.elasticsearch, proxy: proxyFor(config.elasticsearch.url) };
  const elasticsearch = createElasticsearch(server);
  const repairing = server.repair && createElasticsearch({ ...server, ...ownCredentials(server.repair) });
  const ledger = createLedger(elasticsearch, namespace);
  const checkpoints = createCheckpoints(elasticsearch, namespace);
  let reported = '';
  const redis = connectRedis(config.redis, (error) => {
    // Reconnecting fails many times a minute with the same words.
    if (error.message !== reported) log.warn(`Redis: ${scrub(error.message)}`);
    reported = error.message;
  });
  redis.on('ready', () => {
    reported = '';
  });
  const traced = tracedService() !== undefined;
  const prefix = `shenji-${namespace}`;
  const metrics = createMetrics(version);
  const http = createVendorHttp(anyProxy(), metrics.called);
  const cache = createCache(redis, prefix);
  const lanes = openLanes({ connection: redis, prefix, traced });

  function openSource(
    tenantConfig: Config['tenants'][number],
    definition: SourceDefinition,
    position: number,
  ): TenantSource {
    const tenant = { id: tenantConfig.id, name: tenantConfig.name ?? tenantConfig.id, timeZone: tenantConfig.timeZone };
    const instance = opened(() => definition.open(tenantConfig[definition.vendor.name], tenant, { http, geo, cache }), {
      of: `${tenant.id}/${definition.name}`,
      scrub,
    });
    const { cadence } = instance.source;
    const queue = openWindowQueue(tenant.id, definition.name, {
      lanes,
      connection: redis,
      prefix,
      attempts: retries.attempts,
      dataStream: streamName({ ...definition.dataStream, dataset: definition.name }, namespace),
      callsPerMinute: instance.callsPerMinute,
      liveDelayMs: plannedDelayMs('live', { cadence, offsetMs: offsetMs(position) }),
    });
    const planned: PlannedSource = {
      tenant: tenant.id,
      source: definition.name,
      cadence,
      since: instance.since,
      offsetMs: offsetMs(position),
      queue,
    };
    return { tenant, definition, instance, queue, planned };
  }

  async function close(): Promise<void> {
    // They wait for a Redis that is away; there is nothing of them that would be lost.
    await withinBound(lanes.close(), CLOSE_BOUND_MS);
    redis.disconnect();
    // A server that is silent keeps a request open for long.
    await withinBound(Promise.all([http.close(), elasticsearch.close(), repairing?.close()]), CLOSE_BOUND_MS);
  }

  let sources: readonly TenantSource[];
  try {
    sources = config.tenants.flatMap((tenant, position) =>
      definitions
        .filter(({ vendor }) => tenant[vendor.name] !== undefined)
        .map((definition) => openSource(tenant, definition, position)),
    );
  } catch (error) {
    await close();
    throw error;
  }

  return {
    config,
    log,
    scrub,
    metrics,
    redactor: createRedactor(config.redact),
    redis,
    elasticsearch,
    ledger,
    checkpoints,
    repairing,
    planner: createPlanner({ ledger, checkpoints, log, now: Date.now }),
    lanes,
    sources,
    traced,
    prefix,
    definitions,
    close,
  };
}

/** Resolves when Elasticsearch answers and holds no write block that its health would show. @throws DestinationUnavailableError */
export async function probeElasticsearch(elasticsearch: Elasticsearch, role?: RoleName): Promise<void> {
  await orUnavailable(
    'asking for its health',
    elasticsearch.cluster.health({ timeout: '2s' }, { requestTimeout: 5_000 }),
    role,
  );
}
