/** What every line of `dashboards/*.ndjson` has, whatever it is. */
import { areaOf, TAG } from './tags.ts';

export type Reference = { readonly type: string; readonly id: string; readonly name: string };
export type SavedObject = {
  readonly id: string;
  readonly type: string;
  readonly references: readonly Reference[];
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** Written for the oldest Kibana that was tried; newer ones bring them up to date by themselves. */
const CORE_VERSION = '8.8.0';
const VERSIONS = {
  'index-pattern': '8.0.0',
  search: '8.0.0',
  query: '8.0.0',
  tag: '8.0.0',
  map: '8.4.0',
  dashboard: '8.9.0',
} as const;

export function savedObject(
  type: keyof typeof VERSIONS,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return {
    id,
    type,
    managed: false,
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: VERSIONS[type],
    references,
    attributes,
  } as SavedObject;
}

/** The same object, found under the tag of everything and under the tag of the area that its data view belongs to. */
export function tagged(object: SavedObject, dataView: string): SavedObject {
  const tags = [TAG, areaOf(dataView)].map((id) => ({ type: 'tag', id, name: `tag-ref-${id}` }));
  return { ...object, references: [...object.references, ...tags] };
}
