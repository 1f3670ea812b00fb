/** Everything of one area: its data views, searches, hunts and dashboards, under one tag. */
import type { Dashboards, Language, SavedObject, Station } from '../../../sdk/kibana.ts';
import { dashboardObject, dataViewObject, type Dashboard, type DataView } from './dashboard.ts';
import { huntObject, type Hunt } from './hunt.ts';
import { savedObject, tagged } from './saved-object.ts';
import { searchObject, type SavedSearch } from './search.ts';
import type { Tag } from './tags.ts';

export type Part = {
  readonly area: Tag;
  readonly dataViews: readonly DataView[];
  readonly searches: readonly SavedSearch[];
  readonly hunts: readonly Hunt[];
  readonly dashboards: readonly Dashboard[];
  readonly stations: readonly Station[];
  /** Other kinds of objects. */
  readonly others?: (language: Language) => readonly SavedObject[];
};

/** Discover lists first the fields that the saved searches have columns for. */
const popularIn = (dataView: string, searches: readonly SavedSearch[]): string[] => [
  ...new Set(
    searches.filter((search) => search.dataView === dataView).flatMap(({ columns }) => columns.map(([field]) => field)),
  ),
];

/** Data views and tags are the same objects in both languages. */
export function dashboardsOf({ area, dataViews, searches, hunts, dashboards, stations, others }: Part): Dashboards {
  const { id, ...attributes } = area;
  return {
    stations,
    objects: (language, all) => [
      savedObject('tag', id, attributes),
      ...[
        ...dataViews.map((view) => dataViewObject(view, popularIn(view.id, searches))),
        ...searches.map((search) => searchObject(search, language)),
        ...(others?.(language) ?? []),
        ...hunts.map((hunt) => huntObject(hunt, language)),
        ...dashboards.map((dashboard) => dashboardObject(dashboard, language, all)),
      ].map((object) => tagged(object, area)),
    ],
  };
}
