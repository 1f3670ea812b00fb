import { execFile, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { version } from '../../src/observe/version.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const FOLDER = path.join(ROOT, 'deploy', 'kubernetes');
const run = promisify(execFile);

type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
};
type Container = {
  readonly name: string;
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: object;
  readonly readinessProbe?: object;
};
type Item = { readonly key: string; readonly path: string };
type Volume = { readonly secret?: { readonly secretName: string; readonly items: readonly Item[] } };
type PodSpec = {
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
};
type Kustomization = {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
};

const files = globSync('*.yaml', { cwd: FOLDER }).filter((file) => file !== 'kustomization.yaml');
const textOf = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
const parsed = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const manifests = files.flatMap((file) => parsed(textOf(file)));
const kustomization = parse(textOf('kustomization.yaml')) as Kustomization;

/** Where the models package keeps the schema of this kind. */
const moduleOf = ({ apiVersion, kind }: Manifest): string =>
  apiVersion.startsWith('keda.sh/')
    ? `@kubernetes-models/keda/${apiVersion}/${kind}`
    : `kubernetes-models/${apiVersion}/${kind}`;

/** Rejects where a value is missing or of a wrong type, by Kubernetes' and KEDA's own schemas. */
async function validate(manifest: Manifest): Promise<void> {
  const models = (await import(moduleOf(manifest))) as Record<string, new (data: Manifest) => { validate(): void }>;
  const Model = models[manifest.kind];
  if (Model === undefined) throw new Error(`no schema for ${manifest.kind}`);
  new Model(manifest).validate();
}

