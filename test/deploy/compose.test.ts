import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { parseCompose } from './compose-file.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..', '..');
const text = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
const VARIABLES = { SHENJI_TENANT: 'acme', FEISHU_APP_ID: 'cli_a1b2c3' };
const { services, secrets = {} } = parseCompose(text, VARIABLES);

describe('docker-compose.yml', () => {
  it.each([
    ['a colon in a list that makes a mapping', '/app/dist/healthcheck.js', 'a ? 0: 1'],
    ['a misspelt key', 'cap_drop:', 'cap_drops:'],
    ['a wrong type', 'restart: unless-stopped', 'restart: [unless-stopped]'],
    ['a variable without its brace', 'name: shenji', 'name: $shenji'],
  ])('is refused by the schema of Compose with %s', (_, right, wrong) => {
    expect(text).toContain(right);
    expect(() => parseCompose(text.replace(right, wrong), VARIABLES)).toThrow(/services|properties|\$/);
  });

  it('says which variable is missing', () => {
    expect(() => parseCompose(text)).toThrow('required variable SHENJI_TENANT is missing a value: set it in .env');
  });

  it('has every service, each without capabilities, and publishes ports on this machine only', () => {
    const names = ['redis', 'elasticsearch', 'users', 'kibana', 'setup', 'scheduler', 'worker'];
    expect(Object.keys(services)).toEqual(names);
    for (const { cap_drop: dropped, ports = [] } of Object.values(services)) {
      expect(dropped).toEqual(['ALL']);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    for (const name of ['setup', 'scheduler', 'worker', 'redis']) expect(services[name]?.read_only, name).toBe(true);
  });

  it('gives secrets as files only, each to those that need it', () => {
    for (const { environment = {} } of Object.values(services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|TOKEN|KEY/.test(name)) expect(value, name).toMatch(/^\/run\/secrets\//);
    expect(services['worker']?.secrets).not.toContain('elastic_password');
    expect(services['worker']?.secrets).not.toContain('es_setup_password');
    for (const { secrets: used = [] } of Object.values(services))
      for (const secret of used) expect(Object.keys(secrets)).toContain(secret);
  });

  it('has a script that makes every secret it names, in a directory closed to others, and keeps what is there', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'shenji-compose-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    cpSync(path.join(ROOT, 'deploy', 'compose'), path.join(directory, 'deploy', 'compose'), { recursive: true });
    const script = `echo typed-secret | sh ${path.join(directory, 'deploy', 'compose', 'secrets.sh')}`;
    await run('sh', ['-c', script]);
    const made = path.join(directory, 'secrets');
    expect(readdirSync(made).toSorted()).toEqual(Object.keys(secrets).toSorted());
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(made, 'elastic_password')).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(made))
      expect(readFileSync(path.join(made, name), 'utf8').length, name).toBeGreaterThan(10);
    const before = readFileSync(path.join(made, 'redis_password'), 'utf8');
    await run('sh', ['-c', script]);
    expect(readFileSync(path.join(made, 'redis_password'), 'utf8')).toBe(before);
  });

  it.each(['setup', 'scheduler', 'worker'])(
    'mounts a configuration that %s accepts, with its secrets from files',
    (name) => {
      const directory = mkdtempSync(path.join(tmpdir(), 'shenji-compose-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const { secrets: used = [], environment = {} } = services[name] ?? {};
      for (const secret of used) writeFileSync(path.join(directory, secret), `the ${secret}`);
      const given = Object.entries(environment).map(([key, value]): [string, string] => [
        key,
        value.replace('/run/secrets', directory),
      ]);
      const file = path.join(ROOT, 'deploy', 'compose', 'shenji.yml');
      expect(loadConfig(file, Object.fromEntries(given))).toMatchObject({
        redis: { url: 'redis://:the redis_password@redis:6379' },
        elasticsearch: { password: name === 'setup' ? 'the es_setup_password' : 'the es_writer_password' },
        tenants: [{ feishu: { appSecret: 'the feishu_app_secret' } }],
      });
      expect(() => loadConfig(file, {})).toThrow(/FEISHU_APP_SECRET/);
    },
  );
});
