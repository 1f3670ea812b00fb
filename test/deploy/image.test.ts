/** What a test can say of the Dockerfile without an engine; `npm run try:compose` builds it. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../../src/observe/version.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const dockerfile = read('Dockerfile');
const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };

describe('the image', () => {
  it('is built on the Node that the tests run on, says its version, and runs as a number that is not root', () => {
    expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${devDependencies.node}-bookworm-slim\n`);
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual(['FROM ${NODE_IMAGE} AS build', 'FROM ${NODE_IMAGE}']);
    expect(dockerfile).toContain(`ARG VERSION=${version}\n`);
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it('lets nothing into the build but what the Dockerfile copies', () => {
    const [everything, ...admitted] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    const named = admitted.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    expect(named.toSorted()).toEqual([...new Set(copied)].toSorted());
    expect(globSync(named, { cwd: ROOT })).toHaveLength(named.length);
  });
});
