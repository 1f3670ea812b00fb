/** The server binaries: what pom.xml names, made ready to run. */
import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { bringOnce } from './maven.ts';
import { MissingPrerequisite } from './missing-prerequisite.ts';

const POM = path.join(import.meta.dirname, '..', '..', '..', 'pom.xml');

export type Artifacts = {
  /** The unpacked Elasticsearch distribution, KQL module included. Shared by all runs: never written to. */
  readonly elasticsearchHome: string;
  readonly redisServer: string;
};

const REDIS_BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** The KQL engine of another major needs modules that are published nowhere: that server goes without. */
async function removeKql(elasticsearchHome: string): Promise<void> {
  await rm(path.join(elasticsearchHome, 'modules', 'x-pack-kql'), { recursive: true });
}

async function addKqlDescriptor(directory: string, elasticsearchHome: string): Promise<void> {
  const descriptor = path.join(
    directory,
    'kql',
    'META-INF',
    'es-plugins',
    'x-pack-kql',
    'plugin-descriptor.properties',
  );
  await copyFile(descriptor, path.join(elasticsearchHome, 'modules', 'x-pack-kql', 'plugin-descriptor.properties'));
}

export type ArtifactOptions = {
  readonly pomFile?: string;
  /** Another Elasticsearch than the one of pom.xml, without KQL. */
  readonly elasticsearchVersion?: string;
};

/**
 * The servers' files, fetched on the first call on a machine (about 145 MB) and found on every later one.
 * @throws MissingPrerequisite without Maven or pom.xml, or on a platform the artifacts have no binary for.
 */
export async function prepareArtifacts(
  environment: Readonly<Record<string, string | undefined>>,
  announce: (line: string) => void,
  { pomFile = POM, elasticsearchVersion }: ArtifactOptions = {},
): Promise<Artifacts> {
  const platform = `${process.platform}-${process.arch}`;
  const redisName = REDIS_BINARIES[platform];
  if (redisName === undefined) throw new MissingPrerequisite('Linux or macOS on x64 or arm64', `this is ${platform}`);
  const pom = await readFile(pomFile, 'utf8').catch(() => undefined);
  if (pom === undefined)
    throw new MissingPrerequisite('pom.xml, which names them', 'this installation came without it, as the image does');
  const version = elasticsearchVersion ?? /<elasticsearch.version>([^<]+)</.exec(pom)?.[1] ?? '';
  const directory = await bringOnce(environment, announce, {
    pomFile,
    name: 'servers',
    variant: elasticsearchVersion ?? '',
    properties: elasticsearchVersion === undefined ? [] : [`-Delasticsearch.version=${version}`],
    what: `Elasticsearch ${version} and Redis`,
    megabytes: 145,
    assemble: (partial) => {
      const home = path.join(partial, `elasticsearch-${version}`);
      return elasticsearchVersion === undefined ? addKqlDescriptor(partial, home) : removeKql(home);
    },
  });
  return {
    elasticsearchHome: path.join(directory, `elasticsearch-${version}`),
    redisServer: path.join(directory, 'redis', redisName),
  };
}
