/** Faults that import cleanly and were found only by looking at the panels in a Kibana: each is a rule here. */
import { cut } from './cut.ts';
import { lensOf, type Layer, type LensAttributes, type LensColumn, type Panel, type SavedObject } from './saved.ts';

/** One document has several of these: bars and rows of them add up to more than there is. */
const SEVERAL =
  /^(?:event\.(?:category|type)|related\..+|user\.target\.id|feishu\.openapi_audit\.target\.(?:type|id|ref))$/;
/** Where that is meant: a call that touches two objects belongs to both. */
const MEANT = ['app-objects', 'access-targets'];
/** Two apps may have one name, and each message names its own request. */
const NO_KEY = ['user.name', 'shenji.window.error.message'];
/** Names that begin alike cannot be told apart in a legend. */
const ALIKE = ['event.action', 'url.path'];
/** What has a fixed meaning, and the colour for it. */
const MEANINGS: readonly (readonly [query: RegExp, color: string, what: string])[] = [
  [/^(?:event\.outcome: "success"|shenji\.window\.status: "done")$/, '#54B399', 'green'],
  [/^(?:event\.outcome: "failure"|shenji\.window\.status: \("failed" or "suspended"\))$/, '#E7664C', 'red'],
];
const STATUS = ['event.outcome', 'shenji.window.status'];
/** Of these a tenant, a day and a source each have one of their own. */
const FIGURE = 'dingtalk.report.value';
const LEDGER_TIMES = ['shenji.window.lag', 'shenji.window.lateness'];
const DONE = 'shenji.window.status: "done"';

type Named = readonly [id: string, column: LensColumn];
const bucketsOf = ({ columns }: Layer): LensColumn[] => Object.values(columns).filter(({ isBucketed }) => isBucketed);
const isTerms = ({ operationType }: LensColumn): boolean => operationType === 'terms';

/** What Lens refuses, or computes otherwise than the panel says. */
function computed(where: string, layer: Layer, query: string): string[] {
  const columns = Object.entries(layer.columns);
  const fieldsOf = bucketsOf(layer).map(({ sourceField }) => sourceField);
  const shifts = new Set(columns.filter(([, column]) => !column.isBucketed).map(([, column]) => column.timeShift));
  const all = shifts.size > 1 && bucketsOf(layer).some(isTerms) ? [`mixes time shifts with top values`] : [];
  const each = ([id, column]: Named): string[] => {
    const { sourceField = '', dataType, params: { orderBy, format, emptyAsNull, sortField } = {} } = column;
    const by = layer.columns[orderBy?.columnId ?? ''];
    const asked = `${query} and ${column.filter?.query ?? ''}`;
    return [
      ...(isTerms(column) && SEVERAL.test(sourceField) && !MEANT.includes(where.split('/')[1] ?? '')
        ? [`counts a document once for each ${sourceField}`]
        : []),
      ...(isTerms(column) && NO_KEY.includes(sourceField) ? [`puts together what has one ${sourceField}`] : []),
      ...(isTerms(column) && dataType === 'number' && orderBy?.type !== 'alphabetical'
        ? [`orders the numbers of ${id} by something else`]
        : []),
      ...(by !== undefined && (by.references !== undefined || (by.operationType === 'last_value' && by.dataType !== 'number'))
        ? [`orders ${id} by ${orderBy?.columnId}, by which Lens cannot`]
        : []),
      ...(emptyAsNull === true ? [`${id} shows nothing for zero`] : []),
      ...(format?.params?.toUnit?.startsWith('humanize') === true ? [`${id} rounds durations until they are wrong`] : []),
      ...(sourceField === FIGURE && !fieldsOf.includes('organization.name') ? [`${id} is one tenant's and shown as all`] : []),
      ...(sourceField === FIGURE && !fieldsOf.some((field) => field === '@timestamp' || field === 'dingtalk.report.stat_date')
        ? [`${id} may be of an older day that was read again`]
        : []),
      ...(sourceField === FIGURE && sortField !== 'event.ingested' ? [`${id} is not the newest reading`] : []),
      ...(LEDGER_TIMES.includes(sourceField) && !asked.includes(DONE) ? [`${id} takes failed windows for done ones`] : []),
    ];
  };
  return [...all, ...columns.flatMap(each)];
} // prettier-ignore

/** Colours that change from load to load, or mean something else. */
function colored({ visualizationType, state }: LensAttributes): string[] {
  if (visualizationType === 'lnsPie') return ['has colours that follow the rank'];
  if (visualizationType !== 'lnsXY') return [];
  return (state.visualization.layers ?? []).flatMap(
    ({ layerId, accessors = [], splitAccessor, yConfig = [], colorMapping }) => {
      const columns = state.datasourceStates.formBased.layers[layerId]?.columns ?? {};
      const split = columns[splitAccessor ?? ''];
      const stable = colorMapping !== undefined || split?.params?.orderBy?.type === 'alphabetical';
      const wrong = accessors.flatMap((id) => {
        const { filter } = columns[id] ?? {};
        const meaning = MEANINGS.find(([query]) => query.test(filter?.query ?? ''));
        const color = yConfig.find(({ forAccessor }) => forAccessor === id)?.color;
        return meaning !== undefined && color !== meaning[1] ? [`${id} is not ${meaning[2]}`] : [];
      });
      return [
        ...(split !== undefined && !stable ? ['has colours that follow the rank'] : []),
        ...(split !== undefined && STATUS.includes(split.sourceField ?? '')
          ? [`has no fixed colours for ${split.sourceField}`]
          : []),
        ...(split !== undefined && ALIKE.includes(split.sourceField ?? '') ? ['has a legend of names cut off alike'] : []),
        ...wrong,
      ];
    },
  );
} // prettier-ignore

