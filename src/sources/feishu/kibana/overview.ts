/** The overview of the audit log: who calls, from where, what fails, and what is sensitive. */
import { RED } from '../../../adapters/kibana/objects/colors.ts';
import { completenessRow } from '../../../adapters/kibana/objects/completeness.ts';
import { count, latestTime, lastValue, overTime, top, uniqueCount } from '../../../adapters/kibana/objects/columns.ts';
import type { Dashboard } from '../../../adapters/kibana/objects/dashboard.ts';
import { share } from '../../../adapters/kibana/objects/formula.ts';
import { chart, number, table } from '../../../adapters/kibana/objects/lens.ts';
import { FAILED, TAKES_FILE, UNREVIEWED } from '../kql.ts';
import { map } from './map.ts';
import { search, type Drilldown } from '../../../adapters/kibana/objects/panels.ts';
import { SENSITIVE, SENSITIVE_CALLS, TAKEN_OUT } from './searches.ts';
import {
  ACCESS, appName, AUDIT, auditControls, byApp, calls, failures, INVESTIGATION, outcomes, OVERVIEW, tenantName
} from './views.ts'; // prettier-ignore
import { words } from '../../../adapters/kibana/objects/words.ts';

export const AUDIT_DATASETS = ['feishu.openapi_audit'];
export const at = { dataView: AUDIT };
export const last = latestTime('last', words.lastSeen);
export const time = overTime('time');
export const failureRate = share('failureRate', words.failureRate, FAILED, { width: 120, color: RED });
export const byApi = (size: number) => top('action', words.api, 'event.action', size, 'calls');
export const byAddress = (size: number) =>
  top('address', words.address, 'source.ip', size, 'calls', { dataType: 'ip' });
export const countryOfAddress = lastValue('country', words.country, 'source.geo.country_iso_code', '@timestamp', {
  dataType: 'string',
  width: 92,
});
const byCountry = top('country', words.country, 'source.geo.country_iso_code', 12, 'calls');

export const toApp: Drilldown = { dashboard: INVESTIGATION, name: { en: 'Investigate this app', zh: '调查此应用' } };
export const toAccess: Drilldown = {
  dashboard: ACCESS,
  name: { en: 'Access and permission changes', zh: '访问与权限变更' },
};
export const toOverview: Drilldown = { dashboard: OVERVIEW, name: { en: 'Overview', zh: '总览' } };

const small = { ...at, width: 8 };

export const overview: Dashboard = {
  id: OVERVIEW,
  title: { en: '[shenji] Feishu OpenAPI audit: overview', zh: '[shenji] 飞书 OpenAPI 审计：总览' },
  description: {
    en: 'Who calls the OpenAPI, from where, what fails, and the sensitive calls.',
    zh: '谁在调用 OpenAPI、来自哪里、哪些失败，以及敏感调用。',
  },
  dataView: AUDIT,
  datasets: AUDIT_DATASETS,
  timeFrom: 'now-24h',
  controls: auditControls,
  panels: [
    ...completenessRow('overview', { source: 'feishu.openapi_audit' }),
    number({ ...small, id: 'overview-total' }, calls),
    number({ ...small, id: 'overview-rate' }, failureRate),
    number({ ...small, id: 'overview-apps' }, uniqueCount('apps', words.apps, 'user.id')),
    number({ ...small, id: 'overview-addresses' }, uniqueCount('addresses', words.addresses, 'source.ip')),
    number({ ...small, id: 'overview-sensitive-count' }, count('sensitive', words.sensitive, { only: SENSITIVE })),
    number({ ...small, id: 'overview-taken-out-count' }, count('takenOut', words.takenOut, { only: TAKES_FILE })),
    chart(
      { ...at, id: 'overview-volume', title: { en: 'Calls by outcome over time', zh: '调用量与结果趋势' }, width: 48 },
      { series: 'bar_stacked', x: time, values: outcomes },
    ),
    chart(
      { ...at, id: 'overview-families', title: { en: 'Calls by API family', zh: '按接口类别' }, width: 14, height: 15 },
      { series: 'bar_horizontal', x: top('family', words.family, 'feishu.openapi_audit.family', 12, 'calls'), values: [calls] },
    ),
    table(
      { ...at, id: 'overview-actions', title: { en: 'Calls by API', zh: '按接口' }, width: 34, height: 15 },
      [byApi(30), calls, failures, failureRate, uniqueCount('appsThere', words.apps, 'user.id', { width: 80 }), last],
      ['calls', 'desc'],
    ),
    table(
      { ...at, id: 'overview-top-apps', title: { en: 'Top apps', zh: '调用最多的应用' }, width: 28, height: 15, drilldowns: [toApp, toAccess] },
      [byApp(30), appName, tenantName, calls, failures, last],
      ['calls', 'desc'],
    ),
    table(
      { ...at, id: 'overview-top-addresses', title: { en: 'Top addresses', zh: '调用最多的来源 IP' }, width: 20, height: 15, drilldowns: [toApp] },
      [byAddress(30), countryOfAddress, calls, uniqueCount('appsThere', words.apps, 'user.id', { width: 75 }), last],
      ['calls', 'desc'],
    ),
    chart(
      { ...at, id: 'overview-countries', title: { en: 'Calls by country', zh: '按国家/地区' }, width: 10, height: 14 },
      { series: 'bar_horizontal', x: byCountry, values: [calls] },
    ),
    map({ id: 'overview-origins', title: { en: 'Where calls come from', zh: '调用来源地图' }, width: 24, height: 14 }),
    chart(
      { ...at, id: 'overview-rate-over-time', title: { en: 'Failure rate over time', zh: '失败率趋势' }, width: 14, height: 14 },
      { series: 'line', x: time, values: [failureRate] },
    ),
    search({ id: 'overview-sensitive', title: { en: 'Latest sensitive calls', zh: '最近的敏感调用' }, width: 48, height: 15, saved: SENSITIVE_CALLS }),
    search({ id: 'overview-taken-out', title: { en: 'Latest downloads and exports', zh: '最近的下载与导出' }, width: 48, height: 12, saved: TAKEN_OUT }),
    table(
      { ...at, id: 'overview-unreviewed', title: { en: 'APIs that shenji does not know: what they do is guessed', zh: 'shenji 尚不认识的接口：其行为为推测' }, width: 48, height: 9, query: UNREVIEWED },
      [byApi(30), calls, uniqueCount('appsThere', words.apps, 'user.id', { width: 80 }), last],
      ['calls', 'desc'],
    ),
  ],
}; // prettier-ignore
