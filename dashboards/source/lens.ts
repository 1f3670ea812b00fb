/** The few kinds of Lens panels that our dashboards have, by value. */

import { idIn, type Language, type Text } from './language.ts';

export type { Text };

type LensColumn = Readonly<Record<string, unknown>>;

/** One column of a table, axis of a chart or number. A ratio needs helpers beside it. */
export type Column = {
  readonly id: string;
  readonly isBucketed: boolean;
  readonly columns: (language: Language) => Readonly<Record<string, LensColumn>>;
};

export type Drilldown = { readonly dashboard: string; readonly name: Text };

export type Panel = {
  readonly id: string;
  readonly title: Text;
  readonly dataView: string;
  /** In the grid of 48 columns. */
  readonly width: number;
  readonly height: number;
  readonly query: string;
  readonly drilldowns: readonly Drilldown[];
  readonly visualization: { readonly type: string; readonly state: Readonly<Record<string, unknown>> };
  readonly columns: readonly Column[];
};

const LAYER = 'layer';
const RECORDS = '___records___';
const kuery = (query: string): { query: string; language: 'kuery' } => ({ query, language: 'kuery' });
const filtered = (query: string | undefined): object => (query === undefined ? {} : { filter: kuery(query) });

type MetricOptions = {
  /** KQL that the column alone is filtered by. */
  readonly only?: string;
  readonly format?: { readonly id: string; readonly params?: object };
  /** `1w`: the same, a week earlier. */
  readonly shift?: string;
};

const numeric = (label: string, rest: LensColumn): LensColumn => ({
  label,
  customLabel: true,
  dataType: 'number',
  isBucketed: false,
  scale: 'ratio',
  ...rest,
});

function metric(id: string, label: Text, column: LensColumn, { only, format, shift }: MetricOptions = {}): Column {
  const { params = {}, ...rest } = column as { params?: object };
  return {
    id,
    isBucketed: false,
    columns: (language) => ({
      [id]: numeric(label[language], {
        ...rest,
        params: { ...params, ...(format === undefined ? {} : { format }) },
        ...filtered(only),
        ...(shift === undefined ? {} : { timeShift: shift }),
      }),
    }),
  };
}

export const count = (id: string, label: Text, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'count', sourceField: RECORDS, params: { emptyAsNull: true } }, options);

export const uniqueCount = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'unique_count', sourceField: field, params: { emptyAsNull: true } }, options);

export const total = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'sum', sourceField: field, params: { emptyAsNull: true } }, options);

export const largest = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'max', sourceField: field }, options);

export const percentile = (id: string, label: Text, field: string, at: number, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'percentile', sourceField: field, params: { percentile: at } }, options);

export const earliestTime = (id: string, label: Text): Column =>
  metric(id, label, { operationType: 'min', sourceField: '@timestamp', dataType: 'date' });

export const latestTime = (id: string, label: Text, field = '@timestamp'): Column =>
  metric(id, label, { operationType: 'max', sourceField: field, dataType: 'date' });

/** The value of the newest document by `sortField`. */
export const lastValue = (
  id: string,
  label: Text,
  field: string,
  sortField: string,
  options: MetricOptions & { readonly dataType?: 'number' | 'string' | 'ip' } = {},
): Column =>
  metric(
    id,
    label,
    {
      operationType: 'last_value',
      sourceField: field,
      dataType: options.dataType ?? 'number',
      ...(options.dataType === undefined ? {} : { scale: 'ordinal' }),
      params: { sortField, showArrayValues: false },
    },
    { ...options, only: options.only ?? `"${field}": *` },
  );

/** The share of the documents that match, 0 to 1. */
export function share(id: string, label: Text, matching: string): Column {
  const formula = `count(kql='${matching}') / count()`;
  const part = (language: Language, rest: LensColumn): LensColumn => numeric(label[language], rest);
  const counted = { operationType: 'count', sourceField: RECORDS, params: { emptyAsNull: false } };
  return {
    id,
    isBucketed: false,
    columns: (language) => ({
      [`${id}X0`]: part(language, { ...counted, filter: kuery(matching) }),
      [`${id}X1`]: part(language, counted),
      [`${id}X2`]: part(language, {
        operationType: 'math',
        params: {
          tinymathAst: {
            type: 'function',
            name: 'divide',
            args: [`${id}X0`, `${id}X1`],
            location: { min: 0, max: formula.length },
            text: formula,
          },
        },
        references: [`${id}X0`, `${id}X1`],
      }),
      [id]: part(language, {
        operationType: 'formula',
        params: { formula, isFormulaBroken: false, format: { id: 'percent', params: { decimals: 1 } } },
        references: [`${id}X2`],
      }),
    }),
  };
}

export const overTime = (id: string, interval = 'auto'): Column => ({
  id,
  isBucketed: true,
  columns: () => ({
    [id]: {
      label: '@timestamp',
      dataType: 'date',
      operationType: 'date_histogram',
      sourceField: '@timestamp',
      isBucketed: true,
      scale: 'interval',
      params: { interval, includeEmptyRows: true, dropPartials: false },
    },
  }),
});

