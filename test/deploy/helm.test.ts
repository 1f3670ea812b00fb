/** What Helm makes of the chart: it needs `helm`, and is skipped aloud without it. */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { version } from '../../src/observe/version.ts';
import { keyOf, leastValues } from './chart.ts';
import { parsed, podsOf, unknownKeys, validate, type Manifest, type PodSpec } from './manifests.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CHART = path.join(ROOT, 'deploy', 'helm', 'shenji');
const FIXTURES = path.join(import.meta.dirname, 'fixtures', 'helm');
const MINUTE = 60_000;
const run = promisify(execFile);

const helm = spawnSync('helm', ['version', '--short']);
const hasHelm = helm.status === 0;
if (!hasHelm) process.stderr.write('NOT TESTED: what Helm makes of deploy/helm/shenji; there is no helm here\n');

/** In a directory that goes with the test. */
function scratch(): string {
  const directory = mkdtempSync(path.join(ROOT, 'node_modules', '.helm-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A file with these values. The least is what docs/operate.md tells to begin with. */
function fileOf(values: string): string {
  if (values !== 'the least') return path.join(FIXTURES, `${values}.yaml`);
  const file = path.join(scratch(), 'values.yaml');
  writeFileSync(file, leastValues());
  return file;
}

const template = async (values: string, ...more: readonly string[]): Promise<Manifest[]> =>
  parsed((await run('helm', ['template', 'audit', CHART, '-n', 'security', '-f', fileOf(values), ...more])).stdout);

/** What Helm says of values that it refuses. */
const refusal = (values: string, ...more: readonly string[]): Promise<string> =>
  template(values, ...more).then(
    () => 'nothing',
    (error: { stderr: string }) => error.stderr,
  );

const named = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((each) => each.kind === kind);
const keysOf = ({ volumes }: PodSpec): string[] =>
  volumes.flatMap(({ secret }) => secret?.items ?? []).map(({ key }) => key);

/** As its pod would load it: each variable of the pod's has its own name for a value. */
function loadedBy(pod: PodSpec, manifests: readonly Manifest[]) {
  const [{ env }] = pod.containers;
  const source = pod.volumes.flatMap(({ projected }) => projected?.sources ?? []).find(({ configMap }) => configMap);
  const directory = scratch();
  for (const { metadata, data = {} } of named(manifests, 'ConfigMap'))
    if (metadata.name === source?.configMap?.name)
      for (const [name, content] of Object.entries(data)) writeFileSync(path.join(directory, name), content);
  for (const key of keysOf(pod)) writeFileSync(path.join(directory, key), `value-of-${key}`);
  const mounted = (value: string): string =>
    value.replaceAll(/\/run\/secrets\/shenji(?=\/)|\/etc\/shenji(?=\/)/g, directory);
  return loadConfig(undefined, Object.fromEntries(env.map(({ name, value = '' }) => [name, mounted(value)])));
}

const SETS = ['the least', 'everything', 'hpa', 'trying'];

describe.skipIf(!hasHelm)('the chart, as Helm renders it', { timeout: 3 * MINUTE }, () => {
  it.each(SETS)('of %s passes helm lint', async (values) => {
    const { stdout } = await run('helm', ['lint', CHART, '--strict', '-f', fileOf(values)]);
    expect(stdout).toContain('0 chart(s) failed');
  });

  it.each(SETS)(
    'of %s is valid by the schema of each kind, and has no key that its kind does not know',
    async (values) => {
      const manifests = await template(values);
      expect(manifests.length).toBeGreaterThan(10);
      for (const manifest of manifests) await validate(manifest);
      expect(await unknownKeys(manifests)).toBe('');
    },
  );

  it('would not pass with a wrong value or a misspelt key', async () => {
    const text = JSON.stringify(named(await template('the least'), 'Deployment')[0]);
    const wrong = JSON.parse(text) as Manifest;
    await expect(validate({ ...wrong, spec: { ...wrong.spec, replicas: 'two' } })).rejects.toThrow(/must be integer/);
    const misspelt = JSON.parse(text.replaceAll('readOnlyRootFilesystem', 'readOnlyRootFileSystem')) as Manifest;
    expect(await unknownKeys([misspelt])).toContain('readOnlyRootFileSystem');
  });

  it.each(SETS)(
    'of %s mounts a configuration that the program accepts, with every secret from a file',
    async (values) => {
      const manifests = await template(values);
      const pods = podsOf(manifests);
      expect([...pods.keys()].map((name) => name.split('-').at(-1) ?? '').toSorted()).toEqual([
        'check',
        'scheduler',
        'setup',
        'worker',
      ]);
      for (const pod of pods.values()) {
        const { http, tenants } = loadedBy(pod, manifests);
        expect(http).toMatchObject({ host: '0.0.0.0', token: 'value-of-http-token' });
        expect(tenants[0]?.id).toBe('acme');
      }
    },
  );

  it('gives the keys that change templates and dashboards to the setup job alone, and that which deletes copies to no worker', async () => {
    const manifests = await template('everything');
    const pods = podsOf(manifests);
    const holders = (key: string): string[] =>
      [...pods].filter(([, pod]) => keysOf(pod).includes(key)).map(([name]) => name);
    expect(holders('es-setup-api-key')).toEqual(['audit-setup']);
    expect(holders('kibana-api-key')).toEqual(['audit-setup']);
    expect(holders('es-repair-api-key').toSorted()).toEqual(['audit-check', 'audit-scheduler']);
    expect(holders('es-api-key')).not.toContain('audit-setup');
    expect(loadedBy(pods.get('audit-setup') as PodSpec, manifests)).toMatchObject({
      elasticsearch: { apiKey: 'value-of-es-setup-api-key' },
      kibana: { apiKey: 'value-of-kibana-api-key' },
    });
    const worker = loadedBy(pods.get('audit-worker') as PodSpec, manifests);
    expect([worker.kibana, worker.elasticsearch.repair]).toEqual([undefined, undefined]);
    const external = named(manifests, 'ExternalSecret')[0]?.spec as { data: { secretKey: string }[] };
    const mounted = [...pods.values()].flatMap(keysOf);
    expect(external.data.map(({ secretKey }) => secretKey)).toEqual([...new Set(mounted)].toSorted());
  });

  it.each(SETS)(
    'of %s runs everything as nobody in particular, on a read-only file system, with no account of the cluster',
    async (values) => {
      for (const { securityContext, automountServiceAccountToken, containers } of podsOf(
        await template(values),
      ).values()) {
        expect(automountServiceAccountToken).toBe(false);
        expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
        expect(containers[0].securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    },
  );

  it('names the image by its digest, else by its tag, else by the version of the program', async () => {
    const images = async (values: string): Promise<string[]> => [
      ...new Set([...podsOf(await template(values)).values()].map(({ containers }) => containers[0].image)),
    ];
    const [byVersion, byTag, byDigest] = await Promise.all(['the least', 'hpa', 'everything'].map(images));
    expect(byVersion).toEqual([`registry.example.com/shenji:${version}`]);
    expect(byTag).toEqual(['registry.example.com/shenji:9.9.9']);
    expect(byDigest).toEqual([expect.stringMatching(/^registry\.example\.com\/shenji@sha256:[0-9a-f]{64}$/)]);
  });

  it('sets up before anything else is there, with all that the job needs; after it where the secret comes with the release', async () => {
    const hooksOf = async (values: string): Promise<string[]> =>
      (await template(values))
        .filter(({ metadata }) => metadata.name.endsWith('-setup'))
        .map(({ kind, metadata }) => `${kind} ${metadata.annotations?.['helm.sh/hook']}`)
        .toSorted();
    const before = 'pre-install,pre-upgrade';
    expect(await hooksOf('the least')).toEqual(
      ['ConfigMap', 'Job', 'NetworkPolicy'].map((kind) => `${kind} ${before}`),
    );
    expect(await hooksOf('trying')).toContain(`Secret ${before}`);
    expect(await hooksOf('everything')).toContain('Job post-install,pre-upgrade');
    // An account that comes with the release is not there yet.
    expect(podsOf(await template('the least')).get('audit-shenji-setup')?.serviceAccountName).toBe('default');
  });

  it('tries setup once, and once more where its pod went with its node', async () => {
    const job = named(await template('the least'), 'Job')[0];
    // Each try waits for the servers as long as Helm does: a second one would outlive it.
    expect(job?.spec).toMatchObject({ backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } });
    expect(job?.spec).toMatchObject({
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
    });
  });

  it('spreads the pods of one upgrade over nodes, whatever the pods before it lie on', async () => {
    const spread = async (...more: string[]) =>
      [...podsOf(await template('the least', ...more))].flatMap(([, pod]) => pod.topologySpreadConstraints ?? []);
    const all = await spread();
    expect(all).toHaveLength(3);
    for (const each of all) expect(each.matchLabelKeys).toEqual(['pod-template-hash']);
    const own = { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['mine'] };
    const [first] = await spread('--set-json', `scheduler.topologySpreadConstraints=[${JSON.stringify(own)}]`);
    expect(first?.matchLabelKeys).toEqual(['mine']);
  });

  it('restarts the pods whose configuration changes, and no others', async () => {
    const sums = async (...more: string[]) => {
      const manifests = named(await template('the least', ...more), 'Deployment');
      return manifests.map(({ spec }) =>
        JSON.stringify((spec as { template: { metadata: object } }).template.metadata),
      );
    };
    const [scheduler, worker] = await sums();
    expect(await sums('--set', 'config.retention=7d')).not.toContain(scheduler);
    expect(await sums('--set', 'config.retention=7d')).not.toContain(worker);
    const onlyScheduler = await sums('--set', 'scheduler.config.scheduler.tick=9s');
    expect(onlyScheduler[0]).not.toBe(scheduler);
    expect(onlyScheduler[1]).toBe(worker);
  });

  it('lets KEDA ask pods that are not ready, by a name and a token that are there', async () => {
    const manifests = await template('everything');
    const [scaled] = named(manifests, 'ScaledObject');
    const { triggers } = (scaled?.spec ?? {}) as {
      readonly triggers: readonly { readonly metadata: Record<string, string>; readonly metricType: string }[];
    };
    const [trigger] = triggers;
    const url = new URL(trigger?.metadata['url'] ?? '');
    const service = named(manifests, 'Service').find(
      ({ metadata }) => url.hostname === `${metadata.name}.security.svc`,
    );
    expect(service?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(service?.spec).toMatchObject({ ports: [{ port: Number(url.port) }] });
    expect(trigger).toMatchObject({ metricType: 'AverageValue', metadata: { targetValue: '11' } });
    expect(named(manifests, 'TriggerAuthentication')[0]?.spec).toEqual({
      secretTargetRef: [{ parameter: 'token', name: 'audit', key: 'http-token' }],
    });
    // Whoever scales sets the number.
    const workers = named(manifests, 'Deployment').find(({ metadata }) => metadata.name === 'audit-worker');
    expect(workers?.spec).not.toHaveProperty('replicas');
  });

  it('has by one setting KEDA, a plain HPA or neither', async () => {
    const scalers = async (by: string): Promise<string[]> =>
      (await template('hpa', '--set', `scaling.by=${by}`))
        .map(({ kind }) => kind)
        .filter((kind) => ['ScaledObject', 'HorizontalPodAutoscaler'].includes(kind));
    expect(await Promise.all(['keda', 'hpa', 'none'].map(scalers))).toEqual([
      ['ScaledObject'],
      ['HorizontalPodAutoscaler'],
      [],
    ]);
  });

  it('has Prometheus take all processes of a release for one job, which the alerts count on', async () => {
    const manifests = await template('everything');
    const { jobLabel } = (named(manifests, 'ServiceMonitor')[0]?.spec ?? {}) as { readonly jobLabel?: string };
    const jobs = named(manifests, 'Service').map(({ metadata }) => metadata.labels?.[jobLabel ?? 'none']);
    expect(jobs).toEqual(['audit', 'audit']);
  });

  it('brings the alerts as they are', async () => {
    const rule = named(await template('everything'), 'PrometheusRule')[0];
    expect(rule?.spec).toEqual(parse(readFileSync(path.join(ROOT, 'deploy', 'prometheus', 'alerts.yml'), 'utf8')));
  });

  it("brings Grafana's dashboard as it is, with the label that the sidecar looks for", async () => {
    const copy = path.join(scratch(), 'shenji');
    cpSync(CHART, copy, { recursive: true });
    const dashboard = '{\n  "title": "{{ not for Helm }}"\n}\n';
    writeFileSync(path.join(copy, 'files', 'grafana.json'), dashboard);
    const args = ['template', 'audit', copy, '-f', fileOf('the least'), '--set', 'monitoring.dashboard.enabled=true'];
    const made = parsed((await run('helm', args)).stdout).find(({ metadata }) => metadata.name.endsWith('-grafana'));
    expect(made?.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(made?.data).toEqual({ 'shenji.json': dashboard });
  });

  it('tells whoever installs it what to do next, and how to see that it collects', async () => {
    // Nothing is asked of a cluster.
    const args = ['install', 'audit', CHART, '-n', 'security', '--dry-run=client', '-f', fileOf('the least')];
    const { stdout } = await run('helm', args);
    const notes = stdout.slice(stdout.indexOf('NOTES:'));
    expect(notes).toContain('kubectl -n security logs job/audit-shenji-setup');
    expect(notes).toContain('kubectl -n security exec deploy/audit-shenji-scheduler -- shenji status');
    expect(notes).toMatch(/when the secret shenji has all of: es-api-key .* redis-password\n/);
    expect(notes).not.toContain('for trying only');
  });

  it.each([
    ['config.elasticserch.url=https://es:9200', "at '/config': additional properties 'elasticserch' not allowed"],
    ['config.tenants[0].fieshu.appId=cli_a', "at '/config/tenants/0': additional properties 'fieshu' not allowed"],
    ['config.http.port=many', "at '/config/http/port': got string, want integer"],
    ['config.elasticsearch.apiKey=in-plain-text', "at '/config/elasticsearch/apiKey'"],
    ['config.redis.url=redis://:in-plain-text@redis:6379', 'config: an address with a password in plain text'],
    ['setup.config.kibana.ulr=https://kibana', "at '/setup/config/kibana': additional properties 'ulr' not allowed"],
    ['worker.replica=3', "at '/worker': additional properties 'replica' not allowed"],
    ['worker.replicas=two', "at '/worker/replicas': got string, want integer"],
    ['scaling.by=KEDA', "at '/scaling/by': value must be one of"],
    ['image.repository=', "at '/image/repository'"],
    ['image.digest=latest', "at '/image/digest'"],
    ['secret.name=', "at '/secret/name'"],
    ['secret.from=values', 'secret.values has no es-api-key, and the configuration names it as ${ES_API_KEY}'],
    ['config.http.token=null,scaling.by=keda', 'config.http.token: /metrics is closed without it'],
    ['scaling.by=keda,scaling.min=9', 'scaling.min (9) is more than scaling.max (8)'],
  ])('is refused with %s, by a message that names the place', async (set, message) => {
    expect(await refusal('the least', '--set', set)).toContain(message);
  });

  it('takes settings of a vendor that a plugin brings', async () => {
    const set = 'config.plugins[0]=shenji-source-example,config.tenants[0].example.token=${EXAMPLE_TOKEN}';
    expect(await refusal('the least', '--set', set)).toBe('nothing');
    const pods = podsOf(await template('the least', '--set', set));
    for (const pod of pods.values()) expect(keysOf(pod)).toContain(keyOf('EXAMPLE_TOKEN'));
  });
});
