/** Saved searches: what Discover opens with instead of the one column "Document". The dashboards show some of them too. */
import type { SavedObject } from '../../../sdk/kibana.ts';
import { idIn, type Language, type Text } from './language.ts';
import { savedObject } from './saved-object.ts';

/** A field, and its width in pixels where the rest should not decide it. */
export type SearchColumn = readonly [field: string, width?: number];

export type SavedSearch = {
  readonly id: string;
  readonly title: Text;
  /** What it shows, in a sentence: also a line of `docs/analyst.md`. */
  readonly description: Text;
  readonly dataView: string;
  readonly query: string;
  /** Beside the time, which Discover always shows first. */
  readonly columns: readonly SearchColumn[];
  /** What the bars above the table are divided by. */
  readonly breakdown: string;
  readonly from: string;
};

const SOURCE_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

export function searchObject(search: SavedSearch, language: Language): SavedObject {
  const { id, title, description, dataView, query, columns, breakdown, from } = search;
  const widths = columns.flatMap(([field, width]) => (width === undefined ? [] : [[field, { width }] as const]));
  return savedObject(
    'search',
    idIn(id, language),
    {
      title: title[language],
      description: description[language],
      columns: columns.map(([field]) => field),
      sort: [['@timestamp', 'desc']],
      grid: { columns: Object.fromEntries(widths) },
      hideChart: false,
      breakdownField: breakdown,
      rowHeight: 1,
      isTextBasedQuery: false,
      // Discover begins with the last fifteen minutes, in which nothing may have been collected yet.
      timeRestore: true,
      timeRange: { from, to: 'now' },
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query, language: 'kuery' },
          filter: [],
          indexRefName: SOURCE_REFERENCE,
        }),
      },
    },
    [{ type: 'index-pattern', id: dataView, name: SOURCE_REFERENCE }],
  );
}
