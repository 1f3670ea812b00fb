import { describe, expect, it } from 'vitest';
import { hasHelm, keysOf, loadedBy, notes, ofKind, template } from './helm.ts';
import { podsOf, type Manifest, type PodSpec } from './manifests.ts';

const annotation = ({ metadata }: Manifest, name: string): string | undefined =>
  metadata.annotations?.[`helm.sh/${name}`];
const ofSetup = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(({ metadata }) => metadata.name.endsWith('-setup'));
const jobOf = (manifests: readonly Manifest[]): Manifest => ofKind(manifests, 'Job')[0] as Manifest;

const SECRETS: readonly (readonly [string, string])[] = [
  ['the least', ''],
  ['trying', 'Secret'],
  ['everything', 'ExternalSecret'],
];

describe.skipIf(!hasHelm)('the setup job of the chart', () => {
  it.each(SECRETS)(
    'of %s runs before anything is there or is replaced, and brings all that it needs',
    async (values, secret) => {
      const manifests = ofSetup(await template(values));
      expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(
        ['ConfigMap', 'Job', 'NetworkPolicy', ...(secret === '' ? [] : [secret])].toSorted(),
      );
      const weight = (each: Manifest): number => Number(annotation(each, 'hook-weight'));
      for (const each of manifests) {
        expect(annotation(each, 'hook')).toBe('pre-install,pre-upgrade');
        if (each.kind !== 'Job') expect(weight(each)).toBeLessThan(weight(jobOf(manifests)));
      }
      const [pod] = podsOf(manifests).values();
      const { secretName } = pod?.volumes.find(({ secret: each }) => each)?.secret ?? { secretName: '' };
      // The account of the release, and its secrets, are not there yet.
      expect(secretName).toBe(secret === '' ? 'shenji' : ofKind(manifests, secret)[0]?.metadata.name);
      if (values !== 'everything') expect(pod?.serviceAccountName).toBe('default');
    },
  );

  it('can be run again, leaves what it said to be read, and takes away what it brought', async () => {
    for (const each of ofSetup(await template('trying'))) {
      expect(annotation(each, 'hook-delete-policy')?.split(',')).toEqual([
        'before-hook-creation',
        ...(each.kind === 'Job' ? [] : ['hook-succeeded']),
      ]);
    }
    const job = jobOf(await template('trying'));
    expect(annotation(job, 'hook-output-log-policy')).toBe('hook-failed');
    expect(job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  it('ends before Helm gives up, also where its pod never starts', async () => {
    // The --timeout of docs/operate.md.
    expect(jobOf(await template('the least')).spec?.['activeDeadlineSeconds']).toBeLessThan(10 * 60);
  });

  it('is tried once, since it waits by itself, and once more where its pod went with its node', async () => {
    expect(jobOf(await template('the least')).spec).toMatchObject({
      backoffLimit: 0,
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      template: { spec: { restartPolicy: 'Never' } },
    });
  });

  it("has none of the vendors' secrets, and not the token of /metrics: a further tenant is nothing to wait for", async () => {
    const manifests = await template('everything');
    const setup = podsOf(manifests).get('audit-setup') as PodSpec;
    expect(keysOf(setup)).toEqual(['es-setup-api-key', 'kibana-api-key', 'redis-password']);
    const { elasticsearch, kibana, tenants } = loadedBy(setup, manifests);
    expect(elasticsearch).toMatchObject({ apiKey: 'value-of-es-setup-api-key' });
    expect(kibana).toMatchObject({ apiKey: 'value-of-kibana-api-key' });
    expect(JSON.stringify(tenants)).not.toContain('value-of');
  });

  it('has a secret of its own where the chart has it made, and the other pods have none of it', async () => {
    for (const values of ['everything', 'trying']) {
      const manifests = await template(values);
      const kept = new Map(
        manifests
          .filter(({ kind }) => kind.endsWith('Secret'))
          .map(({ metadata, spec, stringData }) => [
            metadata.name,
            Object.keys(stringData ?? {}).concat(
              ((spec?.['data'] as { secretKey: string }[] | undefined) ?? []).map(({ secretKey }) => secretKey),
            ),
          ]),
      );
      const used = new Map<string, Set<string>>();
      for (const pod of podsOf(manifests).values()) {
        const name = pod.volumes.find(({ secret }) => secret)?.secret?.secretName ?? '';
        used.set(name, new Set([...(used.get(name) ?? []), ...keysOf(pod)]));
      }
      expect(kept.size).toBe(2);
      expect(kept).toEqual(new Map([...used].map(([name, keys]) => [name, [...keys].toSorted()])));
    }
  });

  it.each(['everything', 'trying'])(
    'and all pods of %s have ca.crt from the secrets that the chart has made, where it names that secret',
    async (values) => {
      const name = values === 'everything' ? 'audit' : 'audit-shenji';
      const set = `ca.secret=${name},ca.key=ca.crt,secret.values.ca\\.crt=PEM`;
      const manifests = await template(values, '--set', set);
      for (const [podName, { volumes }] of podsOf(manifests)) {
        const [source] = volumes
          .flatMap(({ projected }) => projected?.sources ?? [])
          .flatMap(({ secret }) => secret ?? []);
        expect(source?.name).toBe(podName.endsWith('-setup') ? `${name}-setup` : name);
        const made = manifests.find(({ kind, metadata }) => kind.endsWith('Secret') && metadata.name === source?.name);
        expect(JSON.stringify(made)).toContain('"ca.crt"');
      }
    },
  );
});

describe.skipIf(!hasHelm)('helm test of the chart', () => {
  it('leaves a pod only where it failed', async () => {
    const [check] = ofKind(await template('the least'), 'Pod');
    expect(annotation(check as Manifest, 'hook')).toBe('test');
    expect(annotation(check as Manifest, 'hook-delete-policy')).toBe('before-hook-creation,hook-succeeded');
  });
});

describe.skipIf(!hasHelm)('the notes of the chart', () => {
  it('tell what to do next, and how to see that it collects', async () => {
    const text = await notes('the least');
    expect(text).toContain('kubectl -n security logs job/audit-shenji-setup');
    expect(text).toContain('kubectl -n security exec deploy/audit-shenji-scheduler -- shenji status');
    // A watermark stands still for as long as `quiet` where nothing happens.
    expect(text).toContain('"collected until" moves on, or where nothing happens "nothing until" beside it');
    expect(text).not.toContain('for trying only');
  });

  it('name the keys of the secret that pods wait for, and those of setup apart', async () => {
    const text = await notes('the least');
    expect(text).toContain(
      'when the secret shenji has all of: es-api-key es-repair-api-key feishu-app-secret http-token redis-password\n',
    );
    expect(text).toContain('when it has: es-setup-api-key kibana-api-key redis-password\n');
  });
});
