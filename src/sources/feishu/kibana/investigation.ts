/** The dashboard of one app: what it does, from where and when, what fails, what it touched. */
import { AMBER, GREEN } from '../../../adapters/kibana/objects/colors.ts';
import { completenessRow } from '../../../adapters/kibana/objects/completeness.ts';
import { count, each, earliestTime, lastValue, top, uniqueCount } from '../../../adapters/kibana/objects/columns.ts';
import type { Dashboard } from '../../../adapters/kibana/objects/dashboard.ts';
import { FAILED } from '../kql.ts';
import { AUDIT_DATASETS, at, byAddress, byApi, countryOfAddress, failureRate, last, time, toAccess, toOverview } from './overview.ts'; // prettier-ignore
import { chart, number, table } from '../../../adapters/kibana/objects/lens.ts';
import { map } from './map.ts';
import { search, text } from '../../../adapters/kibana/objects/panels.ts';
import { SENSITIVE, SENSITIVE_CALLS } from './searches.ts';
import { appName, AUDIT, auditControls, byApp, calls, failures, INVESTIGATION, tenantName } from './views.ts'; // prettier-ignore
import { words } from '../../../adapters/kibana/objects/words.ts';

/** So that a family has the same colour for every app and on every day. */
const FAMILY_COLORS = {
  drive: '#6092C0',
  contact: '#9170B8',
  im: '#54B399',
  auth: '#D6BF57',
  docx: '#79AAD9',
  bitable: '#B9A888',
  approval: '#DA8B45',
  calendar: '#CA8EAE',
  wiki: '#AA6556',
  security_and_compliance: '#D36086',
};

const first = earliestTime('first', words.firstSeen);
const small = { ...at, width: 8 };

const hint = {
  en: '**One app at a time.** Choose it above by name or id, or click its id in the table below. Until then every panel shows **all apps together**; the tile beside says how many.',
  zh: '**一次只看一个应用。** 请在上方按名称或 ID 选择，或点击下方表格中的应用 ID。未选择时各面板显示的是**所有应用的合计**；右侧数字即当前应用数。',
};
const shown = uniqueCount('shown', { en: 'Apps shown', zh: '当前应用数' }, 'user.id', {
  bounds: [
    { from: 1, color: GREEN },
    { from: 2, color: AMBER },
  ],
});

export const investigation: Dashboard = {
  id: INVESTIGATION,
  title: { en: '[shenji] Feishu: app investigation', zh: '[shenji] 飞书：应用调查' },
  description: {
    en: "One app's life: choose it above. What it does, from where, what fails, what it touched.",
    zh: '单个应用的全貌：请先在上方选择应用。它做了什么、来自哪里、失败与触及的对象。',
  },
  dataView: AUDIT,
  datasets: AUDIT_DATASETS,
  timeFrom: 'now-7d',
  controls: auditControls,
  panels: [
    ...completenessRow('app', { source: 'feishu.openapi_audit' }),
    text({ id: 'app-hint', width: 16, height: 5, markdown: (language) => hint[language] }),
    number({ ...small, id: 'app-shown' }, shown),
    number({ ...small, id: 'app-total' }, calls),
    number({ ...small, id: 'app-rate' }, failureRate),
    number({ ...small, id: 'app-sensitive-count' }, count('sensitive', words.sensitive, { only: SENSITIVE })),
    table(
      { ...at, id: 'app-which', title: { en: 'Which app is this?', zh: '是哪个应用？' }, width: 35, height: 10, drilldowns: [toOverview, toAccess] },
      [byApp(50), appName, tenantName, calls, failures, first, last],
      ['calls', 'desc'],
    ),
    chart(
      { ...at, id: 'app-hours', title: { en: "Hour of the day, by the organisation's clock", zh: '一天中的时段（组织时区）' }, width: 13, height: 10, extent: [0, 24] },
      { series: 'bar', x: each('hour', { en: 'Hour', zh: '小时' }, 'feishu.openapi_audit.local_hour'), values: [calls] },
    ),
    chart(
      { ...at, id: 'app-families-over-time', title: { en: 'What it does, over time, by API family', zh: '行为趋势（按接口类别）' }, width: 48 },
      { series: 'bar_stacked', x: time, values: [count('calls', words.calls)], split: top('family', words.family, 'feishu.openapi_audit.family', 10, 'calls'), colors: FAMILY_COLORS },
    ),
    table(
      { ...at, id: 'app-actions', title: { en: 'APIs that it calls, the newest to it first', zh: '调用的接口（首次调用最近者在前）' }, width: 48, height: 14 },
      [byApi(50), calls, failures, failureRate, uniqueCount('from', words.addresses, 'source.ip', { width: 120 }), first, last],
      ['first', 'desc'],
    ),
    table(
      { ...at, id: 'app-addresses-seen', title: { en: 'Where it calls from', zh: '调用来源' }, width: 30, height: 13, drilldowns: [toOverview] },
      [byAddress(30), countryOfAddress, calls, failures, first, last],
      ['calls', 'desc'],
    ),
    map({ id: 'app-origins', title: { en: 'Where that is', zh: '来源地图' }, width: 18, height: 13 }),
    table(
      { ...at, id: 'app-failures-by-code', title: { en: 'What fails, by code', zh: '失败原因' }, width: 28, height: 13, query: FAILED },
      [
        top('code', { en: 'Code', zh: '错误码' }, 'error.code', 20, 'calls', { width: 100 }),
        lastValue('message', { en: "The vendor's words", zh: '厂商说明' }, 'feishu.openapi_audit.response.msg', '@timestamp', { dataType: 'string' }),
        calls,
        last,
      ],
      ['calls', 'desc'],
    ),
    table(
      { ...at, id: 'app-objects', title: { en: 'What it touched', zh: '触及的对象' }, width: 20, height: 13 },
      [top('target', words.target, 'feishu.openapi_audit.target.ref', 30, 'calls'), calls, last],
      ['calls', 'desc'],
    ),
    search({ id: 'app-sensitive', title: { en: 'Latest sensitive calls', zh: '最近的敏感调用' }, width: 48, height: 15, saved: SENSITIVE_CALLS }),
  ],
}; // prettier-ignore
