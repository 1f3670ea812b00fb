/** DingTalk's daily statistics: `GET /v1.0/datacenter/<dataset>?statDate=yyyyMMdd`. */
import { DateTime } from 'luxon';
import { hashId } from '../../sdk/document-id.ts';
import { dayGrid } from '../../sdk/grid.ts';
import { settleDelayMs, type Pass } from '../../sdk/pass.ts';
import { dailyCollection } from '../../sdk/collection.ts';
import { defineSource } from '../../sdk/define-source.ts';
import type { DataStreamDefinition } from '../../sdk/definition.ts';
import { keyword } from '../../sdk/fields.ts';
import type { Page, SourceContext, Window } from '../../sdk/source.ts';
import { createDingtalkClient, type DingtalkClient } from './client.ts';
import { dayOf, kpisOf, mapKpi, type Kpi } from './mapping.ts';
import { dashboardsOf } from '../../adapters/kibana/objects/part.ts';
import { reportPart } from './kibana/part.ts';
import { dingtalk, reportSettings } from './settings.ts';

const DAY = 86_400_000;

/** The slot of a reading: a day is read the day after (D-1), and again where `settle` says so. Part of each document's id. */
function readingOf(pass: Pass, settleMs: readonly number[]): string {
  if (pass === 'live') return 'D-1';
  const delayMs = settleDelayMs(pass, settleMs);
  return delayMs === undefined ? pass : `D-${1 + Math.round(delayMs / DAY)}`;
}

/** What is read of each day. */
type Reading = { readonly datasets: readonly string[]; readonly reading: string; readonly timeZone: string };

async function* fetchPages(
  client: DingtalkClient,
  { datasets, reading, timeZone }: Reading,
  window: Window,
  context: SourceContext,
): AsyncGenerator<Page<Kpi>> {
  const grid = dayGrid(timeZone);
  for (let day = grid.startOf(window.from.getTime()); day < window.to.getTime(); day = grid.next(day)) {
    const statDate = DateTime.fromMillis(day, { zone: timeZone }).toFormat('yyyyMMdd');
    for (const dataset of datasets) {
      const { body, vendorTime } = await client.statistics(dataset, statDate, context);
      yield { records: kpisOf(body, dataset, statDate, reading), vendorTime };
    }
  }
}

/** A KPI, as its answer holds it. */
const EXAMPLE: Kpi = {
  dataset: 'reportData',
  stat_date: '20260301',
  corp_id: 'ding1234567890',
  key: '4100_DAY',
  value: 128,
  reading: 'D-1',
  meta: { kpiId: '4100', kpiName: '发送日志数', kpiCaliber: '发送钉钉日志数量', unit: '', period: 'DAY' },
};

const dataStream: DataStreamDefinition = {
  type: 'metrics',
  ecsFields: ['event.provider'],
  fields: {
    'metricset.name': keyword('The statistic, as the vendor names its API'),
    'dingtalk.report.stat_date': keyword('The day, yyyyMMdd, as the vendor writes it'),
    'dingtalk.report.dataset': keyword('The statistic, as the vendor names its API'),
    'dingtalk.report.reading': keyword('When the day was read: D-1, D-2, … days after, or by which backfill'),
    'dingtalk.report.corp_id': keyword('The organisation, as the vendor names it'),
    'dingtalk.report.kpi.id': keyword("The KPI's id"),
    'dingtalk.report.kpi.name': keyword("The KPI's name"),
    'dingtalk.report.kpi.unit': keyword('Its unit'),
    'dingtalk.report.kpi.period': keyword('What it is counted over, for example DAY'),
    'dingtalk.report.kpi.caliber': keyword('How the vendor defines it'),
    'dingtalk.report.value': {
      type: 'double',
      meta: { metric_type: 'gauge' },
      description: 'Its value; absent where the vendor says null',
    },
  },
};

export const report = defineSource({
  name: 'dingtalk.report',
  vendor: dingtalk,
  collection: dailyCollection({ lag: '10m', settle: ['1d', '2d'], since: '30d', maxLag: '36h' }),
  settings: reportSettings,
  dataStream,
  example: { vendor: { appKey: 'dingexample', appSecret: 'x' }, record: EXAMPLE },
  dashboards: dashboardsOf(reportPart),
  create: ({ vendor, settings: { datasets, settle }, tenant: { timeZone }, http }) => {
    const client = createDingtalkClient(vendor, http);
    return {
      asker: { app: vendor.appKey, url: vendor.baseUrl },
      question: { 'dingtalk.report.dataset': [...new Set(datasets)].toSorted() },
      readings: { field: 'dingtalk.report.reading', of: (pass) => readingOf(pass, settle) },
      // An answer holds all KPIs of a data set and a day, however many.
      callsPerMinute: vendor.requestsPerMinute,
      moreCalls: 'raise dingtalk.requestsPerMinute where the vendor allows more',
      fetchPages: (window, context) =>
        fetchPages(client, { datasets, reading: readingOf(context.pass, settle), timeZone }, window, context),
      idOf: ({ dataset, stat_date: day, corp_id: corp, key, reading }: Kpi) =>
        hashId(String(corp), dataset, day, key, reading),
      timeOf: (kpi) => dayOf(kpi, timeZone),
      toDocument: (kpi) => mapKpi(kpi, timeZone),
      probe: async (context) => {
        const yesterday = DateTime.now().setZone(timeZone).minus({ days: 1 }).toFormat('yyyyMMdd');
        const [dataset = 'reportData'] = datasets;
        const { vendorTime } = await client.statistics(dataset, yesterday, context);
        return { message: `${vendor.appKey} may read the statistics at ${vendor.baseUrl}`, vendorTime };
      },
    };
  },
});
