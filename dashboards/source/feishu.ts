/** The three dashboards of the audit log: everything, one app, and who may do what. */
import type { Dashboard } from './dashboard.ts';
import {
  chart, count, donut, earliestTime, lastValue, latestTime, number, overTime, share, table, top, uniqueCount, type Drilldown,
} from './lens.ts'; // prettier-ignore
import {
  ACCESS,
  AUDIT,
  auditControls,
  calls,
  FAILED,
  failures,
  INVESTIGATION,
  OVERVIEW,
  SENSITIVE,
  words,
} from './views.ts';

const DATASETS = ['feishu.openapi_audit'];
const at = { dataView: AUDIT };
const last = latestTime('last', words.lastSeen);
const first = earliestTime('first', words.firstSeen);
const time = overTime('time');
const lastAddress = lastValue('lastAddress', words.address, 'source.ip', '@timestamp', { dataType: 'ip' });

const toApp: Drilldown = { dashboard: INVESTIGATION, name: { en: 'Investigate this app', zh: '调查此应用' } };
const toAccess: Drilldown = { dashboard: ACCESS, name: { en: 'Access and permission changes', zh: '访问与权限变更' } };
const toOverview: Drilldown = { dashboard: OVERVIEW, name: { en: 'Overview', zh: '总览' } };

export const overview: Dashboard = {
  id: OVERVIEW,
  title: { en: '[shenji] Feishu OpenAPI audit: overview', zh: '[shenji] 飞书 OpenAPI 审计：总览' },
  description: {
    en: 'Who calls the OpenAPI, from where, what fails, and the sensitive calls.',
    zh: '谁在调用 OpenAPI、来自哪里、哪些失败，以及敏感调用。',
  },
  dataView: AUDIT,
  datasets: DATASETS,
  query: '',
  timeFrom: 'now-24h',
  controls: auditControls,
  panels: [
    number({ ...at, id: 'total', title: words.calls, width: 12 }, calls),
    number({ ...at, id: 'rate', title: words.failureRate, width: 12 }, share('failureRate', words.failureRate, FAILED)),
    number({ ...at, id: 'apps', title: { en: 'Apps', zh: '应用数' }, width: 12 }, uniqueCount('apps', words.app, 'user.id')),
    number({ ...at, id: 'addresses', title: { en: 'Addresses', zh: '来源 IP 数' }, width: 12 }, uniqueCount('addresses', words.address, 'source.ip')),
    chart({ ...at, id: 'volume', title: { en: 'Calls by outcome over time', zh: '调用量与结果趋势' }, width: 48 }, 'bar_stacked', time, [calls], top('outcome', words.outcome, 'event.outcome', 3, 'calls')),
    chart({ ...at, id: 'services', title: { en: 'Calls by service', zh: '按业务域' }, width: 16, height: 15 }, 'bar_horizontal', top('service', words.service, 'service.name', 12, 'calls'), [calls]),
    table({ ...at, id: 'actions', title: { en: 'Calls by API', zh: '按接口' }, width: 32, height: 15 }, [top('action', words.api, 'event.action', 20, 'calls'), calls, failures, share('rate', words.failureRate, FAILED)]),
    table({ ...at, id: 'top-apps', title: { en: 'Top apps', zh: '调用最多的应用' }, width: 24, height: 15, drilldowns: [toApp, toAccess] }, [top('app', words.app, 'user.name', 15, 'calls'), top('appId', words.appId, 'user.id', 1, 'calls'), calls, failures, last]),
    table({ ...at, id: 'top-addresses', title: { en: 'Top addresses', zh: '调用最多的来源 IP' }, width: 24, height: 15, drilldowns: [toApp] }, [top('address', words.address, 'source.ip', 15, 'calls', 'ip'), calls, uniqueCount('appsThere', words.app, 'user.id'), last]),
    donut({ ...at, id: 'countries', title: { en: 'Countries', zh: '国家或地区分布' }, width: 16 }, top('country', words.country, 'source.geo.country_iso_code', 8, 'calls'), calls),
    chart({ ...at, id: 'rate-over-time', title: { en: 'Failure rate over time', zh: '失败率趋势' }, width: 32 }, 'line', time, [share('rate', words.failureRate, FAILED)]),
    table({ ...at, id: 'sensitive', title: { en: 'Latest sensitive calls', zh: '最近的敏感调用' }, width: 48, height: 16, query: SENSITIVE, drilldowns: [toApp, toAccess] }, [top('action', words.api, 'event.action', 15, 'last'), top('app', words.app, 'user.name', 5, 'last'), last, calls, failures, lastAddress]),
  ],
}; // prettier-ignore

