/** The script behind "docker compose run backup", on a directory in place of the volume. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'deploy', 'compose', 'backup.sh');

/** Runs the script on `data`; `resolves`: whether the engine knows the name of a running Elasticsearch. */
function volume() {
  const home = mkdtempSync(path.join(tmpdir(), 'shenji-backup-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const [data, programs, script] = ['data', 'bin', 'backup.sh'].map((name) => path.join(home, name)) as [string, string, string]; // prettier-ignore
  mkdirSync(data);
  mkdirSync(programs);
  cpSync(SCRIPT, script);
  writeFileSync(script, readFileSync(script, 'utf8').replace('data=/elasticsearch', `data=${data}`));
  for (const name of ['getent', 'chown']) writeFileSync(path.join(programs, name), `#!/bin/sh\nexit \${${name}:-0}\n`);
  for (const name of ['getent', 'chown']) chmodSync(path.join(programs, name), 0o755);
  const run = (args: readonly string[], input?: Buffer, resolves = false) =>
    spawnSync('sh', [script, ...args], {
      ...(input === undefined ? {} : { input }),
      env: { PATH: `${programs}:${process.env['PATH'] ?? ''}`, getent: resolves ? '0' : '2' },
    });
  return {
    run,
    write: (files: Readonly<Record<string, string>>): void => {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(data, file)), { recursive: true });
        writeFileSync(path.join(data, file), content);
      }
    },
    files: (): string[] => globSync('**/*', { cwd: data }).toSorted(),
  };
}

it('brings back what was there, and leaves nothing of what came since', () => {
  const { run, write, files } = volume();
  write({ 'indices/a/segments_1': 'old', 'node.lock': '' });
  const archive = run([]).stdout;
  const before = files();
  write({ 'indices/a/segments_2': 'newer', 'indices/b/segments_1': 'newer' });
  expect(run(['restore'], archive).status).toBe(0);
  expect(files()).toEqual(before);
});

it('changes nothing where the archive is cut off', () => {
  const { run, write, files } = volume();
  write({ 'indices/a/segments_1': 'x'.repeat(100_000) });
  const archive = run([]).stdout;
  const { status, stderr } = run(['restore'], archive.subarray(0, archive.length / 2));
  expect([status, String(stderr)]).toEqual([1, expect.stringContaining('what was there is untouched')]);
  expect(files()).toEqual(['indices', 'indices/a', 'indices/a/segments_1']);
});

it.each([[[]], [['restore']]])('%j refuses to touch the files of an Elasticsearch that runs', (args) => {
  const { run, write, files } = volume();
  write({ 'node.lock': '' });
  const { status, stderr } = run(args, Buffer.from(''), true);
  expect([status, String(stderr)]).toEqual([1, 'backup: Elasticsearch runs; first: docker compose stop\n']);
  expect(files()).toEqual(['node.lock']);
});
