/** Saved objects: data views and dashboards, as `POST /api/saved_objects/_import` takes them. */
import { idIn, type Language } from './language.ts';
import { lensPanel, type Panel, type Text } from './lens.ts';
import { savedObject, type SavedObject } from './saved-object.ts';

const COLUMNS = 48;

export type DataView = { readonly id: string; readonly title: string; readonly name: Text };
export type Control = { readonly id: string; readonly field: string; readonly title: Text };

export type Dashboard = {
  readonly id: string;
  readonly title: Text;
  readonly description: Text;
  readonly dataView: string;
  /** The datasets that the whole dashboard is filtered on. */
  readonly datasets: readonly string[];
  readonly query: string;
  readonly timeFrom: string;
  readonly controls: readonly Control[];
  /** In reading order: they fill rows from the left. */
  readonly panels: readonly Panel[];
};

/** One for both languages, under both names. Discover lists the fields that are `popular` before all others. */
export function dataViewObject({ id, title, name }: DataView, popular: readonly string[]): SavedObject {
  const fieldAttrs = Object.fromEntries(popular.map((field) => [field, { count: 1 }]));
  return savedObject('index-pattern', id, {
    title,
    name: `${name.en} · ${name.zh}`,
    timeFieldName: '@timestamp',
    allowNoIndex: true,
    fieldAttrs: JSON.stringify(fieldAttrs),
    fieldFormatMap: '{}',
    fields: '[]',
    runtimeFieldMap: '{}',
    sourceFilters: '[]',
    typeMeta: '{}',
  });
}

/** @throws RangeError for a panel that is wider than the grid. */
function placed(panels: readonly Panel[]): { panel: Panel; x: number; y: number }[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel) => {
    if (panel.width > COLUMNS) throw new RangeError(`${panel.id} is wider than the grid`);
    if (x + panel.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { panel, x, y };
    x += panel.width;
    rowHeight = Math.max(rowHeight, panel.height);
    return place;
  });
}

function datasetFilter(datasets: readonly string[], indexRefName: string): object {
  const [only] = datasets;
  const key = 'data_stream.dataset';
  const meta = { alias: null, disabled: false, negate: false, key, field: key, indexRefName };
  const $state = { store: 'appState' };
  if (datasets.length === 1)
    return {
      $state,
      meta: { ...meta, type: 'phrase', params: { query: only } },
      query: { match_phrase: { [key]: only } },
    };
  const should = datasets.map((dataset) => ({ match_phrase: { [key]: dataset } }));
  return {
    $state,
    meta: { ...meta, type: 'phrases', params: datasets },
    query: { bool: { should, minimum_should_match: 1 } },
  };
}

function controlGroup(controls: readonly Control[], language: Language): object {
  const panels = controls.map(({ id, field, title }, order) => [
    id,
    {
      type: 'optionsListControl',
      order,
      grow: true,
      width: 'medium',
      explicitInput: { id, fieldName: field, title: title[language], selectedOptions: [], enhancements: {} },
    },
  ]);
  return {
    controlStyle: 'oneLine',
    chainingSystem: 'HIERARCHICAL',
    ignoreParentSettingsJSON: JSON.stringify({
      ignoreFilters: false,
      ignoreQuery: false,
      ignoreTimerange: false,
      ignoreValidations: false,
    }),
    panelsJSON: JSON.stringify(Object.fromEntries(panels)),
  };
}

export function dashboardObject(dashboard: Dashboard, language: Language): SavedObject {
  const { id, title, description, dataView, datasets, query, timeFrom, controls } = dashboard;
  const panels = placed(dashboard.panels).map(({ panel, ...place }) => lensPanel(panel, place, language));
  const filterReference = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index';
  const references = [
    { type: 'index-pattern', id: dataView, name: filterReference },
    ...panels.flatMap((panel) => panel.references),
    ...controls.map((control) => ({
      type: 'index-pattern',
      id: dataView,
      name: `controlGroup_${control.id}:optionsListDataView`,
    })),
  ];
  return savedObject(
    'dashboard',
    idIn(id, language),
    {
      title: title[language],
      description: description[language],
      version: 1,
      timeRestore: true,
      timeFrom,
      timeTo: 'now',
      refreshInterval: { pause: true, value: 60_000 },
      optionsJSON: JSON.stringify({
        useMargins: true,
        syncColors: true,
        syncCursor: true,
        syncTooltips: false,
        hidePanelTitles: false,
      }),
      panelsJSON: JSON.stringify(panels.map(({ json }) => json)),
      ...(controls.length === 0 ? {} : { controlGroupInput: controlGroup(controls, language) }),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query, language: 'kuery' },
          filter: [datasetFilter(datasets, filterReference)],
        }),
      },
    },
    references,
  );
}
