import { EcsFlat } from '@elastic/ecs';
import { describe, expect, it } from 'vitest';
import { requireTemplates, setup, templateFaults } from '../../src/elasticsearch/setup.ts';
import { dataStreamTemplates, mappingOf, TEMPLATE_VERSION } from '../../src/elasticsearch/templates.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { openWorld, rawConfig, simulator } from '../support/world.ts';

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
    expect(changes.filter(({ change }) => change === 'updated')).toHaveLength(3);
    const found = await elasticsearch.indices.getIndexTemplate({
      name: `shenji-logs-feishu.openapi_audit-${config.namespace}`,
    });
    expect(JSON.stringify(found)).toContain('"data_retention":"90d"');
  });

  it('says which field types it replaced, because this server lacks their modules', async () => {
    const { options } = await world();
    const { notes } = await setup(options);
    expect(notes).toContainEqual(expect.stringContaining('url.path: keyword instead of wildcard'));
  });

  it('keeps the ledger for ever, and no failure store', async () => {
    const { elasticsearch, config } = await world();
    const { index_templates: templates } = await elasticsearch.indices.getIndexTemplate({
      name: `shenji-*-${config.namespace}`,
    });
    const text = (part: string): string => JSON.stringify(templates.find(({ name }) => name.includes(part)));
    expect(text('shenji.window')).not.toContain('data_retention');
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
