/** DingTalk's daily statistics: `GET /v1.0/datacenter/<dataset>?statDate=yyyyMMdd`. */
import { DateTime } from 'luxon';
import { hashId } from '../../sdk/document-id.ts';
import { dayGrid } from '../../sdk/grid.ts';
import { settleDelayMs, type Pass } from '../../sdk/pass.ts';
import type { Page, Source, SourceContext, Window } from '../../sdk/source.ts';
import type {
  DataStreamDefinition,
  SourceInstance,
  SourceDefinition,
  SourceHelpers,
  SourceTenant,
} from '../../sdk/definition.ts';
import { createDingtalkClient, type DingtalkClient } from './client.ts';
import { dayOf, figuresOf, mapFigure, type Figure } from './mapping.ts';
import { beginningOf } from '../../sdk/settings.ts';
import { dingtalk, reportSettings, type DingtalkSettings } from './settings.ts';

const DAY = 86_400_000;
const NOTHING: ReadonlySet<string> = new Set();

/** The slot of a reading: a day is read the day after (D-1), and again where `settle` says so. Part of each document's id. */
function readingOf(pass: Pass, settleMs: readonly number[]): string {
  if (pass === 'live') return 'D-1';
  const delayMs = settleDelayMs(pass, settleMs);
  return delayMs === undefined ? pass : `D-${1 + Math.round(delayMs / DAY)}`;
}

async function* fetchPages(
  client: DingtalkClient,
  settings: DingtalkSettings,
  timeZone: string,
  window: Window,
  context: SourceContext,
): AsyncGenerator<Page<Figure>> {
  const { datasets, settle } = settings.report;
  const grid = dayGrid(timeZone);
  const reading = readingOf(context.pass, settle);
  for (let day = grid.startOf(window.from.getTime()); day < window.to.getTime(); day = grid.next(day)) {
    const statDate = DateTime.fromMillis(day, { zone: timeZone }).toFormat('yyyyMMdd');
    for (const dataset of datasets) {
      const { body, vendorTime } = await client.statistics(dataset, statDate, context);
      yield { records: figuresOf(body, dataset, statDate, reading), vendorTime };
    }
  }
}

const keyword = (description: string) => ({ type: 'keyword', ignore_above: 1024, description });

const dataStream: DataStreamDefinition = {
  type: 'metrics',
  ecsFields: ['event.provider'],
  fields: {
    'metricset.name': keyword('The statistic, as the vendor names its API'),
    'dingtalk.report.stat_date': keyword('The day, yyyyMMdd, as the vendor writes it'),
    'dingtalk.report.dataset': keyword('The statistic, as the vendor names its API'),
    'dingtalk.report.reading': keyword('When the day was read: D-1, D-2, … days after, or by which backfill'),
    'dingtalk.report.kpi.id': keyword("The figure's id"),
    'dingtalk.report.kpi.name': keyword("The figure's name"),
    'dingtalk.report.kpi.unit': keyword('Its unit'),
    'dingtalk.report.kpi.period': keyword('What it is counted over, for example DAY'),
    'dingtalk.report.kpi.caliber': keyword('How the vendor defines it'),
    'dingtalk.report.value': {
      type: 'double',
      meta: { metric_type: 'gauge' },
      description: 'The figure; absent where the vendor says null',
    },
  },
};

function create(vendorSettings: unknown, { timeZone }: SourceTenant, { http }: SourceHelpers): SourceInstance {
  const settings = vendorSettings as DingtalkSettings;
  const { lag, settle, since, maxLag, original } = settings.report;
  const client = createDingtalkClient(settings, http);
  const grid = dayGrid(timeZone);
  const source: Source<Figure> = {
    name: 'dingtalk.report',
    passesShareRecords: false,
    cadence: {
      grid,
      backlogGrid: grid,
      settleGrid: () => grid,
      lagMs: lag,
      settleMs: settle,
      quietMs: 0,
      indivisible: true,
    },
    readings: { field: 'dingtalk.report.reading', of: (pass) => readingOf(pass, settle) },
    question: { 'dingtalk.report.dataset': [...new Set(settings.report.datasets)].toSorted() },
    asker: { app: settings.appKey, url: settings.baseUrl },
    fetchPages: (window, context) => fetchPages(client, settings, timeZone, window, context),
    idOf: ({ dataset, stat_date: day, corp_id: corp, key, reading }) =>
      hashId(String(corp), dataset, day, key, reading),
    timeOf: (figure) => dayOf(figure, timeZone),
    plainKeys: () => NOTHING,
    toDocument: (figure) => mapFigure(figure, timeZone),
  };
  return {
    source: source,
    since: (now) => beginningOf(since, timeZone, now),
    maxLagMs: maxLag,
    apps: [settings.appKey],
    callsPerMinute: settings.requestsPerMinute,
    // An answer holds all figures of a data set and a day.
    recordsPerCall: Infinity,
    moreCalls: 'raise dingtalk.requestsPerMinute where the vendor allows more',
    keepOriginal: original,
    probe: async (context) => {
      const yesterday = DateTime.now().setZone(timeZone).minus({ days: 1 }).toFormat('yyyyMMdd');
      const [dataset = 'reportData'] = settings.report.datasets;
      const { vendorTime } = await client.statistics(dataset, yesterday, context);
      return { says: `${settings.appKey} may read the statistics at ${settings.baseUrl}`, vendorTime };
    },
  };
}

export const report: SourceDefinition = {
  name: 'dingtalk.report',
  vendor: dingtalk,
  settings: reportSettings,
  dataStream,
  create,
};
