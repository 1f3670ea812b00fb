/** Everything that `setup` imports into Kibana beside the rules, in one language. */
import { dashboardObject, dataViewObject } from './dashboard.ts';
import { access, investigation, overview } from './feishu.ts';
import { health } from './health.ts';
import { huntObject, hunts } from './hunts.ts';
import type { Language } from './language.ts';
import { mapObject } from './map.ts';
import { savedObject, tagged, type SavedObject } from './saved-object.ts';
import { searches, searchObject } from './searches.ts';
import { statistics } from './statistics.ts';
import { tags } from './tags.ts';
import { AUDIT, dataViews } from './views.ts';

const dashboards = [overview, investigation, access, statistics, health];

/** Those that the saved searches have columns for. */
const popularIn = (dataView: string): string[] => [
  ...new Set(
    searches.filter((search) => search.dataView === dataView).flatMap(({ columns }) => columns.map(([field]) => field)),
  ),
];

/** Data views and tags are the same objects in both languages. */
export function library(language: Language): SavedObject[] {
  return [
    ...tags.map(({ id, ...attributes }) => savedObject('tag', id, attributes)),
    ...dataViews.map((view) => tagged(dataViewObject(view, popularIn(view.id)), view.id)),
    ...searches.map((search) => tagged(searchObject(search, language), search.dataView)),
    tagged(mapObject(language), AUDIT),
    ...hunts.map((hunt) => tagged(huntObject(hunt, language), hunt.dataView)),
    ...dashboards.map((dashboard) => tagged(dashboardObject(dashboard, language), dashboard.dataView)),
  ];
}
