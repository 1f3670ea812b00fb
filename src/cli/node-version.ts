/**
 * The first thing that `cli.ts` loads: an older Node would fail at some later line, with a stack trace that explains nothing.
 * Written so that old ones can read it. Must import nothing.
 */

const OLDEST_MAJOR = 24;

/** What is wrong with this version of Node ("24.21.0"); undefined where nothing is. */
export function tooOld(version: string): string | undefined {
  return Number(version.split('.')[0]) < OLDEST_MAJOR
    ? `shenji needs Node ${OLDEST_MAJOR} or newer, and this is Node ${version}: put a newer one first on the PATH, or use the image`
    : undefined;
}

const fault = tooOld(process.versions.node);
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exit(2);
}
