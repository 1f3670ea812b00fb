/** The shape of what we ship, strictly: what Kibana would swallow and ignore fails here. */
import { free, list, object, one, reference, string, strings, versions, whole, type Schema } from './schema-parts.ts';
import { map, savedQuery, savedSearch, tag } from './schemas-library.ts';

const dataView = object({
  ...versions('8.0.0'),
  type: one('index-pattern'),
  references: list(reference, { minItems: 2, maxItems: 2 }),
  attributes: object({
    title: string, name: string, timeFieldName: one('@timestamp'), allowNoIndex: one(true), fieldAttrs: string,
    fieldFormatMap: string, fields: string, runtimeFieldMap: string, sourceFilters: string, typeMeta: string,
  }),
}); // prettier-ignore

const dashboard = object({
  ...versions('8.9.0'),
  type: one('dashboard'),
  attributes: object(
    {
      title: string, description: string, version: one(1), timeRestore: one(true), timeFrom: string, timeTo: one('now'),
      refreshInterval: object({ pause: { type: 'boolean' }, value: whole }),
      optionsJSON: string, panelsJSON: string, kibanaSavedObjectMeta: object({ searchSourceJSON: string }),
    },
    { controlGroupInput: object({ controlStyle: one('oneLine'), chainingSystem: one('HIERARCHICAL'), ignoreParentSettingsJSON: string, panelsJSON: string }) },
  ),
}); // prettier-ignore

export const savedObject: Schema = { oneOf: [dataView, dashboard, savedSearch, savedQuery, map, tag] };

const technique = {
  id: { type: 'string', pattern: String.raw`^T\d{4}(\.\d{3})?$` },
  name: string,
  reference: { type: 'string', pattern: String.raw`^https://attack\.mitre\.org/techniques/T\d{4}/(\d{3}/)?$` },
};
const common: Readonly<Record<string, Schema>> = {
  rule_id: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' },
  name: string, description: string, language: one('kuery'), setup: string,
  investigation_fields: object({ field_names: list(string, { minItems: 1 }) }),
  index: list({ type: 'string', pattern: '^(logs|metrics)-[a-z_.]+-\\*$' }, { minItems: 1 }), query: string,
  from: { type: 'string', pattern: String.raw`^now-\d+[smhd]$` }, interval: { type: 'string', pattern: String.raw`^\d+[smhd]$` },
  severity: one('low', 'medium', 'high', 'critical'), risk_score: { type: 'integer', minimum: 0, maximum: 100 },
  author: strings, license: string, version: { type: 'integer', minimum: 1 }, enabled: one(false), tags: strings,
  references: strings, false_positives: list(string, { minItems: 1 }), note: string, timestamp_override: { enum: ['event.ingested', 'shenji.rule_time'] },
  max_signals: { type: 'integer', minimum: 1 }, related_integrations: list(free, { maxItems: 0 }),
  required_fields: list(object({ name: string, type: string, ecs: { type: 'boolean' } }), { minItems: 1 }),
  threat: list(
    object({
      framework: one('MITRE ATT&CK'),
      tactic: object({ id: { type: 'string', pattern: String.raw`^TA\d{4}$` }, name: string, reference: { type: 'string', pattern: String.raw`^https://attack\.mitre\.org/tactics/TA\d{4}/$` } }),
      technique: list(object(technique, { subtechnique: list(object(technique)) }), { minItems: 1 }),
    }),
    { minItems: 1 },
  ),
}; // prettier-ignore
const threshold = object({
  field: list(string, { minItems: 1, maxItems: 5 }),
  value: { type: 'integer', minimum: 1 },
  cardinality: list(object({ field: string, value: { type: 'integer', minimum: 1 } })),
});

const duration = object({ value: { type: 'integer', minimum: 1 }, unit: one('s', 'm', 'h') });
/** Of a threshold rule Kibana suppresses by the fields that it counts by. */
const suppressed = {
  alert_suppression: object({
    group_by: list(string, { minItems: 1, maxItems: 3 }),
    duration,
    missing_fields_strategy: one('doNotSuppress', 'suppress'),
  }),
};
const { index: _, ...withoutIndex } = common;

export const rule: Schema = {
  oneOf: [
    object({ ...common, type: one('query') }, suppressed),
    object({ ...common, type: one('threshold'), threshold }, { alert_suppression: object({ duration }) }),
    object(
      {
        ...common,
        type: one('new_terms'),
        new_terms_fields: list(string, { minItems: 1, maxItems: 3 }),
        history_window_start: { type: 'string', pattern: String.raw`^now-\d+[hd]$` },
      },
      suppressed,
    ),
    object({ ...withoutIndex, type: one('esql'), language: one('esql') }, suppressed),
  ],
};
