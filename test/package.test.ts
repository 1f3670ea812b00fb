import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..');

it('the packed package, installed into an empty folder, runs its demo there', { timeout: 420_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'shenji-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  const [archive] = readdirSync(folder);
  expect(archive).toMatch(/^shenji-.*\.tgz$/);
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, String(archive))], { cwd: folder });

  const env = { ...process.env, ELASTICSEARCH_URL: inject('elasticsearchUrl'), REDIS_URL: inject('redisUrl') };
  const demo = await run('npx', ['shenji', 'demo', '--json'], { cwd: folder, env, maxBuffer: 1 << 26 });
  const { streams } = JSON.parse(demo.stdout) as {
    streams: { gaps: number; inElasticsearch: number; expected: number }[];
  };
  expect(streams.length).toBeGreaterThan(3);
  for (const { gaps, inElasticsearch, expected } of streams) expect([gaps, inElasticsearch]).toEqual([0, expected]);
});
