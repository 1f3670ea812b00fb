import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartText } from './chart.ts';
import { hasHelm, ofKind, template } from './helm.ts';
import type { Manifest } from './manifests.ts';

const alerts = chartText('files/alerts.yml');

type Scraping = {
  readonly jobLabel: string;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly object[];
};
type Trigger = { readonly metadata: Readonly<Record<string, string>>; readonly authenticationRef: object };

/** Of the first of that kind; empty where there is none. */
const specOf = (manifests: readonly Manifest[], kind: string): unknown => ofKind(manifests, kind)[0]?.spec ?? {};

/** The jobs that the operator makes of what a ServiceMonitor selects. */
function jobsOf(manifests: readonly Manifest[]): (string | undefined)[] {
  const { selector, jobLabel } = specOf(manifests, 'ServiceMonitor') as Scraping;
  return ofKind(manifests, 'Service')
    .filter(({ metadata }) => Object.entries(selector.matchLabels).every(([key, of]) => metadata.labels[key] === of))
    .map(({ metadata }) => metadata.labels[jobLabel]);
}

describe.skipIf(!hasHelm)('what watches the chart', () => {
  it('has schedulers and workers under one job, so that alerts can hold one against the other', async () => {
    expect(jobsOf(await template('everything'))).toEqual(['audit', 'audit']);
  });

  it('has each of two releases of a namespace under a job of its own', async () => {
    const other = await template('everything', '--name-template', 'second');
    expect(jobsOf(other)).toEqual(['second', 'second']);
  });

  it('opens /metrics with the token, at the port that has it', async () => {
    const manifests = await template('everything');
    const { endpoints } = specOf(manifests, 'ServiceMonitor') as Scraping;
    const authorization = { credentials: { name: 'audit', key: 'http-token' } };
    expect(endpoints).toEqual([{ port: 'http', path: '/metrics', interval: '30s', authorization }]);
    for (const { spec } of ofKind(manifests, 'Service')) expect(spec).toMatchObject({ ports: [{ name: 'http' }] });
  });

  it('has the alerts as they are, with links to where the page is kept', async () => {
    const [as, linked] = await Promise.all([
      template('everything', '--set', 'monitoring.prometheusRule.runbookBase='),
      template('everything'),
    ]);
    expect(ofKind(as, 'PrometheusRule')[0]?.spec).toEqual(parse(alerts));
    const base = 'runbook_url: https://git.example/shenji/docs/';
    expect(ofKind(linked, 'PrometheusRule')[0]?.spec).toEqual(parse(alerts.replaceAll('runbook_url: docs/', base)));
  });

  it("has Grafana's dashboard as it is, with the label that the sidecar looks for", async () => {
    const made = (await template('everything')).find(({ metadata }) => metadata.name === 'audit-grafana');
    expect(made?.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(made?.data).toEqual({ 'shenji.json': chartText('files/grafana.json') });
  });
});

describe.skipIf(!hasHelm)('scaling of the chart', () => {
  const triggerOf = (manifests: readonly Manifest[]): Trigger =>
    (specOf(manifests, 'ScaledObject') as { triggers: [Trigger] }).triggers[0];

  it('has KEDA ask all schedulers, also those that are not ready, at an address that is there', async () => {
    const manifests = await template('everything');
    const url = new URL(triggerOf(manifests).metadata['url'] ?? '');
    const service = ofKind(manifests, 'Service').find(
      ({ metadata }) => url.hostname === `${metadata.name}.security.svc`,
    );
    expect(service?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(service?.spec).toMatchObject({ ports: [{ port: Number(url.port) }] });
  });

  it('has KEDA show the token, from the secret', async () => {
    const manifests = await template('everything');
    const [authentication] = ofKind(manifests, 'TriggerAuthentication');
    expect(triggerOf(manifests).metadata).toMatchObject({ authMode: 'bearer' });
    expect(triggerOf(manifests).authenticationRef).toEqual({ name: authentication?.metadata.name });
    expect(authentication?.spec).toEqual({
      secretTargetRef: [{ parameter: 'token', name: 'audit', key: 'http-token' }],
    });
  });

  it('has a worker for each slots but one, which is for live windows, in the mean of all', async () => {
    expect(triggerOf(await template('everything'))).toMatchObject({
      metricType: 'AverageValue',
      metadata: { valueLocation: 'shenji_slots_wanted', format: 'prometheus', targetValue: '11' },
    });
  });

  it('takes no worker away where no scheduler answers, or none says how many it wants', async () => {
    expect(ofKind(await template('everything'), 'ScaledObject')[0]?.spec).toMatchObject({
      fallback: { failureThreshold: 3, replicas: 2, behavior: 'currentReplicasIfHigher' },
    });
  });

  it('leaves the number of workers to whoever scales', async () => {
    const replicas = async (by: string): Promise<unknown> => {
      const manifests = await template('hpa', '--set', `scaling.by=${by}`);
      return ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name.endsWith('-worker'))?.spec?.[
        'replicas'
      ];
    };
    expect(await Promise.all(['keda', 'hpa', 'none'].map(replicas))).toEqual([undefined, undefined, 2]);
  });

  it('is by one setting KEDA, a plain HPA or neither', async () => {
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
});
