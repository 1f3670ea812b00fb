/** What Kibana shows of the statistics. */
import type { DataView } from '../../../adapters/kibana/objects/dashboard.ts';
import type { Part } from '../../../adapters/kibana/objects/part.ts';
import type { SavedSearch } from '../../../adapters/kibana/objects/search.ts';
import { REPORT, STATISTICS, statistics } from './statistics.ts';

const reportView: DataView = {
  id: REPORT,
  title: 'metrics-dingtalk.report-*',
  name: { en: 'DingTalk statistics', zh: '钉钉统计' },
};

const kpis: SavedSearch = {
  id: 'shenji-dingtalk-figures',
  title: { en: '[shenji] DingTalk: KPIs', zh: '[shenji] 钉钉：指标' },
  description: {
    en: 'Every reading of every statistic: what it says, of which day, and when it was read.',
    zh: '每项指标的每次读数：数值、日期与读取轮次。',
  },
  dataView: REPORT,
  query: '',
  columns: [
    ['organization.name', 110],
    ['dingtalk.report.kpi.name', 320],
    ['dingtalk.report.value', 110],
    ['dingtalk.report.stat_date', 110],
    ['dingtalk.report.kpi.period', 90],
    ['dingtalk.report.reading', 110],
  ],
  breakdown: 'organization.name',
  from: 'now-30d',
};

export const reportPart: Part = {
  area: {
    id: 'shenji-tag-dingtalk',
    name: 'DingTalk 钉钉',
    description: "DingTalk's statistics",
    color: '#00A870',
  },
  dataViews: [reportView],
  searches: [kpis],
  hunts: [],
  dashboards: [statistics],
  stations: [
    {
      id: STATISTICS,
      about: 'dingtalk.report',
      isDaily: true,
      label: { en: 'DingTalk statistics', zh: '钉钉统计' },
    },
  ],
};
