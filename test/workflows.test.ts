/** The workflows cannot run here; what they name must be there all the same. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..');
const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

type Workflow = {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>>;
};
type Step = { readonly uses?: string; readonly run?: string };

it.each(globSync('.github/workflows/*.yml', { cwd: ROOT }))(
  '%s runs what the project has, and may only read',
  (file) => {
    const { permissions, jobs } = parse(textOf(file)) as Workflow;
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, { steps, 'timeout-minutes': minutes }] of Object.entries(jobs)) {
      expect(minutes, name).toBeGreaterThan(0);
      for (const { uses, run } of steps) {
        expect(uses ?? run, name).toBeDefined();
        for (const [, script = ''] of (run ?? '').matchAll(/npm run (?:-s )?([\w:-]+)/g))
          expect(scripts, run).toHaveProperty([script]);
        for (const [command] of (run ?? '').matchAll(/^\.[\w/.-]+/gm))
          expect(existsSync(path.join(ROOT, command)), command).toBe(true);
      }
    }
  },
);

it('what GitHub reads of its own is readable', () => {
  const files = globSync('.github/**/*.yml', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(parse(textOf(file)), file).toBeTypeOf('object');
});
