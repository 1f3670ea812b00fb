/** The end of Compose's demo: where to look, or at once why there is nothing to see. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { standInVendor, type Answer } from '../../src/testing/stand-in.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PROGRAM = path.join(ROOT, 'deploy', 'compose', 'demo.ts');

async function demo(answer: (nth: number) => Answer, collected = './deploy/compose/demo.yml') {
  const secrets = mkdtempSync(path.join(tmpdir(), 'shenji-demo-'));
  onTestFinished(() => rmSync(secrets, { recursive: true }));
  mkdirSync(path.join(secrets, 'reader'));
  writeFileSync(path.join(secrets, 'reader', 'password'), 'password of reader');
  const { url, calls } = await standInVendor((_, nth) => answer(nth));
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ELASTICSEARCH_URL: url, KIBANA_URL: 'http://localhost:5601', COLLECTED: collected, SECRETS: secrets },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { said, code: code as number, calls };
}

const documents = (count: number): Answer => ({
  body: { hits: { total: { value: count }, hits: [{ _source: { '@timestamp': new Date().toISOString() } }] } },
});

it('says where to look, and waits for an Elasticsearch that restarts', async () => {
  const { said, code } = await demo((nth) => (nth === 0 ? { status: 503 } : documents(7)));
  expect(said).toContain('waiting: Elasticsearch answers 503');
  expect(said).toContain('7 calls and 7 statistics are collected');
  expect(said).toMatch(/Dashboards +http:\/\/localhost:5601\/app\/dashboards/);
  expect(code).toBe(0);
});

it.each([401, 403])('ends at once where Elasticsearch answers %i, and says what to look at', async (status) => {
  const { said, code } = await demo(() => ({ status, body: { status } }));
  expect(said).toMatch(
    new RegExp(`^Elasticsearch answers ${status} to shenji_reader: see "docker compose logs users"`),
  );
  expect(said).not.toContain('so far');
  expect(code).toBe(1);
});

it('ends at once where something else than the simulated company is collected', async () => {
  const { said, code, calls } = await demo(() => documents(7), './deploy/compose/shenji.yml');
  expect(said).toContain(
    'SHENJI_CONFIG names ./deploy/compose/shenji.yml, so nobody collects from the simulated vendors',
  );
  expect([code, calls]).toEqual([1, []]);
});
