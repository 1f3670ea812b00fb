/** Saved objects: data views and dashboards, as `POST /api/saved_objects/_import` takes them. */
import { idIn, type Language, type Text } from './language.ts';
import type { Panel } from './panels.ts';
import { navigation } from './navigation.ts';
import type { SavedObject, Station } from '../../../sdk/kibana.ts';
import { savedObject } from './saved-object.ts';

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
      width: 'small',
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

/** `stations`: the dashboards that it links to. */
export function dashboardObject(dashboard: Dashboard, language: Language, stations: readonly Station[]): SavedObject {
  const { id, title, description, dataView, datasets, timeFrom, controls } = dashboard;
  const panels = placed([navigation(id, stations), ...dashboard.panels]).map(({ panel, x, y }) =>
    panel.at({ x, y }, language),
  );
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
  const attributes = {
    title: title[language],
    description: description[language],
    version: 1,
    timeRestore: true,
    timeFrom,
    timeTo: 'now',
    refreshInterval: { pause: true, value: 60_000 },
    optionsJSON: JSON.stringify({
      useMargins: true,
      // One panel's colours are not another's: each says its own.
      syncColors: false,
      syncCursor: true,
      syncTooltips: false,
      hidePanelTitles: false,
    }),
    panelsJSON: JSON.stringify(panels.map(({ json }) => json)),
    ...(controls.length === 0 ? {} : { controlGroupInput: controlGroup(controls, language) }),
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({
        // What a dashboard is about lies in its panels: a link or drill-down brings a query along, which takes this one's place.
        query: { query: '', language: 'kuery' },
        filter: [datasetFilter(datasets, filterReference)],
      }),
    },
  };
  return savedObject('dashboard', idIn(id, language), attributes, references);
}
