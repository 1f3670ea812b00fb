/** What a shell is offered, as its completion script asks for it. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
const shenji = async (...args: string[]) => (await run(process.execPath, [CLI, ...args])).stdout;

it.each(['bash', 'zsh', 'fish'])('completion %s prints a script that asks shenji', async (shell) => {
  expect(await shenji('completion', shell)).toContain('shenji complete --');
});

it.each([
  [['rep'], ['replay', 'repair']],
  [['rules', ''], ['preview']],
  [['roles', 'w'], ['writer']],
  [['backfill', '--w'], ['--wait']],
])('%j is completed to %j', async (typed, expected) => {
  const offered = (await shenji('complete', '--', ...typed)).split('\n').map((line) => line.split('\t')[0]);
  expect(offered).toEqual(expect.arrayContaining(expected));
});
