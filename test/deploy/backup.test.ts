/** The script behind "docker compose run backup", on a directory in place of the volume. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const COMPOSE = path.join(import.meta.dirname, '..', '..', 'deploy', 'compose');
/** All that the script changes something with. */
const CHANGING = ['mkdir', 'tar', 'mv', 'find', 'chmod', 'rmdir', 'rm'];

/** A directory for the script's data, and one that stands first in its path; both are gone after the test. */
function volume() {
  const home = mkdtempSync(path.join(tmpdir(), 'shenji-backup-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const [data, programs, script, count] = ['data', 'bin', 'backup.sh', 'count'].map((name) => path.join(home, name)) as [string, string, string, string]; // prettier-ignore
  mkdirSync(data);
  mkdirSync(programs);
  const place = (file: string, inContainer: string): string => {
    const text = readFileSync(path.join(COMPOSE, file), 'utf8');
    expect(text).toContain(inContainer);
    writeFileSync(path.join(home, file), text.replace(inContainer, data));
    return path.join(home, file);
  };
  const program = (name: string, text: string): void => {
    writeFileSync(path.join(programs, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(programs, name), 0o755);
  };
  place('backup.sh', '/elasticsearch');
  // Whether the engine knows the name of a running Elasticsearch.
  program('getent', 'exit $getent');
  program('chown', '');
  // All of this machine's disks, for nothing.
  program('sync', '');
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, getent: '2' };
  const files = (): string[] => globSync(['**/*', '.restore', '.restore/**/*'], { cwd: data }).toSorted();
  return {
    data,
    files,
    refill: (from: string): void => {
      rmSync(data, { recursive: true });
      cpSync(from, data, { recursive: true });
    },
    write: (content: Readonly<Record<string, string>>): void => {
      for (const [file, text] of Object.entries(content)) {
        mkdirSync(path.dirname(path.join(data, file)), { recursive: true });
        writeFileSync(path.join(data, file), text);
      }
    },
    run: (args: readonly string[], input?: Buffer, getent = '2') =>
      spawnSync('sh', [script, ...args], { ...(input === undefined ? {} : { input }), env: { ...env, getent } }),
    /** Kills all of a restore in the place of its `step`th program. @returns whether it came that far */
    cutOff: async (step: number, archive: Buffer, instead?: string): Promise<boolean> => {
      rmSync(count, { force: true });
      for (const name of CHANGING) {
        const real = String(spawnSync('sh', ['-c', `command -v ${name}`]).stdout).trim();
        program(name, `echo >>${count}; [ $(wc -l <${count}) -ne ${step} ] || kill -9 0\nexec ${real} "$@"`);
      }
      const child = spawn('sh', instead === undefined ? [script, 'restore'] : ['-c', instead], {
        env: { ...env, data },
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      child.stdin.on('error', () => undefined).end(archive);
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      for (const name of CHANGING) rmSync(path.join(programs, name));
      return signal === 'SIGKILL';
    },
    /** The entrypoint of Elasticsearch, which has no more than its password and the server's own entrypoint. */
    elasticsearch: () => {
      const entrypoint = place('elasticsearch.sh', '/usr/share/elasticsearch/data');
      const server = path.join(programs, 'server');
      program('server', 'echo "$1 with $ELASTIC_PASSWORD"');
      writeFileSync(path.join(home, 'password'), 'the password');
      const text = readFileSync(entrypoint, 'utf8')
        .replace('/run/secrets/elastic/password', path.join(home, 'password'))
        .replace('/usr/local/bin/docker-entrypoint.sh', server);
      writeFileSync(entrypoint, text);
      return spawnSync('bash', [entrypoint], { env });
    },
  };
}

const OLDER = { '_state/nodes.lucene': 'older', 'indices/a/segments_1': 'older', 'node.lock': '' };
const NEWER = {
  '_state/nodes.lucene': 'newer',
  'indices/a/segments_2': 'newer',
  'indices/b/1': 'newer',
  'node.lock': '',
};

it('brings back what was there, and leaves nothing of what came since', () => {
  const { run, write, files } = volume();
  write(OLDER);
  const archive = run([]).stdout;
  const before = files();
  write(NEWER);
  expect(run(['restore'], archive).status).toBe(0);
  expect(files()).toEqual(before);
});

it.each([
  ['is cut off', (archive: Buffer) => archive.subarray(0, archive.length / 2), 'the archive is not whole'],
  ['has no state', () => spawnSync('tar', ['-czf', '-', 'package.json']).stdout, 'holds no data of Elasticsearch'],
])('changes nothing where the archive %s', (_, spoil, why) => {
  const { run, write, files } = volume();
  write({ '_state/nodes.lucene': 'x'.repeat(100_000) });
  const { status, stderr } = run(['restore'], spoil(run([]).stdout));
  expect([status, String(stderr)]).toEqual([1, expect.stringContaining(why)]);
  expect(String(stderr)).toContain('what was there is untouched');
  expect(files()).toEqual(['_state', '_state/nodes.lucene']);
});

it('a restore that is cut off at any step leaves the old data or the new, or Elasticsearch does not start until it is ended', async () => {
  const { run, write, files, refill, cutOff, elasticsearch } = volume();
  write(NEWER);
  const archive = run([]).stdout;
  const newer = files();
  const kept = mkdtempSync(path.join(tmpdir(), 'shenji-older-'));
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  refill(kept);
  write(OLDER);
  const older = files();
  refill(kept);

  const ends = { older: 0, newer: 0 };
  for (let step = 1; ; step += 1) {
    refill(kept);
    write(OLDER);
    if (!(await cutOff(step, archive))) break;
    const left = files();
    const starts = elasticsearch().status === 0;
    expect(starts, `${step}: ${left.join(' ')}`).toBe(!left.includes('.restore'));
    if (starts) expect([older, newer]).toContainEqual(left);
    else expect(run([]).status, `a backup after step ${step}`).toBe(1);

    expect(run(['finish']).status, `finish after step ${step}`).toBe(starts ? 1 : 0);
    const ended = files();
    expect([older, newer], `${step}: ${ended.join(' ')}`).toContainEqual(ended);
    ends[ended.includes('indices/b') ? 'newer' : 'older'] += 1;
    if (starts) continue;

    refill(kept);
    write(OLDER);
    await cutOff(step, archive);
    expect(run(['restore'], archive).status, `restore after step ${step}`).toBe(0);
    expect(files(), String(step)).toEqual(newer);
  }
  expect(ends).toEqual({ older: expect.toSatisfy((n) => n > 3), newer: expect.toSatisfy((n) => n > 9) });
  expect(files()).toEqual(newer);
});

it('a second restore with a bad archive changes nothing at any step of the first', async () => {
  const { run, write, files, refill, cutOff } = volume();
  write(NEWER);
  const archive = run([]).stdout;
  const newer = files();
  const kept = mkdtempSync(path.join(tmpdir(), 'shenji-older-'));
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  refill(kept);
  write(OLDER);
  const older = files();
  for (let step = 1; ; step += 1) {
    refill(kept);
    write(OLDER);
    if (!(await cutOff(step, archive))) break;
    const left = files().filter((file) => !/^\.restore($|\/reading)/.test(file));
    expect(run(['restore'], Buffer.from('bad')).status).toBe(1);
    expect(files().filter((file) => file !== '.restore'), `step ${step}`).toEqual(left); // prettier-ignore
    if (files().includes('.restore')) expect(run(['finish']).status).toBe(0);
    expect([older, newer], `step ${step}`).toContainEqual(files());
  }
});

/** What the version before did with the archive, once it had read it. */
const FORMER = `mkdir $data/.restore && tar -xzf - -C $data/.restore
find $data -mindepth 1 -maxdepth 1 ! -name .restore -exec rm -rf {} +
find $data/.restore -mindepth 1 -maxdepth 1 -exec mv {} $data/ ';'
rmdir $data/.restore`;

it('what the version before has left at any step is ended where it is certain, and else kept', async () => {
  const { run, write, files, refill, cutOff } = volume();
  write(NEWER);
  const archive = run([]).stdout;
  const newer = files();
  const kept = mkdtempSync(path.join(tmpdir(), 'shenji-older-'));
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  refill(kept);
  for (let step = 1; ; step += 1) {
    refill(kept);
    write(OLDER);
    if (!(await cutOff(step, archive, FORMER))) break;
    const left = files();
    expect(run(['restore'], Buffer.from('bad')).status).toBe(1);
    if (!left.some((file) => file.startsWith('.restore/'))) continue;
    expect(files(), `bad restore after step ${step}`).toEqual(left);
    const { status } = run(['finish']);
    expect(files(), `finish after step ${step}`).toEqual(status === 0 ? newer : left);
    if (status === 0) continue;
    expect(run(['restore'], archive).status).toBe(0);
    expect(files()).toEqual(newer);
  }
});

it.each([
  ['nothing else', {}, true],
  ['the other half', { 'indices/doc': '' }, true],
  ['what it has too', { '_state/nodes': '', 'indices/doc': '' }, false],
  ['a rest of what was deleted', { snapshot_cache: '' }, false],
])('finish after the version before, beside %s: %j', (_, beside, ends) => {
  const { run, write, files, data } = volume();
  write({ '.restore/_state/nodes': '', ...('indices/doc' in beside ? {} : { '.restore/indices/doc': '' }), ...beside });
  const left = files();
  // Nothing was deleted since: a new machine's, with as much of the archive as there was.
  utimesSync(data, 0, 0);
  expect(run(['finish']).status).toBe(1);
  expect(files()).toEqual(left);
  utimesSync(data, new Date('2100-01-01'), new Date('2100-01-01'));
  const { status, stderr } = run(['finish']);
  if (ends) {
    expect([status, String(stderr)]).toEqual([0, expect.stringContaining('restored')]);
    expect(files()).toEqual(['_state', '_state/nodes', 'indices', 'indices/doc']);
  } else {
    expect([status, String(stderr)]).toEqual([1, expect.stringContaining('are both kept')]);
    expect(files()).toEqual(left);
  }
});

it('finish goes on where it was cut off while it gathered what the version before has left', () => {
  const { run, write, files } = volume();
  write({ '.restore/_state/nodes': '', '.restore/former/indices/doc': '' });
  expect(run(['finish']).status).toBe(0);
  expect(files()).toEqual(['_state', '_state/nodes', 'indices', 'indices/doc']);
});

it('Elasticsearch says what to do about a restore that was cut off, and else starts with its password', () => {
  const { write, elasticsearch } = volume();
  write(OLDER);
  expect(String(elasticsearch().stdout)).toBe('eswrapper with the password\n');
  write({ '.restore/reading/_state/nodes.lucene': 'newer' });
  const { status, stdout, stderr } = elasticsearch();
  expect([status, String(stdout)]).toEqual([1, '']);
  for (const what of ['docker compose stop', 'backup restore < elasticsearch.tgz', 'backup finish'])
    expect(String(stderr)).toContain(what);
});

it.each([
  ['.restore/reading/a', 'what was there before is untouched'],
  ['.restore/whole/_state/a', 'restored'],
  ['.restore/moving/_state/a', 'restored'],
  ['.restore/old/_state/a', 'restored'],
])('finish says what it made of %s', (file, what) => {
  const { run, write } = volume();
  write({ 'indices/a/segments_1': '', [file]: '' });
  expect(String(run(['finish']).stderr)).toContain(what);
});

it('finish says that there is nothing where nothing was there before, and where nothing was cut off', () => {
  const { run, write } = volume();
  expect(String(run(['finish']).stderr)).toBe('backup: no restore was cut off\n');
  write({ '.restore/reading/_state/nodes.lucene': '' });
  expect(String(run(['finish']).stderr)).toContain('nothing was there before: Elasticsearch would start empty');
});

it.each([[[]], [['restore']], [['finish']]])('%j refuses to touch the files of an Elasticsearch that runs', (args) => {
  const { run, write, files } = volume();
  write({ 'node.lock': '' });
  const { status, stderr } = run(args, Buffer.from(''), '0');
  expect([status, String(stderr)]).toEqual([1, 'backup: Elasticsearch runs; first: docker compose stop\n']);
  expect(files()).toEqual(['node.lock']);
});
