/** The table "What it works with" of docs/operate.md says what the tests run on, and names commands that are there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { engines, devDependencies, scripts } = JSON.parse(read('package.json')) as {
  engines: { node: string };
  devDependencies: { node: string };
  scripts: Record<string, string>;
};
const compose = read('docker-compose.yml');
const [, section = ''] = read('docs/operate.md').split('## What it works with\n');
const rows = new Map(
  (section.trim().split('\n\n')[0] ?? '').split('\n').map((line) => {
    const [, what = '', works = '', tried = ''] = line.split('|').map((cell) => cell.trim());
    return [what.split(/[, ]/)[0] ?? '', { works, tried }];
  }),
);
const row = (name: string) => rows.get(name) ?? expect.fail(`there is no row of ${name}`);

it.each(['Elasticsearch', 'Kibana', 'Redis', 'Node', 'Docker', 'Kubernetes'])(
  'says of %s by what it was tried, or that it was not',
  (name) => {
    const { tried } = row(name);
    expect(tried).toMatch(/every test|npm run|not tried/);
    for (const [, script = ''] of tried.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([script]);
  },
);

it('says of Elasticsearch, Redis and Node the versions that the tests and Compose start', () => {
  const [, elasticsearch = ''] = /elasticsearch\/elasticsearch:([\d.]+)/.exec(compose) ?? [];
  expect(row('Elasticsearch').tried).toContain(elasticsearch);
  expect(read('pom.xml')).toContain(`>${elasticsearch}<`);
  expect(read('scripts/try-elasticsearch-8.ts')).toContain("VERSION = '8.19.");
  const [, redis = ''] = /image: redis:([\d.]+)-/.exec(compose) ?? [];
  expect(row('Redis').tried).toContain(redis);
  expect(read('src/dev/embedded/artifacts.ts')).toContain('redis-server-6.2.');
  expect(`>=${row('Node').works.split(' ')[0]}`).toBe(engines.node);
  expect(row('Node').tried).toContain(devDependencies.node.split('.').slice(0, 2).join('.'));
});
