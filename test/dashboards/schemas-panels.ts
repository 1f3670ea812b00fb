/** The shape of the panels in `panelsJSON`, strictly, by kind. */
import { free, list, object, one, reference, string, strings, whole, type Schema } from './schema-parts.ts';

const kuery = object({ query: { type: 'string' }, language: one('kuery') });
const label: Readonly<Record<string, Schema>> = {
  label: string, dataType: one('string', 'number', 'date', 'ip'), operationType: string, isBucketed: { type: 'boolean' }, scale: one('ordinal', 'interval', 'ratio'),
}; // prettier-ignore
const column = object(label, {
  sourceField: string, customLabel: one(true), params: free, filter: kuery, timeShift: { type: 'string', pattern: String.raw`^\d+[dw]$` }, references: strings,
}); // prettier-ignore
const layer = object(
  {
    columns: { type: 'object', additionalProperties: column, minProperties: 1 },
    columnOrder: strings,
    incompleteColumns: free,
    sampling: one(1),
  },
  { ignoreGlobalFilters: one(true) },
);
const event = object({
  eventId: string,
  triggers: list(one('FILTER_TRIGGER')),
  action: object({
    factoryId: one('DASHBOARD_TO_DASHBOARD_DRILLDOWN'),
    name: string,
    config: object({ useCurrentFilters: one(true), useCurrentDateRange: one(true), openInNewTab: one(false) }),
  }),
});

const color: Schema = { type: 'string', pattern: '^#[0-9A-F]{6}$' };
const flag: Schema = { type: 'boolean' };
const layerOf = { layerId: string, layerType: one('data') };
const palette = object({ type: one('palette'), name: string }, { params: free });
const metric = object({ ...layerOf, metricAccessor: string }, { subtitle: string, palette });
const datatable = object(
  {
    ...layerOf,
    columns: list(
      object(
        { columnId: string },
        { width: { type: 'integer', minimum: 50 }, colorMode: one('text'), palette, hidden: one(true) },
      ),
    ),
    sorting: object({ columnId: string, direction: one('asc', 'desc') }),
  },
  { rowHeight: one('custom'), rowHeightLines: { type: 'integer', minimum: 2, maximum: 5 } },
);
const colorMapping = object({
  assignments: list(
    object({
      rule: object({ type: one('matchExactly'), values: strings }),
      color: object({ type: one('colorCode'), colorCode: color }),
      touched: flag,
    }),
  ),
  specialAssignments: list(
    object({
      rule: object({ type: one('other') }),
      color: object({ type: one('loop', 'colorCode') }, { colorCode: color }),
      touched: flag,
    }),
  ),
  paletteId: string,
  colorMode: object({ type: one('categorical') }),
});
const xy = object(
  {
    legend: object({ isVisible: flag, position: one('bottom', 'right'), shouldTruncate: one(false) }, { legendSize: one('xlarge') }),
    valueLabels: one('hide'),
    fittingFunction: one('None'),
    fillOpacity: { type: 'number', minimum: 0, maximum: 1 },
    preferredSeriesType: string,
    axisTitlesVisibilitySettings: object({ x: flag, yLeft: flag, yRight: flag }),
    layers: list(
      object(
        { ...layerOf, seriesType: one('bar', 'bar_stacked', 'bar_horizontal', 'line', 'area'), xAccessor: string, accessors: strings, position: one('top'), showGridlines: flag },
        { splitAccessor: string, palette, colorMapping, yConfig: list(object({ forAccessor: string, color })) },
      ),
      { minItems: 1 },
    ),
  },
  { yLeftScale: one('log'), xExtent: object({ mode: one('custom'), lowerBound: whole, upperBound: whole }) },
); // prettier-ignore

const attributesOf = (visualizationType: string, visualization: Schema): Schema =>
  object({
    title: one(''),
    description: one(''),
    type: one('lens'),
    visualizationType: one(visualizationType),
    references: list(reference, { minItems: 1 }),
    state: object({
      visualization,
      query: kuery,
      filters: list(free, { maxItems: 0 }),
      datasourceStates: object({
        formBased: object({ layers: { type: 'object', additionalProperties: layer, minProperties: 1 } }),
        textBased: object({ layers: free }),
      }),
      internalReferences: list(free, { maxItems: 0 }),
      adHocDataViews: free,
    }),
  });

const enhancements = object({}, { dynamicActions: object({ events: list(event) }) });
const none = object({});
const base = {
  version: one('8.9.0'),
  gridData: object({
    x: whole,
    y: whole,
    w: { type: 'integer', minimum: 8, maximum: 48 },
    h: { type: 'integer', minimum: 2 },
    i: string,
  }),
  panelIndex: string,
};
const lens = object({
  ...base,
  type: one('lens'),
  title: string,
  embeddableConfig: object(
    {
      enhancements,
      hidePanelTitles: flag,
      attributes: {
        oneOf: [attributesOf('lnsMetric', metric), attributesOf('lnsDatatable', datatable), attributesOf('lnsXY', xy)],
      },
    },
    { timeRange: object({ from: { type: 'string', pattern: String.raw`^now-\d+[mhdy]$` }, to: one('now') }) },
  ),
});
const search = object({
  ...base,
  type: one('search'),
  title: string,
  panelRefName: string,
  embeddableConfig: object({ enhancements: none, hidePanelTitles: one(false) }),
});
const map = object({
  ...base,
  type: one('map'),
  title: string,
  panelRefName: string,
  embeddableConfig: object({
    enhancements: none,
    hidePanelTitles: one(false),
    isLayerTOCOpen: flag,
    hiddenLayers: list(string),
    mapCenter: object({ lat: { type: 'number' }, lon: { type: 'number' }, zoom: { type: 'number' } }),
  }),
});
const markdown = object({
  ...base,
  type: one('visualization'),
  title: one(''),
  embeddableConfig: object({
    enhancements: none,
    hidePanelTitles: one(true),
    savedVis: object({
      title: one(''),
      description: one(''),
      type: one('markdown'),
      params: object({ fontSize: whole, openLinksInNewTab: flag, markdown: string }),
      uiState: none,
      data: object({ aggs: list(free, { maxItems: 0 }), searchSource: free }),
    }),
  }),
});
const link = object({
  id: string,
  type: one('dashboardLink'),
  order: whole,
  label: string,
  destinationRefName: string,
  options: object({ openInNewTab: flag, useCurrentFilters: flag, useCurrentDateRange: flag }),
});
const links = object({
  ...base,
  type: one('links'),
  title: one(''),
  embeddableConfig: object({
    enhancements: none,
    hidePanelTitles: one(true),
    attributes: object({ layout: one('horizontal'), links: list(link, { minItems: 2 }) }),
  }),
});

/** Each of `panelsJSON`. */
export const panel: Schema = { oneOf: [lens, search, map, markdown, links] };
