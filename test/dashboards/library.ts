/** What a Kibana would do with the library, as far as one can know without it: follow every reference, run every query. */
import type { Elasticsearch } from '../../src/adapters/elasticsearch/client.ts';
import type { SavedObject } from './check.ts';

type Layer = {
  readonly id: string;
  readonly query?: { readonly query: string };
  readonly sourceDescriptor: {
    readonly type: string;
    readonly geoField?: string;
    readonly metrics?: readonly { readonly field?: string }[];
    readonly indexPatternRefName?: string;
  };
};

/** What an object asks of Elasticsearch. */
export type Request = {
  readonly where: string;
  /** A pattern, as the data view has it. */
  readonly index: string;
  readonly query: string;
  /** Fields that it shows, counts or divides by. */
  readonly shown: readonly string[];
  readonly counted: readonly string[];
  readonly geoField?: string;
};

const SHARED = ['index-pattern', 'tag'];
const keyOf = ({ type, id }: { type: string; id: string }): string => `${type}/${id}`;
const json = <T>(text: unknown): T => JSON.parse(String(text)) as T;

/** Names of references that an object asks for, also in the texts within it; a panel's begin with the panel's id. */
function namesWithin(value: unknown, prefix = ''): string[] {
  if (typeof value === 'string') return /^(?:\{|\[\{)/.test(value) ? namesWithin(JSON.parse(value), prefix) : [];
  if (Array.isArray(value)) return value.flatMap((item) => namesWithin(item, prefix));
  if (typeof value !== 'object' || value === null) return [];
  const within = 'panelIndex' in value ? `${String(value.panelIndex)}:` : prefix;
  return Object.entries(value).flatMap(([key, inner]) =>
    key.endsWith('RefName') && typeof inner === 'string' ? [`${within}${inner}`] : namesWithin(inner, within),
  );
}

const sourceOf = ({ attributes }: SavedObject): string =>
  (attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string }).searchSourceJSON;

/** What is wrong with the objects of one language by themselves. */
export function complaintsAbout(all: readonly SavedObject[], language: 'en' | 'zh'): string[] {
  const there = new Set(all.map(keyOf));
  const complaints = there.size === all.length ? [] : ['two objects have the same id'];
  for (const object of all) {
    const say = (what: string): void => void complaints.push(`${keyOf(object)}: ${what}`);
    if (!SHARED.includes(object.type) && object.id.endsWith('-zh') !== (language === 'zh'))
      say('has the id of another language');
    for (const reference of object.references)
      if (!there.has(keyOf(reference))) say(`refers to ${keyOf(reference)}, which is not bundled`);
    const names = object.references.map(({ name }) => name);
    if (new Set(names).size !== names.length) say('has two references of one name');
    for (const name of namesWithin(object.attributes))
      if (!names.includes(name)) say(`asks for the reference ${name}, which it has not`);
    if (object.type === 'dashboard' && !/"query":"",/.test(sourceOf(object)))
      say('has a query of its own, which the one that a link brings along replaces');
    const tags = object.references.filter(({ type }) => type === 'tag').map(({ id }) => id);
    if (object.type !== 'tag' && (tags.length !== 2 || !tags.includes('shenji-tag'))) say('lacks its two tags');
  }
  return complaints;
}

/** What saved searches, saved queries and maps ask. A saved query keeps no data view: its description names one. */
export function requestsOf(all: readonly SavedObject[]): Request[] {
  const views = all.filter(({ type }) => type === 'index-pattern');
  const titleOf = (id: string | undefined): string => String(views.find((view) => view.id === id)?.attributes['title']);
  return all.flatMap((object): Request[] => {
    const { id, type, references, attributes } = object;
    const viewOf = (name: string | undefined): string =>
      titleOf(references.find((reference) => reference.name === name)?.id);
    if (type === 'search') {
      const { query, indexRefName } = json<{ query: { query: string }; indexRefName: string }>(sourceOf(object));
      return [
        {
          where: id,
          index: viewOf(indexRefName),
          query: query.query,
          shown: attributes['columns'] as string[],
          counted: [String(attributes['breakdownField'])],
        },
      ];
    }
    if (type === 'query') {
      const view = views.find(({ attributes: { name } }) =>
        String(name)
          .split(' · ')
          .some((part) => String(attributes['description']).endsWith(`(${part})`)),
      );
      return [
        {
          where: id,
          index: titleOf(view?.id),
          query: (attributes['query'] as { query: string }).query,
          shown: [],
          counted: [],
        },
      ];
    }
    if (type !== 'map') return [];
    return json<Layer[]>(attributes['layerListJSON'])
      .filter(({ sourceDescriptor }) => sourceDescriptor.type.startsWith('ES_'))
      .map(({ id: layer, query, sourceDescriptor: { geoField = '', metrics = [], indexPatternRefName } }) => ({
        where: `${id}/${layer}`,
        index: viewOf(indexPatternRefName),
        query: query?.query ?? '',
        shown: [],
        counted: metrics.flatMap(({ field }) => (field === undefined ? [] : [field])),
        geoField,
      }));
  });
}

/** The client does not know KQL. */
const filterOf = (query: string): never => ({ kql: { query: query === '' ? '*' : query } }) as never;

/** What a person would miss: nothing found, or a column that is not mapped or empty in all that was found. */
export async function missing(client: Elasticsearch, namespace: string, request: Request): Promise<string[]> {
  const { where, query, shown, counted, geoField } = request;
  const index = request.index.replace(/-\*$/, `-${namespace}`);
  const fields = [...shown, ...counted, ...(geoField === undefined ? [] : [geoField])];
  const caps = fields.length === 0 ? {} : (await client.fieldCaps({ index, fields })).fields;
  const unmapped = fields.filter((field) => caps[field] === undefined);
  const uncountable = counted.filter(
    (field) => !Object.values(caps[field] ?? {}).some(({ aggregatable }) => aggregatable),
  );
  const flat = geoField === undefined || caps[geoField]?.['geo_point'] !== undefined ? [] : [geoField];
  const grid = { grid: { geotile_grid: { field: geoField ?? '', precision: 4 } } };
  const { hits, aggregations } = await client.search({
    index,
    size: 2_000,
    _source: false,
    fields: [...shown],
    query: filterOf(query),
    ...(geoField === undefined || unmapped.length + flat.length > 0 ? {} : { aggs: grid }),
  });
  // As Discover reads them: also fields that are kept and not searchable.
  const empty = shown.filter((field) => !hits.hits.some((hit) => (hit.fields?.[field] ?? []).length > 0));
  const cells = (aggregations?.['grid'] as { buckets: unknown[] } | undefined)?.buckets.length;
  return [
    ...unmapped.map((field) => `${where}: ${field} is not in the mapping`),
    ...uncountable.map((field) => `${where}: ${field} cannot be counted`),
    ...flat.map((field) => `${where}: ${field} is no place`),
    ...(hits.hits.length === 0 ? [`${where}: finds nothing`] : empty.map((field) => `${where}: ${field} is empty`)),
    ...(cells === 0 ? [`${where}: shows no circle`] : []),
  ];
}

/** How much it finds on each day, the emptiest first. `before`: days that are no ordinary ones any more. */
export async function eachDay(
  client: Elasticsearch,
  namespace: string,
  { index, query }: Request,
  before: number,
): Promise<number[]> {
  const { aggregations } = await client.search({
    index: index.replace(/-\*$/, `-${namespace}`),
    size: 0,
    query: { bool: { filter: [filterOf(query), { range: { '@timestamp': { lt: before, format: 'epoch_millis' } } }] } },
    aggs: { days: { date_histogram: { field: '@timestamp', calendar_interval: 'day', min_doc_count: 0 } } },
  });
  const days = aggregations?.['days'] as { buckets: { doc_count: number }[] } | undefined;
  return (days?.buckets ?? []).map((bucket) => bucket.doc_count).toSorted((a, b) => a - b);
}
