/** The release, which nobody has run: what comes before anything is published, and what is signed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { version } from '../src/observe/version.ts';

const ROOT = path.join(import.meta.dirname, '..');

type Step = {
  id?: string;
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  if?: string;
  'continue-on-error'?: boolean;
};
type Job = { needs?: string[]; steps: Step[]; if?: string; 'continue-on-error'?: boolean };
type Jobs = Record<'verify' | 'package' | 'image' | 'npm' | 'release', Job>;

const { jobs: shipped } = parse(readFileSync(path.join(ROOT, '.github/workflows/release.yml'), 'utf8')) as {
  jobs: Jobs;
};

const TAG_CHECK = 'the tag is the version';
const isAttest = ({ uses = '' }: Step): boolean => uses.startsWith('actions/attest@');
const isPush = ({ uses = '', with: settings }: Step): boolean =>
  uses.startsWith('docker/build-push-action@') && settings?.['push'] === true;
const runs =
  (pattern: RegExp) =>
  ({ run = '' }: Step): boolean =>
    pattern.test(run);
const isSign = runs(/cosign sign/);
const isNpm = runs(/npm publish/);
const isRelease = runs(/gh release create/);
const isTry = runs(/docker run/);
/** What others can see, and what cannot be taken back. */
const publishes = (step: Step): boolean =>
  isAttest(step) ||
  isPush(step) ||
  isSign(step) ||
  isNpm(step) ||
  isRelease(step) ||
  runs(/docker push|imagetools create/)(step);

/** The jobs without whose success this one does not begin. */
function before(jobs: Jobs, name: string): Set<string> {
  const needs = jobs[name as keyof Jobs].needs ?? [];
  return new Set([...needs, ...needs.flatMap((each) => [...before(jobs, each)])]);
}

/** What keeps a release from stopping where it should. */
function complaintsOfOrder(jobs: Jobs): string[] {
  const all = Object.entries(jobs);
  const publishing = all.filter(([, { steps }]) => steps.some(publishes)).map(([name]) => name);
  const lacks = (name: string, needed: readonly string[]): string[] =>
    needed.filter((each) => each !== name && !before(jobs, name).has(each)).map((each) => `${name} without ${each}`);
  const { steps } = jobs.verify;
  const [check, tests] = [steps.findIndex(({ name }) => name === TAG_CHECK), steps.findIndex(runs(/^\.ci\/run$/))];
  const shrugging = all.filter(([, job]) => [job, ...job.steps].some((each) => each.if ?? each['continue-on-error']));
  const npm = jobs.npm.steps.filter(publishes);
  return [
    ...publishing.flatMap((name) => lacks(name, ['verify'])),
    ...lacks('npm', publishing.filter((name) => name !== 'release')), // prettier-ignore
    ...lacks('release', publishing),
    ...(check >= 0 && tests > check ? [] : ['verify does not check the tag and then run the tests']),
    ...shrugging.map(([name]) => `${name} goes on after a failure`),
    ...(npm.findIndex(isNpm) === npm.length - 1 ? [] : ['something of the package is published after npm has it']),
  ];
}

/** What makes an image public or signed that nobody has seen start, or that is another than what was built. */
function complaintsOfImage({ image: { steps } }: Jobs): string[] {
  const push = steps.findIndex(isPush);
  const signed = steps.findIndex((step) => isSign(step) || isAttest(step));
  const digest = `\${{ steps.${steps[push]?.id}.outputs.digest }}`;
  const byDigest = `\${{ steps.name.outputs.image }}@${digest}`;
  const isTried = (some: Step[], ofWhat: (step: Step) => boolean): boolean => some.filter(isTry).some(ofWhat);
  const loaded = steps.find(({ with: settings }) => settings?.['load'] === true)?.with?.['tags'] as string;
  const wrong = steps.filter(
    (step) =>
      (isSign(step) && !(step.run === 'cosign sign --yes "$IMAGE"' && step.env?.['IMAGE'] === byDigest)) ||
      (isAttest(step) && step.with?.['subject-digest'] !== digest),
  );
  return [
    ...wrong.map(({ name, run }) => `"${name ?? run}" is not of the digest that was pushed`),
    ...(isTried(steps.slice(0, push), ({ run = '' }) => run.includes(loaded)) ? [] : ['pushed before it was tried']),
    ...(isTried(steps.slice(push + 1, signed), ({ env }) => env?.['IMAGE'] === byDigest)
      ? []
      : ['signed before what was pushed was tried']),
  ];
}

const complaints = (jobs: Jobs): string[] => [...complaintsOfOrder(jobs), ...complaintsOfImage(jobs)];
const without = (job: Job, which: (step: Step) => boolean): void =>
  void (job.steps = job.steps.filter((step) => !which(step)));
const change = (job: Job, which: (step: Step) => boolean, how: Partial<Step>): void =>
  void Object.assign(job.steps.find(which) ?? expect.fail('there is no such step'), how);

it('a release publishes nothing before the tag is the version and every check has passed, and npm last', () => {
  expect(complaints(shipped)).toEqual([]);
});