/** The schemas allow unknown keys, as a server does that drops them; the compiler does not. Resolves with its complaints. */
async function unknownKeys(all: readonly Manifest[]): Promise<string> {
  const cache = path.join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(path.join(cache, 'manifests-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const lines = all.map(
    (manifest, index) =>
      `import type { I${manifest.kind} as I${index} } from '${moduleOf(manifest)}';\nexport const m${index}: I${index} = ${JSON.stringify(manifest)};\n`,
  );
  const file = path.join(directory, 'manifests.ts');
  writeFileSync(file, lines.join(''));
  const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig', file];
  return run(tsc, options).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

const podSpecsOf = (all: readonly Manifest[]): PodSpec[] =>
  all
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map(({ spec }) => (spec as { template: { spec: PodSpec } }).template.spec);
const podSpecs = podSpecsOf(manifests);

/** Every key of the secret that a pod mounts or KEDA reads. */
const keysUsed = [
  ...podSpecs.flatMap(({ volumes }) => volumes.flatMap(({ secret }) => secret?.items ?? [])),
  ...manifests.flatMap(({ spec }) => (spec?.['secretTargetRef'] ?? []) as Item[]),
].map(({ key }) => key);

describe('deploy/kubernetes', () => {
  it.each(manifests.map((manifest): [string, Manifest] => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))(
    '%s is valid by the schema of its kind',
    (_, manifest) => validate(manifest),
  );

  it('has no key that its kind does not know', { timeout: 60_000 }, async () => {
    expect(await unknownKeys(manifests)).toBe('');
  });

  it('is no test that a wrong value or a misspelt key would pass', { timeout: 60_000 }, async () => {
    const text = JSON.stringify(manifests.find(({ kind }) => kind === 'Deployment'));
    const wrong = JSON.parse(text) as Manifest;
    const invalid = { ...wrong, spec: { ...wrong.spec, replicas: 'two' } };
    await expect(validate(invalid)).rejects.toThrow(/replicas must be integer/);
    const misspelt = JSON.parse(text.replaceAll('readOnlyRootFilesystem', 'readOnlyRootFileSystem')) as Manifest;
    expect(await unknownKeys([misspelt])).toContain('readOnlyRootFileSystem');
  });

  it('runs everything as nobody in particular, on a read-only file system, without capabilities', () => {
    expect(podSpecs).toHaveLength(3);
    for (const { securityContext, containers } of podSpecs) {
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of containers)
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it('mounts a configuration that the program accepts, with every secret from a file that the secret holds', () => {
    const config = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    const secrets = manifests.find(({ kind }) => kind === 'Secret')?.stringData ?? {};
    const directory = mkdtempSync(path.join(ROOT, 'node_modules', '.config-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    for (const [name, content] of Object.entries({ ...config, ...secrets }))
      writeFileSync(path.join(directory, name), content);
    const mounted = (value: string): string =>
      value.replaceAll(/\/run\/secrets\/shenji|\/etc\/shenji(?=\/)/g, directory);
    for (const { containers } of podSpecs) {
      const environment = Object.fromEntries(
        (containers[0]?.env ?? []).map(({ name, value }) => [name, mounted(value)]),
      );
      const loaded = loadConfig(undefined, environment);
      expect(loaded).toMatchObject({ http: { token: 'REPLACE' }, tenants: [{ id: 'acme' }] });
      expect(loaded.kibana?.apiKey).toBe(containers[0]?.name === 'setup' ? 'REPLACE' : undefined);
      expect(loaded.elasticsearch.repair?.apiKey).toBe(containers[0]?.name === 'scheduler' ? 'REPLACE' : undefined);
    }
  });

  it.each([
    ['shenji-setup', 'es-setup-api-key'],
    ['shenji-setup', 'kibana-api-key'],
    ['shenji-scheduler', 'es-repair-api-key'],
  ])('gives only %s %s', (holder, key) => {
    const holders = manifests.filter(({ spec }) => JSON.stringify(spec ?? {}).includes(key));
    expect(holders.map(({ metadata }) => metadata.name)).toEqual([holder]);
  });

  it('documents a command that makes a secret with every key that is used, and no other', () => {
    const documented = [...textOf('secret.example.yaml').matchAll(/--from-file=(\S+)/g)].map(([, key = '']) => key);
    const example = Object.keys(manifests.find(({ kind }) => kind === 'Secret')?.stringData ?? {});
    expect(documented.toSorted()).toEqual([...new Set(keysUsed)].toSorted());
    expect(example.toSorted()).toEqual(documented.toSorted());
  });

  it('names the image in one place, by a name that resolves nowhere until it is replaced', () => {
    const [image] = kustomization.images;
    expect(kustomization.images).toHaveLength(1);
    expect(image).toMatchObject({ newTag: version });
    // Reserved by RFC 2606: nobody can ever publish an image there.
    expect(image?.name).toMatch(/^[\w.-]+\.example\.com\/shenji$/);
    for (const { containers } of podSpecs) expect(containers.map((one) => one.image)).toEqual([image?.name]);
  });

  it('applies every manifest but the example of the secret', () => {
    expect(kustomization.resources.toSorted()).toEqual(
      files.filter((file) => file !== 'secret.example.yaml').toSorted(),
    );
  });

  const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
  if (!kubectl)
    process.stderr.write('NOT TESTED: what kustomize makes of deploy/kubernetes; there is no kubectl here\n');
  it.skipIf(!kubectl)(
    'is, as kustomize builds it, still valid, with the image of the kustomization',
    { timeout: 60_000 },
    async () => {
      const built = parsed((await run('kubectl', ['kustomize', FOLDER])).stdout);
      expect(built).toHaveLength(manifests.length - 1);
      for (const manifest of built) await validate(manifest);
      expect(await unknownKeys(built)).toBe('');
      const images = podSpecsOf(built).flatMap(({ containers }) => containers.map((one) => one.image));
      const { newName, newTag } = kustomization.images[0] ?? {};
      expect(new Set(images)).toEqual(new Set([`${newName}:${newTag}`]));
    },
  );

  it('scales by metrics that exist', async () => {
    const scaled = manifests.find(({ kind }) => kind === 'ScaledObject');
    const triggers = scaled?.spec?.['triggers'] as { metadata: { valueLocation: string } }[];
    const text = await createMetrics('1.2.3').text();
    for (const { metadata } of triggers) expect(text).toMatch(new RegExp(`^${metadata.valueLocation} \\d`, 'm'));
  });
});
