/** The shape of what an analyst opens beside dashboards, strictly; also of the JSON that lies in it as text. */
import { list, object, one, string, versions, whole, type Schema } from './schema-parts.ts';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const kuery = object({ query: text, language: one('kuery') });
const id: Schema = { type: 'string', pattern: '^shenji-[a-z-]+$' };
const references = (...kinds: readonly Schema[]): Schema => list({ oneOf: kinds }, { minItems: kinds.length });
const tagReference = object({ type: one('tag'), id, name: { type: 'string', pattern: '^tag-ref-shenji-tag' } });
const sourceReference = object({
  type: one('index-pattern'),
  id,
  name: one('kibanaSavedObjectMeta.searchSourceJSON.index'),
});
const layerReference = object({
  type: one('index-pattern'),
  id,
  name: { type: 'string', pattern: String.raw`^layer_\d+_source_index_pattern$` },
});

export const tag = object({
  ...versions('8.0.0'),
  type: one('tag'),
  references: list(tagReference, { maxItems: 0 }),
  attributes: object({ name: string, description: string, color: { type: 'string', pattern: '^#[0-9A-F]{6}$' } }),
});

export const savedSearch = object({
  ...versions('8.0.0'),
  type: one('search'),
  references: references(sourceReference, tagReference),
  attributes: object({
    title: string,
    description: string,
    columns: list(string, { minItems: 2, uniqueItems: true }),
    sort: { const: [['@timestamp', 'desc']] },
    grid: object({
      columns: { type: 'object', additionalProperties: object({ width: { type: 'integer', minimum: 50 } }) },
    }),
    hideChart: flag,
    breakdownField: string,
    rowHeight: { type: 'integer', minimum: 1, maximum: 20 },
    isTextBasedQuery: one(false),
    timeRestore: one(true),
    timeRange: object({ from: { type: 'string', pattern: String.raw`^now-\d+[hd]$` }, to: one('now') }),
    kibanaSavedObjectMeta: object({ searchSourceJSON: string }),
  }),
});
export const searchSource = object({
  query: kuery,
  filter: list({}, { maxItems: 0 }),
  indexRefName: one('kibanaSavedObjectMeta.searchSourceJSON.index'),
});

export const savedQuery = object({
  ...versions('8.0.0'),
  type: one('query'),
  references: references(tagReference),
  // Longer titles are cut off in Kibana's menu.
  attributes: object({
    title: { type: 'string', pattern: String.raw`^\[shenji\] \d\d .{4,26}$` },
    description: string,
    query: kuery,
    filters: list({}, { maxItems: 0 }),
  }),
});

export const map = object({
  ...versions('8.4.0'),
  type: one('map'),
  references: references(layerReference, tagReference),
  attributes: object({
    title: string,
    description: string,
    mapStateJSON: string,
    layerListJSON: string,
    uiStateJSON: string,
  }),
});
export const mapState = object({
  zoom: { type: 'number' },
  center: object({ lon: { type: 'number' }, lat: { type: 'number' } }),
  timeFilters: object({ from: string, to: one('now') }),
  query: kuery,
  filters: list({}, { maxItems: 0 }),
  settings: object({ autoFitToDataBounds: flag }),
});

const shown: Readonly<Record<string, Schema>> = {
  id: string, visible: one(true), alpha: { type: 'number', minimum: 0, maximum: 1 }, minZoom: whole, maxZoom: whole,
}; // prettier-ignore
const land = object({
  ...shown,
  type: one('EMS_VECTOR_TILE'),
  sourceDescriptor: object({ type: one('EMS_TMS'), isAutoSelect: one(true), lightModeDefault: string }),
  style: object({ type: one('EMS_VECTOR_TILE'), color: text }),
});
const value = object({ options: { type: 'object', minProperties: 1 } }, { type: one('STATIC', 'DYNAMIC') });
const looks = [
  'icon',
  'fillColor',
  'lineColor',
  'lineWidth',
  'iconSize',
  'iconOrientation',
  'symbolizeAs',
  'labelText',
  'labelColor',
  'labelSize',
  'labelPosition',
  'labelBorderColor',
  'labelBorderSize',
];
const circles = object(
  {
    ...shown,
    label: string,
    type: one('GEOJSON_VECTOR'),
    sourceDescriptor: object({
      type: one('ES_GEO_GRID'),
      id: string,
      geoField: string,
      requestType: one('point'),
      resolution: one('FINE'),
      metrics: list(object({ type: one('count', 'terms') }, { field: string }), { minItems: 1 }),
      applyGlobalQuery: one(true),
      applyGlobalTime: one(true),
      applyForceRefresh: one(true),
      indexPatternRefName: string,
    }),
    style: object({
      type: one('VECTOR'),
      isTimeAware: flag,
      properties: object(Object.fromEntries(looks.map((look) => [look, value]))),
    }),
    joins: list({}, { maxItems: 0 }),
    includeInFitToBounds: flag,
  },
  { query: kuery },
);
/** Each of `layerListJSON`. */
export const mapLayer: Schema = { oneOf: [land, circles] };
