/** Finds a Java that Elasticsearch accepts: 21 or newer, wherever the machine keeps its JVMs. */
import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MissingPrerequisite } from './missing-prerequisite.ts';

const run = promisify(execFile);
const LEAST_VERSION = 21;

type Java = { readonly home: string; readonly version: number };

async function homeOnPath(directories: string): Promise<string | undefined> {
  for (const directory of directories.split(path.delimiter)) {
    const binary = await realpath(path.join(directory, 'java')).catch(() => undefined);
    if (binary !== undefined) return path.resolve(binary, '..', '..');
  }
  return undefined;
}

async function versionOf(home: string): Promise<Java | undefined> {
  // Inside an async function, because spawning may also throw at once (a plain file on the way: ENOTDIR).
  const print = async (): Promise<{ stdout: string; stderr: string }> =>
    run(path.join(home, 'bin', 'java'), ['-version']);
  const printed = await print().catch(() => undefined);
  const major = /version "(\d+)/.exec(`${printed?.stderr}${printed?.stdout}`)?.[1];
  return major === undefined ? undefined : { home, version: Number(major) };
}

/**
 * The home directory of the newest Java ≥ 21 among `ES_JAVA_HOME`, `JAVA_HOME`, the one on the path and those
 * installed beside it (distributions put them side by side, and the default is often not the newest).
 * @throws MissingPrerequisite where there is none.
 */
export async function findJavaHome(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const onPath = await homeOnPath(environment['PATH'] ?? '');
  const beside = onPath === undefined ? [] : await readdir(path.dirname(onPath)).catch(() => []);
  const candidates = [
    environment['ES_JAVA_HOME'],
    environment['JAVA_HOME'],
    onPath,
    ...beside.map((name) => path.join(path.dirname(onPath ?? ''), name)),
  ].filter((home): home is string => home !== undefined && home !== '');
  const found = await Promise.all([...new Set(candidates)].map(versionOf));
  const newest = found.filter((java): java is Java => java !== undefined).toSorted((a, b) => b.version - a.version)[0];
  if (newest === undefined || newest.version < LEAST_VERSION) {
    throw new MissingPrerequisite(
      `Java ${LEAST_VERSION} or newer`,
      newest === undefined ? 'no Java was found' : `the newest found is Java ${newest.version} in ${newest.home}`,
    );
  }
  return newest.home;
}
