/** Each panel's own aggregation on a real Elasticsearch, with the panel's and its dashboard's filters and time. */
import type { estypes } from '@elastic/elasticsearch';
import type { Elasticsearch } from '../../src/adapters/elasticsearch/client.ts';
import type { Question } from './check.ts';
import type { Layer, LensColumn } from './saved.ts';

type SearchSource = {
  readonly query: { readonly query: string };
  readonly filter: readonly { readonly query: estypes.QueryDslQueryContainer }[];
};
const RECORDS = '___records___';
/** What Kibana computes itself, of the other columns. */
const OF_OTHERS = ['formula', 'math', 'now'];

type Aggregation = Record<string, unknown>;
const kql = (query: string): Aggregation => ({ kql: { query } });
/** As long as the longest dashboard: what is rare need not have happened in the last hours. */
const FROM = 'now-30d';
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
  if (operationType === 'filters')
    return { filters: { filters: (params.filters ?? []).map(({ input }) => kql(input.query)) } };
  if (operationType === 'range') return { histogram: { field, interval: 1 } };
  const { orderBy, orderDirection = 'desc', size } = params;
  const by = columns[orderBy?.columnId ?? ''];
  const path = by?.operationType === 'count' ? (orderBy?.columnId ?? '') : `${orderBy?.columnId}>value`;
  return {
    terms: {
      field,
      size,
      order: orderBy?.type === 'alphabetical' ? { _key: orderDirection } : { [path]: orderDirection },
    },
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
    ([, { isBucketed, operationType }]) => !isBucketed && !OF_OTHERS.includes(operationType),
  );
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
            // Lens hands a panel's own query on with the dashboard's, and a layer that ignores them ignores it too.
            ...(layer.ignoreGlobalFilters === true
              ? []
              : [
                  kql(query === '' ? '*' : query),
                  kql(source.query.query === '' ? '*' : source.query.query),
                  ...source.filter.map((filter) => filter.query),
                ]),
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
  const now = leaves(await search({ gte: FROM, lte: 'now' }));
  const weekBefore = computed.some(([, { timeShift }]) => timeShift !== undefined)
    ? leaves(await search({ gte: `${FROM}-7d`, lte: WEEK }))
    : [];
  if (now.length === 0) return [`${where}: no results`];
  return computed.flatMap(([id, column]) => {
    const level = column.timeShift === undefined ? now : weekBefore;
    return level.some((bucket) => valueIn(bucket, id, column) !== undefined)
      ? []
      : [`${where}: the column ${id} has no value`];
  });
}
