import { EcsFlat } from '@elastic/ecs';
import { describe, expect, inject, it } from 'vitest';
import { createElasticsearch } from '../../../src/adapters/elasticsearch/client.ts';
import {
  requireTemplates,
  setup,
  templateFaults,
  type SetupResult,
} from '../../../src/adapters/elasticsearch/setup.ts';
import { dataStreamTemplates, mappingOf, TEMPLATE_VERSION } from '../../../src/adapters/elasticsearch/templates.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { inFrontOf, withLifecycles } from '../../support/elasticsearch.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

async function world() {
  const runtime = await openWorld(rawConfig(await simulator({ events: 1 })));
  const options = {
    client: runtime.elasticsearch,
    definitions: runtime.definitions,
    namespace: runtime.config.namespace,
    retention: '90d',
    dryRun: false,
  };
  return { ...runtime, options };
}

describe('setup', () => {
  it('changes nothing the second time', async () => {
    const { options } = await world();
    const { changes } = await setup(options);
    expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['unchanged']));
    expect(changes.length).toBeGreaterThanOrEqual(10);
  });

  it('says what it would change, and changes nothing, in a dry run', async () => {
    const { options, elasticsearch, config } = await world();
    const { changes } = await setup({ ...options, retention: '7d', dryRun: true });
    expect(changes.filter(({ change }) => change === 'updated')).toHaveLength(4);
    const found = await elasticsearch.indices.getIndexTemplate({
      name: `shenji-logs-feishu.openapi_audit-${config.namespace}`,
    });
    expect(JSON.stringify(found)).toContain('"data_retention":"90d"');
  });

  it('says which field types it replaced, because this server lacks their modules', async () => {
    const { options } = await world();
    const { notes } = await setup(options);
    expect(notes).toContainEqual(expect.stringContaining('url.path: keyword instead of wildcard'));
    expect(new Set(notes).size).toBe(notes.length);
  });

  it('keeps the ledger for ever, and no failure store', async () => {
    const { elasticsearch, config } = await world();
    const { index_templates: templates } = await elasticsearch.indices.getIndexTemplate({
      name: `shenji-*-${config.namespace}`,
    });
    const text = (part: string): string => JSON.stringify(templates.find(({ name }) => name.includes(part)));
    // A hundred years: without a value of its own a cluster's default would hold.
    expect(text('shenji.window')).toContain('"data_retention":"36500d"');
    expect(text('shenji.dead_letter')).toContain('"data_retention":"90d"');
    for (const { index_template: template } of templates)
      expect(JSON.stringify(template)).toContain('"failure_store":{"enabled":false');
  });

  it('is asked for by workers where a template is missing or older', async () => {
    const { elasticsearch, definitions, config } = await world();
    expect(await templateFaults(elasticsearch, definitions, config.namespace)).toEqual([]);
    const name = `shenji-logs-shenji.window-${config.namespace}`;
    const {
      index_templates: [found],
    } = await elasticsearch.indices.getIndexTemplate({ name });
    const { index_patterns, composed_of, template, priority } = found?.index_template ?? {};
    const body = {
      index_patterns,
      composed_of,
      template,
      priority,
      data_stream: {},
      _meta: { version: TEMPLATE_VERSION - 1 },
    };
    await elasticsearch.indices.putIndexTemplate({ name, ...body } as never);
    await expect(requireTemplates(elasticsearch, definitions, config.namespace)).rejects.toThrow(
      new RegExp(`version ${TEMPLATE_VERSION - 1}, this program needs ${TEMPLATE_VERSION}; run "shenji setup"`),
    );
    await elasticsearch.indices.deleteIndexTemplate({ name });
    await expect(requireTemplates(elasticsearch, definitions, config.namespace)).rejects.toThrow(
      /is missing; run "shenji setup"/,
    );
  });

  it('brings new fields to the index that is being written', async () => {
    const { elasticsearch, options, config } = await world();
    const index = `logs-shenji.dead_letter-${config.namespace}`;
    await elasticsearch.create({ index, id: 'x', document: { '@timestamp': '2026-01-01T00:00:00Z' } });
    const name = `shenji-shenji.dead_letter@mappings-${config.namespace}`;
    await elasticsearch.cluster.putComponentTemplate({
      name,
      template: { mappings: { properties: {} } },
      _meta: { version: 0, content: 'older' },
    });
    const { changes } = await setup(options);
    expect(changes.find((change) => change.name === name)?.change).toBe('updated');
  });
});

