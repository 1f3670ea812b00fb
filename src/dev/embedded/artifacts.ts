/** Brings the server binaries through Maven, once, into a cache outside the checkout. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { MissingPrerequisite } from './missing-prerequisite.ts';

const run = promisify(execFile);
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

/** Every directory above must let other users through: as root, Elasticsearch runs as somebody else. */
async function isTraversable(directory: string): Promise<boolean> {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => 0o1,
    );
    if ((mode & 0o1) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Outside of the checkout; SHENJI_CACHE names another. */
export async function cacheDirectory(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const chosen = environment['SHENJI_CACHE'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  const home = path.join(environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'shenji');
  if (process.getuid?.() !== 0 || (await isTraversable(home))) return home;
  return path.join(tmpdir(), 'shenji-cache');
}

async function fetchInto(directory: string, properties: readonly string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const into = `-Dservers.directory=${directory}`;
  const maven = ['-q', '-B', '-ntp', '-f', POM, 'generate-resources', into, ...properties];
  try {
    await run('mvn', maven, { maxBuffer: 1 << 26 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new MissingPrerequisite('Maven', '"mvn" is not on the path');
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('ERROR'));
    throw new MissingPrerequisite('what pom.xml names', `Maven could not bring it: ${lines.slice(0, 3).join(' ')}`);
  }
}

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
  const key = createHash('sha256')
    .update(`${pom}${elasticsearchVersion ?? ''}`)
    .digest('hex')
    .slice(0, 12);
  const directory = path.join(await cacheDirectory(environment), `servers-${key}`);
  const artifacts: Artifacts = {
    elasticsearchHome: path.join(directory, `elasticsearch-${version}`),
    redisServer: path.join(directory, 'redis', redisName),
  };
  const complete = await access(path.join(directory, 'complete')).then(
    () => true,
    () => false,
  );
  if (complete) return artifacts;
  announce(`fetching Elasticsearch ${version} and Redis into ${directory} (once, about 145 MB)`);
  const partial = `${directory}.${process.pid}`;
  try {
    await fetchInto(partial, elasticsearchVersion === undefined ? [] : [`-Delasticsearch.version=${version}`]);
    const home = path.join(partial, `elasticsearch-${version}`);
    await (elasticsearchVersion === undefined ? addKqlDescriptor(partial, home) : removeKql(home));
    await writeFile(path.join(partial, 'complete'), '');
    // Where another process was quicker its copy is as good; the rename then fails and ours goes.
    await rename(partial, directory).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return artifacts;
}
