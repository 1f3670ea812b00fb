/** The packed package in an empty folder, alone and with a source from outside. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { activitiesBetween, CLIENT, startVendor } from '../examples/shenji-source-example/test/vendor.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..');
const EXAMPLE = path.join(ROOT, 'examples', 'shenji-source-example');

let folder: string;

const env = () => ({
  ...process.env,
  ELASTICSEARCH_URL: inject('elasticsearchUrl'),
  REDIS_URL: inject('redisUrl'),
  EXAMPLE_CLIENT_SECRET: CLIENT.clientSecret,
});
const inFolder = (command: string, ...args: string[]) =>
  run(command, args, { cwd: folder, env: env(), maxBuffer: 1 << 26 });
const shenji = (...args: string[]) => inFolder('npx', 'shenji', ...args);
const jsonOf = async (...args: string[]): Promise<unknown> => JSON.parse((await shenji(...args, '--json')).stdout);

async function pack(directory: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: directory });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
  return path.join(folder, packed[0]?.filename ?? '');
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'shenji-package-'));
  writeFileSync(path.join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const shenjiArchive = await pack(ROOT);
  const install = ['install', '--no-audit', '--no-fund'];
  await inFolder('npm', ...install, shenjiArchive);
  // Built where it lies beside the packed shenji, as its author would build it.
  const source = path.join(folder, 'source');
  cpSync(EXAMPLE, source, { recursive: true, filter: (file) => !/node_modules|dist$/.test(file) });
  const tools = `${path.join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const options = { cwd: source, env: { ...process.env, PATH: tools } };
  await run('npm', ['run', '-s', 'build', '--', '--typeRoots', path.join(ROOT, 'node_modules', '@types')], options);
  await inFolder('npm', ...install, await pack(source));
}, 420_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the packed package runs its demo in an empty folder', { timeout: 420_000 }, async () => {
  const { streams } = (await jsonOf('demo')) as {
    streams: { gaps: number; inElasticsearch: number; expected: number }[];
  };
  expect(streams.length).toBeGreaterThan(3);
  for (const { gaps, inElasticsearch, expected } of streams) expect([gaps, inElasticsearch]).toEqual([0, expected]);
});

describe('a source from outside, packed and installed beside it', { timeout: 120_000 }, () => {
  const FROM = Date.parse('2026-03-02T01:00:00Z');
  const TO = FROM + 2 * 3_600_000;
  const span = ['--from', new Date(FROM).toISOString(), '--to', new Date(TO).toISOString()];
  const config = ['--config', 'shenji.yml'];
  let vendor: Awaited<ReturnType<typeof startVendor>>;

  beforeAll(async () => {
    vendor = await startVendor();
    writeFileSync(
      path.join(folder, 'shenji.yml'),
      `plugins: [shenji-source-example]
namespace: packed_${randomBytes(4).toString('hex')}
elasticsearch: { url: "\${ELASTICSEARCH_URL}" }
redis: { url: "\${REDIS_URL}" }
tenants:
  - id: acme
    example: { baseUrl: "${vendor.url}", clientId: ${CLIENT.clientId}, clientSecret: "\${EXAMPLE_CLIENT_SECRET}" }
`,
    );
  });
  afterAll(() => vendor.close());

  it('passes the conformance suite there', async () => {
    await run('node', ['--test', 'test/activity.test.ts'], { cwd: path.join(folder, 'source') });
  });

  it('is set up, checked, collected and proven', async () => {
    await shenji('setup', ...config);
    const found = (await jsonOf('check', ...config).catch((error: { stdout: string }) => JSON.parse(error.stdout))) as {
      what: string;
      state: string;
    }[];
    expect(found.find(({ what }) => what === 'acme/example.activity')).toMatchObject({ state: 'ok' });
    await shenji('backfill', 'example.activity', ...span, '--wait', ...config);
    expect(await jsonOf('prove', 'example.activity', ...span, ...config)).toMatchObject({
      verdict: 'complete',
      documents: activitiesBetween(FROM, TO).length,
    });
  });

  it('brings a rule of its own, which fires on what was collected', async () => {
    const previewed = (await jsonOf('rules', 'preview', '--rule', 'example-refusals', ...span, ...config)) as {
      rule: string;
      alerts: unknown[];
    }[];
    expect(previewed.map(({ rule }) => rule)).toEqual(['example-refusals']);
  });

  it('is in the roles that its configuration needs', async () => {
    const { stdout } = await shenji('roles', 'writer', ...config);
    expect(stdout).toContain('logs-example.activity-*');
  });
});
