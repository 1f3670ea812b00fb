/** What Helm makes of the chart, rendered once for each set of values. Without `helm` it is skipped aloud, and fails under CI. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { skippedAloud } from '../support/missing-tool.ts';
import { leastValues } from './chart.ts';
import { parsed, type Manifest, type PodSpec } from './manifests.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const FIXTURES = path.join(import.meta.dirname, 'fixtures', 'helm');
export const CHART = path.join(ROOT, 'deploy', 'helm', 'shenji');
export const run = promisify(execFile);

export const hasHelm = spawnSync('helm', ['version', '--short']).status === 0;
if (!hasHelm) skippedAloud('what Helm makes of deploy/helm/shenji; there is no helm here');

/** In a directory that goes with the test. */
export function scratch(): string {
  const directory = mkdtempSync(path.join(ROOT, 'node_modules', '.helm-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** `the least` is what docs/operate.md tells to begin with; the others are fixtures. */
export const SETS = ['the least', 'everything', 'hpa', 'trying'];

/** A file with these values. */
export function fileOf(values: string): string {
  if (values !== 'the least') return path.join(FIXTURES, `${values}.yaml`);
  const file = path.join(scratch(), 'values.yaml');
  writeFileSync(file, leastValues());
  return file;
}

const rendered = new Map<string, Promise<string>>();

/** As text, of the release `audit` where none is named. `more`: further arguments, such as `--set`. */
export function renderedText(values: string, ...more: readonly string[]): Promise<string> {
  const key = JSON.stringify([values, ...more]);
  const name = more.includes('--name-template') ? [] : ['audit'];
  const args = ['template', ...name, CHART, '-n', 'security', '-f', fileOf(values), ...more];
  const text = rendered.get(key) ?? run('helm', args).then(({ stdout }) => stdout);
  rendered.set(key, text);
  return text;
}

export const template = async (values: string, ...more: readonly string[]): Promise<Manifest[]> =>
  parsed(await renderedText(values, ...more));

/** What Helm says of values that it refuses; `nothing` where it takes them. */
export const refusal = (values: string, ...more: readonly string[]): Promise<string> =>
  renderedText(values, ...more).then(
    () => 'nothing',
    (error: { stderr: string }) => error.stderr,
  );

/** What is told to whoever installs it. Nothing is asked of a cluster. */
export async function notes(values: string, ...more: readonly string[]): Promise<string> {
  const args = ['install', 'audit', CHART, '-n', 'security', '--dry-run=client', '-f', fileOf(values), ...more];
  const { stdout } = await run('helm', args);
  return stdout.slice(stdout.indexOf('NOTES:'));
}

export const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((each) => each.kind === kind);

export const keysOf = ({ volumes }: PodSpec): string[] =>
  volumes.flatMap(({ secret }) => secret?.items ?? []).map(({ key }) => key);

/** As its pod would load it: each variable of the pod's has its own name for a value. */
export function loadedBy(pod: PodSpec, manifests: readonly Manifest[]) {
  const [{ env }] = pod.containers;
  const source = pod.volumes.flatMap(({ projected }) => projected?.sources ?? []).find(({ configMap }) => configMap);
  const directory = scratch();
  for (const { metadata, data = {} } of ofKind(manifests, 'ConfigMap'))
    if (metadata.name === source?.configMap?.name)
      for (const [name, content] of Object.entries(data)) writeFileSync(path.join(directory, name), content);
  for (const key of keysOf(pod)) writeFileSync(path.join(directory, key), `value-of-${key}`);
  const mounted = (value: string): string =>
    value.replaceAll(/\/run\/secrets\/shenji(?=\/)|\/etc\/shenji(?=\/)/g, directory);
  return loadConfig(undefined, Object.fromEntries(env.map(({ name, value = '' }) => [name, mounted(value)])));
}
