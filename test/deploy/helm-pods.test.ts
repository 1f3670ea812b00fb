import { describe, expect, it } from 'vitest';
import { version } from '../../src/observe/version.ts';
import { keyOf } from './chart.ts';
import { hasHelm, keysOf, ofKind, SETS, template } from './helm.ts';
import { podsOf, type Manifest, type PodSpec } from './manifests.ts';

const SECONDS_TO_STOP = 20;

/** Of the deployments, by component. */
async function lasting(values: string, ...more: readonly string[]): Promise<ReadonlyMap<string, PodSpec>> {
  const deployments = ofKind(await template(values, ...more), 'Deployment');
  return new Map([...podsOf(deployments)].map(([name, pod]) => [name.split('-').at(-1) ?? '', pod]));
}

const labelsOf = ({ spec }: Manifest): Readonly<Record<string, string>> =>
  (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels;

const matches = (labels: Readonly<Record<string, string>>, selector: object): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

describe.skipIf(!hasHelm)('pods of the chart', () => {
  it('are not killed while Elasticsearch is away: liveness asks whether the process answers, readiness whether it can work', async () => {
    for (const [{ livenessProbe, startupProbe, readinessProbe }] of [...(await lasting('the least')).values()].map(
      ({ containers }) => containers,
    )) {
      expect(livenessProbe?.httpGet.path).toBe('/healthz');
      expect(startupProbe?.httpGet.path).toBe('/healthz');
      expect(readinessProbe?.httpGet.path).toBe('/readyz');
    }
  });

  it('are asked at the port that they listen on', async () => {
    for (const [{ ports, livenessProbe, readinessProbe }] of [...(await lasting('everything')).values()].map(
      ({ containers }) => containers,
    )) {
      expect(ports).toEqual([{ name: livenessProbe?.httpGet.port, containerPort: 9999 }]);
      expect(readinessProbe?.httpGet.port).toBe(livenessProbe?.httpGet.port);
    }
  });

  it('have more time to stop than running windows get', async () => {
    for (const pod of podsOf(await template('the least')).values())
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(SECONDS_TO_STOP + 10);
  });

  it('have files of secrets that others on the node cannot read', async () => {
    for (const { volumes } of podsOf(await template('the least')).values())
      expect(volumes.flatMap(({ secret }) => secret?.defaultMode ?? [])).toEqual([0o440]);
  });

  it.each(SETS)(
    'of %s run as nobody in particular, on a read-only file system, with no account of the cluster',
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

  it('are spread over nodes beside their own kind alone', async () => {
    const deployments = ofKind(await template('the least'), 'Deployment');
    for (const deployment of deployments)
      for (const { labelSelector } of podsOf([deployment]).values().next().value?.topologySpreadConstraints ?? [])
        expect(deployments.filter((each) => matches(labelsOf(each), labelSelector.matchLabels))).toEqual([deployment]);
  });

  it('are spread beside those of the same upgrade alone, unless you say otherwise', async () => {
    const spread = async (...more: string[]) =>
      [...podsOf(await template('the least', ...more)).values()].flatMap((pod) => pod.topologySpreadConstraints ?? []);
    const all = await spread();
    expect(all).toHaveLength(3);
    for (const { matchLabelKeys } of all) expect(matchLabelKeys).toEqual(['pod-template-hash']);
    const own = { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['mine'] };
    const [first] = await spread('--set-json', `scheduler.topologySpreadConstraints=[${JSON.stringify(own)}]`);
    expect(first?.matchLabelKeys).toEqual(['mine']);
  });

  it('may be drained one by one, and all the same where they wait for Elasticsearch', async () => {
    const manifests = await template('the least');
    const budgets = ofKind(manifests, 'PodDisruptionBudget').map(({ spec }) => spec);
    expect(budgets).toEqual(
      ofKind(manifests, 'Deployment').map(({ spec }) => ({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: spec?.['selector'],
      })),
    );
  });

  it('of the image have its digest, else its tag, else the version of the program', async () => {
    const images = async (values: string): Promise<string[]> => [
      ...new Set([...podsOf(await template(values)).values()].map(({ containers }) => containers[0].image)),
    ];
    const [byVersion, byTag, byDigest] = await Promise.all(['the least', 'hpa', 'everything'].map(images));
    expect(byVersion).toEqual([`registry.example.com/shenji:${version}`]);
    expect(byTag).toEqual(['registry.example.com/shenji:9.9.9']);
    expect(byDigest).toEqual([expect.stringMatching(/^registry\.example\.com\/shenji@sha256:[0-9a-f]{64}$/)]);
  });

  it('start anew when their configuration changes, and no others', async () => {
    const sums = async (...more: string[]) =>
      ofKind(await template('the least', ...more), 'Deployment').map(({ spec }) =>
        JSON.stringify((spec as { template: { metadata: object } }).template.metadata),
      );
    const [scheduler, worker] = await sums();
    const all = await sums('--set', 'config.retention=7d');
    expect(all).toHaveLength(2);
    expect(all).not.toContain(scheduler);
    expect(all).not.toContain(worker);
    const onlyScheduler = await sums('--set', 'scheduler.config.scheduler.tick=9s');
    expect(onlyScheduler[0]).not.toBe(scheduler);
    expect(onlyScheduler[1]).toBe(worker);
  });

  it('start anew when a secret of theirs changes that the chart makes, and no others', async () => {
    const annotations = async (...more: string[]) =>
      ofKind(await template('trying', ...more), 'Deployment').map(
        ({ spec }) => (spec as { template: { metadata: { annotations: object } } }).template.metadata.annotations,
      );
    const [scheduler, worker] = await annotations();
    const [otherScheduler, sameWorker] = await annotations('--set', 'secret.values.es-repair-api-key=other');
    expect(otherScheduler).not.toEqual(scheduler);
    expect(sameWorker).toEqual(worker);
    const [, otherWorker] = await annotations('--set', 'secret.values.es-api-key=other');
    expect(otherWorker).not.toEqual(worker);
  });

  it('have the keys that change templates and dashboards in the setup job alone, and that which deletes copies in no worker', async () => {
    const pods = podsOf(await template('everything'));
    const holders = (key: string): string[] =>
      [...pods].filter(([, pod]) => keysOf(pod).includes(key)).map(([name]) => name);
    expect(holders('es-setup-api-key')).toEqual(['audit-setup']);
    expect(holders('kibana-api-key')).toEqual(['audit-setup']);
    expect(holders('es-repair-api-key').toSorted()).toEqual(['audit-check', 'audit-scheduler']);
    expect(holders('es-api-key')).not.toContain('audit-setup');
  });

  it('have the secret that a setting of a plugin names', async () => {
    const set = 'config.plugins[0]=shenji-source-example,config.tenants[0].example.token=${EXAMPLE_TOKEN}';
    for (const pod of podsOf(await template('the least', '--set', set)).values())
      expect(keysOf(pod)).toContain(keyOf('EXAMPLE_TOKEN'));
  });

  it.each(['everything', 'trying'])(
    'of %s reach out to names and servers, and nobody else reaches in',
    async (values) => {
      const policies = ofKind(await template(values), 'NetworkPolicy').map(({ spec }) => spec as Policy);
      for (const { policyTypes, egress } of policies) {
        expect(policyTypes).toEqual(['Ingress', 'Egress']);
        expect(egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual(
          expect.arrayContaining([53, 443, 5601, 6379, 9200]),
        );
      }
      expect(policies.map(({ ingress }) => ingress?.flatMap(({ from }) => from).length)).toEqual([2, undefined]);
    },
  );

  it.each([
    ['http://collector.observability.svc:4317', 4317],
    ['https://collector.example', 443],
    ['http://collector.example/v1', 80],
  ])('send traces to %s by its port', async (endpoint, port) => {
    const set = ['--set', `otlp.endpoint=${endpoint},networkPolicy.egressPorts={9200}`];
    for (const { spec } of ofKind(await template('the least', ...set), 'NetworkPolicy'))
      expect((spec as Policy).egress.flatMap(({ ports }) => ports.map((each) => each.port))).toEqual([
        53,
        53,
        9200,
        port,
      ]);
  });
});

type Policy = {
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly { readonly from: readonly object[] }[];
  readonly egress: readonly { readonly ports: readonly { readonly port: number }[] }[];
};
