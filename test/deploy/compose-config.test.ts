/** What the services of docker-compose.yml read when they start: each file is looked up where it is mounted from. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { startSimulator } from '../../src/dev/simulator/index.ts';
import { parseCompose, type Variables } from './compose-file.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const secrets = mkdtempSync(path.join(tmpdir(), 'shenji-secrets-'));
afterAll(() => rmSync(secrets, { recursive: true }));
const OURS = { SHENJI_TENANT: 'acme', FEISHU_APP_ID: 'cli_a1b2c3', SHENJI_SECRETS: secrets };
execFileSync('sh', [path.join(ROOT, 'deploy', 'compose', 'secrets.sh')], {
  env: { ...process.env, ...OURS, SHENJI_CONFIG: './deploy/compose/shenji.yml' },
  input: 'the secret of the app\n',
  stdio: ['pipe', 'ignore', 'ignore'],
});
const secret = (name: string): string => readFileSync(path.join(secrets, name), 'utf8');

/** The configuration of a service, with the host's files in the place of the container's; `over` is mounted above. */
function configOf(name: string, variables: Variables, over?: string) {
  const { services } = parseCompose(read('docker-compose.yml'), { SHENJI_SECRETS: secrets, ...variables });
  const { environment = {}, volumes = [] } = services[name] ?? {};
  const more = over === undefined ? [] : (parseCompose(read(over)).services[name]?.volumes ?? []);
  const mounts = [...volumes, ...more].map((volume) => volume.split(':') as [string, string]).toReversed();
  const onHost = (file: string): string => {
    const [from, to] = mounts.find(([, target]) => file === target || file.startsWith(`${target}/`)) ?? ['', ''];
    return path.resolve(ROOT, from + file.slice(to.length));
  };
  const local = Object.entries(environment).map(([key, value]) => [key, key.endsWith('_FILE') ? onHost(value) : value]);
  const files = (environment['SHENJI_CONFIG'] ?? '').split(',').map(onHost);
  return loadConfig(files.join(','), Object.fromEntries(local) as Variables);
}

const ENV_FILE = { ...OURS, SHENJI_CONFIG: './deploy/compose/shenji.yml' };

describe.each([
  ['without TLS', undefined, 'http:', 'redis:'],
  ['with TLS', 'docker-compose.tls.yml', 'https:', 'rediss:'],
])('%s', (_, over, scheme, redisScheme) => {
  it.each(['setup', 'scheduler', 'worker', 'setup-kibana'])('%s accepts what is mounted for it', (name) => {
    const config = configOf(name, ENV_FILE, over);
    const user = name.startsWith('setup') ? 'setup' : 'writer';
    expect(config).toMatchObject({
      elasticsearch: {
        username: `shenji_${user}`,
        password: secret(`${user}/password`),
        allowHttp: scheme === 'http:',
      },
      redis: { url: `${redisScheme}//shenji:${secret('redis/password')}@redis:6379` },
      http: { host: '0.0.0.0', token: secret('http/token') },
      tenants: [{ id: 'acme', feishu: { appId: 'cli_a1b2c3', appSecret: 'the secret of the app' } }],
    });
    expect(new URL(config.elasticsearch.url).protocol).toBe(scheme);
    const repair = { username: 'shenji_repair', password: secret('repair/password'), again: 15 * 60_000 };
    expect(config.elasticsearch.repair).toEqual(name === 'scheduler' ? repair : undefined);
    expect(config.kibana === undefined).toBe(name !== 'setup-kibana');
    if (config.kibana !== undefined)
      expect(config.kibana).toMatchObject({
        url: `${scheme}//kibana:5601`,
        username: 'shenji_setup',
        password: secret('setup/password'),
        allowHttp: scheme === 'http:',
      });
  });
});

it.each([undefined, 'docker-compose.tls.yml'])('listens where health check and published port look, whatever http.port a file names (%s)', (over) => {
  const file = path.join(secrets, 'own.yml');
  writeFileSync(file, read('deploy/compose/shenji.yml').replace('http:\n', 'http:\n  host: 127.0.0.1\n  port: 8080\n'));
  const { http } = configOf('scheduler', { ...OURS, SHENJI_CONFIG: file }, over);
  const composed = parseCompose(read('docker-compose.yml'));
  const { ports } = composed.services['scheduler'] ?? {};
  expect(ports?.map((port) => port.split(':').at(-1))).toEqual([String(http.port)]);
  for (const name of ['scheduler', 'worker'])
    expect(composed.services[name]?.healthcheck?.test).toContain(`http://127.0.0.1:${http.port}/readyz`);
  expect(http.host).toBe('0.0.0.0');
}); // prettier-ignore

it('an .env as in .env.example, filled in, names the configuration; left empty it says what is missing', () => {
  const example = Object.fromEntries(
    read('.env.example')
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => line.split('=') as [string, string]),
  );
  expect(configOf('worker', { ...example, SHENJI_TENANT: 'acme', FEISHU_APP_ID: 'cli_a1b2c3' }).tenants).toHaveLength(
    1,
  );
  expect(() => configOf('worker', example)).toThrow(/has no SHENJI_TENANT; set it/);
  expect(() => configOf('worker', example)).toThrow(/has no FEISHU_APP_ID; set it/);
});

it('without .env everything is the demo: both vendors, with what the simulator knows them by', async () => {
  const simulator = await startSimulator({
    seed: 'acme',
    events: 10,
    from: Date.now() - 16 * 86_400_000,
    to: Date.now(),
    story: true,
  });
  await simulator.close();
  const { tenants, rules } = configOf('scheduler', {});
  expect(tenants).toMatchObject([
    {
      id: 'demo-acme',
      feishu: { baseUrl: 'http://simulator:8080', ...simulator.feishu },
      dingtalk: simulator.dingtalk,
    },
  ]);
  expect(rules).toEqual(simulator.truth.story?.known);
  expect(parseCompose(read('docker-compose.yml')).services['simulator']?.command).toContain('acme');
});

it('Redis gets the user that docs/security.md describes, and the settings that check asks for', () => {
  const [, documented = ''] = /^user shenji on >PASSWORD (.*)$/m.exec(read('docs/security.md')) ?? [];
  const script = read('deploy/compose/redis.sh');
  const [, keys = '', commands = ''] = /user shenji on >%s (.*) %s\\n'[^]*?'(.*)'/.exec(script) ?? [];
  expect(`${keys} ${commands}`).toBe(documented);
  for (const file of ['redis.conf', 'tls/redis.conf'])
    expect(read(`deploy/compose/${file}`)).toMatch(/appendonly yes\n[^]*maxmemory-policy noeviction\n/);
});
