/** What a test can say of the Dockerfile without an engine; `npm run try:compose` builds it. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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
});
