/** Every panel of every dashboard, on documents that the pipeline itself has written into a real Elasticsearch. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { checkObjects, controlFields, type Question, type SavedObject } from './check.ts';
import { collected, type Collected } from './collected.ts';

const read = (language: string): SavedObject[] =>
  readFileSync(path.join(import.meta.dirname, '..', '..', 'dashboards', `shenji.${language}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SavedObject);
const objects = read('en');
const { complaints, questions } = checkObjects(objects);

/** The objects with one text in them replaced, as a careless hand would. */
function damaged(from: RegExp | string, to: string): SavedObject[] {
  let hit = false;
  const changed = objects.map((object) => {
    const text = JSON.stringify(object);
    const other = hit ? text : text.replace(from, to);
    hit ||= other !== text;
    return JSON.parse(other) as SavedObject;
  });
  if (!hit) throw new Error(`nothing to damage: ${String(from)}`);
  return changed;
}

type PanelText = { readonly panelIndex: string };
/** The objects with one text replaced in one panel, named by dashboard and panel. */
function damagedPanel(where: string, from: RegExp | string, to: string): SavedObject[] {
  const [id, index] = where.split('/');
  return objects.map((object) => {
    if (object.id !== id) return object;
    const panels = (JSON.parse(String(object.attributes['panelsJSON'])) as PanelText[]).map((panel) => {
      if (panel.panelIndex !== index) return panel;
      const text = JSON.stringify(panel);
      const other = text.replace(from, to);
      if (other === text) throw new Error(`nothing to damage in ${where}: ${String(from)}`);
      return JSON.parse(other) as PanelText;
    });
    return { ...object, attributes: { ...object.attributes, panelsJSON: JSON.stringify(panels) } };
  });
}

