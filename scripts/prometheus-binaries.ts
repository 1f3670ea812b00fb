/** Where Prometheus and its promtool are: this machine's own, or Debian's package, unpacked into the cache and not installed. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../src/dev/embedded/maven.ts';

const run = promisify(execFile);

type Environment = Readonly<Record<string, string | undefined>>;

/** Paths of the two programs. */
export type PrometheusBinaries = { readonly prometheus: string; readonly promtool: string };

export class NoPrometheus extends Error {
  override readonly name = 'NoPrometheus';

  constructor(seen: string) {
    super(
      `There is no Prometheus: neither in PROMETHEUS_HOME nor on the path, and ${seen}. Put prometheus and promtool on the path, or name their directory in PROMETHEUS_HOME; where apt knows of no such package, "apt-get update" as root may help.`,
    );
  }
}

async function bothIn(directory: string): Promise<PrometheusBinaries | undefined> {
  const found = { prometheus: path.join(directory, 'prometheus'), promtool: path.join(directory, 'promtool') };
  try {
    await Promise.all(Object.values(found).map((file) => access(file, constants.X_OK)));
    return found;
  } catch {
    return undefined;
  }
}

/** @throws NoPrometheus where a step of it fails: it says which, and the last that was said */
async function unpackDebian(directory: string): Promise<void> {
  await mkdir(path.dirname(directory), { recursive: true });
  const partial = await mkdtemp(`${directory}.`);
  const step = async (file: string, ...args: string[]): Promise<void> => {
    try {
      await run(file, args, { cwd: partial });
    } catch (error) {
      const { code, stderr = '' } = error as { code?: string; stderr?: string };
      const why = code === 'ENOENT' ? 'is not there' : `says: ${stderr.trim().split('\n').at(-1)}`;
      throw new NoPrometheus(`${file} ${args[0]}, which would bring Debian's package, ${why}`);
    }
  };
  try {
    await step('apt-get', 'download', 'prometheus');
    const file = (await readdir(partial)).find((name) => name.endsWith('.deb')) ?? '';
    await step('dpkg', '-x', file, 'unpacked');
    // Where another process was quicker, its copy is as good.
    await rename(path.join(partial, 'unpacked'), directory).catch(() => undefined);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * `PROMETHEUS_HOME`, else the path, else what an earlier call has unpacked, else Debian's package by apt, which needs no root.
 * @throws NoPrometheus that says what is missing
 */
export async function findPrometheus(
  environment: Environment,
  announce: (line: string) => void,
): Promise<PrometheusBinaries> {
  const home = environment['PROMETHEUS_HOME'];
  if (home !== undefined && home !== '') {
    const found = await bothIn(home);
    if (found === undefined) throw new NoPrometheus(`PROMETHEUS_HOME, ${home}, does not hold both`);
    return found;
  }
  for (const directory of (environment['PATH'] ?? '').split(path.delimiter)) {
    const found = directory === '' ? undefined : await bothIn(directory);
    if (found !== undefined) return found;
  }
  const unpacked = path.join(await cacheDirectory(environment), 'prometheus-debian');
  const binaries = path.join(unpacked, 'usr', 'bin');
  const cached = await bothIn(binaries);
  if (cached !== undefined) return cached;
  announce(`fetching Debian's package of Prometheus into ${unpacked} (once, about 20 MB, not installed)`);
  await unpackDebian(unpacked);
  const found = await bothIn(binaries);
  if (found === undefined) throw new NoPrometheus("Debian's package does not hold both");
  return found;
}

/** As the program says it: `2.42.0+ds`. */
export async function versionOf(binary: string): Promise<string> {
  const { stdout, stderr } = await run(binary, ['--version']);
  return /version (\S+)/.exec(stdout + stderr)?.[1] ?? 'of an unknown version';
}
