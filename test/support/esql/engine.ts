/** A real engine of ES|QL: Elasticsearch 8.19, with the modules that its distribution of the core lacks put in their places. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startElasticsearch, type EmbeddedServer } from '../../../src/dev/embedded/elasticsearch.ts';
import { findJavaHome } from '../../../src/dev/embedded/java.ts';
import { bringOnce } from '../../../src/dev/embedded/maven.ts';

const POM = path.join(import.meta.dirname, 'pom.xml');

/** What each module builds on, of what is published: their own descriptors also name Painless and machine learning. */
const EXTENDS: Readonly<Record<string, string>> = {
  'x-pack-esql-core': 'x-pack-core',
  'x-pack-kql': 'x-pack-esql-core',
  'x-pack-esql': 'x-pack-esql-core,x-pack-kql',
};

async function placeDescriptors(directory: string, home: string): Promise<void> {
  const file = 'plugin-descriptor.properties';
  for (const [module, extended] of Object.entries(EXTENDS)) {
    const own = await readFile(path.join(directory, 'descriptors', 'META-INF', 'es-plugins', module, file), 'utf8');
    const ours = own
      .replace(/^extended\.plugins=.*$/m, `extended.plugins=${extended}`)
      // As a Java module it could not read the parser's jar, which lies beside what it extends.
      .replace(/^modulename=.*\n/m, '');
    await writeFile(path.join(home, 'modules', module, file), ours);
  }
}

/**
 * On loopback, 512 MB heap, also as root; the first start on a machine fetches 120 MB. Its data goes when it stops.
 * `CHANGE_POINT` ends the node: it needs machine learning, which is published nowhere.
 * @throws MissingPrerequisite without Java or Maven, or where Maven cannot bring what its pom.xml names.
 */
export async function startEsqlEngine(
  environment: Readonly<Record<string, string | undefined>>,
  announce: (line: string) => void,
): Promise<EmbeddedServer> {
  // Before a download that would be in vain.
  await findJavaHome(environment);
  const version = /<elasticsearch.version>([^<]+)</.exec(await readFile(POM, 'utf8'))?.[1] ?? '';
  const homeIn = (directory: string): string => path.join(directory, `elasticsearch-${version}`);
  const directory = await bringOnce(environment, announce, {
    pomFile: POM,
    name: 'esql',
    what: `Elasticsearch ${version} with ES|QL`,
    megabytes: 120,
    assemble: (partial) => placeDescriptors(partial, homeIn(partial)),
  });
  return startElasticsearch({ elasticsearchHome: homeIn(directory) }, environment);
}
