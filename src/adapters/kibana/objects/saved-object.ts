/** What every line of `dashboards/*.ndjson` has, whatever it is. */
import type { SavedObject } from '../../../sdk/kibana.ts';
import { TAG, type Tag } from './tags.ts';

export type Reference = SavedObject['references'][number];

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
  };
}

/** The same object, found under the tag of everything and under that of its area. */
export function tagged(object: SavedObject, area: Tag): SavedObject {
  const tags = [TAG, area].map(({ id }) => ({ type: 'tag', id, name: `tag-ref-${id}` }));
  return { ...object, references: [...object.references, ...tags] };
}
