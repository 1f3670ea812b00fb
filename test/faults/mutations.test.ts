/** A mutation whose line is gone would leave its law in force, and the breaker would seem blind. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CALL = /mutate\(\s*'([^']+)',\s*(?:'([^']+)'|`([^`]+)`),/g;
const calls = globSync('test/faults/mutations/*.ts', { cwd: ROOT }).flatMap((file) =>
  [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(CALL)].map(([, target = '', single, template]) => ({
    mutation: path.basename(file, '.ts'),
    target,
    line: single ?? template ?? '',
  })),
);

it('there are mutations', () => expect(calls.length).toBeGreaterThan(7));

it.each(calls)('$mutation finds its line in $target', ({ target, line }) => {
  expect(readFileSync(path.join(ROOT, target), 'utf8').split(line)).toHaveLength(2);
});
