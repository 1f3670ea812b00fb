/** Elasticsearch and Redis for demo and tests: the operator's own where their addresses are given, else embedded ones. */
import { prepareArtifacts } from './artifacts.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startRedis } from './redis.ts';

export { MissingPrerequisite } from './missing-prerequisite.ts';

export type Servers = {
  readonly elasticsearchUrl: string;
  readonly redisUrl: string;
  /** True where the server is ours, and may be wiped. */
  readonly embedded: { readonly elasticsearch: boolean; readonly redis: boolean };
  stop(): Promise<void>;
  /** Kills the embedded Elasticsearch and resolves when it is back with its data; undefined where it is not ours. */
  readonly restartElasticsearch: ((downMs: number) => Promise<void>) | undefined;
};

/** `ELASTICSEARCH_URL` and `REDIS_URL` take the place of the embedded servers. @throws MissingPrerequisite */
export async function startServers(
  environment: Readonly<Record<string, string | undefined>>,
  announce: (line: string) => void = () => undefined,
): Promise<Servers> {
  const given = { elasticsearch: environment['ELASTICSEARCH_URL'], redis: environment['REDIS_URL'] };
  const artifacts = given.elasticsearch && given.redis ? undefined : await prepareArtifacts(environment, announce);
  const [elasticsearch, redis] = await Promise.all([
    given.elasticsearch || artifacts === undefined ? undefined : startElasticsearch(artifacts, environment),
    given.redis || artifacts === undefined ? undefined : startRedis(artifacts),
  ]);
  return {
    elasticsearchUrl: elasticsearch?.url ?? given.elasticsearch ?? '',
    redisUrl: redis?.url ?? given.redis ?? '',
    embedded: { elasticsearch: elasticsearch !== undefined, redis: redis !== undefined },
    restartElasticsearch: elasticsearch && ((downMs) => elasticsearch.restart(downMs)),
    stop: async () => void (await Promise.all([elasticsearch?.stop(), redis?.stop()])),
  };
}
