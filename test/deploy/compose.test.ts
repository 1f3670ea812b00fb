import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const compose = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');

describe('docker-compose.yml', () => {
  it('has every service, and no password by default', () => {
    const { services } = parse(compose, { merge: true }) as { services: Record<string, { command?: string[] }> };
    expect(Object.keys(services)).toEqual([
      'redis',
      'elasticsearch',
      'kibana-user',
      'kibana',
      'setup',
      'scheduler',
      'worker',
    ]);
    const variables = [...compose.matchAll(/\$\{([A-Z_]+)(:.)?/g)].filter(([, name]) =>
      /PASSWORD|SECRET|KEY/.test(name ?? ''),
    );
    expect(variables.length).toBeGreaterThan(5);
    for (const [all, name, operator] of variables) expect(operator, `${name} in ${all}`).toBe(':?');
  });

  it('mounts a configuration that the program accepts, once its secrets are given', () => {
    const file = path.join(ROOT, 'deploy', 'compose', 'shenji.yml');
    const secrets = {
      ELASTIC_PASSWORD: 'e',
      REDIS_PASSWORD: 'r',
      SHENJI_TENANT: 'acme',
      FEISHU_APP_ID: 'cli',
      FEISHU_APP_SECRET: 's',
    };
    expect(loadConfig(file, secrets)).toMatchObject({
      redis: { url: 'redis://:r@redis:6379' },
      tenants: [{ id: 'acme', feishu: { appSecret: 's' } }],
    });
    expect(() => loadConfig(file, {})).toThrow(/FEISHU_APP_SECRET/);
  });
});
