/**
 * What a Kibana would do with our dashboards, as far as one can know without it: the mistakes that import cleanly and
 * show nothing. What shows something else than it says is in `seen.ts`; what each panel finds, in `ask.ts`.
 */
import { lensOf, type Layer, type LensAttributes, type Panel, type SavedObject, type Tree } from './saved.ts';
import { misleading, misleadingDashboard } from './seen.ts';

export type { SavedObject };

type SearchSource = { readonly filter: readonly { readonly meta: { readonly indexRefName: string } }[] };

/** One layer of one panel, with all that its aggregation depends on. */
export type Question = {
  readonly where: string;
  readonly dashboard: SavedObject;
  readonly dataView: SavedObject;
  readonly layer: Layer;
  readonly query: string;
};

const OPERATIONS = new Set([
  'count', 'unique_count', 'sum', 'max', 'min', 'percentile', 'last_value', 'formula', 'math', 'now', 'terms', 'filters', 'date_histogram', 'range',
]); // prettier-ignore
const COLUMN_KEYS = new Set(['metricAccessor', 'columnId', 'xAccessor', 'splitAccessor', 'accessors', 'forAccessor']);

/** Every id of a column that the visualization names. */
function accessorsOf(state: unknown): string[] {
  if (Array.isArray(state)) return state.flatMap(accessorsOf);
  if (typeof state !== 'object' || state === null) return [];
  return Object.entries(state).flatMap(([key, value]) =>
    COLUMN_KEYS.has(key) ? [value].flat().map(String) : accessorsOf(value),
  );
}

const leavesOf = (tree: Tree): string[] =>
  tree.args.flatMap((arg) => (typeof arg === 'object' ? leavesOf(arg) : typeof arg === 'string' ? [arg] : []));

function parsed<T>(object: SavedObject, text: unknown, what: string, complaints: string[]): T | undefined {
  try {
    if (typeof text !== 'string') throw new TypeError('is no string');
    return JSON.parse(text) as T;
  } catch (error) {
    complaints.push(`${object.id}: ${what} ${(error as Error).message}`);
    return undefined;
  }
}

function checkLayer(where: string, layer: Layer, complaints: string[]): void {
  for (const [id, column] of Object.entries(layer.columns)) {
    const { references = [], params: { orderBy, tinymathAst } = {} } = column;
    if (!OPERATIONS.has(column.operationType))
      complaints.push(`${where}: ${id} has the unknown operation ${column.operationType}`);
    if (!layer.columnOrder.includes(id)) complaints.push(`${where}: ${id} is not in columnOrder`);
    const needed = [
      ...references,
      ...(orderBy?.columnId === undefined ? [] : [orderBy.columnId]),
      ...(tinymathAst === undefined ? [] : leavesOf(tinymathAst)),
    ];
    for (const other of needed)
      if (!(other in layer.columns)) complaints.push(`${where}: ${id} refers to ${other}, which is not there`);
  }
  for (const id of layer.columnOrder)
    if (!(id in layer.columns)) complaints.push(`${where}: columnOrder names ${id}, which is not there`);
}

/** Lens hands on a panel's own query with the dashboard's, so that a layer that ignores them is narrowed by its columns or not at all. */
function checkIgnoring(where: string, { ignoreGlobalFilters, columns }: Layer, query: string): string[] {
  if (ignoreGlobalFilters !== true) return [];
  const all = Object.entries(columns);
  const narrowed = all.some(([, { operationType }]) => operationType === 'filters');
  return [
    ...(query === '' ? [] : [`${where}: Kibana ignores its query with the filters that it ignores`]),
    ...all
      .filter(
        ([, { isBucketed, sourceField, filter }]) =>
          !narrowed && !isBucketed && sourceField !== undefined && filter === undefined,
      )
      .map(([id]) => `${where}: ${id} is of every source: nothing filters it`),
  ];
}

type Objects = ReadonlyMap<string, SavedObject>;

function checkLens(
  dashboard: SavedObject,
  panel: Panel,
  { references, state }: LensAttributes,
  objects: Objects,
  complaints: string[],
): Question[] {
  const where = `${dashboard.id}/${panel.panelIndex}`;
  const { layers } = state.datasourceStates.formBased;
  const known = Object.values(layers).flatMap(({ columns }) => Object.keys(columns));
  const accessors = accessorsOf(state.visualization);
  if (accessors.length === 0) complaints.push(`${where}: shows no column`);
  for (const id of accessors)
    if (!known.includes(id)) complaints.push(`${where}: shows the column ${id}, which is not there`);
  return Object.entries(layers).flatMap(([layerId, layer]) => {
    const name = `indexpattern-datasource-layer-${layerId}`;
    const inner = references.find((reference) => reference.name === name);
    const outer = dashboard.references.find((reference) => reference.name === `${panel.panelIndex}:${name}`);
    const dataView = objects.get(`index-pattern/${outer?.id}`);
    if (inner === undefined) complaints.push(`${where}: the panel has no reference ${name}, and would load for ever`);
    if (outer === undefined)
      complaints.push(`${where}: the dashboard has no reference ${panel.panelIndex}:${name}, and would load for ever`);
    else if (dataView === undefined) complaints.push(`${where}: the data view ${outer.id} is not bundled`);
    if (inner !== undefined && outer !== undefined && inner.id !== outer.id)
      complaints.push(`${where}: panel and dashboard name different data views`);
    checkLayer(where, layer, complaints);
    const { query } = state.query;
    complaints.push(...checkIgnoring(where, layer, query));
    return dataView === undefined ? [] : [{ where, dashboard, dataView, layer, query }];
  });
}