export const investigation: Dashboard = {
  id: INVESTIGATION,
  title: { en: '[shenji] Feishu: app investigation', zh: '[shenji] 飞书：应用调查' },
  description: {
    en: "One app's life: choose it above. What it does, from where, what fails, what it touched.",
    zh: '单个应用的全貌：请先在上方选择应用。它做了什么、来自哪里、失败与触及的对象。',
  },
  dataView: AUDIT,
  datasets: DATASETS,
  query: '',
  timeFrom: 'now-7d',
  controls: auditControls,
  panels: [
    number({ ...at, id: 'total', title: words.calls, width: 12 }, calls),
    number({ ...at, id: 'rate', title: words.failureRate, width: 12 }, share('failureRate', words.failureRate, FAILED)),
    number({ ...at, id: 'addresses', title: { en: 'Addresses', zh: '来源 IP 数' }, width: 12 }, uniqueCount('addresses', words.address, 'source.ip')),
    number({ ...at, id: 'sensitive-count', title: { en: 'Sensitive calls', zh: '敏感调用次数' }, width: 12 }, count('sensitive', words.calls, { only: SENSITIVE })),
    chart({ ...at, id: 'actions-over-time', title: { en: 'What it does, over time', zh: '行为趋势' }, width: 48 }, 'bar_stacked', time, [calls], top('action', words.api, 'event.action', 10, 'calls')),
    table({ ...at, id: 'addresses-seen', title: { en: 'Where it calls from', zh: '来源 IP' }, width: 28, height: 15, drilldowns: [toOverview] }, [top('address', words.address, 'source.ip', 20, 'calls', 'ip'), calls, failures, first, last]),
    donut({ ...at, id: 'countries', title: { en: 'Countries', zh: '国家或地区分布' }, width: 20, height: 15 }, top('country', words.country, 'source.geo.country_iso_code', 8, 'calls'), calls),
    table({ ...at, id: 'failures-by-code', title: { en: 'What fails, by code', zh: '失败原因' }, width: 24, height: 15, query: FAILED }, [top('code', { en: 'Code', zh: '错误码' }, 'error.code', 15, 'calls'), top('msg', { en: "The vendor's words", zh: '厂商说明' }, 'feishu.openapi_audit.response.msg', 1, 'calls'), calls, last]),
    table({ ...at, id: 'objects', title: { en: 'What it touched', zh: '触及的对象' }, width: 24, height: 15 }, [top('targetType', words.targetType, 'feishu.openapi_audit.target.type', 8, 'calls'), top('target', words.target, 'feishu.openapi_audit.target.id', 5, 'calls'), calls, last]),
    chart({ ...at, id: 'hours', title: { en: "Hour of the day, by the organisation's clock", zh: '一天中的时段（组织时区）' }, width: 20, height: 15 }, 'bar_stacked', top('hour', { en: 'Hour', zh: '小时' }, 'feishu.openapi_audit.local_hour', 24, 'calls', 'number'), [calls]),
    table({ ...at, id: 'sensitive', title: { en: 'Sensitive calls', zh: '敏感调用' }, width: 28, height: 15, query: SENSITIVE, drilldowns: [toAccess] }, [top('action', words.api, 'event.action', 20, 'last'), last, calls, failures, lastAddress]),
  ],
}; // prettier-ignore

export const access: Dashboard = {
  id: ACCESS,
  title: { en: '[shenji] Feishu: access and permission changes', zh: '[shenji] 飞书：访问与权限变更' },
  description: {
    en: 'People, departments, roles and permissions that were created, changed or deleted, by whom and for whom.',
    zh: '人员、部门、角色与权限的新增、变更与删除：由谁、对谁。',
  },
  dataView: AUDIT,
  datasets: DATASETS,
  query: 'event.category: "iam" and event.type: ("creation" or "change" or "deletion" or "admin")',
  timeFrom: 'now-7d',
  controls: auditControls,
  panels: [
    number({ ...at, id: 'total', title: { en: 'Changes', zh: '变更次数' }, width: 16 }, count('done', { en: 'Changes', zh: '变更次数' }, { only: 'event.outcome: "success"' })),
    number({ ...at, id: 'admin', title: { en: 'Grants of power', zh: '授权类变更' }, width: 16 }, count('admin', { en: 'Grants of power', zh: '授权类变更' }, { only: 'event.type: "admin"' })),
    number({ ...at, id: 'refused', title: { en: 'Refused', zh: '被拒绝' }, width: 16 }, failures),
    chart({ ...at, id: 'kinds', title: { en: 'Changes by kind over time', zh: '变更类型趋势' }, width: 48 }, 'bar_stacked', time, [calls], top('kind', words.kind, 'event.type', 8, 'calls')),
    table({ ...at, id: 'actors', title: { en: 'By whom', zh: '操作者' }, width: 24, height: 15, drilldowns: [toApp] }, [top('app', words.app, 'user.name', 15, 'calls'), top('kind', words.kind, 'event.type', 5, 'calls'), calls, failures, last]),
    table({ ...at, id: 'targets', title: { en: 'For whom or what', zh: '变更对象' }, width: 24, height: 15 }, [top('target', words.target, 'feishu.openapi_audit.target.id', 15, 'calls'), top('targetType', words.targetType, 'feishu.openapi_audit.target.type', 2, 'calls'), calls, last]),
    table({ ...at, id: 'latest', title: { en: 'Latest changes', zh: '最近的变更' }, width: 48, height: 16, drilldowns: [toApp, toOverview] }, [top('action', words.api, 'event.action', 15, 'last'), top('app', words.app, 'user.name', 5, 'last'), last, calls, failures, lastAddress]),
  ],
}; // prettier-ignore
