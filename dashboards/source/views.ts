/** The data views, and the words that every dashboard uses. */
import type { Control, DataView } from './dashboard.ts';
import { count, type Text } from './lens.ts';

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
  appId: { en: 'App id', zh: '应用 ID' },
  api: { en: 'API', zh: '接口' },
  service: { en: 'Service', zh: '业务域' },
  outcome: { en: 'Outcome', zh: '结果' },
  address: { en: 'Address', zh: '来源 IP' },
  country: { en: 'Country', zh: '国家或地区' },
  tenant: { en: 'Tenant', zh: '租户' },
  calls: { en: 'Calls', zh: '调用次数' },
  failures: { en: 'Failures', zh: '失败次数' },
  failureRate: { en: 'Failure rate', zh: '失败率' },
  firstSeen: { en: 'First', zh: '首次' },
  lastSeen: { en: 'Last', zh: '最近' },
  target: { en: 'Object', zh: '对象' },
  targetType: { en: 'Kind of object', zh: '对象类型' },
  kind: { en: 'Kind of change', zh: '变更类型' },
  stream: { en: 'Stream', zh: '采集流' },
  windows: { en: 'Windows', zh: '时间窗数' },
} satisfies Readonly<Record<string, Text>>;

/** What gives power, takes data or changes people: the calls that one looks at first. */
export const SENSITIVE =
  'event.type: ("admin" or "deletion") or (event.category: "iam" and event.type: ("creation" or "change")) or event.action: *export* or event.action: *download*';
export const FAILED = 'event.outcome: "failure"';

export const calls = count('calls', words.calls);
export const failures = count('failures', words.failures, { only: FAILED });

export const auditControls: readonly Control[] = [
  { id: 'tenant', field: 'organization.name', title: words.tenant },
  { id: 'app', field: 'user.name', title: words.app },
  { id: 'service', field: 'service.name', title: words.service },
  { id: 'outcome', field: 'event.outcome', title: words.outcome },
  { id: 'address', field: 'source.ip', title: words.address },
];
