/**
 * `node leave-out.ts DIR`: takes out of an installed program (DIR has node_modules and dist) what no process ever loads, and
 * says how much that was. The Dockerfile runs it; nobody needs it elsewhere.
 */
import { globSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const LICENCE = /^(?:licen[cs]e|notice|copying|copyright)/i;
/** Only at the top of a package: deeper down a folder of that name may be the program itself (yaml has its `doc`). */
const FOLDERS = 'test,tests,__tests__,docs,doc,example,examples,bench,benchmark,benchmarks,coverage,.github';
const TOP = 'node_modules/{,**/node_modules/}{@*/,}';

/** Each with why nothing can miss it. */
const LEFT_OUT: readonly (readonly [why: string, ...patterns: string[]])[] = [
  // Node refuses to strip types below node_modules, so no such file could be loaded if somebody tried.
  ['types', 'node_modules/**/*.{ts,mts,cts,tsbuildinfo,flow}', 'dist/**/*.d.ts'],
  // NODE_OPTIONS has no --enable-source-maps.
  ['source maps', 'node_modules/**/*.map'],
  ['commands of packages', 'node_modules/{,**/node_modules/}.bin/*'],
  ['pages', 'node_modules/**/*.{md,markdown}'],
  ['tests, examples, documentation', `${TOP}[!.@]*/{${FOLDERS}}/**`],
  // An optional peer of valibot, for its types.
  ['the compiler', 'node_modules/{typescript,@typescript}/**'],
  // Beside the database of both kinds of address, which is the one that is read (adapters/vendor/geo.ts).
  ['a second copy of the countries', 'node_modules/@ip-location-db/*/*-ipv[46].mmdb'],
  // For authors of a source, who test it elsewhere.
  ['shenji/testing', 'dist/testing/**'],
];

/** A package without a file for its licence may have the text in its readme. */
function isLicence(root: string, file: string): boolean {
  const { dir, base } = path.parse(file);
  if (LICENCE.test(base)) return true;
  const isAtTop = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$/.test(dir);
  return isAtTop && /^readme/i.test(base) && !readdirSync(path.join(root, dir)).some((name) => LICENCE.test(name));
}

/** One line for each reason: how much was deleted. Licences and notices stay, wherever they lie. */
export function leaveOut(root: string): string[] {
  return LEFT_OUT.map(([why, ...patterns]) => {
    const files = globSync(patterns, { cwd: root })
      .filter((file) => !isLicence(root, file))
      .map((file) => path.join(root, file))
      .filter((file) => !lstatSync(file).isDirectory());
    const bytes = files.reduce((sum, file) => sum + lstatSync(file).size, 0);
    for (const file of files) rmSync(file);
    return `${(bytes / 1e6).toFixed(1)} MB in ${files.length} files: ${why}`;
  });
}

if (import.meta.main) process.stdout.write(`${leaveOut(process.argv[2] ?? '.').join('\n')}\n`);
