/** `docs/fields.md` says what is installed, and nothing else. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FULL_TEXT } from '../../../src/core/documents/shorten.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const document = readFileSync(path.join(import.meta.dirname, '..', '..', '..', 'docs', 'fields.md'), 'utf8');
const sections = document
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    stream: /^`(.+)-<namespace>`/.exec(text)?.[1] ?? '',
    fields: new Map(
      [...text.matchAll(/^\| `(.+?)` \| (\S+) \| (.+) \|$/gm)].map(([, name = '', type = '', words = '']) => [
        name,
        { type, words },
      ]),
    ),
    sample: JSON.parse(/```json\n([\s\S]+?)\n```/.exec(text)?.[1] ?? '{}') as Record<string, unknown>,
  }));

type Property = { readonly type?: string; readonly properties?: Record<string, Property> };

/** By full name, objects resolved. */
function flat(properties: Record<string, Property>, prefix = ''): [string, string][] {
  return Object.entries(properties).flatMap(([name, { type, properties: inner }]) =>
    inner === undefined
      ? [[`${prefix}${name}`, type ?? 'object'] as [string, string]]
      : flat(inner, `${prefix}${name}.`),
  );
}

/** What a server without the module has instead; `setup` says so. */
const SUBSTITUTED: Readonly<Record<string, string>> = {
  wildcard: 'keyword',
  constant_keyword: 'keyword',
  match_only_text: 'text',
};

it('no field is shortened that Elasticsearch takes at any length', () => {
  const types = sections.flatMap(({ fields }) => [...fields].map(([name, { type }]) => ({ name, type })));
  const fullText = types.filter(({ type }) => SUBSTITUTED[type] === 'text' || type === 'text').map(({ name }) => name);
  expect(new Set(fullText)).toEqual(FULL_TEXT);
});

describe('docs/fields.md', () => {
  it('lists exactly the fields that are installed, with their types', async () => {
    const { elasticsearch: client, config } = await openWorld(rawConfig(await simulator({ events: 1 })));
    expect(sections).toHaveLength(5);
    for (const { stream, fields } of sections) {
      const dataset = stream.replace(/^(logs|metrics)-/, '');
      const name = `shenji-${dataset}@mappings-${config.namespace}`;
      const {
        component_templates: [found],
      } = await client.cluster.getComponentTemplate({ name });
      const installed = flat(found?.component_template.template.mappings?.properties ?? {});
      expect(installed.map(([field]) => field).toSorted()).toEqual([...fields.keys()].toSorted());
      for (const [field, type] of installed) {
        const told = fields.get(field)?.type ?? '';
        expect({ field, type: [told, SUBSTITUTED[told]] }).toEqual({
          field,
          type: expect.arrayContaining([type]) as string[],
        });
      }
    }
  });

  it('shows a document of each, and says something of every field', () => {
    for (const { fields, sample } of sections) {
      expect(sample).toHaveProperty('@timestamp');
      expect([...fields.values()].every(({ words }) => words.length > 5)).toBe(true);
    }
  });
});
