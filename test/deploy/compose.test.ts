import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { STOP_DEADLINE_MS } from '../../src/cli/run.ts';
import { parseCompose, type Service } from './compose-file.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const text = read('docker-compose.yml');
const { services } = parseCompose(text, { FEISHU_APP_ID: 'cli_a1b2c3', DINGTALK_APP_KEY: 'ding_b2' });
const tls = parseCompose(read('docker-compose.tls.yml')).services;
const all: readonly (readonly [string, Service])[] = [
  ...Object.entries(services),
  ['certificates', tls['certificates'] as Service],
];
const ours = all.filter(([, { image }]) => image === 'shenji');
const named = (name: string): Service => services[name] ?? expect.fail(`there is no ${name}`);
const mounted = (service: Service): string[] => (service.volumes ?? []).map((volume) => volume.split(':')[1] ?? '');

/** What a shell reads into a variable of its own is in nobody's arguments: its command line shows where it reads, not what. */
const withoutAssignments = (script: string): string =>
  script.replaceAll(/\b[A-Z_]+="\$\(cat \/run\/secrets\/[\w/]+\)"/g, '');

describe('docker-compose.yml', () => {
  it.each([
    ['a colon in a list that makes a mapping', '[CMD, sh, /redis.sh, ping]', '[CMD, a ? 0: 1]'],
    ['a misspelt key', 'cap_drop:', 'cap_drops:'],
    ['a wrong type', 'restart: unless-stopped', 'restart: [unless-stopped]'],
    ['a variable without its brace', 'name: shenji', 'name: $shenji'],
  ])('is refused by the schema of Compose with %s', (_, right, wrong) => {
    expect(text).toContain(right);
    expect(() => parseCompose(text.replace(right, wrong))).toThrow(/services|properties|\$/);
  });

  it('needs neither .env nor an image of Kibana, unless a profile asks for it', () => {
    const plain = ['secrets', 'redis', 'elasticsearch', 'users', 'setup', 'scheduler', 'worker'];
    const profiled = Object.fromEntries(all.map(([name, { profiles = [] }]) => [name, profiles]));
    expect(Object.keys(services).filter((name) => profiled[name]?.length === 0)).toEqual(plain);
    expect(profiled).toMatchObject({
      kibana: ['kibana', 'demo'],
      'setup-kibana': ['kibana', 'demo'],
      simulator: ['demo'],
      demo: ['demo'],
      backup: ['backup'],
    });
    for (const name of plain)
      for (const needed of Object.keys(named(name).depends_on ?? {})) expect(plain, name).toContain(needed);
  });

  it('gives each service an init, a bound for its memory and no capabilities, and publishes ports on this machine only', () => {
    for (const [name, service] of all) {
      expect(service, name).toMatchObject({ init: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.mem_limit, name).toMatch(/^\d+[mg]$/);
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
      if (service.image?.startsWith('docker.elastic.co') !== true) expect(service.read_only, name).toBe(true);
    }
  });

  it('runs nothing as root but what makes secrets and certificates, and what backs up', () => {
    const users = all.filter(([, { image }]) => image !== 'shenji').map(([name, { user }]) => [name, user]);
    expect(Object.fromEntries(users)).toEqual({
      secrets: '0:0',
      backup: '0:0',
      certificates: '0:0',
      redis: '999:1000',
      elasticsearch: '1000:0',
      kibana: '1000:0',
    });
  });

  /** Beside the windows: giving back (3 s), duplicates (5 s), connections. */
  const CLOSING_MARGIN_MS = 10_000;

  it('builds the image once, and gives every process that lasts more time to stop than it takes', () => {
    expect(all.filter(([, { build }]) => build !== undefined).map(([name]) => name)).toEqual(['setup']);
    const lasting = ours.filter(([, { restart }]) => restart === 'unless-stopped');
    expect(lasting.map(([name]) => name)).toEqual(['scheduler', 'worker', 'simulator']);
    for (const [name, { stop_grace_period: grace = '' }] of lasting)
      expect(Number.parseInt(grace, 10) * 1_000, name).toBeGreaterThan(STOP_DEADLINE_MS + CLOSING_MARGIN_MS);
  });

  it('asks those that last whether they can work, and those that end by themselves nothing', () => {
    for (const [name, { healthcheck, restart }] of ours)
      if (restart === 'no') expect(healthcheck, name).toEqual({ disable: true });
      else expect(healthcheck?.test?.slice(0, 3), name).toEqual(['CMD', 'node', '/app/dist/healthcheck.js']);
  });

  it('keeps settings with a dot in their name on their way through a shell', () => {
    const dotted = all.filter(([, { environment = {} }]) =>
      Object.keys(environment).some((name) => name.includes('.')),
    );
    expect(dotted.map(([name, { entrypoint = [] }]) => [name, entrypoint[0]])).toEqual([['elasticsearch', 'bash']]);
  });

  it('gives secrets as files only, each to those that need it, and none in an argument', () => {
    for (const [name, service] of all) {
      for (const [variable, value] of Object.entries(service.environment ?? {}))
        if (/PASSWORD|SECRET|TOKEN|KEY$/.test(variable) && variable !== 'DINGTALK_APP_KEY')
          expect(mounted(service), `${name}, ${variable}`).toContain(path.dirname(value));
    }
    for (const [name, { command, entrypoint, healthcheck }] of [...all, ...Object.entries(tls)])
      for (const argument of [command, entrypoint, healthcheck?.test].flat())
        expect(withoutAssignments(argument ?? ''), name).not.toMatch(/password|run\/secrets|encryption/i);
    const holders = (secret: string): string[] =>
      all.filter(([, service]) => mounted(service).includes(`/run/secrets/${secret}`)).map(([name]) => name);
    expect(holders('elastic')).toEqual(['elasticsearch', 'users']);
    expect(holders('setup')).toEqual(['users', 'setup', 'setup-kibana']);
    expect(holders('writer')).toEqual(['users', 'scheduler', 'worker']);
    expect(holders('repair')).toEqual(['users', 'scheduler']);
    expect(holders('kibana')).toEqual(['users', 'kibana']);
    expect(holders('reader')).toEqual(['users', 'demo']);
  });
});

it('docs/operate.md and the READMEs name services and commands that are there', () => {
  const pages = ['docs/operate.md', 'README.md', 'README.zh-CN.md'].map(read).join('\n');
  const typed = [
    ...pages.matchAll(
      /docker compose (?:exec|run --rm(?: -T)?(?: --entrypoint \w+)?|cp|push|restart) ([\w-]+)(?: shenji)?(?: ([\w-]+))?/g,
    ),
  ];
  expect(typed.length).toBeGreaterThan(10);
  const services = all.map(([name]) => name);
  const commands = readdirSync(path.join(ROOT, 'src', 'cli')).map((file) => path.basename(file, '.ts'));
  for (const [line, service = '', word = ''] of typed) {
    expect(services, line).toContain(service);
    if (line.includes(' shenji ') || service === 'setup') expect(['', ...commands], line).toContain(word);
  }
  expect(pages).toContain('docker compose --profile demo up');
});

it('every health check ends by itself, before the engine gives it up and leaves its processes behind', () => {
  const checks = [...Object.values(services), ...Object.values(tls)].flatMap(
    ({ healthcheck }) => healthcheck?.test ?? [],
  );
  const scripts = ['redis.sh', 'elasticsearch-health.sh'].map((file) => read(`deploy/compose/${file}`));
  const calls = [...checks, ...scripts].flatMap((script) => script.match(/.*\b(?:curl -|redis-cli -).*/g) ?? []);
  expect(calls.length).toBeGreaterThanOrEqual(4);
  for (const call of calls) expect(call).toMatch(/curl .*--max-time \d|timeout \d+ redis-cli/);
});

describe('docker-compose.tls.yml', () => {
  it('adds to services that are there, and gives each key to one server only', () => {
    expect(Object.keys(tls).filter((name) => services[name] === undefined)).toEqual(['certificates']);
    for (const key of ['tls-elasticsearch', 'tls-redis', 'tls-kibana']) {
      const holders = Object.entries(tls).filter(([, { volumes = [] }]) =>
        volumes.some((volume) => volume.startsWith(`${key}:`)),
      );
      expect(holders.map(([name]) => name).toSorted()).toEqual(['certificates', key.slice('tls-'.length)].toSorted());
    }
  });

  it('leaves nobody without encryption: each of ours gets an https address or the configuration with it', () => {
    const plain = Object.entries(services).filter(
      ([, { image, profiles = [], entrypoint }]) =>
        image === 'shenji' && !(profiles[0] === 'demo' && entrypoint === undefined),
    );
    for (const [name] of plain) {
      const { environment = {}, volumes = [] } = tls[name] ?? {};
      const byAddress = environment['ELASTICSEARCH_URL']?.startsWith('https://') === true;
      expect(byAddress || volumes.some((volume) => volume.startsWith('./deploy/compose/tls/')), name).toBe(true);
    }
  });
});