function checkPanel(dashboard: SavedObject, panel: Panel, objects: Objects, complaints: string[]): Question[] {
  const { gridData, panelIndex, panelRefName, embeddableConfig } = panel;
  const where = `${dashboard.id}/${panelIndex}`;
  const referred = (name: string): SavedObject | undefined => {
    const found = dashboard.references.find((reference) => reference.name === `${panelIndex}:${name}`);
    return found === undefined ? undefined : objects.get(`${found.type}/${found.id}`);
  };
  if (gridData.i !== panelIndex) complaints.push(`${where}: gridData.i differs`);
  if (gridData.x + gridData.w > 48) complaints.push(`${where}: lies outside the grid`);
  if (panelRefName !== undefined && referred(panelRefName) === undefined)
    complaints.push(`${where}: shows a ${panel.type} that is not there`);
  for (const { eventId, action } of embeddableConfig.enhancements?.dynamicActions?.events ?? [])
    if (referred(`drilldown:${action.factoryId}:${eventId}:dashboardId`)?.type !== 'dashboard')
      complaints.push(`${where}: the drill-down ${eventId} leads nowhere`);
  const lens = lensOf(panel);
  if (lens === undefined) return [];
  complaints.push(...misleading(where, panel, lens));
  return checkLens(dashboard, panel, lens, objects, complaints);
}

function checkDashboard(dashboard: SavedObject, objects: Objects, complaints: string[]): Question[] {
  const { panelsJSON, kibanaSavedObjectMeta, controlGroupInput } = dashboard.attributes as Record<
    string,
    Record<string, unknown> | undefined
  >;
  for (const { type, id, name } of dashboard.references)
    if (!objects.has(`${type}/${id}`))
      complaints.push(`${dashboard.id}: ${name} refers to ${type} ${id}, which is not bundled`);
  const named = new Set(dashboard.references.map(({ name }) => name));
  const { searchSourceJSON } = kibanaSavedObjectMeta ?? {};
  const source = parsed<SearchSource>(dashboard, searchSourceJSON, 'searchSourceJSON', complaints);
  if (source?.filter.length === 0) complaints.push(`${dashboard.id}: is filtered on no dataset`);
  for (const { meta } of source?.filter ?? [])
    if (!named.has(meta.indexRefName))
      complaints.push(`${dashboard.id}: the filter's reference ${meta.indexRefName} is missing`);
  const controls =
    controlGroupInput === undefined
      ? {}
      : (parsed<Record<string, unknown>>(dashboard, controlGroupInput['panelsJSON'], 'controls', complaints) ?? {});
  for (const id of Object.keys(controls))
    if (!named.has(`controlGroup_${id}:optionsListDataView`))
      complaints.push(`${dashboard.id}: the control ${id} has no data view`);
  const panels = parsed<Panel[]>(dashboard, panelsJSON, 'panelsJSON', complaints) ?? [];
  complaints.push(...misleadingDashboard(dashboard, panels));
  return panels.flatMap((panel) => checkPanel(dashboard, panel, objects, complaints));
}

/** Going from one dashboard to another, Kibana keeps the panel that has the same id, and shows the first one's columns. */
function mixedUp(dashboards: readonly SavedObject[]): string[] {
  const idsOf = (dashboard: SavedObject): string[] => {
    const panels = parsed<Panel[]>(dashboard, dashboard.attributes['panelsJSON'], 'panelsJSON', []) ?? [];
    return panels.map(({ panelIndex }) => panelIndex);
  };
  const ids = dashboards.flatMap(idsOf);
  return ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `two panels have the id ${id}, and would be taken for each other`);
}

/** @returns what is wrong with the objects by themselves, and the questions that their panels ask. */
export function checkObjects(all: readonly SavedObject[]): { complaints: string[]; questions: Question[] } {
  const complaints: string[] = [];
  const objects = new Map(all.map((object) => [`${object.type}/${object.id}`, object]));
  const dashboards = all.filter(({ type }) => type === 'dashboard');
  const questions = dashboards.flatMap((dashboard) => checkDashboard(dashboard, objects, complaints));
  complaints.push(...mixedUp(dashboards));
  return { complaints, questions };
}

/** The fields that controls offer. */
export function controlFields(dashboard: SavedObject): string[] {
  const group = dashboard.attributes['controlGroupInput'] as { panelsJSON: string } | undefined;
  const panels = JSON.parse(group?.panelsJSON ?? '{}') as Record<string, { explicitInput: { fieldName: string } }>;
  return Object.values(panels).map(({ explicitInput }) => explicitInput.fieldName);
}
