import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { version } from '../../src/observe/version.ts';
import { chartText, defaultValues, keyOf, laidOver, leastValues, type Values } from './chart.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CHART = path.join(ROOT, 'deploy', 'helm', 'shenji');
const read = (...parts: string[]): string => readFileSync(path.join(ROOT, ...parts), 'utf8');
const templates = globSync('templates/**/*', { cwd: CHART, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');

const values = laidOver(defaultValues(), parse(leastValues())) as Values;
const schema = JSON.parse(chartText('values.schema.json')) as Values;
// Formats and defaults are the program's to judge.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const isValid = ajv.compile(schema);

/** What the schema says of these values; nothing where it takes them. */
function complaints(changed: unknown): string[] {
  isValid(changed);
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** With one value changed: `a.b.c`. */
function changed(at: string, value: unknown): unknown {
  const over = at.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return laidOver(values, over);
}

describe('the Helm chart', () => {
  it('has the version of the program', () => {
    expect(parse(chartText('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it('takes the values that docs/operate.md tells to begin with, and no fewer', () => {
    expect(complaints(values)).toEqual([]);
    expect(complaints(defaultValues())).toContainEqual(expect.stringMatching(/^\/config must have required property/));
  });

  it.each([
    ['worker.replica', 3, '/worker must NOT have additional properties'],
    ['worker.replicas', 'two', '/worker/replicas must be integer'],
    ['config.elasticsearch.api', 'x', '/config/elasticsearch must NOT have additional properties'],
    ['config.tenants', [{ id: 'acme', fieshu: {} }], '/config/tenants/0 must NOT have additional properties'],
    ['config.http.token', 'in-plain-text', '/config/http/token must match pattern'],
    ['setup.config.kibana', { apiKey: 'in-plain-text' }, '/setup/config/kibana/apiKey must match pattern'],
  ])('refuses %s: %j', (at, value, complaint) => {
    expect(complaints(changed(at, value)).join('\n')).toContain(complaint);
  });

  it('gives the scheduler, the worker and the setup job a configuration that the program accepts', () => {
    for (const component of ['scheduler', 'worker', 'setup']) {
      const config = laidOver(values['config'], (values[component] as Values)['config']);
      const filled = JSON.parse(JSON.stringify(config).replaceAll(/\$\{(\w+)\}/g, 'value-of-$1')) as unknown;
      expect(configSchema.safeParse(filled).error?.issues, component).toBeUndefined();
    }
  });

  it('knows each setting of the program: what its own schema has, the chart has', () => {
    const { config } = schema['definitions'] as { readonly config: { readonly properties: Values } };
    expect(Object.keys(config.properties)).toEqual(Object.keys(configSchema.in.shape));
  });

  it('scales by a metric that a scheduler has, without labels, and not where it knows nothing', async () => {
    const named = [...templates.matchAll(/valueLocation: (\w+)/g)].map(([, name]) => name);
    const { hpa } = defaultValues()['scaling'] as { readonly hpa: { readonly metric: string } };
    const metrics = createMetrics('1.2.3');
    expect(named).toEqual([hpa.metric]);
    const sample = new RegExp(`^${hpa.metric} (.*)$`, 'm');
    // KEDA takes a number that is not there for an error, and falls back.
    expect(await metrics.text()).not.toMatch(sample);
    metrics.slotsWanted({ tenant: 'acme', source: 'feishu.openapi_audit' }, 3);
    expect(sample.exec(await metrics.text())?.[1]).toBe('3');
  });

  it('is told a PodMonitor that makes the same jobs as its ServiceMonitor, and a rule for an adapter that asks by matchLabels', () => {
    const page = read('docs', 'operate.md');
    const [, own] = /jobLabel: (\S+)/.exec(templates) ?? [];
    expect(own).toBe('app.kubernetes.io/instance');
    expect([...page.matchAll(/jobLabel: ([a-z./]+)/g)].map(([, label]) => label)).toEqual([own]);
    expect(page).toContain('`metricsQuery: max(<<.Series>>{<<.LabelMatchers>>})`');
  });

  it('is told a secret with every key that is used, and no other', () => {
    const page = read('docs', 'operate.md');
    const documented = [...page.matchAll(/--from-file=(\S+)/g)].map(([, name = '']) => name);
    const used = [...JSON.stringify(values).matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => keyOf(name));
    const { key } = values['ca'] as { readonly key: string };
    expect(documented.toSorted()).toEqual([...new Set([key, ...used])].toSorted());
  });
});
