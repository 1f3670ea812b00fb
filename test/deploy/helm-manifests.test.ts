import { describe, expect, it } from 'vitest';
import { CHART, fileOf, hasHelm, loadedBy, ofKind, run, SETS, template } from './helm.ts';
import { podsOf, unknownKeys, validate, type Manifest } from './manifests.ts';

const MINUTE = 60_000;

describe.skipIf(!hasHelm)('what Helm makes of the chart', { timeout: 3 * MINUTE }, () => {
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
    const text = JSON.stringify(ofKind(await template('the least'), 'Deployment')[0]);
    const wrong = JSON.parse(text) as Manifest;
    await expect(validate({ ...wrong, spec: { ...wrong.spec, replicas: 'two' } })).rejects.toThrow(/must be integer/);
    const misspelt = JSON.parse(text.replaceAll('readOnlyRootFilesystem', 'readOnlyRootFileSystem')) as Manifest;
    expect(await unknownKeys([misspelt])).toContain('readOnlyRootFileSystem');
  });

  it('is valid too where a name is what YAML takes for a number or for a truth value', async () => {
    const strings = ['ca.secret=123', 'secret.name=456', 'serviceAccount.name=789', 'scheduler.priorityClassName=true'];
    const names = ['nameOverride=on', 'image.tag=1.0', ...strings].flatMap((set) => ['--set-string', set]);
    const manifests = await template('the least', '-n', '2024', ...names);
    for (const manifest of manifests) await validate(manifest);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['2024']));
  });

  it.each(SETS)(
    'of %s mounts a configuration that the program accepts, with every secret from a file',
    async (values) => {
      const manifests = await template(values);
      const pods = podsOf(manifests);
      const kinds = [...pods.keys()].map((name) => name.split('-').at(-1) ?? '');
      expect(kinds.toSorted()).toEqual(['check', 'scheduler', 'setup', 'worker']);
      for (const [name, pod] of pods) {
        const { http, tenants } = loadedBy(pod, manifests);
        expect(tenants[0]?.id).toBe('acme');
        if (!name.endsWith('-setup')) expect(http).toMatchObject({ host: '0.0.0.0', token: 'value-of-http-token' });
      }
    },
  );

  it('has names of its own for each of two releases that are alike in their first 48 characters', async () => {
    const long = 'audit-of-the-whole-group-in-the-region-of-hong-kong';
    const namesOf = async (full: string): Promise<string[]> =>
      (await template('the least', '--set', `fullnameOverride=${full}`)).map(({ metadata }) => metadata.name);
    const [one, other] = await Promise.all([namesOf(`${long}-1`), namesOf(`${long}-2`)]);
    expect(one?.filter((name) => other?.includes(name))).toEqual([]);
    for (const name of one ?? []) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  });
});
