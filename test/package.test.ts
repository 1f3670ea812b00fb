/** The packed package in an empty folder, alone and with a source from outside. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { activitiesBetween, CLIENT, startVendor } from '../examples/shenji-source-example/test/vendor.ts';
import { version } from '../src/observe/version.ts';
import { until } from './support/until.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..');
const EXAMPLE = path.join(ROOT, 'examples', 'shenji-source-example');

/** Of CycloneDX 1.5, what is asked of it here. */
type Component = { readonly purl: string; readonly scope?: string; readonly hashes?: readonly object[] };
type Bill = { readonly components: readonly Component[] };
const SHENJI = { name: 'shenji', purl: `pkg:npm/shenji@${version}` };

let root: string;
/** Where an operator installs. */
let folder: string;
/** Where the author of a source works. */
let source: string;
let packed: Packed;

const env = () => ({
  ...process.env,
  ELASTICSEARCH_URL: inject('elasticsearchUrl'),
  REDIS_URL: inject('redisUrl'),
  EXAMPLE_CLIENT_SECRET: CLIENT.clientSecret,
});
const runIn = (cwd: string, command: string, ...args: string[]) =>
  run(command, args, { cwd, env: env(), maxBuffer: 1 << 26 });
const shenji = (...args: string[]) => runIn(folder, 'npx', 'shenji', ...args);
const jsonOf = async (...args: string[]): Promise<unknown> => JSON.parse((await shenji(...args, '--json')).stdout);

type Packed = { readonly filename: string; readonly unpackedSize: number; readonly files: readonly { path: string }[] };

async function pack(directory: string): Promise<Packed> {
  const { stdout } = await runIn(directory, 'npm', 'pack', '--json', '--pack-destination', root);
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as Packed[];
  return { ...(packed ?? expect.fail('nothing was packed')), filename: path.join(root, packed?.filename ?? '') };
}

const install = (directory: string, ...what: string[]) =>
  runIn(directory, 'npm', 'install', '--no-audit', '--no-fund', ...what);

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'shenji-package-'));
  [folder, source] = [path.join(root, 'operator'), path.join(root, 'author')];
  packed = await pack(ROOT);
  cpSync(EXAMPLE, source, { recursive: true, filter: (file) => !/node_modules|dist$/.test(file) });
  await install(source, '--save-dev', packed.filename);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  await install(folder, packed.filename, (await pack(source)).filename);
}, 420_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

it('the package holds the program, what is imported by hand, manifests and handbook, and nothing that is never loaded', () => {
  const files = packed.files.map((file) => file.path);
  const rooms = new Set(
    files.map((file) =>
      file
        .split('/')
        .slice(0, file.startsWith('deploy/') ? 2 : 1)
        .join('/'),
    ),
  );
  expect([...rooms].toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'dashboards',
    'deploy/elasticsearch',
    'deploy/grafana',
    'deploy/helm',
    'deploy/kibana',
    'deploy/prometheus',
    'deploy/systemd',
    'dist',
    'docs',
    'package.json',
    // The demo's servers are fetched by it.
    'pom.xml',
  ]);
  expect(files).toEqual(expect.arrayContaining(['dist/cli.js', 'dist/sdk/index.d.ts', 'dist/testing/index.d.ts']));
  const others = files.filter((file) => file.startsWith('dist/') && !file.endsWith('.js'));
  expect(others.filter((file) => !/^dist\/(?:sdk|testing)\/[\w-]+\.d\.ts$/.test(file))).toEqual([]);
  expect(files.filter((file) => /^docs\/images|healthcheck|\.map$/.test(file))).toEqual([]);
  // 2.6 MB, and a few new rules and pages a month. What has slipped in before is found by name above; the bound is for
  // what nobody thought of, and a database or a browser is not small.
  expect(packed.unpackedSize).toBeLessThan(3_000_000);
});

it('the bill of materials is CycloneDX, and names what is installed for production alone', async () => {
  const bill = JSON.parse((await runIn(ROOT, 'npm', 'run', '-s', 'sbom')).stdout) as Bill;
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: SHENJI } });
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const purls = new Set(bill.components.map(({ purl }) => purl));
  const purlOf = ([name, version]: [string, string]): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;
  for (const one of Object.entries(dependencies)) expect(purls).toContain(purlOf(one));
  // What a dependency of production needs as well is there rightly.
  for (const one of Object.entries(devDependencies).filter(([name]) => name !== 'ajv'))
    expect(purls).not.toContain(purlOf(one));
  // Of other platforms' optional parts the lockfile has no hash.
  for (const { purl, scope, hashes = [] } of bill.components)
    if (scope !== 'optional') expect(hashes.length, purl).toBeGreaterThan(0);
});

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
http: { port: 0 }
namespace: packed_${randomBytes(4).toString('hex')}
elasticsearch: { url: "\${ELASTICSEARCH_URL}" }
redis: { url: "\${REDIS_URL}" }
tenants:
  - id: acme
    example:
      baseUrl: "${vendor.url}"
      clientId: ${CLIENT.clientId}
      clientSecret: "\${EXAMPLE_CLIENT_SECRET}"
      activity: { since: 2h }
`,
    );
  });
  afterAll(() => vendor.close());

  it('has the types that it is written with, and passes the conformance suite', async () => {
    await runIn(source, 'npm', 'run', '-s', 'types');
    await runIn(source, 'npm', 'test');
  });

  it('is set up, checked, collected and proven', async () => {
    await shenji('setup', ...config);
    const found = (await jsonOf('check', ...config).catch((error: { stdout: string }) => JSON.parse(error.stdout))) as {
      check: string;
      state: string;
    }[];
    expect(found.find(({ check }) => check === 'acme/example.activity')).toMatchObject({ state: 'ok' });
    await shenji('backfill', 'example.activity', ...span, '--wait', ...config);
    expect(await jsonOf('prove', 'example.activity', ...span, ...config)).toMatchObject({
      verdict: 'complete',
      events: activitiesBetween(FROM, TO).length,
    });
  });

  it('is collected live, and brings a rule of its own which fires on that', async () => {
    const running = spawn(process.execPath, ['node_modules/shenji/dist/cli.js', 'run', ...config], {
      cwd: folder,
      env: { ...env(), LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(running, 'exit');
    onTestFinished(() => void running.kill('SIGKILL'));
    const preview = ['rules', 'preview', '--rule', 'example-refusals', ...config];
    await until('the rule fires', async () => {
      // It leaves with code 1 while there is nothing to look at.
      const [found] = (await jsonOf(...preview).catch(() => [])) as { alerts: unknown[] }[];
      return (found?.alerts.length ?? 0) > 0;
    });
    running.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('is in the roles that its configuration needs', async () => {
    const { stdout } = await shenji('roles', 'writer', ...config);
    expect(stdout).toContain('logs-example.activity-*');
  });
});