/** What says that something is silent sees the silent one only as long as its own time reaches back. */
const EVER = 'now-10y';

function forgetful({ embeddableConfig }: Panel, { state }: LensAttributes): string[] {
  const columns = Object.values(state.datasourceStates.formBased.layers).flatMap((layer) => Object.values(layer.columns));
  const tellsSilence = columns.some(
    ({ operationType, filter }) => operationType === 'now' || filter?.query.includes('@timestamp >= now') === true,
  );
  const from = embeddableConfig.timeRange?.from;
  return tellsSilence && from !== EVER ? [`forgets what is silent for longer than ${from ?? 'its dashboard shows'}`] : [];
} // prettier-ignore

function shown({ title, gridData, embeddableConfig }: Panel, { visualizationType, state }: LensAttributes): string[] {
  const { columns = [], sorting, legend } = state.visualization;
  const [layer] = Object.values(state.datasourceStates.formBased.layers);
  switch (visualizationType) {
    case 'lnsMetric':
      // Kibana puts the panel's own time beside its title.
      return embeddableConfig.hidePanelTitles !== true && embeddableConfig.timeRange === undefined
        ? [`says "${title}" twice`]
        : [];
    case 'lnsXY':
      return legend?.isVisible === true && legend.shouldTruncate !== false ? ['cuts its legend off'] : [];
    case 'lnsDatatable': {
      const unsorted = columns.some(({ columnId }) => columnId === sorting?.columnId) ? [] : ['does not say its order'];
      // The browser's day is not the organisation's, and Kibana adds "per day" to the header.
      const day = bucketsOf(layer as Layer).some(({ operationType }) => operationType === 'date_histogram');
      return [
        ...unsorted,
        ...(day ? ["has days of the browser's zone"] : []),
        ...cut(columns, (layer as Layer).columns, sorting?.columnId, gridData.w),
      ];
    }
    default:
      return [];
  }
}

export function misleading(where: string, panel: Panel, lens: LensAttributes): string[] {
  const { query, datasourceStates } = lens.state;
  return [
    ...Object.values(datasourceStates.formBased.layers).flatMap((layer) => computed(where, layer, query.query)),
    ...colored(lens),
    ...shown(panel, lens),
    ...forgetful(panel, lens),
  ].map((complaint) => `${where}: ${complaint}`);
}

/** More than these do not fit into one row. */
const CONTROLS = 4;

export function misleadingDashboard({ id, attributes }: SavedObject, panels: readonly Panel[]): string[] {
  const rows = [...Map.groupBy(panels, ({ gridData }) => gridData.y).values()];
  const ragged = rows.filter(
    (row) =>
      row.reduce((sum, { gridData }) => sum + gridData.w, 0) !== 48 ||
      new Set(row.map(({ gridData }) => gridData.h)).size > 1,
  );
  const group = attributes['controlGroupInput'] as { panelsJSON: string } | undefined;
  const controls = Object.values(JSON.parse(group?.panelsJSON ?? '{}') as Record<string, { order: number; explicitInput: { fieldName: string } }>);
  const first = controls.find(({ order }) => order === 0)?.explicitInput.fieldName ?? '';
  return [
    ...ragged.map((row) => `the row of ${row.map(({ panelIndex }) => panelIndex).join(', ')} is ragged`),
    ...(String(attributes['optionsJSON']).includes('"syncColors":true') ? ["takes one panel's colours for another's"] : []),
    ...(controls.length > CONTROLS ? ['has more controls than fit into a row'] : []),
    // Each control narrows those after it.
    ...(/(?:^|\.)(?:organization\.name|tenant)$/.test(first) ? [] : ['does not begin with the tenant']),
    ...(id.startsWith('shenji-feishu-app') && !saysWhich(panels) ? ['does not say that no app is chosen'] : []),
  ].map((complaint) => `${id}: ${complaint}`);
} // prettier-ignore

/** A text, and a tile that is coloured by how many apps there are. */
function saysWhich(panels: readonly Panel[]): boolean {
  const counted = panels
    .map(lensOf)
    .some(
      (lens) =>
        lens?.visualizationType === 'lnsMetric' &&
        'palette' in lens.state.visualization &&
        Object.values(lens.state.datasourceStates.formBased.layers).some(({ columns }) =>
          Object.values(columns).some(({ sourceField }) => sourceField === 'user.id'),
        ),
    );
  return counted && panels.some(({ type }) => type === 'visualization');
}
