/** The data views, the ids that objects refer to, and the words and questions that every dashboard uses. */
import { BLUE, GREEN, GREY, RED } from './colors.ts';
import { count, lastValue, top } from './columns.ts';
import type { Control, DataView } from './dashboard.ts';
import type { Text } from './language.ts';

export const AUDIT = 'shenji-feishu-openapi-audit';
export const REPORT = 'shenji-dingtalk-report';
export const WINDOWS = 'shenji-window';
export const DEAD_LETTERS = 'shenji-dead-letter';

export const dataViews: readonly DataView[] = [
  { id: AUDIT, title: 'logs-feishu.openapi_audit-*', name: { en: 'Feishu OpenAPI audit', zh: '飞书 OpenAPI 审计' } },
  { id: REPORT, title: 'metrics-dingtalk.report-*', name: { en: 'DingTalk statistics', zh: '钉钉统计' } },
  { id: WINDOWS, title: 'logs-shenji.window-*', name: { en: 'shenji: collected windows', zh: '审计采集：时间窗' } },
  { id: DEAD_LETTERS, title: 'logs-shenji.dead_letter-*', name: { en: 'shenji: dead letters', zh: '审计采集：死信' } },
];

/** @throws RangeError for a data view that is not there */
export function dataViewNames(id: string): Text {
  const view = dataViews.find((one) => one.id === id);
  if (view === undefined) throw new RangeError(`there is no data view ${id}`);
  return view.name;
}

/** Dashboards by id: drill-downs name them. */
export const OVERVIEW = 'shenji-feishu-overview';
export const INVESTIGATION = 'shenji-feishu-app';
export const ACCESS = 'shenji-feishu-access';
export const STATISTICS = 'shenji-dingtalk-statistics';
export const HEALTH = 'shenji-collection-health';

export const words = {
  app: { en: 'App', zh: '应用' },
  apps: { en: 'Apps', zh: '应用数' },
  appId: { en: 'App id', zh: '应用 ID' },
  api: { en: 'API', zh: '接口' },
  family: { en: 'API family', zh: '接口类别' },
  address: { en: 'Address', zh: '来源 IP' },
  addresses: { en: 'Addresses', zh: '来源 IP 数' },
  country: { en: 'Country', zh: '国家/地区' },
  tenant: { en: 'Tenant', zh: '租户' },
  calls: { en: 'Calls', zh: '调用数' },
  failures: { en: 'Failures', zh: '失败数' },
  failureRate: { en: 'Failure rate', zh: '失败率' },
  firstSeen: { en: 'First', zh: '首次' },
  lastSeen: { en: 'Last', zh: '最近' },
  target: { en: 'Object', zh: '对象' },
  stream: { en: 'Stream', zh: '采集流' },
  sensitive: { en: 'Sensitive calls', zh: '敏感调用' },
  takenOut: { en: 'Downloads and exports', zh: '下载与导出' },
} satisfies Readonly<Record<string, Text>>;

export const FAILED = 'event.outcome: "failure"';

const NARROW = { width: 92 };
/** Short numbers, all as wide. */
export const calls = count('calls', words.calls, { ...NARROW, color: BLUE });
export const failures = count('failures', words.failures, { ...NARROW, only: FAILED });

/** Each call has one outcome, and each outcome one colour. */
export const outcomes = [
  count('success', { en: 'Succeeded', zh: '成功' }, { only: 'event.outcome: "success"', color: GREEN }),
  count('failure', { en: 'Failed', zh: '失败' }, { only: FAILED, color: RED }),
  count('unknown', { en: 'Not told', zh: '未知' }, { only: 'event.outcome: "unknown"', color: GREY }),
];

/** By id, which is one app's alone: two tenants may have apps with the same name. */
export const byApp = (size: number) => top('appId', words.appId, 'user.id', size, 'calls', { width: 175 });
export const appName = lastValue('app', words.app, 'user.name', '@timestamp', { dataType: 'string' });
export const tenantName = lastValue('tenant', words.tenant, 'organization.name', '@timestamp', {
  dataType: 'string',
  width: 120,
});

/** One row of them; each narrows those after it. */
export const auditControls: readonly Control[] = [
  { id: 'tenant', field: 'organization.name', title: words.tenant },
  { id: 'app', field: 'user.name', title: words.app },
  { id: 'app-id', field: 'user.id', title: words.appId },
  { id: 'family', field: 'feishu.openapi_audit.family', title: words.family },
];
