/** DingTalk's statistics: each KPI is read again on later days, and the newest reading of each day counts. */
import { completenessRow } from '../../../adapters/kibana/objects/completeness.ts';
import { count, lastValue, latestTime, overTime, top } from '../../../adapters/kibana/objects/columns.ts';
import type { Dashboard } from '../../../adapters/kibana/objects/dashboard.ts';
import type { Text } from '../../../adapters/kibana/objects/language.ts';
import { chart, table } from '../../../adapters/kibana/objects/lens.ts';
import { words } from '../../../adapters/kibana/objects/words.ts';

export const REPORT = 'shenji-dingtalk-report';
export const STATISTICS = 'shenji-dingtalk-statistics';

const at = { dataView: REPORT };
const VALUE = 'dingtalk.report.value';
const NEWEST = 'event.ingested';

/** The vendor names its KPIs in Chinese only; these are the ones that every organisation has. */
const KPIS = {
  reports: { id: '4100', label: { en: 'Reports sent', zh: '发送日志数' } },
  authors: { id: '4101', label: { en: 'People who sent one', zh: '发送日志人数' } },
  commenters: { id: '4102', label: { en: 'People who commented', zh: '评论日志人数' } },
} as const satisfies Readonly<Record<string, { id: string; label: Text }>>;

const readingsOf = (name: keyof typeof KPIS): string => `dingtalk.report.kpi.id: "${KPIS[name].id}" and ${VALUE}: *`;

/** Several tenants have a KPI for the same day, so that this stands only where a tenant is split off. */
const newest = (name: keyof typeof KPIS) =>
  lastValue(name, KPIS[name].label, VALUE, NEWEST, { only: readingsOf(name) });
const that = { en: 'that day', zh: '当日' };
const before = { en: 'a week before', zh: '上周同日' };

const days = overTime('day', '1d');
/** As the vendor writes it: the organisation's day, which begins on another day of a browser in another zone. */
const day = (size: number) =>
  top('day', { en: 'Day', zh: '日期' }, 'dingtalk.report.stat_date', size, undefined, {
    direction: 'desc',
    width: 120,
  });
const tenant = top('tenant', words.tenant, 'organization.name', 20, undefined);

export const statistics: Dashboard = {
  id: STATISTICS,
  title: { en: '[shenji] DingTalk: reporting statistics', zh: '[shenji] 钉钉：日志统计' },
  description: {
    en: 'How many reports people write, day by day, and compared with the week before. The newest reading of each day.',
    zh: '每日日志数量与人数趋势，以及与上周的对比；每日取最新一次读数。',
  },
  dataView: REPORT,
  datasets: ['dingtalk.report'],
  timeFrom: 'now-30d',
  controls: [
    { id: 'tenant', field: 'organization.name', title: words.tenant },
    { id: 'figure', field: 'dingtalk.report.kpi.name', title: { en: 'KPI', zh: '指标' } },
  ],
  panels: [
    ...completenessRow('statistics', { source: 'dingtalk.report', isDaily: true }),
    chart(
      { ...at, id: 'statistics-weeks', title: { en: 'Reports sent, by tenant, and a week before', zh: '各租户发送日志数与上周同日' }, width: 48, height: 13, legend: 'right' },
      { series: 'area', x: days, values: [lastValue('before', before, VALUE, NEWEST, { only: readingsOf('reports'), shift: '1w' })], split: tenant, pale: true },
      { series: 'line', x: days, values: [lastValue('reports', that, VALUE, NEWEST, { only: readingsOf('reports') })], split: tenant },
    ),
    chart(
      { ...at, id: 'statistics-authors', title: { en: 'People who sent a report, by tenant', zh: '各租户发送日志人数' }, width: 24 },
      { series: 'line', x: days, values: [newest('authors')], split: tenant },
    ),
    chart(
      { ...at, id: 'statistics-commenters', title: { en: 'People who commented on a report, by tenant', zh: '各租户评论日志人数' }, width: 24 },
      { series: 'line', x: days, values: [newest('commenters')], split: tenant },
    ),
    table(
      { ...at, id: 'statistics-days', title: { en: 'Day by day, the newest first', zh: '逐日数据（最新在前）' }, width: 48, height: 14 },
      [day(60), tenant, newest('reports'), newest('authors'), newest('commenters')],
      ['day', 'desc'],
    ),
    table(
      { ...at, id: 'statistics-latest', title: { en: 'Every KPI on its newest day, in the vendor\u2019s words', zh: '各指标最新一天的数值' }, width: 48, height: 12 },
      [
        tenant,
        top('kpi', { en: 'KPI', zh: '指标' }, 'dingtalk.report.kpi.name', 100, undefined, { width: 260 }),
        day(1),
        lastValue('caliber', { en: 'How the vendor counts', zh: '统计口径' }, 'dingtalk.report.kpi.caliber', NEWEST, { dataType: 'string', width: 300 }),
        lastValue('value', { en: 'Value', zh: '数值' }, VALUE, NEWEST, { width: 110 }),
        lastValue('unit', { en: 'Unit', zh: '单位' }, 'dingtalk.report.kpi.unit', NEWEST, { dataType: 'string', width: 90 }),
        count('readings', { en: 'Readings', zh: '读取次数' }, { width: 110 }),
        latestTime('read', { en: 'Read at', zh: '读取时间' }, NEWEST),
      ],
      ['tenant', 'asc'],
    ),
  ],
}; // prettier-ignore
