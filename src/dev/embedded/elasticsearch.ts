/** A real single-node Elasticsearch for demo and tests. */
import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetch } from 'undici';
import type { Artifacts } from './artifacts.ts';
import { findJavaHome } from './java.ts';
import {
  freePort,
  serverIdentity,
  startServer,
  throwAwayDirectory,
  writeServerFile,
  type ServerProcess,
} from './server-process.ts';

const run = promisify(execFile);

export type EmbeddedServer = ServerProcess & { readonly url: string };

/** What differs from the plain server: for tests with security and TLS. */
export type ElasticsearchOverrides = {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Content by name, in the configuration's directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly scheme: 'http' | 'https';
  readonly isReady: (url: string) => Promise<boolean>;
};

const PLAIN: ElasticsearchOverrides = {
  settings: { 'xpack.security.enabled': false },
  files: {},
  scheme: 'http',
  isReady: async (url) => (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok,
};

/** Without security, on loopback, 512 MB heap; ready in 8–20 s. Its data goes when it stops. */
export async function startElasticsearch(
  artifacts: Pick<Artifacts, 'elasticsearchHome'>,
  environment: Readonly<Record<string, string | undefined>>,
  { settings: own, files, scheme, isReady } = PLAIN,
): Promise<EmbeddedServer> {
  const javaHome = await findJavaHome(environment);
  const identity = await serverIdentity();
  const directory = await throwAwayDirectory('elasticsearch', identity);
  const [http, transport] = [await freePort(), await freePort()];
  const config = path.join(directory, 'config');
  await cp(path.join(artifacts.elasticsearchHome, 'config'), config, { recursive: true });
  // Apart from the configuration, which Elasticsearch refuses to see below a directory that its modules write to.
  const temporary = path.join(directory, 'tmp');
  await mkdir(temporary);
  const settings = {
    'cluster.name': 'shenji-embedded',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': http,
    'transport.port': transport,
    'path.data': path.join(directory, 'data'),
    'path.logs': path.join(directory, 'logs'),
    'cluster.routing.allocation.disk.threshold_enabled': false,
    // Every test has data streams of its own on this one node.
    'cluster.max_shards_per_node': 20_000,
    ...own,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${value}\n`);
  await writeServerFile(path.join(config, 'elasticsearch.yml'), lines.join(''), identity);
  for (const [name, content] of Object.entries(files))
    await writeServerFile(path.join(config, name), content, identity);
  if (identity.uid !== undefined) await run('chown', ['-R', `${identity.uid}:${identity.gid}`, directory]);
  const url = `${scheme}://127.0.0.1:${http}`;
  const server = await startServer({
    name: 'Elasticsearch',
    directory,
    identity,
    command: path.join(artifacts.elasticsearchHome, 'bin', 'elasticsearch'),
    args: [],
    env: { ES_JAVA_HOME: javaHome, ES_PATH_CONF: config, ES_TMPDIR: temporary, ES_JAVA_OPTS: '-Xms512m -Xmx512m' },
    timeoutMs: 300_000,
    isReady: () => isReady(url),
  });
  return { ...server, url };
}
