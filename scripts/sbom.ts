/**
 * `npm run sbom`: the bill of materials (CycloneDX 1.5) of what production installs, on stdout, from the lockfile alone.
 *
 * `npm sbom --omit dev` leaves out every package that development needs *too* (zod, yaml and twenty others here), and names
 * the program by its folder. So npm is asked in a folder of that name which has no development dependencies to omit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
/** An optional peer of a dependency, which is there for development alone. */
const COMPILER = /^node_modules\/(?:typescript$|@typescript\/)/;

type Package = { readonly dev?: boolean; readonly devDependencies?: object };
type Manifest = Package & { readonly name: string };
type Lockfile = { readonly packages: Readonly<Record<string, Package>> };

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
const withoutDevelopment = <T extends Package>({ devDependencies: _, ...rest }: T): Omit<T, 'devDependencies'> => rest;

const manifest = read<Manifest>('package.json');
const lockfile = read<Lockfile>('package-lock.json');
const packages = Object.entries(lockfile.packages)
  .filter(([place, { dev }]) => dev !== true && !COMPILER.test(place))
  .map(([place, one]) => [place, withoutDevelopment(one)]);

const temporary = mkdtempSync(path.join(tmpdir(), 'sbom-'));
try {
  const folder = path.join(temporary, manifest.name);
  mkdirSync(folder);
  const write = (file: string, content: object): void =>
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('package.json', withoutDevelopment(manifest));
  write('package-lock.json', { ...lockfile, packages: Object.fromEntries(packages) as object });
  const bill = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: folder,
    maxBuffer: 1 << 26,
  });
  process.stdout.write(bill);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