/** As `world`, through something in front of Elasticsearch that has the lifecycle API, and with two data streams that are there. */
async function streams() {
  const { options, elasticsearch, config } = await world();
  const target = inject('elasticsearchUrl');
  const front = await withLifecycles(target);
  const client = createElasticsearch({ url: front.url });
  const [data, ledger] = ['feishu.openapi_audit', 'shenji.window'].map((set) => `logs-${set}-${config.namespace}`) as [string, string]; // prettier-ignore
  for (const index of [data, ledger])
    await elasticsearch.create({ index, id: 'x', document: { '@timestamp': '2026-01-01T00:00:00Z' } });
  return { options: { ...options, client }, elasticsearch, config, front, data, ledger };
}

/** As a version has left them that lacked most fields. */
async function outdatedStreams() {
  const made = await streams();
  const { elasticsearch, config, data } = made;
  await elasticsearch.cluster.putComponentTemplate({
    name: `shenji-feishu.openapi_audit@mappings-${config.namespace}`,
    template: { mappings: { dynamic: false, properties: {} } },
  });
  await elasticsearch.indices.rollover({ alias: data });
  return made;
}

const changed = ({ changes }: SetupResult) => changes.filter(({ change }) => change !== 'unchanged');

describe('setup, where data streams are there,', () => {
  it('gives them the lifecycle that is configured, says so, and changes nothing the second time', async () => {
    const { options, front, data, ledger } = await streams();
    front.streams.set(data, { enabled: true, data_retention: '90d' });
    front.streams.set(ledger, { enabled: true });
    expect(changed(await setup({ ...options, dryRun: true }))).toEqual([
      { kind: 'lifecycle', name: ledger, change: 'updated', detail: 'for ever → 36500d' },
    ]);
    await setup(options);
    const { changes } = await setup({ ...options, retention: '7d' });
    expect(changes).toContainEqual({ kind: 'lifecycle', name: data, change: 'updated', detail: '90d → 7d' });
    expect(Object.fromEntries(front.streams)).toEqual({
      [data]: { enabled: true, data_retention: '7d' },
      [ledger]: { enabled: true, data_retention: '36500d' },
    });
    expect(changed(await setup({ ...options, retention: '7d' }))).toEqual([]);
  });

  it('switches a lifecycle on that somebody has switched off, and gives one where there is none', async () => {
    const { options, front, data, ledger } = await streams();
    front.streams.set(data, { enabled: false, data_retention: '90d' });
    await setup(options);
    expect(front.streams.get(data)).toEqual({ enabled: true, data_retention: '90d' });
    expect(front.streams.get(ledger)).toEqual({ enabled: true, data_retention: '36500d' });
  });

  it('says that a server has no lifecycles, and does the rest', async () => {
    const { options, data } = await streams();
    const client = createElasticsearch({ url: inject('elasticsearchUrl') });
    const { notes, changes } = await setup({ ...options, client });
    expect(notes).toContainEqual(expect.stringContaining('this server has no data stream lifecycle'));
    expect(changes).toContainEqual({ kind: 'mapping', name: data, change: 'unchanged' });
    expect(changes.some(({ kind }) => kind === 'lifecycle')).toBe(false);
  });

  it('completes what a run that stopped half-way has left', async () => {
    const { options, elasticsearch, data } = await outdatedStreams();
    // The run stops after the templates, before the stream.
    let broken = true;
    const front = await inFrontOf(inject('elasticsearchUrl'), ({ method, path }) =>
      broken && method === 'PUT' && path.endsWith('_mapping') ? { status: 503, body: { error: 'away' } } : undefined,
    );
    const client = createElasticsearch({ url: front.url });
    await expect(setup({ ...options, client })).rejects.toThrow(/installing mapping logs-feishu/);
    broken = false;
    const next = await setup({ ...options, client });
    expect(changed(next)).toEqual([
      { kind: 'mapping', name: data, change: 'updated', detail: expect.stringContaining('event.action') as string },
    ]);
    const mapping = JSON.stringify(await elasticsearch.indices.getMapping({ index: data }));
    expect(mapping).toContain('"action":{"type":"keyword"');
    expect(changed(await setup({ ...options, client }))).toEqual([]);
  });

  it.each(['GET', 'PUT'])('goes on where the connection breaks once under a %s', async (broken) => {
    const { options, elasticsearch } = await outdatedStreams();
    let cuts = 0;
    const front = await inFrontOf(inject('elasticsearchUrl'), ({ method, path }) => {
      if (method !== broken || !path.endsWith('_mapping') || cuts > 0) return undefined;
      cuts += 1;
      throw new Error('cut');
    });
    await setup({ ...options, client: createElasticsearch({ url: front.url }) });
    expect(cuts).toBe(1);
    expect(changed(await setup({ ...options, client: elasticsearch }))).toEqual([]);
  });

  it('puts right a template and settings that somebody has changed, whatever their stamp says', async () => {
    const { options, elasticsearch, config, ledger } = await streams();
    await setup(options);
    const name = `shenji@settings-${config.namespace}`;
    const { component_templates: [found] } = await elasticsearch.cluster.getComponentTemplate({ name }); // prettier-ignore
    await elasticsearch.cluster.putComponentTemplate({
      name,
      template: { settings: { 'index.refresh_interval': '1h' } },
      _meta: found?.component_template._meta,
    } as never);
    await elasticsearch.indices.putSettings({ index: ledger, settings: { 'index.refresh_interval': '1h' } });
    expect(changed(await setup(options))).toEqual([
      { kind: 'component template', name, change: 'updated' },
      { kind: 'settings', name: ledger, change: 'updated', detail: 'index.refresh_interval: 200ms' },
    ]);
    const settings = await elasticsearch.indices.getSettings({ index: ledger, flat_settings: true });
    expect(JSON.stringify(settings)).toContain('"index.refresh_interval":"200ms"');
  });

  it('leaves to the next rollover what an index cannot change, and says so until then', async () => {
    const { options, elasticsearch, config, data } = await streams();
    await setup(options);
    const name = `shenji-feishu.openapi_audit@mappings-${config.namespace}`;
    const mappings = { dynamic: false, date_detection: false, _meta: { version: TEMPLATE_VERSION }, properties: { 'user.id': { type: 'long' } } }; // prettier-ignore
    await elasticsearch.cluster.putComponentTemplate({ name, template: { mappings } } as never);
    await elasticsearch.indices.rollover({ alias: data });
    await setup(options);
    const waiting = { kind: 'mapping', name: data, change: 'pending', detail: 'user.id' };
    expect(changed(await setup(options))).toEqual([waiting]);
    await elasticsearch.indices.rollover({ alias: data });
    expect(changed(await setup(options))).toEqual([]);
  });

  it('gives the checkpoints index what a version before did not map', async () => {
    const { options, elasticsearch, config } = await world();
    const index = `shenji-checkpoints-${config.namespace}`;
    await elasticsearch.indices.delete({ index });
    await elasticsearch.indices.create({
      index,
      mappings: { dynamic: false, properties: { stream: { type: 'keyword' } } },
    });
    expect(changed(await setup(options))).toMatchObject([{ kind: 'mapping', name: index, change: 'updated' }]);
    expect(changed(await setup(options))).toEqual([]);
  });
});

describe('mappings', () => {
  it("take every ECS field's type from ECS", () => {
    for (const template of dataStreamTemplates(sourceDefinitions, '90d')) {
      for (const [name, { type }] of Object.entries(mappingOf(template))) {
        const ecs = (EcsFlat as Record<string, { type: string }>)[name];
        if (ecs !== undefined) expect(type, name).toBe(ecs.type);
        else expect(name).toMatch(/^(shenji|feishu|dingtalk|metricset)\./);
      }
    }
  });
});
