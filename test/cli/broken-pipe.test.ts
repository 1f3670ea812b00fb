/** Output that nobody reads to its end, as in `shenji … | head`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';

const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

async function ended(left: 'stdout' | 'stderr', ...args: string[]): Promise<{ code: number | null; rest: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child[left].destroy();
  let rest = '';
  child[left === 'stdout' ? 'stderr' : 'stdout'].on('data', (chunk: Buffer) => (rest += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, rest };
}

it('a command whose reader has left ends as a broken pipe does, without a stack trace and never with code 0', async () => {
  expect(await ended('stdout', 'completion', 'bash')).toEqual({ code: 141, rest: '' });
});

it('a command whose messages nobody reads keeps its exit code', async () => {
  expect((await ended('stderr', 'check', '--config', 'nowhere.yml')).code).toBe(2);
});
