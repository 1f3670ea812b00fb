/** The dashboard for Grafana 11 and 12, in the JSON that its import takes (classic schema). */
import { atAGlance, completeness, vendor } from './grafana-collection.ts';
import type { Panel } from './grafana-panels.ts';
import { bulk, processes, queue, records } from './grafana-work.ts';

const rows = [atAGlance, completeness, vendor, queue, bulk, records, processes];
const SCHEMA = 39;
const COLUMNS = 24;
const HEIGHTS = { stat: 5, timeseries: 8 };
const datasource = { type: 'prometheus', uid: '${datasource}' };

function fieldConfig({ kind, unit, red, stacked = false }: Panel): object {
  const steps = [{ color: 'green', value: null }, ...(red === undefined ? [] : [{ color: 'red', value: red }])];
  const drawn = {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 5,
    showPoints: 'auto',
    spanNulls: false,
  };
  const stacking = { mode: stacked ? 'normal' : 'none', group: 'A' };
  const line = { ...drawn, stacking, thresholdsStyle: { mode: red === undefined ? 'off' : 'line' } };
  return {
    defaults: {
      unit,
      min: 0,
      color: { mode: kind === 'stat' ? 'thresholds' : 'palette-classic' },
      thresholds: { mode: 'absolute', steps },
      custom: kind === 'stat' ? {} : line,
    },
    overrides: [],
  };
}

const OPTIONS = {
  stat: {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    textMode: 'auto',
    wideLayout: true,
    showPercentChange: false,
    percentChangeColorMode: 'standard',
  },
  timeseries: {
    legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
};

const drawnOf = (panel: Panel, id: number, x: number, y: number): object => ({
  id,
  type: panel.kind,
  title: panel.title,
  description: panel.description,
  datasource,
  gridPos: { x, y, w: panel.width, h: HEIGHTS[panel.kind] },
  fieldConfig: fieldConfig(panel),
  options: OPTIONS[panel.kind],
  targets: panel.queries.map(({ expr, legend }, index) => ({
    refId: String.fromCodePoint(65 + index),
    datasource,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    // A number is of now: of a range the last sample would stay for hours after its series has ended, as of an alert that is over.
    ...(panel.kind === 'stat' ? { instant: true, range: false } : { range: true }),
  })),
});

/** Rows one below the other, the panels of each from left to right. */
function laidOut(): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] }); // prettier-ignore
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) [x, y] = [0, y + height];
      panels.push(drawnOf(panel, panels.length + 1, x, y));
      x += panel.width;
      height = HEIGHTS[panel.kind];
    }
    y += height;
  }
  return panels;
}

/**
 * All installs unless others are chosen. `all`: what All stands for. A label that your Prometheus does not set is empty, so
 * anything; without it the values in the list, so that processes of other jobs are not among shenji's.
 */
function variable(name: string, label: string, series: string, all?: string): object {
  const query = `label_values(${series}, ${name})`;
  return {
    name,
    label,
    type: 'query',
    datasource,
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    includeAll: true,
    multi: true,
    ...(all === undefined ? {} : { allValue: all }),
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
    refresh: 2,
    sort: 1,
    regex: '',
    hide: 0,
    skipUrlSync: false,
  };
}

/** As it lies in deploy/grafana/shenji.json. */
export function grafanaDashboard(): string {
  const dashboard = {
    uid: 'shenji',
    title: 'shenji',
    description: 'How complete, how far, how fast: deploy/prometheus/alerts.yml and docs/operate.md say what to do.',
    tags: ['shenji'],
    id: null,
    version: 1,
    schemaVersion: SCHEMA,
    editable: true,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    timezone: 'browser',
    weekStart: '',
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    timepicker: {},
    links: [],
    annotations: { list: [] },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', options: [], refresh: 1, regex: '', includeAll: false, multi: false, hide: 0, skipUrlSync: false },
        variable('cluster', 'Cluster', 'shenji_build_info', '.*'),
        variable('namespace', 'Namespace', 'shenji_build_info{cluster=~"$cluster"}', '.*'),
        variable('job', 'Job', 'shenji_build_info{cluster=~"$cluster",namespace=~"$namespace"}'),
      ],
    },
    panels: laidOut(),
  }; // prettier-ignore
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
