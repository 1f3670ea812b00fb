/** The few kinds of Lens panels that our dashboards have, by value. */
import { GREY, palette } from './colors.ts';
import { kuery, type Column, type LensColumn } from './columns.ts';
import type { Language, Text } from './language.ts';
import { drilldownEvents, drilldownReferences, panel, type Drilldown, type Panel } from './panels.ts';

export type LensOptions = {
  readonly id: string;
  readonly dataView: string;
  /** In the grid of 48 columns. */
  readonly width: number;
  readonly height?: number;
  readonly query?: string;
  readonly drilldowns?: readonly Drilldown[];
  /** Where the panel looks at another time than the dashboard. */
  readonly from?: string;
  /** Where the filters, controls and query of the dashboard are not for it. Kibana then ignores the panel's own query too: its columns filter. */
  readonly ignoresFilters?: boolean;
};
type Titled = LensOptions & { readonly title: Text };

/** Columns over one query; a second layer lies over the first. */
type Layer = { readonly id: string; readonly columns: readonly Column[] };
type Visualization = { readonly type: string; readonly state: (language: Language) => object };

const LAYER = 'layer';
const layerState = (layerId: string): object => ({ layerId, layerType: 'data' });
const referenceName = (layerId: string): string => `indexpattern-datasource-layer-${layerId}`;

/** Buckets first, in their order; helpers of formulas last. */
function columnsOf({ columns }: Layer, language: Language): { columns: object; columnOrder: string[] } {
  const all: Readonly<Record<string, LensColumn>> = Object.assign(
    {},
    ...columns.map((column) => column.columns(language)),
  ) as never;
  const shown = columns.map(({ id }) => id);
  return { columns: all, columnOrder: [...shown, ...Object.keys(all).filter((id) => !shown.includes(id))] };
}

function lensPanel(
  { id, title, dataView, width, height = 12, query = '', drilldowns = [], from, ignoresFilters = false }: Titled,
  { type, state }: Visualization,
  layers: readonly Layer[],
  hideTitle = false,
): Panel {
  if (ignoresFilters && query !== '')
    throw new RangeError(`${id} ignores filters, and Kibana its query with them: filter its columns instead`);
  const references = layers.map((layer) => ({ type: 'index-pattern', id: dataView, name: referenceName(layer.id) }));
  const attributes = (language: Language): object => ({
    title: '',
    description: '',
    type: 'lens',
    visualizationType: type,
    references,
    state: {
      visualization: state(language),
      query: kuery(query),
      filters: [],
      datasourceStates: {
        formBased: {
          layers: Object.fromEntries(
            layers.map((layer) => [
              layer.id,
              {
                ...columnsOf(layer, language),
                incompleteColumns: {},
                sampling: 1,
                ...(ignoresFilters ? { ignoreGlobalFilters: true } : {}),
              },
            ]),
          ),
        },
        textBased: { layers: {} },
      },
      internalReferences: [],
      adHocDataViews: {},
    },
  });
  return panel(
    { id, width, height },
    (language) => ({
      type: 'lens',
      title: title[language],
      embeddableConfig: {
        enhancements: drilldownEvents(id, drilldowns, language),
        hidePanelTitles: hideTitle,
        ...(from === undefined ? {} : { timeRange: { from, to: 'now' } }),
        attributes: attributes(language),
      },
    }),
    (language) => [
      ...references.map((reference) => ({ ...reference, name: `${id}:${reference.name}` })),
      ...drilldownReferences(id, drilldowns, language),
    ],
  );
}

type TileOptions = LensOptions & { readonly subtitle?: Text; readonly title?: Text };

/** A tile. What the number is called stands in it, so that most panels need no title beside. */
export function number({ subtitle, title, ...options }: TileOptions, column: Column): Panel {
  const { bounds } = column;
  const state = (language: Language): object => ({
    ...layerState(LAYER),
    metricAccessor: column.id,
    ...(subtitle === undefined ? {} : { subtitle: subtitle[language] }),
    ...(bounds === undefined ? {} : { palette: palette(bounds) }),
  });
  const layers = [{ id: LAYER, columns: [column] }];
  const titled = { height: 5, ...options, title: title ?? column.label };
  return lensPanel(titled, { type: 'lnsMetric', state }, layers, title === undefined);
}

type Sorting = readonly [columnId: string, direction: 'asc' | 'desc'];

