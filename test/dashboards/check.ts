/**
 * What a Kibana would do with our saved objects, as far as one can know without it: the mistakes that import cleanly and
 * show nothing. First the objects by themselves, then each panel's own aggregation on a real Elasticsearch.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { Elasticsearch } from '../../src/elasticsearch/client.ts';

type Reference = { readonly type: string; readonly id: string; readonly name: string };
export type SavedObject = {
  readonly id: string;
  readonly type: string;
  readonly references: readonly Reference[];
  readonly attributes: Readonly<Record<string, unknown>>;
};

type LensColumn = {
  readonly operationType: string;
  readonly sourceField?: string;
  readonly isBucketed: boolean;
  readonly filter?: { readonly query: string };
  readonly timeShift?: string;
  readonly references?: readonly string[];
  readonly params?: {
    readonly size?: number;
    readonly orderBy?: { readonly type: string; readonly columnId?: string };
    readonly orderDirection?: string;
    readonly interval?: string;
    readonly sortField?: string;
    readonly percentile?: number;
    readonly tinymathAst?: { readonly name: string; readonly args: readonly string[] };
  };
};
type Layer = { readonly columns: Readonly<Record<string, LensColumn>>; readonly columnOrder: readonly string[] };
type LensPanel = {
  readonly panelIndex: string;
  readonly gridData: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
    readonly i: string;
  };
  readonly embeddableConfig: {
    readonly enhancements?: {
      readonly dynamicActions?: {
        readonly events: readonly { readonly eventId: string; readonly action: { readonly factoryId: string } }[];
      };
    };
    readonly attributes: {
      readonly visualizationType: string;
      readonly references: readonly Reference[];
      readonly state: {
        readonly visualization: unknown;
        readonly query: { readonly query: string };
        readonly datasourceStates: { readonly formBased: { readonly layers: Readonly<Record<string, Layer>> } };
      };
    };
  };
};
type SearchSource = {
  readonly query: { readonly query: string };
  readonly filter: readonly {
    readonly meta: { readonly indexRefName: string };
    readonly query: estypes.QueryDslQueryContainer;
  }[];
};

/** One layer of one panel, with all that its aggregation depends on. */
export type Question = {
  readonly where: string;
  readonly dashboard: SavedObject;
  readonly dataView: SavedObject;
  readonly layer: Layer;
  readonly query: string;
};

const METRICS = new Set(['count', 'unique_count', 'sum', 'max', 'min', 'percentile', 'last_value', 'formula', 'math']);
const BUCKETS = new Set(['terms', 'date_histogram']);
const COLUMN_KEYS = new Set([
  'metricAccessor',
  'columnId',
  'xAccessor',
  'splitAccessor',
  'accessors',
  'primaryGroups',
  'metrics',
]);
const RECORDS = '___records___';

/** Every id of a column that the visualization names. */
function accessorsOf(state: unknown): string[] {
  if (Array.isArray(state)) return state.flatMap(accessorsOf);
  if (typeof state !== 'object' || state === null) return [];
  return Object.entries(state).flatMap(([key, value]) =>
    COLUMN_KEYS.has(key) ? [value].flat().map(String) : accessorsOf(value),
  );
}

function parsed<T>(object: SavedObject, text: unknown, what: string, complaints: string[]): T | undefined {
  try {
    if (typeof text !== 'string') throw new TypeError('is no string');
    return JSON.parse(text) as T;
  } catch (error) {
    complaints.push(`${object.id}: ${what} ${(error as Error).message}`);
    return undefined;
  }
}

function checkLayer(where: string, layer: Layer, complaints: string[]): void {
  for (const [id, column] of Object.entries(layer.columns)) {
    if (!METRICS.has(column.operationType) && !BUCKETS.has(column.operationType))
      complaints.push(`${where}: ${id} has the unknown operation ${column.operationType}`);
    if (!layer.columnOrder.includes(id)) complaints.push(`${where}: ${id} is not in columnOrder`);
    const needed = [
      ...(column.references ?? []),
      ...(column.params?.orderBy?.columnId === undefined ? [] : [column.params.orderBy.columnId]),
      ...(column.params?.tinymathAst?.args ?? []),
    ];
    for (const other of needed)
      if (!(other in layer.columns)) complaints.push(`${where}: ${id} refers to ${other}, which is not there`);
  }
  for (const id of layer.columnOrder)
    if (!(id in layer.columns)) complaints.push(`${where}: columnOrder names ${id}, which is not there`);
}

