/**
 * The workflows were never run; what they name must be there all the same. `test/actionlint.test.ts` has them linted,
 * `test/release.test.ts` holds the order of a release.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..');
const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

type Job = {
  readonly 'timeout-minutes': number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
};
type Workflow = { readonly permissions: object; readonly jobs: Readonly<Record<string, Job>> };
type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };

/** What a job may beyond reading the repository; nothing else may anything. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'release.yml image': ['packages', 'id-token', 'attestations'],
  'release.yml npm': ['id-token', 'attestations'],
  'release.yml release': ['contents'],
};
const PINNED = /^ *(?:- )?uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

it.each(globSync('.github/workflows/*.yml', { cwd: ROOT }))(
  '%s runs what the project has, and may no more than it needs',
  (file) => {
    const { permissions, jobs } = parse(textOf(file)) as Workflow;
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, { steps, permissions: own = {}, 'timeout-minutes': minutes }] of Object.entries(jobs)) {
      expect(minutes, name).toBeGreaterThan(0);
      const writes = Object.keys(own).filter((scope) => own[scope] === 'write');
      expect(writes.toSorted(), name).toEqual([...(MAY[`${path.basename(file)} ${name}`] ?? [])].toSorted());
      for (const { uses, run, with: settings } of steps) {
        expect(uses ?? run, name).toBeDefined();
        // The token would lie in the checkout, for every script that npm runs.
        if (uses?.startsWith('actions/checkout@'))
          expect(settings, name).toMatchObject({ 'persist-credentials': false });
        for (const [, script = ''] of (run ?? '').matchAll(/npm run (?:-s )?([\w:-]+)/g))
          expect(scripts, run).toHaveProperty([script]);
        for (const [command] of (run ?? '').matchAll(/^\.[\w/.-]+/gm))
          expect(existsSync(path.join(ROOT, command)), command).toBe(true);
      }
    }
  },
);

it('every action is pinned to a commit, with the version beside it: a tag may be moved', () => {
  const used = globSync('.github/workflows/*.yml', { cwd: ROOT }).flatMap((file) =>
    textOf(file)
      .split('\n')
      .filter((line) => /^ *(?:- )?uses:/.test(line)),
  );
  expect(used.length).toBeGreaterThan(10);
  for (const line of used) expect(line).toMatch(PINNED);
});

it('the nightly tests find the programs that they ask, each of one version', () => {
  const { jobs } = parse(textOf('.github/workflows/nightly.yml')) as Workflow;
  const scripts = jobs['tests']?.steps.map(({ run = '' }) => run) ?? [];
  const brought = scripts.slice(0, scripts.indexOf('npm run test:nightly')).join('\n');
  for (const program of ['helm', 'actionlint'])
    expect(brought).toMatch(new RegExp(`^go install \\S+/cmd/${program}@v\\d+\\.\\d+\\.\\d+$`, 'm'));
  expect(brought).toMatch(/GITHUB_PATH/);
  // Prometheus comes through apt, which must know its packages (scripts/prometheus-binaries.ts).
  expect(brought).toMatch(/apt-get update/);
});

it('Dependabot looks after everything that names versions, Compose too', () => {
  const { updates } = parse(textOf('.github/dependabot.yml')) as { updates: { 'package-ecosystem': string }[] };
  const files = { npm: 'package.json', maven: 'pom.xml', 'docker-compose': 'docker-compose.yml', 'github-actions': '.github/workflows' }; // prettier-ignore
  expect(updates.map((each) => each['package-ecosystem']).toSorted()).toEqual(Object.keys(files).toSorted());
  for (const file of Object.values(files)) expect(existsSync(path.join(ROOT, file)), file).toBe(true);
});

it('what GitHub reads of its own is readable', () => {
  const files = globSync('.github/**/*.yml', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(parse(textOf(file)), file).toBeTypeOf('object');
});
