/** A real Elasticsearch with security on and a real Redis with users, both behind TLS with a private authority. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { generate } from 'selfsigned';
import { Agent, fetch } from 'undici';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startElasticsearch } from '../../src/dev/embedded/elasticsearch.ts';
import { startRedis } from '../../src/dev/embedded/redis.ts';
import { rolesOf, type Role } from '../../src/adapters/elasticsearch/roles.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { ADMIN, PASSWORD, SECURITY, userFiles } from './users.ts';

const roles = rolesOf(sourceDefinitions);

export type Secured = {
  readonly elasticsearchUrl: string;
  /** With user and password. */
  readonly redisUrl: string;
  /** The private authority, and one that signed nothing here. */
  readonly caFile: string;
  readonly otherCaFile: string;
  /** Gives the user `changing`, who begins as a writer, another role; Elasticsearch takes it up some seconds later. */
  changeRole(role: Role): Promise<void>;
  stop(): Promise<void>;
};

async function authority(): Promise<{ key: string; cert: string }> {
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ] as const;
  const authority = await generate([{ name: 'commonName', value: 'shenji test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [...extensions],
  });
  return { key: authority.private, cert: authority.cert };
}

async function certificate(ca: { key: string; cert: string }): Promise<{ key: string; cert: string }> {
  const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: certificate.private, cert: certificate.cert };
}

/** As the writer was before it could delete nothing. */
const withDelete = ({ cluster, indices }: Role): Role => ({
  cluster,
  indices: indices.map(({ names, privileges }) => ({ names, privileges: [...privileges, 'delete'] })),
});

/** The role without what it may do with names that begin so. */
const blindTo = ({ cluster, indices }: Role, prefix: string): Role => ({
  cluster,
  indices: indices.map(({ names, privileges }) => ({
    names: names.filter((name) => !name.startsWith(prefix)),
    privileges,
  })),
});

const ROLES: Readonly<Record<string, Role>> = {
  ...roles,
  writer_with_delete: withDelete(roles.writer),
  repair_that_overwrites: {
    cluster: ['monitor'],
    indices: roles.repair.indices.map(({ names, privileges }) => ({
      names,
      privileges: [...privileges, 'index', 'delete_index', 'manage'],
    })),
  },
  repair_of_all: withDelete({ ...roles.repair, indices: [...roles.repair.indices, ...roles.reader.indices] }),
  writer_and_templates: { ...roles.writer, cluster: roles.setup.cluster },
  setup_without_indices: { ...roles.setup, indices: [] },
  reader_without_checkpoints: blindTo(roles.reader, 'shenji-checkpoints'),
  reader_without_ledger: blindTo(roles.reader, 'logs-shenji.window'),
  stranger: { cluster: [], indices: [] },
  changing: roles.writer,
};

/** As the README's Redis user: only shenji's keys, and nothing that administers. */
export const REDIS_ACL =
  '~shenji-* &* -@all +@read +@write +@connection +@scripting +@transaction +info +time +config|get';

export async function startSecured(): Promise<Secured> {
  const artifacts = await prepareArtifacts(process.env, (line) => process.stderr.write(`${line}\n`));
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-secured-'));
  const ca = await authority();
  const { key, cert } = await certificate(ca);
  const caFile = path.join(directory, 'ca.pem');
  const otherCaFile = path.join(directory, 'other-ca.pem');
  writeFileSync(caFile, ca.cert);
  writeFileSync(otherCaFile, (await authority()).cert);
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile) } });

  const elasticsearch = await startElasticsearch(artifacts, process.env, {
    scheme: 'https',
    settings: {
      ...SECURITY,
      'xpack.security.http.ssl.enabled': true,
      'xpack.security.http.ssl.key': 'http.key',
      'xpack.security.http.ssl.certificate': 'http.pem',
    },
    files: {
      'http.key': key,
      'http.pem': cert,
      ...userFiles(ROLES),
    },
    isReady: async (url) =>
      (await fetch(`${url}/_cluster/health?timeout=1s`, { dispatcher, headers: { authorization: ADMIN } })).ok,
  });
  const redis = await startRedis(artifacts, undefined, {
    scheme: 'rediss',
    files: {
      'redis.key': key,
      'redis.pem': cert,
      'redis-ca.pem': ca.cert,
      'users.acl': `user default off\nuser shenji on >${PASSWORD} ${REDIS_ACL}\n`,
    },
    args: (port, home) =>
      `--port 0 --tls-port ${port} --tls-auth-clients no --aclfile ${home}/users.acl --tls-key-file ${home}/redis.key --tls-cert-file ${home}/redis.pem --tls-ca-cert-file ${home}/redis-ca.pem`.split(
        ' ',
      ),
    isReady: async (port) => {
      const redis = new Redis(`rediss://shenji:${PASSWORD}@127.0.0.1:${port}`, {
        tls: { ca: ca.cert },
        lazyConnect: true,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      });
      redis.on('error', () => undefined);
      try {
        await redis.connect();
        return (await redis.ping()) === 'PONG';
      } finally {
        redis.disconnect();
      }
    },
  });

  return {
    elasticsearchUrl: elasticsearch.url,
    redisUrl: redis.url.replace('rediss://', `rediss://shenji:${PASSWORD}@`),
    caFile,
    otherCaFile,
    changeRole: async (role) => {
      const found = await fetch(`${elasticsearch.url}/_nodes/settings`, {
        dispatcher,
        headers: { authorization: ADMIN },
      });
      const { nodes } = (await found.json()) as { nodes: Record<string, { settings: { path: { data: string } } }> };
      const data = Object.values(nodes)[0]?.settings.path.data ?? '';
      const file = path.join(path.dirname(data), 'config', 'roles.yml');
      writeFileSync(file, userFiles({ ...ROLES, changing: role })['roles.yml'] ?? '');
    },
    stop: async () => {
      await Promise.all([elasticsearch.stop(), redis.stop(), dispatcher.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
