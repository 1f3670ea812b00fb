/** What the pages of the npm package name and it does not hold. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { files } = JSON.parse(read('package.json')) as { files: readonly string[] };
const READMES = ['README.md', 'README.zh-CN.md'];

const isBelow = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);
/** As npm decides it, of folders and files without a pattern in their name; these it packs whatever is said. */
function isPacked(file: string): boolean {
  const entries = ['package.json', 'LICENSE', ...READMES, ...files].filter((entry) => !entry.includes('*'));
  const [without, within] = [true, false].map((not) => entries.filter((entry) => entry.startsWith('!') === not));
  return (
    within?.some((entry) => isBelow(file, entry)) === true &&
    without?.every((entry) => !isBelow(file, entry.slice(1))) === true
  );
}

it.each(READMES)('is named in one line at the beginning of %s', (readme) => {
  const [beginning = ''] = read(readme).split('\n## ');
  const [line = '', ...more] = beginning.split('\n').filter((one) => /\bnpm /.test(one));
  expect(more).toEqual([]);
  const told = [...line.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const pages = [...READMES, 'CHANGELOG.md', ...globSync('docs/*.md', { cwd: ROOT })];
  const named = new Set(pages.flatMap((page) => read(page).match(/[\w./-]*[\w-]/g) ?? []));
  const missing = [...named].filter(
    (name) => /[./]/.test(name) && !/^[./]+$|^\/|\.\.|^(?:dist|node_modules)\b/.test(name) && existsSync(path.join(ROOT, name)),
  ).filter((name) => !isPacked(name)); // prettier-ignore
  expect(missing.length).toBeGreaterThan(10);
  expect(missing.filter((name) => !told.some((one) => isBelow(name, one)))).toEqual([]);
  for (const one of told) expect([existsSync(path.join(ROOT, one)), isPacked(one)], one).toEqual([true, false]);
});