function checkPanel(
  dashboard: SavedObject,
  panel: LensPanel,
  objects: ReadonlyMap<string, SavedObject>,
  complaints: string[],
): Question[] {
  const { attributes, enhancements } = panel.embeddableConfig;
  const where = `${dashboard.id}/${panel.panelIndex}`;
  if (panel.gridData.i !== panel.panelIndex) complaints.push(`${where}: gridData.i differs`);
  if (panel.gridData.x + panel.gridData.w > 48) complaints.push(`${where}: lies outside the grid`);
  for (const { eventId, action } of enhancements?.dynamicActions?.events ?? []) {
    const name = `${panel.panelIndex}:drilldown:${action.factoryId}:${eventId}:dashboardId`;
    const target = dashboard.references.find((reference) => reference.name === name);
    if (target === undefined || !objects.has(`dashboard/${target.id}`))
      complaints.push(`${where}: the drill-down ${eventId} leads nowhere`);
  }
  return Object.entries(attributes.state.datasourceStates.formBased.layers).flatMap(([layerId, layer]) => {
    const name = `indexpattern-datasource-layer-${layerId}`;
    const inner = attributes.references.find((reference) => reference.name === name);
    const outer = dashboard.references.find((reference) => reference.name === `${panel.panelIndex}:${name}`);
    const dataView = objects.get(`index-pattern/${outer?.id}`);
    if (inner === undefined) complaints.push(`${where}: the panel has no reference ${name}, and would load for ever`);
    if (outer === undefined)
      complaints.push(`${where}: the dashboard has no reference ${panel.panelIndex}:${name}, and would load for ever`);
    else if (dataView === undefined) complaints.push(`${where}: the data view ${outer.id} is not bundled`);
    if (inner !== undefined && outer !== undefined && inner.id !== outer.id)
      complaints.push(`${where}: panel and dashboard name different data views`);
    checkLayer(where, layer, complaints);
    const accessors = accessorsOf(attributes.state.visualization);
    if (accessors.length === 0) complaints.push(`${where}: shows no column`);
    for (const id of accessors)
      if (!(id in layer.columns)) complaints.push(`${where}: shows the column ${id}, which is not there`);
    return dataView === undefined ? [] : [{ where, dashboard, dataView, layer, query: attributes.state.query.query }];
  });
}

/** @returns what is wrong with the objects by themselves, and the questions that their panels ask. */
export function checkObjects(all: readonly SavedObject[]): { complaints: string[]; questions: Question[] } {
  const complaints: string[] = [];
  const objects = new Map(all.map((object) => [`${object.type}/${object.id}`, object]));
  const questions = all
    .filter(({ type }) => type === 'dashboard')
    .flatMap((dashboard) => {
      const { panelsJSON, kibanaSavedObjectMeta, controlGroupInput } = dashboard.attributes as Record<
        string,
        Record<string, unknown> | undefined
      >;
      for (const { type, id, name } of dashboard.references)
        if (!objects.has(`${type}/${id}`))
          complaints.push(`${dashboard.id}: ${name} refers to ${type} ${id}, which is not bundled`);
      const named = new Set(dashboard.references.map(({ name }) => name));
      const source = parsed<SearchSource>(
        dashboard,
        kibanaSavedObjectMeta?.['searchSourceJSON'],
        'searchSourceJSON',
        complaints,
      );
      if (source?.filter.length === 0) complaints.push(`${dashboard.id}: is filtered on no dataset`);
      for (const { meta } of source?.filter ?? [])
        if (!named.has(meta.indexRefName))
          complaints.push(`${dashboard.id}: the filter's reference ${meta.indexRefName} is missing`);
      const controls =
        controlGroupInput === undefined
          ? {}
          : (parsed<Record<string, unknown>>(dashboard, controlGroupInput['panelsJSON'], 'controls', complaints) ?? {});
      for (const id of Object.keys(controls))
        if (!named.has(`controlGroup_${id}:optionsListDataView`))
          complaints.push(`${dashboard.id}: the control ${id} has no data view`);
      const panels = parsed<LensPanel[]>(dashboard, panelsJSON, 'panelsJSON', complaints) ?? [];
      return panels.flatMap((panel) => checkPanel(dashboard, panel, objects, complaints));
    });
  return { complaints, questions };
}

/** The fields that controls offer, by data view. */
export function controlFields(dashboard: SavedObject): string[] {
  const group = dashboard.attributes['controlGroupInput'] as { panelsJSON: string } | undefined;
  const panels = JSON.parse(group?.panelsJSON ?? '{}') as Record<string, { explicitInput: { fieldName: string } }>;
  return Object.values(panels).map(({ explicitInput }) => explicitInput.fieldName);
}

type Aggregation = Record<string, unknown>;
const kql = (query: string): Aggregation => ({ kql: { query } });
const WEEK = 'now-7d';

/** How Elasticsearch computes one number; always inside a filter, so that every column is read the same way. */
function metricAggregation({ operationType, sourceField: field, filter, params = {} }: LensColumn): Aggregation {
  const own = {
    count: {},
    unique_count: { value: { cardinality: { field } } },
    sum: { value: { sum: { field } } },
    max: { value: { max: { field } } },
    min: { value: { min: { field } } },
    percentile: { value: { percentiles: { field, percents: [params.percentile] } } },
    last_value: {
      value: {
        top_hits: { size: 1, sort: [{ [params.sortField ?? '']: 'desc' }], docvalue_fields: [field], _source: false },
      },
    },
  }[operationType];
  return {
    filter: kql(filter?.query ?? '*'),
    ...(own === undefined || Object.keys(own).length === 0 ? {} : { aggs: own }),
  };
}

