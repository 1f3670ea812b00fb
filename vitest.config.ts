import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * What packs and installs, asks Helm or a linter that may not be there, breaks real processes by the dozen, or waits for minutes; and what compares how long the same
 * thing takes twice, or counts what fits into a minute of the vendor's clock: what ran beside it would decide that. All of it
 * runs by itself, each night (`npm run test:nightly`).
 */
const nightly = [
  'test/package.test.ts',
  'test/deploy/prometheus.test.ts',
  'test/actionlint.test.ts',
  'test/app/rules/esql.test.ts',
  ...globSync('test/deploy/helm-*.test.ts'),
  'test/dev/demo.test.ts',
  'test/dev/esql-engine.test.ts',
  'test/faults/faults.test.ts',
  ...['apps', 'fairness', 'memory', 'rate-limit', 'tenants'].map((name) => `test/integration/${name}.test.ts`),
];

const texts = new Map<string, string>();
const textOf = (file: string): string => {
  const text = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
};

/** Whether this file, or what it takes from others of the tests, asks for the servers of the run or starts some of its own. */
function needsServers(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const text = textOf(file);
  if (/\binject\(|startServers|startElasticsearch|node:child_process/.test(text)) return true;
  const imported = [...text.matchAll(/from '(\.[^']*)'/g)].map(([, relative = '']) =>
    path.join(path.dirname(file), relative),
  );
  return imported.some((each) => each.startsWith('test/') && needsServers(each, seen));
}

const all = globSync('test/**/*.test.ts').toSorted();
const unit = all.filter((file) => !needsServers(file));

export default defineConfig({
  // The outside source names shenji as whoever installs it does.
  resolve: {
    alias: {
      'shenji/source': path.resolve('src/sdk/index.ts'),
      'shenji/testing': path.resolve('src/testing/index.ts'),
    },
  },
  test: {
    globalSetup: ['test/support/servers.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Two cores carry the servers too.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      {
        extends: true,
        test: {
          name: 'together',
          include: all.filter((file) => !unit.includes(file) && !nightly.includes(file)),
        },
      },
      { extends: true, test: { name: 'nightly', include: nightly, maxWorkers: 1 } },
    ],
  },
});