describe('the dashboards', () => {
  it('are five, in English and Chinese alike', () => {
    const titles = (of: readonly SavedObject[]): unknown[] => of.map(({ attributes }) => attributes['title']);
    expect(objects.filter(({ type }) => type === 'dashboard')).toHaveLength(5);
    const chinese = titles(read('zh').filter(({ type }) => type === 'dashboard'));
    expect(chinese.every((title) => /[一-鿿]/.test(String(title)))).toBe(true);
  });

  it('refer to nothing that is not there', () => {
    expect(complaints).toEqual([]);
    expect(checkObjects(read('zh')).complaints).toEqual([]);
  });

  // Each was found only by looking at the panel in a Kibana.
  it.each<[string, string, RegExp | string, string, RegExp]>([
    ['time shifts mixed with top values', 'shenji-dingtalk-statistics/statistics-latest', '"sourceField":"dingtalk.report.value"', '"sourceField":"dingtalk.report.value","timeShift":"1w"', /mixes time shifts/],
    ['bars that add up to more than there is', 'shenji-feishu-overview/overview-families', 'feishu.openapi_audit.family', 'event.type', /once for each event\.type/],
    ['rows by arrays of kinds', 'shenji-feishu-app/app-actions', '"sourceField":"event.action"', '"sourceField":"feishu.openapi_audit.target.type"', /once for each feishu/],
    ['a table without an order', 'shenji-feishu-overview/overview-actions', '"sorting":', '"order":', /does not say its order/],
    ['a table in the order of a column that it has not', 'shenji-feishu-overview/overview-actions', '"sorting":{"columnId":"calls"', '"sorting":{"columnId":"failureRateX0"', /does not say its order/],
    ['a success that is not green', 'shenji-feishu-overview/overview-volume', '"color":"#54B399"', '"color":"#E7664C"', /success is not green/],
    ['a failure without its colour', 'shenji-collection-health/health-windows', /\{"forAccessor":"failed","color":"[^"]*"\}/, '{"forAccessor":"failed"}', /failed is not red/],
    ['colours that follow the rank', 'shenji-feishu-app/app-families-over-time', '"colorMapping"', '"mapping"', /follow the rank/],
    ['outcomes without colours of their own', 'shenji-feishu-app/app-families-over-time', '"sourceField":"feishu.openapi_audit.family"', '"sourceField":"event.outcome"', /no fixed colours/],
    ['a legend of ten times the same beginning', 'shenji-feishu-app/app-families-over-time', '"sourceField":"feishu.openapi_audit.family"', '"sourceField":"event.action"', /cut off alike/],
    ['a legend that is cut off', 'shenji-feishu-overview/overview-volume', '"shouldTruncate":false', '"shouldTruncate":true', /cuts its legend/],
    ['a path that is cut off', 'shenji-feishu-overview/overview-actions', '"columnId":"action"', '"columnId":"action","width":300', /cuts action off/],
    ['a time that is cut off', 'shenji-feishu-overview/overview-top-apps', '"columnId":"last","width":230', '"columnId":"last","width":150', /cuts last off/],
    ['columns that have too little room together', 'shenji-feishu-overview/overview-top-apps', '"w":28', '"w":20', /cuts app off/],
    ['a header that is cut off', 'shenji-feishu-overview/overview-top-apps', '"label":"Failures"', '"label":"Failures of this app"', /cuts failures off/],
    ['a table that is half empty', 'shenji-feishu-overview/overview-actions', '"columnId":"action"', '"columnId":"action","width":500', /leaves a part/],
    ['a tile that says everything twice', 'shenji-feishu-overview/overview-total', '"hidePanelTitles":true', '"hidePanelTitles":false', /says "Calls" twice/],
    ['a dash for zero', 'shenji-feishu-overview/overview-apps', '"emptyAsNull":false', '"emptyAsNull":true', /nothing for zero/],
    ['a duration of a month', 'shenji-collection-health/health-live', '"toUnit":"asHours"', '"toUnit":"humanize"', /rounds durations/],
    ['15 days that are 4.1 weeks', 'shenji-collection-health/health-live', '"toUnit":"asHours"', '"toUnit":"humanizePrecise"', /rounds durations/],
    ['hours in the order of their calls', 'shenji-feishu-app/app-hours', '"operationType":"range"', '"operationType":"terms"', /orders the numbers of hour/],
    ['an order by a formula', 'shenji-feishu-overview/overview-actions', '"orderBy":{"type":"column","columnId":"calls"}', '"orderBy":{"type":"column","columnId":"failureRate"}', /by which Lens cannot/],
    ["one tenant's figure as if it were all", 'shenji-dingtalk-statistics/statistics-authors', /organization\.name/g, 'dingtalk.report.kpi.name', /one tenant's/],
    ['an older day, read again, as the newest', 'shenji-dingtalk-statistics/statistics-latest', 'dingtalk.report.stat_date', 'dingtalk.report.reading', /older day/],
    ['an older reading of a day', 'shenji-dingtalk-statistics/statistics-authors', '"sortField":"event.ingested"', '"sortField":"@timestamp"', /not the newest reading/],
    ["days of the browser's zone", 'shenji-dingtalk-statistics/statistics-days', '"operationType":"terms"', '"operationType":"date_histogram"', /browser's zone/],
    ['two apps of one name as one', 'shenji-feishu-overview/overview-top-apps', '"sourceField":"user.id"', '"sourceField":"user.name"', /one user\.name/],
    ['a row for each request that failed', 'shenji-collection-health/health-failures', '"sourceField":"shenji.window.error.type"', '"sourceField":"shenji.window.error.message"', /one shenji\.window\.error\.message/],
    ['the lag of windows that failed', 'shenji-collection-health/health-live', '"sourceField":"shenji.window.lag","params":{"sortField":"@timestamp","showArrayValues":false,"format":{"id":"duration","params":{"fromUnit":"milliseconds","toUnit":"asHours","decimals":2,"compact":true}}},"filter":{"query":"shenji.window.status: \\"done\\""', '"sourceField":"shenji.window.lag","filter":{"query":"*"', /failed windows for done/],
    ['a stopped stream that turns green after a week', 'shenji-collection-health/health-stopped', 'now-10y', 'now-7d', /forgets what is silent for longer than now-7d/],
    ['an overdue stream that vanishes with the time of the dashboard', 'shenji-collection-health/health-live', '"timeRange"', '"otherRange"', /forgets what is silent for longer than its dashboard/],
    ['a query that Kibana ignores with the filters', 'shenji-feishu-overview/overview-complete', '"query":{"query":""', '"query":{"query":"shenji.window.source: \\"dingtalk.report\\""', /ignores its query/],
    ['the lag of another source', 'shenji-feishu-overview/overview-behind', /,"filter":\{"query":"shenji\.window\.source[^}]*\}/, '', /behind is of every source/],
    ['the tenants of another source', 'shenji-feishu-overview/overview-complete', '"operationType":"filters"', '"operationType":"terms"', /told is of every source/],
    ['a row that is not full', 'shenji-feishu-overview/overview-total', '"w":8', '"w":7', /row of overview-total.*ragged/],
    ['panels of a row that end at other heights', 'shenji-feishu-overview/overview-families', '"h":15', '"h":12', /row of overview-families, overview-actions is ragged/],
    ['an app investigation that does not say that no app is chosen', 'shenji-feishu-app/app-shown', '"palette"', '"paint"', /no app is chosen/],
  ])('are refused with %s', (_, where, from, to, complaint) => {
    expect(checkObjects(damagedPanel(where, from, to)).complaints.join('\n')).toMatch(complaint);
  }); // prettier-ignore

  it.each<[string, RegExp | string, string, RegExp]>([
    ["one panel's colours taken for another's", String.raw`\"syncColors\":false`, String.raw`\"syncColors\":true`, /colours for another's/],
    ['the tenant not first', /optionsListControl\\",\\"order\\":0/, String.raw`optionsListControl\",\"order\":7`, /begin with the tenant/],
    ['panels of one id on two dashboards', /app-actions/g, 'overview-actions', /two panels have the id overview-actions/],
    ['more controls than fit into a row', String.raw`\"app-id\":{`, String.raw`\"one-more\":{\"explicitInput\":{\"fieldName\":\"source.ip\"}},\"app-id\":{`, /more controls/],
  ])('are refused with %s', (_, from, to, complaint) => {
    expect(checkObjects(damaged(from, to)).complaints.join('\n')).toMatch(complaint);
  }); // prettier-ignore

  it.each([
    [
      'a data view that is not bundled',
      /"id":"shenji-window","type":"index-pattern"/,
      '"id":"elsewhere","type":"index-pattern"',
      /not bundled/,
    ],
    [
      'a dashboard-level reference that is missing',
      /"name":"overview-volume:indexpattern/,
      '"name":"other:indexpattern',
      /would load for ever/,
    ],
    [
      'a panel-level reference that is missing',
      /\\"name\\":\\"indexpattern-datasource-layer-layer\\"/,
      String.raw`\"name\":\"other\"`,
      /would load for ever/,
    ],
    [
      'an unknown operation',
      /\\"operationType\\":\\"terms\\"/,
      String.raw`\"operationType\":\"topmost\"`,
      /unknown operation/,
    ],
    [
      'a column that is shown and not there',
      /\\"metricAccessor\\":\\"calls\\"/,
      String.raw`\"metricAccessor\":\"nothing\"`,
      /which is not there/,
    ],
    [
      'an order by a column that is gone',
      /\\"columnId\\":\\"calls\\"\}/,
      String.raw`\"columnId\":\"gone\"}`,
      /which is not there/,
    ],
    ['broken panelsJSON', /"panelsJSON":"\[/, '"panelsJSON":"', /panelsJSON/],
    ['a control without data view', /"name":"controlGroup_app:/, '"name":"controlGroup_other:', /has no data view/],
    [
      'a drill-down that leads nowhere',
      /"name":"overview-top-apps:drilldown/,
      '"name":"lost:drilldown',
      /leads nowhere/,
    ],
    ['no filter on the dataset', /\\"filter\\":\[\{/, String.raw`\"filter\":[],\"x\":[{`, /filtered on no dataset/],
  ])('are refused with %s', (_, from, to, complaint) => {
    expect(checkObjects(damaged(from, to)).complaints.join('\n')).toMatch(complaint);
  });
});

describe('on collected documents', () => {
  let data: Collected;
  beforeAll(async () => {
    data = await collected();
  }, 180_000);
  afterAll(() => data.close());

  const asked = (question: Question): Promise<string[]> =>
    ask(data.world.elasticsearch, data.world.config.namespace, question);

  it.each(questions.map((question) => [question.where, question] as const))(
    '%s shows something',
    async (_, question) => {
      expect(await asked(question)).toEqual([]);
    },
  );

  /** What a control offers nothing for, as if no call had it. */
  async function emptyControls(all: readonly SavedObject[]): Promise<string[]> {
    const empty: string[] = [];
    for (const dashboard of all.filter(({ type }) => type === 'dashboard')) {
      const dataView = dashboard.references.find(({ name }) => name.startsWith('controlGroup_'));
      const view = all.find(({ id }) => id === dataView?.id);
      const index = String(view?.attributes['title']).replace(/-\*$/, `-${data.world.config.namespace}`);
      for (const field of controlFields(dashboard)) {
        const aggs = { values: { terms: { field } } };
        const { aggregations } = await data.world.elasticsearch.search({ index, size: 0, aggs });
        const values = aggregations?.['values'] as { buckets: unknown[] } | undefined;
        if (values?.buckets.length === 0) empty.push(`${dashboard.id}: ${field}`);
      }
    }
    return empty;
  }

  it('every control offers something', async () => expect(await emptyControls(objects)).toEqual([]));
  it('a control on a field that is always empty is noticed', async () => {
    const spoilt = damaged(String.raw`\"fieldName\":\"user.name\"`, String.raw`\"fieldName\":\"source.as.number\"`);
    expect(await emptyControls(spoilt)).toEqual(['shenji-feishu-overview: source.as.number']);
  });

  it.each<[string, () => SavedObject[], RegExp]>([
    [
      'a field that no mapping has',
      () => damagedPanel('shenji-feishu-overview/overview-families', 'openapi_audit.family', 'openapi_audit.service'),
      /is not in the mapping/,
    ],
    [
      'a text that cannot be counted',
      () => damagedPanel('shenji-collection-health/health-dead-letters', 'shenji.reason', 'error.message'),
      /cannot be counted/,
    ],
    [
      'a query that nothing matches',
      () => damagedPanel('shenji-collection-health/health-live', /("query":\{"query":"[^}]*pass: \\")live/, '$1never'),
      /no results/,
    ],
    [
      'a column that nothing matches',
      () =>
        damagedPanel(
          'shenji-feishu-overview/overview-volume',
          'event.outcome: \\"unknown',
          'event.outcome: \\"undecided',
        ),
      /the column unknown has no value/,
    ],
    [
      'a dataset that does not exist',
      () =>
        damaged(/data_stream\.dataset\\":\\"feishu\.openapi_audit/, String.raw`data_stream.dataset\":\"feishu.audit`),
      /no results|no value/,
    ],
  ])('a panel with %s is noticed', async (_, damage, complaint) => {
    const all: string[] = [];
    for (const question of checkObjects(damage()).questions) all.push(...(await asked(question)));
    expect(all.join('\n')).toMatch(complaint);
  });
});