/** Its order is stated: what Elasticsearch answers is ordered bucket by bucket. `lines`: how many a row may take. */
export function table(
  { lines, ...options }: Titled & { readonly lines?: number },
  columns: readonly Column[],
  [columnId, direction]: Sorting,
): Panel {
  const state = (): object => ({
    ...layerState(LAYER),
    columns: columns.map(({ id, width, bounds, hidden }) => ({
      columnId: id,
      ...(hidden === true ? { hidden } : {}),
      ...(width === undefined ? {} : { width }),
      ...(bounds === undefined ? {} : { colorMode: 'text', palette: palette(bounds) }),
    })),
    sorting: { columnId, direction },
    ...(lines === undefined ? {} : { rowHeight: 'custom', rowHeightLines: lines }),
  });
  return lensPanel(options, { type: 'lnsDatatable', state }, [{ id: LAYER, columns }]);
}

type Series = 'bar' | 'bar_stacked' | 'bar_horizontal' | 'line' | 'area';
type ChartLayer = {
  readonly series: Series;
  readonly x: Column;
  readonly values: readonly Column[];
  /** Divides each bar or line. */
  readonly split?: Column;
  /** All that `split` divides into is grey. */
  readonly pale?: boolean;
  /** The colours of what `split` divides into, by value. */
  readonly colors?: Readonly<Record<string, string>>;
};

/** What is not among them takes the colours of the palette in turn. */
const colorMapping = (colors: Readonly<Record<string, string>>, others: object = { type: 'loop' }): object => ({
  assignments: Object.entries(colors).map(([value, colorCode]) => ({
    rule: { type: 'matchExactly', values: [value] },
    color: { type: 'colorCode', colorCode },
    touched: true,
  })),
  specialAssignments: [{ rule: { type: 'other' }, color: others, touched: false }],
  paletteId: 'eui_amsterdam_color_blind',
  colorMode: { type: 'categorical' },
});

const PALE = { type: 'colorCode', colorCode: GREY };

function chartLayer({ series, x, values, split, pale = false, colors }: ChartLayer, layerId: string): object {
  const colored = values.filter(({ color }) => color !== undefined);
  return {
    ...layerState(layerId),
    seriesType: series,
    xAccessor: x.id,
    accessors: values.map(({ id }) => id),
    position: 'top',
    showGridlines: false,
    ...(split === undefined ? {} : { splitAccessor: split.id }),
    ...(pale ? { palette: { type: 'palette', name: 'gray' }, colorMapping: colorMapping({}, PALE) } : {}),
    ...(colors === undefined ? {} : { colorMapping: colorMapping(colors) }),
    ...(colored.length === 0 ? {} : { yConfig: colored.map(({ id, color }) => ({ forAccessor: id, color })) }),
  };
}

type Axes = {
  readonly logarithmic?: boolean;
  /** Where the axis begins and ends, whatever there is to show. */
  readonly extent?: readonly [lowerBound: number, upperBound: number];
  /** On the right it has a column of its own, for long names. */
  readonly legend?: 'bottom' | 'right';
};

/** The title says what is counted and the ticks say when: no axis needs a title. The legend takes a line below. */
export function chart(
  { logarithmic, extent, legend = 'bottom', ...options }: Titled & Axes,
  ...layers: readonly ChartLayer[]
): Panel {
  const [first] = layers;
  if (first === undefined) throw new RangeError(`${options.id} shows nothing`);
  const several = layers.length > 1 || first.split !== undefined || first.values.length > 1;
  const ids = layers.map((_, index) => (index === 0 ? LAYER : `${LAYER}-${index}`));
  const hidden = { x: false, yLeft: false, yRight: false };
  const state = (): object => ({
    legend: {
      isVisible: several,
      position: legend,
      shouldTruncate: false,
      ...(legend === 'right' ? { legendSize: 'xlarge' } : {}),
    },
    valueLabels: 'hide',
    fittingFunction: 'None',
    fillOpacity: 0.2,
    preferredSeriesType: first.series,
    axisTitlesVisibilitySettings: hidden,
    ...(logarithmic === true ? { yLeftScale: 'log' } : {}),
    ...(extent === undefined ? {} : { xExtent: { mode: 'custom', lowerBound: extent[0], upperBound: extent[1] } }),
    layers: layers.map((layer, index) => chartLayer(layer, ids[index] ?? LAYER)),
  });
  return lensPanel(
    options,
    { type: 'lnsXY', state },
    layers.map(({ x, values, split }, index) => ({
      id: ids[index] ?? LAYER,
      columns: [...(split === undefined ? [] : [split]), x, ...values],
    })),
  );
}
