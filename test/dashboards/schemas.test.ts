import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import * as inner from './schemas-library.ts';
import * as schemas from './schemas.ts';

const ajv = new Ajv({ allErrors: true });
const validators = {
  savedObject: ajv.compile(schemas.savedObject),
  panel: ajv.compile(schemas.panel),
  rule: ajv.compile(schemas.rule),
  searchSource: ajv.compile(inner.searchSource),
  mapState: ajv.compile(inner.mapState),
  mapLayer: ajv.compile(inner.mapLayer),
};

type Json = Record<string, unknown>;
const lines = (name: string): Json[] =>
  readFileSync(path.join(import.meta.dirname, '..', '..', 'dashboards', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
const panelsOf = ({ attributes }: Json): Json[] =>
  JSON.parse((attributes as { panelsJSON?: string }).panelsJSON ?? '[]') as Json[];

/** The JSON that lies as text in the attributes of all objects of a type. */
const within = (type: string, key: string): Json[] =>
  lines('shenji.en.ndjson')
    .filter((object) => object['type'] === type)
    .map(({ attributes }) => {
      const { kibanaSavedObjectMeta: meta, ...rest } = attributes as Json;
      return { ...rest, ...(meta as Json | undefined) };
    })
    .flatMap<Json>((attributes) => JSON.parse(String(attributes[key])) as Json | Json[]);

const shipped: readonly (readonly [string, ValidateFunction, readonly Json[]])[] = [
  ['the English saved objects', validators.savedObject, lines('shenji.en.ndjson')],
  ['the Chinese saved objects', validators.savedObject, lines('shenji.zh.ndjson')],
  ['the panels', validators.panel, lines('shenji.en.ndjson').flatMap(panelsOf)],
  ['the queries of saved searches', validators.searchSource, within('search', 'searchSourceJSON')],
  ['the map', validators.mapState, within('map', 'mapStateJSON')],
  ["the map's layers", validators.mapLayer, within('map', 'layerListJSON')],
  ['the rules', validators.rule, lines(path.join('rules', 'shenji.ndjson'))],
];

/** One more field in each object that lies anywhere in it, one at a time. */
function* withUnknownField(value: unknown): Generator {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of withUnknownField(item)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheardOf: 1 };
    for (const [key, item] of Object.entries(value))
      for (const other of withUnknownField(item)) yield { ...value, [key]: other };
  }
}

describe.each(shipped)('%s', (_, isValid, objects) => {
  it('are what they should be', () => {
    for (const object of objects) expect(isValid(object), JSON.stringify(isValid.errors)).toBe(true);
  });

  it('are refused with a field that nobody knows', () => {
    for (const object of objects) expect(isValid({ ...object, unheardOf: 1 })).toBe(false);
  });
});

it('no part of a saved search, a hunt, a tag or the map takes a field that nobody knows', () => {
  for (const object of lines('shenji.en.ndjson').filter(
    ({ type }) => !['dashboard', 'index-pattern'].includes(String(type)),
  ))
    for (const changed of withUnknownField(object)) expect(validators.savedObject(changed)).toBe(false);
});

it('no part of a rule takes a field that nobody knows', () => {
  for (const rule of lines(path.join('rules', 'shenji.ndjson')))
    for (const changed of withUnknownField(rule)) expect(validators.rule(changed)).toBe(false);
});

it('rules have names, ids and short names of their own', () => {
  const rules = lines(path.join('rules', 'shenji.ndjson'));
  for (const of of ['rule_id', 'name']) expect(new Set(rules.map((rule) => rule[of])).size).toBe(rules.length);
  expect(rules.length).toBeGreaterThanOrEqual(12);
});
