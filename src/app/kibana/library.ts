/** Everything that `setup` imports into Kibana beside the rules: of each source, and of shenji itself. */
import { dataViewObject } from '../../adapters/kibana/objects/dashboard.ts';
import { dashboardsOf } from '../../adapters/kibana/objects/part.ts';
import { savedObject } from '../../adapters/kibana/objects/saved-object.ts';
import { TAG } from '../../adapters/kibana/objects/tags.ts';
import type { SourceDefinition } from '../../sdk/definition.ts';
import { dataViewOf, type Dashboards, type Language, type SavedObject, type Station } from '../../sdk/kibana.ts';
import { collectionPart } from './collection.ts';

const { id: TAG_ID, ...TAG_ATTRIBUTES } = TAG;

/** A data view of its data stream, where the source has brought none. */
function plainDataView({ name, dataStream }: SourceDefinition): SavedObject {
  const title = `${dataStream.type}-${name}-*`;
  return dataViewObject({ id: dataViewOf(name), title, name: { en: name, zh: name } }, []);
}

function objectsOf(
  definition: SourceDefinition,
  language: Language,
  stations: readonly Station[],
): readonly SavedObject[] {
  const objects = definition.dashboards?.objects(language, stations) ?? [];
  const hasDataView = objects.some(({ type, id }) => type === 'index-pattern' && id === dataViewOf(definition.name));
  return hasDataView ? objects : [plainDataView(definition), ...objects];
}

/** What both languages share. @throws TypeError where two sources mean different objects by one id: one would take the other's place */
function onlyOnce(objects: readonly SavedObject[]): SavedObject[] {
  const byId = new Map<string, SavedObject>();
  for (const object of objects) {
    const key = `${object.type} ${object.id}`;
    const before = byId.get(key);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(object))
      throw new TypeError(`two sources bring a ${key} for Kibana; one of them has to give its own another id`);
    byId.set(key, object);
  }
  return [...byId.values()];
}

/** In these languages. @throws as `onlyOnce` */
export function library(definitions: readonly SourceDefinition[], languages: readonly Language[]): SavedObject[] {
  const own = dashboardsOf(collectionPart(definitions));
  const all: readonly (Dashboards | undefined)[] = [...definitions.map(({ dashboards }) => dashboards), own];
  const stations = all.flatMap((dashboards) => dashboards?.stations ?? []);
  const objects = languages.flatMap((language) => [
    savedObject('tag', TAG_ID, TAG_ATTRIBUTES),
    ...definitions.flatMap((definition) => objectsOf(definition, language, stations)),
    ...own.objects(language, stations),
  ]);
  return onlyOnce(objects);
}