function bucketAggregation(column: LensColumn, columns: Layer['columns']): Aggregation {
  const { sourceField: field, params = {}, operationType } = column;
  if (operationType === 'date_histogram')
    // Lens makes an interval of its own of `auto`.
    return {
      date_histogram: {
        field,
        ...(params.interval === 'auto' ? { fixed_interval: '1h' } : { calendar_interval: params.interval }),
      },
    };
  const { orderBy, orderDirection = 'desc', size } = params;
  const by = columns[orderBy?.columnId ?? ''];
  const path = by?.operationType === 'count' ? (orderBy?.columnId ?? '') : `${orderBy?.columnId}>value`;
  return {
    terms: { field, size, order: orderBy?.type === 'alphabetical' ? { _key: 'asc' } : { [path]: orderDirection } },
  };
}

type Bucket = Record<string, unknown> & { readonly doc_count?: number };

/** A number or text, or undefined where Lens would show nothing. */
function valueIn(bucket: Bucket, id: string, column: LensColumn): unknown {
  const found = bucket[id] as
    | {
        doc_count: number;
        value?: {
          value?: number | null;
          values?: Record<string, number | null>;
          hits?: { hits: { fields?: Record<string, unknown[]> }[] };
        };
      }
    | undefined;
  if (found === undefined) return undefined;
  if (column.operationType === 'count') return found.doc_count === 0 ? undefined : found.doc_count;
  const { value, values, hits } = found.value ?? {};
  if (hits !== undefined) return hits.hits[0]?.fields?.[column.sourceField ?? '']?.[0];
  return values === undefined ? (value ?? undefined) : (Object.values(values)[0] ?? undefined);
}

/** What a person would complain about in this panel: a field that is not there, or nothing to see. */
export async function ask(client: Elasticsearch, namespace: string, question: Question): Promise<string[]> {
  const { where, dashboard, dataView, layer, query } = question;
  const index = String(dataView.attributes['title']).replace(/-\*$/, `-${namespace}`);
  const { columns, columnOrder } = layer;
  const fields = [
    ...new Set(Object.values(columns).flatMap(({ sourceField, params }) => [sourceField, params?.sortField])),
  ].filter((field) => field !== undefined && field !== RECORDS);
  const caps =
    fields.length === 0
      ? { fields: {} as estypes.FieldCapsResponse['fields'] }
      : await client.fieldCaps({ index, fields: fields as string[] });
  const unusable = fields.filter(
    (field) => !Object.values(caps.fields[field as string] ?? {}).some(({ aggregatable }) => aggregatable),
  );
  if (unusable.length > 0)
    return unusable.map((field) => `${where}: ${field} is not in the mapping of ${index}, or cannot be counted`);

  const meta = dashboard.attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string };
  const source = JSON.parse(meta.searchSourceJSON) as SearchSource;
  const ids = columnOrder.filter((id) => columns[id]?.isBucketed === true);
  const computed = Object.entries(columns).filter(
    ([, { isBucketed, operationType }]) => !isBucketed && !['formula', 'math'].includes(operationType),
  );
  const timeFrom = String(dashboard.attributes['timeFrom']);
  const metrics = Object.fromEntries(computed.map(([id, column]) => [id, metricAggregation(column)]));
  const aggs = ids.reduceRight<Aggregation>(
    (inner, id) => {
      const column = columns[id] as LensColumn;
      // A bucket can only be ordered by what lies directly in it.
      return { [id]: { ...bucketAggregation(column, columns), aggs: { ...metrics, ...inner } } };
    },
    ids.length === 0 ? metrics : {},
  );
  const search = (range: object) =>
    client.search({
      index,
      size: 0,
      query: {
        bool: {
          filter: [
            kql(query === '' ? '*' : query),
            kql(source.query.query === '' ? '*' : source.query.query),
            ...source.filter.map((filter) => filter.query),
            { range: { '@timestamp': range } },
          ],
        },
      } as never,
      aggs: aggs as never,
    });
  const leaves = (reply: { aggregations?: unknown }): Bucket[] => {
    let level = [(reply.aggregations ?? {}) as Bucket];
    for (const id of ids)
      level = level.flatMap((bucket) => (bucket[id] as { buckets: Bucket[] } | undefined)?.buckets ?? []);
    return level;
  };
  const now = leaves(await search({ gte: timeFrom, lte: 'now' }));
  const weekBefore = computed.some(([, { timeShift }]) => timeShift !== undefined)
    ? leaves(await search({ gte: `${timeFrom}-7d`, lte: WEEK }))
    : [];
  if (now.length === 0) return [`${where}: no results`];
  return computed.flatMap(([id, column]) => {
    const level = column.timeShift === undefined ? now : weekBefore;
    return level.some((bucket) => valueIn(bucket, id, column) !== undefined)
      ? []
      : [`${where}: the column ${id} has no value`];
  });
}