/** The values that the column `by` puts first; by the alphabet where there is none. */
export const top = (
  id: string,
  label: Text,
  field: string,
  size: number,
  by: string | undefined,
  dataType: 'string' | 'ip' | 'number' = 'string',
): Column => ({
  id,
  isBucketed: true,
  columns: (language) => ({
    [id]: {
      label: label[language],
      customLabel: true,
      dataType,
      operationType: 'terms',
      sourceField: field,
      isBucketed: true,
      scale: 'ordinal',
      params: {
        size,
        orderBy: by === undefined ? { type: 'alphabetical', fallback: false } : { type: 'column', columnId: by },
        orderDirection: by === undefined ? 'asc' : 'desc',
        otherBucket: false,
        missingBucket: false,
        parentFormat: { id: 'terms' },
        include: [],
        exclude: [],
        includeIsRegex: false,
        excludeIsRegex: false,
      },
    },
  }),
});

type PanelOptions = {
  readonly id: string;
  readonly title: Text;
  readonly dataView: string;
  readonly width: number;
  readonly height?: number;
  readonly query?: string;
  readonly drilldowns?: readonly Drilldown[];
};

const panel = (
  { query = '', drilldowns = [], height = 12, ...options }: PanelOptions,
  type: string,
  state: Readonly<Record<string, unknown>>,
  columns: readonly Column[],
): Panel => ({ ...options, height, query, drilldowns, visualization: { type, state }, columns });

const layer = { layerId: LAYER, layerType: 'data' };

export const number = (options: PanelOptions, column: Column): Panel =>
  panel({ height: 6, ...options }, 'lnsMetric', { ...layer, metricAccessor: column.id }, [column]);

export const table = (options: PanelOptions, columns: readonly Column[]): Panel =>
  panel(options, 'lnsDatatable', { ...layer, columns: columns.map(({ id }) => ({ columnId: id })) }, columns);

export const donut = (options: PanelOptions, by: Column, value: Column): Panel =>
  panel(
    options,
    'lnsPie',
    {
      shape: 'donut',
      layers: [
        {
          ...layer,
          primaryGroups: [by.id],
          metrics: [value.id],
          numberDisplay: 'percent',
          categoryDisplay: 'default',
          legendDisplay: 'default',
          nestedLegend: false,
        },
      ],
    },
    [by, value],
  );

type Series = 'bar_stacked' | 'bar_horizontal' | 'line';

/** `split` divides each bar or line. */
export const chart = (
  options: PanelOptions,
  seriesType: Series,
  x: Column,
  values: readonly Column[],
  split?: Column,
): Panel =>
  panel(
    options,
    'lnsXY',
    {
      legend: { isVisible: true, position: 'right' },
      valueLabels: 'hide',
      fittingFunction: 'None',
      preferredSeriesType: seriesType,
      layers: [
        {
          ...layer,
          seriesType,
          xAccessor: x.id,
          accessors: values.map(({ id }) => id),
          position: 'top',
          showGridlines: false,
          ...(split === undefined ? {} : { splitAccessor: split.id }),
        },
      ],
    },
    [...(split === undefined ? [] : [split]), x, ...values],
  );

type Reference = { readonly type: string; readonly id: string; readonly name: string };
const LAYER_REFERENCE = `indexpattern-datasource-layer-${LAYER}`;
const DRILLDOWN = 'DASHBOARD_TO_DASHBOARD_DRILLDOWN';

/** The panel as it lies in `panelsJSON`, and what the dashboard must refer to for it. */
export function lensPanel(
  made: Panel,
  place: { x: number; y: number },
  language: Language,
): { json: object; references: Reference[] } {
  const { id, title, dataView, width, height, query, drilldowns, visualization, columns } = made;
  const all: Readonly<Record<string, LensColumn>> = Object.assign(
    {},
    ...columns.map((column) => column.columns(language)),
  ) as never;
  const order = [
    ...columns.map((column) => column.id),
    ...Object.keys(all).filter((name) => !columns.some((column) => column.id === name)),
  ];
  const events = drilldowns.map((drilldown, index) => ({
    eventId: `${id}-drilldown-${index}`,
    triggers: ['FILTER_TRIGGER'],
    action: {
      factoryId: DRILLDOWN,
      name: drilldown.name[language],
      config: { useCurrentFilters: true, useCurrentDateRange: true, openInNewTab: false },
    },
  }));
  const reference = { type: 'index-pattern', id: dataView, name: LAYER_REFERENCE };
  return {
    json: {
      version: '8.9.0',
      type: 'lens',
      gridData: { ...place, w: width, h: height, i: id },
      panelIndex: id,
      title: title[language],
      embeddableConfig: {
        enhancements: events.length === 0 ? {} : { dynamicActions: { events } },
        hidePanelTitles: false,
        attributes: {
          title: '',
          description: '',
          type: 'lens',
          visualizationType: visualization.type,
          references: [reference],
          state: {
            visualization: visualization.state,
            query: kuery(query),
            filters: [],
            datasourceStates: {
              formBased: {
                layers: { [LAYER]: { columns: all, columnOrder: order, incompleteColumns: {}, sampling: 1 } },
              },
              textBased: { layers: {} },
            },
            internalReferences: [],
            adHocDataViews: {},
          },
        },
      },
    },
    references: [
      { ...reference, name: `${id}:${LAYER_REFERENCE}` },
      ...drilldowns.map(({ dashboard }, index) => ({
        type: 'dashboard',
        id: idIn(dashboard, language),
        name: `${id}:drilldown:${DRILLDOWN}:${id}-drilldown-${index}:dashboardId`,
      })),
    ],
  };
}
