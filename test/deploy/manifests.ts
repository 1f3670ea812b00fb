/** Whether Kubernetes, and the operators whose kinds are used, would take a manifest. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
};
type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };
type Container = {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly object[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: object;
};
type Item = { readonly key: string; readonly path: string };
type Projected = { readonly configMap?: { readonly name: string }; readonly secret?: { readonly name: string } };
type Spread = { readonly labelSelector: { readonly matchLabels: object }; readonly matchLabelKeys: readonly string[] };
export type PodSpec = {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints?: readonly Spread[];
  readonly containers: readonly [Container];
  readonly volumes: readonly {
    readonly secret?: { readonly secretName: string; readonly defaultMode: number; readonly items: readonly Item[] };
    readonly projected?: { readonly sources: readonly Projected[] };
  }[];
};

export const parsed = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** Of deployments, jobs and pods, by the manifest's name. */
export function podsOf(manifests: readonly Manifest[]): ReadonlyMap<string, PodSpec> {
  const pods = manifests.flatMap(({ kind, metadata, spec }): [string, PodSpec][] => {
    if (kind === 'Pod') return [[metadata.name, spec as PodSpec]];
    const { template } = (spec ?? {}) as { readonly template?: { readonly spec: PodSpec } };
    return template === undefined || kind === 'ExternalSecret' ? [] : [[metadata.name, template.spec]];
  });
  return new Map(pods);
}

const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'external-secrets.io': '@kubernetes-models/external-secrets',
};

/** Where the models package keeps the schema of this kind. */
const moduleOf = ({ apiVersion, kind }: Manifest): string =>
  `${PACKAGES[apiVersion.split('/')[0] ?? ''] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;

/** Rejects where a value is missing or of a wrong type, by the kind's own schema. */
export async function validate(manifest: Manifest): Promise<void> {
  const models = (await import(moduleOf(manifest))) as Record<string, new (data: Manifest) => { validate(): void }>;
  const Model = models[manifest.kind];
  if (Model === undefined) throw new Error(`no schema for ${manifest.kind}`);
  new Model(manifest).validate();
}

/** The schemas allow unknown keys, as a server does that drops them; the compiler does not. Resolves with its complaints. */
export async function unknownKeys(all: readonly Manifest[]): Promise<string> {
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
