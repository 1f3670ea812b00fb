/** DingTalk's statistics: each figure is read again on later days, and the newest reading counts. */
import type { Dashboard } from './dashboard.ts';
import { chart, lastValue, latestTime, overTime, table, top, type Text } from './lens.ts';
import { REPORT, STATISTICS, words } from './views.ts';

const at = { dataView: REPORT };
const VALUE = 'dingtalk.report.value';
const NEWEST = 'event.ingested';
const figure: Text = { en: 'Figure', zh: '指标' };
const value = lastValue('value', { en: 'Value', zh: '数值' }, VALUE, NEWEST);
const days = overTime('day', '1d');
const kpi = top('kpi', figure, 'dingtalk.report.kpi.name', 10, undefined);
const only = (id: string): { only: string } => ({ only: `dingtalk.report.kpi.id: "${id}" and ${VALUE}: *` });

export const statistics: Dashboard = {
  id: STATISTICS,
  title: { en: '[shenji] DingTalk: reporting statistics', zh: '[shenji] 钉钉：日志统计' },
  description: {
    en: 'How many reports people write, day by day, and compared with the week before. The newest reading of each day.',
    zh: '每日日志数量与人数趋势，以及与上周的对比；每日取最新一次读数。',
  },
  dataView: REPORT,
  datasets: ['dingtalk.report'],
  query: '',
  timeFrom: 'now-30d',
  controls: [
    { id: 'tenant', field: 'organization.name', title: words.tenant },
    { id: 'figure', field: 'dingtalk.report.kpi.name', title: figure },
  ],
  panels: [
    chart({ ...at, id: 'trend', title: { en: 'Figures by day', zh: '每日指标趋势' }, width: 48, height: 14 }, 'line', days, [value], kpi),
    chart({ ...at, id: 'people', title: { en: 'People against reports', zh: '人数与日志数' }, width: 24, height: 14 }, 'line', days, [
      lastValue('reports', { en: 'Reports', zh: '日志数' }, VALUE, NEWEST, only('4100')),
      lastValue('people', { en: 'People who wrote one', zh: '发送人数' }, VALUE, NEWEST, only('4101')),
    ]),
    chart({ ...at, id: 'weeks', title: { en: 'Reports against the week before', zh: '日志数与上周对比' }, width: 24, height: 14 }, 'line', days, [
      lastValue('thisWeek', { en: 'Reports', zh: '日志数' }, VALUE, NEWEST, only('4100')),
      lastValue('weekBefore', { en: 'A week before', zh: '上周同日' }, VALUE, NEWEST, { ...only('4100'), shift: '1w' }),
    ]),
    table({ ...at, id: 'latest', title: { en: 'Latest figures', zh: '最新指标' }, width: 48, height: 12 }, [
      top('kpi', figure, 'dingtalk.report.kpi.name', 20, 'last'),
      top('caliber', { en: 'How the vendor counts', zh: '统计口径' }, 'dingtalk.report.kpi.caliber', 1, 'last'),
      latestTime('last', { en: 'Day', zh: '日期' }),
      lastValue('value', { en: 'Value', zh: '数值' }, VALUE, '@timestamp'),
      lastValue('before', { en: 'A week before', zh: '上周' }, VALUE, '@timestamp', { shift: '1w' }),
    ]),
  ],
}; // prettier-ignore
