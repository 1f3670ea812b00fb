/**
 * The workflows, linted by actionlint where it is there: on the path, or as `ACTIONLINT` names it. It is a program in Go
 * (`go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12`), which CI brings: without it the test fails there.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { skippedAloud } from './support/missing-tool.ts';

const ROOT = path.join(import.meta.dirname, '..');
const ACTIONLINT = process.env['ACTIONLINT'] ?? 'actionlint';
const isThere = spawnSync(ACTIONLINT, ['-version']).status === 0;

it('actionlint finds nothing wrong with the workflows', ({ skip }) => {
  if (!isThere) skip(skippedAloud(`there is no ${ACTIONLINT}: nobody has linted the workflows`));
  const { stdout, stderr } = spawnSync(ACTIONLINT, ['-no-color'], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout + stderr).toBe('');
});
