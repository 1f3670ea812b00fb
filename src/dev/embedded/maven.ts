/** Brings what a pom.xml names through Maven, once, into a cache outside the checkout. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { MissingPrerequisite } from './missing-prerequisite.ts';

const run = promisify(execFile);

export type Bringing = {
  /** Its phase `generate-resources` puts files below `servers.directory`. */
  readonly pomFile: string;
  /** Of the directory in the cache. */
  readonly name: string;
  /** What else but the pom's text makes this copy another one than the next. */
  readonly variant?: string;
  readonly properties?: readonly string[];
  /** For the line that announces a download, with its size. */
  readonly what: string;
  readonly megabytes: number;
  /** What is left to do once Maven has put the files there. */
  readonly assemble: (directory: string) => Promise<void>;
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

export async function cacheDirectory(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const chosen = environment['SHENJI_CACHE'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  const home = path.join(environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'shenji');
  if (process.getuid?.() !== 0 || (await isTraversable(home))) return home;
  return path.join(tmpdir(), 'shenji-cache');
}

async function fetchInto(directory: string, pomFile: string, properties: readonly string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const into = `-Dservers.directory=${directory}`;
  const maven = ['-q', '-B', '-ntp', '-f', pomFile, 'generate-resources', into, ...properties];
  try {
    await run('mvn', maven, { maxBuffer: 1 << 26 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new MissingPrerequisite('Maven', '"mvn" is not on the path');
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('ERROR'));
    throw new MissingPrerequisite(
      `what ${path.basename(pomFile)} names`,
      `Maven could not bring it: ${lines.slice(0, 3).join(' ')}`,
    );
  }
}

/**
 * The directory with the files: fetched on the first call on a machine and found on every later one.
 * @throws MissingPrerequisite without Maven, or where it cannot bring them.
 */
export async function bringOnce(
  environment: Readonly<Record<string, string | undefined>>,
  announce: (line: string) => void,
  { pomFile, name, variant = '', properties = [], what, megabytes, assemble }: Bringing,
): Promise<string> {
  const content = `${await readFile(pomFile, 'utf8')}${variant}`;
  const key = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const directory = path.join(await cacheDirectory(environment), `${name}-${key}`);
  const complete = await access(path.join(directory, 'complete')).then(
    () => true,
    () => false,
  );
  if (complete) return directory;
  announce(`fetching ${what} into ${directory} (once, about ${megabytes} MB)`);
  const partial = `${directory}.${process.pid}`;
  try {
    await fetchInto(partial, pomFile, properties);
    await assemble(partial);
    await writeFile(path.join(partial, 'complete'), '');
    // Where another process was quicker its copy is as good; the rename then fails and ours goes.
    await rename(partial, directory).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return directory;
}
