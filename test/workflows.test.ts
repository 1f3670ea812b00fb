/** The workflows were never run; what they name must be there all the same. `test/actionlint.test.ts` has them linted. */
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
  'release.yml package': ['id-token', 'attestations'],
  'release.yml image': ['packages', 'id-token', 'attestations'],
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

it('a release brings provenance, a bill of materials and a signature, for both kinds of machine', () => {
  const { jobs } = parse(textOf('.github/workflows/release.yml')) as Workflow;
  const text = (name: string): string => JSON.stringify(jobs[name]);
  expect(text('package')).toMatch(/npm publish --provenance/);
  expect(text('image')).toMatch(/linux\/amd64,linux\/arm64.*cosign sign --yes/);
  for (const name of ['package', 'image']) expect(text(name)).toMatch(/actions\/attest@.*"sbom-path":"sbom.cdx.json"/);
  expect(text('release')).toMatch(/gh release create .* sbom.cdx.json/);
});

it('what GitHub reads of its own is readable', () => {
  const files = globSync('.github/**/*.yml', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(parse(textOf(file)), file).toBeTypeOf('object');
});
