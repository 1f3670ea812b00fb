/** Which Elasticsearch this is, and which ones shenji works with. */
import type { Client } from '@elastic/elasticsearch';
import { DestinationUnavailableError } from '../../sdk/errors.ts';

/** The client asks for answers in this major's form, which an older server refuses for whatever has a body. */
const LEAST_MAJOR = 9;
const SUPPORTED = `Elasticsearch ${LEAST_MAJOR} (tried with 9.5)`;

const majorOf = (version: string): number => Number(version.split('.')[0]);

/** Resolves with the body of the answer to a GET. */
type Ask = (path: string) => Promise<unknown>;

async function ofCluster(ask: Ask): Promise<string | undefined> {
  const { version } = (await ask('/')) as { version?: { number?: string; build_flavor?: string } };
  // Serverless names a number that stands for nothing.
  return version?.build_flavor === 'serverless' ? undefined : version?.number;
}

/** Of the oldest node: in the middle of an upgrade they differ. */
async function ofNodes(ask: Ask): Promise<string | undefined> {
  const { nodes = {} } = (await ask('/_nodes?filter_path=nodes.*.version')) as {
    nodes?: Readonly<Record<string, { version: string }>>;
  };
  const versions = Object.values(nodes).map(({ version }) => version);
  return versions.toSorted((a, b) => majorOf(a) - majorOf(b))[0];
}

/** Undefined where the server does not tell: a cut-down one has no `GET /`, and not everybody may ask for nodes. */
export async function versionBy(ask: Ask): Promise<string | undefined> {
  const told = await ofCluster(ask).catch(() => undefined);
  return told ?? (await ofNodes(ask).catch(() => undefined));
}

/** `version` as it was told, or what else is known of it. */
export const unsupported = (version: string): DestinationUnavailableError =>
  new DestinationUnavailableError(
    `this is Elasticsearch ${version}; shenji works with ${SUPPORTED}: upgrade it, or name another in elasticsearch.url`,
    {},
    false,
  );

/**
 * The version; undefined where the server does not tell, which is taken for a supported one.
 * @throws DestinationUnavailableError, not retryable, for one that is too old
 */
export async function requireSupportedVersion(client: Client): Promise<string | undefined> {
  const version = await versionBy((path) => client.transport.request({ method: 'GET', path }));
  if (version !== undefined && majorOf(version) < LEAST_MAJOR) throw unsupported(version);
  return version;
}