it.each<[what: string, complaint: string, spoil: (jobs: Jobs) => void]>([
  ['an image that waits for nothing', 'image without verify', ({ image }) => delete image.needs],
  ['npm before the image', 'npm without image', ({ npm }) => (npm.needs = ['package'])],
  ['a release that waits for nothing', 'release without npm', ({ release }) => delete release.needs],
  [
    'a tag that nobody compares',
    'verify does not check the tag and then run the tests',
    ({ verify }) => without(verify, ({ name }) => name === TAG_CHECK),
  ],
  [
    'tests that nobody runs',
    'verify does not check the tag and then run the tests',
    ({ verify }) => without(verify, runs(/^\.ci\/run$/)),
  ],
  [
    'tests that may fail',
    'verify goes on after a failure',
    ({ verify }) => change(verify, runs(/^\.ci\/run$/), { 'continue-on-error': true }),
  ],
  ['a job that runs in spite of a failure', 'npm goes on after a failure', ({ npm }) => (npm.if = 'always()')],
  [
    'an attestation after npm',
    'something of the package is published after npm has it',
    ({ npm }) => npm.steps.push({ uses: 'actions/attest@v4' }),
  ],
  [
    'an image that is pushed untried',
    'pushed before it was tried',
    ({ image }) => without(image, runs(/docker run .*shenji:tried/)),
  ],
  [
    'an image that is signed untried',
    'signed before what was pushed was tried',
    ({ image }) => without(image, runs(/docker run .*"\$IMAGE"/)),
  ],
  [
    'a signature on a tag',
    '"cosign sign --yes "$IMAGE"" is not of the digest that was pushed',
    ({ image }) => change(image, isSign, { env: { IMAGE: '${{ steps.name.outputs.image }}:${{ github.ref_name }}' } }),
  ],
  [
    'a signature on anything else',
    '"cosign sign --yes "$TAG"" is not of the digest that was pushed',
    ({ image }) => change(image, isSign, { run: 'cosign sign --yes "$TAG"' }),
  ],
  [
    'an attestation of another digest',
    '"provenance" is not of the digest that was pushed',
    ({ image }) => change(image, isAttest, { with: { 'subject-digest': '${{ steps.name.outputs.digest }}' } }),
  ],
])('%s would be noticed', (_, complaint, spoil) => {
  const spoilt = structuredClone(shipped);
  spoil(spoilt);
  expect(complaints(spoilt)).toContain(complaint);
});

/** A step of the workflow in GitHub's shell. */
function ended(step: Step | undefined, variables: Readonly<Record<string, string>>, cwd = ROOT) {
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`;
  return spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 99'], { cwd, env: { PATH, ...variables } }).status;
}

it.each([
  [`v${version}`, 0],
  ['v9.9.9', 1],
  [version, 1],
  [`v${version}-rc.1`, 1],
  ['', 1],
])('the tag %j ends the check of the tag with code %i', (tag, code) => {
  const check = shipped.verify.steps.find(({ name }) => name === TAG_CHECK);
  expect(ended(check, { GITHUB_REF_NAME: tag })).toBe(code);
});

it('a tag of a version before a release is refused, also where it is the version', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-release-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(path.join(directory, 'package.json'), '{"version":"1.2.0-rc.1"}');
  const check = shipped.verify.steps.find(({ name }) => name === TAG_CHECK);
  expect(ended(check, { GITHUB_REF_NAME: 'v1.2.0-rc.1' }, directory)).toBe(1);
  writeFileSync(path.join(directory, 'package.json'), '{"version":"1.2.0"}');
  expect(ended(check, { GITHUB_REF_NAME: 'v1.2.0' }, directory)).toBe(0);
});

it("the image is named after the repository, in small letters, and tagged with the tag's version", () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-release-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const output = path.join(directory, 'output');
  const variables = { GITHUB_REPOSITORY: 'Acme/Shenji', GITHUB_REF_NAME: 'v1.2.3', GITHUB_OUTPUT: output };
  expect(ended(shipped.image.steps.find(({ id }) => id === 'name'), variables)).toBe(0); // prettier-ignore
  expect(readFileSync(output, 'utf8')).toBe('image=ghcr.io/acme/shenji\nversion=1.2.3\n');
  expect(shipped.image.steps.find(isPush)?.with).toMatchObject({
    tags: '${{ steps.name.outputs.image }}:${{ steps.name.outputs.version }}',
    platforms: 'linux/amd64,linux/arm64',
  });
});

it('image and package each have a provenance and a bill of materials, and the package is the one that npm gets', () => {
  for (const job of [shipped.image, shipped.npm]) {
    const boms = job.steps.filter(isAttest).map(({ with: settings }) => settings?.['sbom-path']);
    expect(boms).toEqual([undefined, 'sbom.cdx.json']);
  }
  for (const { with: settings } of shipped.npm.steps.filter(isAttest))
    expect(shipped.npm.steps.find(isNpm)?.run).toBe(`npm publish --provenance --access public ./${settings?.['subject-path'] as string}`); // prettier-ignore
  expect(shipped.release.steps.find(isRelease)?.run).toMatch(/ shenji-\*\.tgz sbom\.cdx\.json$/);
});
