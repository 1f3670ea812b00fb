/** The columns that our panels are made of: what Lens buckets by, and what it computes for each bucket. */
import type { Bounds } from './colors.ts';
import type { Language, Text } from './language.ts';

export type LensColumn = Readonly<Record<string, unknown>>;

/** How a column looks where it is shown. */
export type Style = {
  /** Of a table's column, in pixels; without it the column takes its share of what is left. */
  readonly width?: number;
  /** Of a chart's series or of a tile. */
  readonly color?: string;
  /** Colours the number in a table or tile. */
  readonly bounds?: Bounds;
  /** Of a table: it groups, and is not shown. */
  readonly hidden?: true;
};

/** One column of a table, axis of a chart or number. A formula needs helpers beside it. */
export type Column = Style & {
  readonly id: string;
  readonly label: Text;
  readonly isBucketed: boolean;
  readonly columns: (language: Language) => Readonly<Record<string, LensColumn>>;
};

export type Format = { readonly id: string; readonly params?: object };

export type MetricOptions = Style & {
  /** KQL that the column alone is filtered by. */
  readonly only?: string;
  readonly format?: Format;
  /** `1w`: the same, a week earlier. */
  readonly shift?: string;
};

export const kuery = (query: string): { query: string; language: 'kuery' } => ({ query, language: 'kuery' });

export const numeric = (label: string, rest: LensColumn): LensColumn => ({
  label,
  customLabel: true,
  dataType: 'number',
  isBucketed: false,
  scale: 'ratio',
  ...rest,
});

/**
 * One unit for all, so that the numbers can be compared. Kibana's own choice says "a month", and its precise one is wrong
 * beyond a week (15 days are "4.1 weeks").
 */
export const duration = (
  fromUnit: 'milliseconds' | 'nanoseconds',
  toUnit: 'asHours' | 'asMinutes' | 'asSeconds',
  decimals = 2,
): Format => ({ id: 'duration', params: { fromUnit, toUnit, decimals, compact: true } });

function metric(id: string, label: Text, column: LensColumn, options: MetricOptions = {}): Column {
  const { only, format, shift, ...style } = options;
  const { params = {}, ...rest } = column as { params?: object };
  return {
    ...style,
    id,
    label,
    isBucketed: false,
    columns: (language) => ({
      [id]: numeric(label[language], {
        ...rest,
        params: { ...params, ...(format === undefined ? {} : { format }) },
        ...(only === undefined ? {} : { filter: kuery(only) }),
        ...(shift === undefined ? {} : { timeShift: shift }),
      }),
    }),
  };
}

/** Nothing counted is 0, not "-". */
export const ZERO = { emptyAsNull: false };
export const COUNT = { operationType: 'count', sourceField: '___records___', params: ZERO };

export const count = (id: string, label: Text, options?: MetricOptions): Column => metric(id, label, COUNT, options);

export const uniqueCount = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'unique_count', sourceField: field, params: ZERO }, options);

export const total = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'sum', sourceField: field, params: ZERO }, options);

export const largest = (id: string, label: Text, field: string, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'max', sourceField: field }, options);

export const percentile = (id: string, label: Text, field: string, at: number, options?: MetricOptions): Column =>
  metric(id, label, { operationType: 'percentile', sourceField: field, params: { percentile: at } }, options);

/** Wide enough for a time with its milliseconds. */
const TIME_WIDTH = 230;

export const earliestTime = (id: string, label: Text): Column =>
  metric(id, label, { operationType: 'min', sourceField: '@timestamp', dataType: 'date' }, { width: TIME_WIDTH });

export const latestTime = (id: string, label: Text, field = '@timestamp', only?: string): Column =>
  metric(
    id,
    label,
    { operationType: 'max', sourceField: field, dataType: 'date' },
    { width: TIME_WIDTH, ...(only === undefined ? {} : { only }) },
  );

/** The value of the newest document by `sortField`. */
export const lastValue = (
  id: string,
  label: Text,
  field: string,
  sortField: string,
  { dataType, ...options }: MetricOptions & { readonly dataType?: 'number' | 'string' | 'ip' | 'date' } = {},
): Column =>
  metric(
    id,
    label,
    {
      operationType: 'last_value',
      sourceField: field,
      dataType: dataType ?? 'number',
      ...(dataType === undefined || dataType === 'date' ? {} : { scale: 'ordinal' }),
      params: { sortField, showArrayValues: false },
    },
    { ...options, only: options.only ?? `"${field}": *` },
  );

type Bucket = {
  readonly dataType: string;
  readonly operationType: string;
  readonly sourceField?: string;
  readonly scale: string;
  readonly params: object;
};

/** What Lens buckets by. */
const bucket = (
  { id, label, ...style }: Style & Pick<Column, 'id' | 'label'>,
  { dataType, operationType, sourceField, scale, params }: Bucket,
): Column => ({
  ...style,
  id,
  label,
  isBucketed: true,
  columns: (language) => ({
    [id]: {
      label: label[language],
      customLabel: true,
      dataType,
      operationType,
      ...(sourceField === undefined ? {} : { sourceField }),
      isBucketed: true,
      scale,
      params,
    },
  }),
});

export const overTime = (id: string, interval = 'auto', label: Text = { en: 'Time', zh: '时间' }): Column =>
  bucket(
    { id, label, width: TIME_WIDTH },
    {
      dataType: 'date',
      operationType: 'date_histogram',
      sourceField: '@timestamp',
      scale: 'interval',
      params: { interval, includeEmptyRows: interval === 'auto', dropPartials: false },
    },
  );

type Order = { readonly direction?: 'asc' | 'desc' };

/** The values that the column `by` puts first; by the alphabet where there is none. */
export const top = (
  id: string,
  label: Text,
  field: string,
  size: number,
  by: string | undefined,
  {
    dataType = 'string',
    direction = by === undefined ? 'asc' : 'desc',
    ...style
  }: Style & Order & { readonly dataType?: 'string' | 'ip' | 'number' } = {},
): Column =>
  bucket(
    { ...style, id, label },
    {
      dataType,
      operationType: 'terms',
      sourceField: field,
      scale: 'ordinal',
      params: {
        size,
        orderBy: by === undefined ? { type: 'alphabetical', fallback: false } : { type: 'column', columnId: by },
        orderDirection: direction,
        otherBucket: false,
        missingBucket: false,
        parentFormat: { id: 'terms' },
        include: [],
        exclude: [],
        includeIsRegex: false,
        excludeIsRegex: false,
      },
    },
  );

/** The rows of a table are made of these documents alone; not shown. For a panel whose own query does not count. */
export const among = (id: string, only: string): Column =>
  bucket(
    { id, label: { en: 'Among', zh: '范围' }, hidden: true },
    {
      dataType: 'string',
      operationType: 'filters',
      scale: 'ordinal',
      params: { filters: [{ input: kuery(only), label: '' }] },
    },
  );

/** Every whole number between the smallest and the largest, also those that nothing has. */
export const each = (id: string, label: Text, field: string): Column =>
  bucket(
    { id, label },
    {
      dataType: 'number',
      operationType: 'range',
      sourceField: field,
      scale: 'interval',
      params: {
        type: 'histogram',
        ranges: [{ from: 0, to: 1_000, label: '' }],
        maxBars: 'auto',
        includeEmptyRows: true,
      },
    },
  );
