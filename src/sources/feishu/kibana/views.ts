/** The data view of the audit log, and the columns and questions that its dashboards share. */
import { BLUE, GREEN, GREY, RED } from '../../../adapters/kibana/objects/colors.ts';
import { count, lastValue, top } from '../../../adapters/kibana/objects/columns.ts';
import type { Control, DataView } from '../../../adapters/kibana/objects/dashboard.ts';
import { words } from '../../../adapters/kibana/objects/words.ts';
import { FAILED, SUCCESS } from '../kql.ts';

export const AUDIT = 'shenji-feishu-openapi-audit';

export const auditView: DataView = {
  id: AUDIT,
  title: 'logs-feishu.openapi_audit-*',
  name: { en: 'Feishu OpenAPI audit', zh: '飞书 OpenAPI 审计' },
};

/** Dashboards by id: drill-downs name them. */
export const OVERVIEW = 'shenji-feishu-overview';
export const INVESTIGATION = 'shenji-feishu-app';
export const ACCESS = 'shenji-feishu-access';

const NARROW = { width: 92 };
/** Short numbers, all as wide. */
export const calls = count('calls', words.calls, { ...NARROW, color: BLUE });
export const failures = count('failures', words.failures, { ...NARROW, only: FAILED });

/** Each call has one outcome, and each outcome one colour. */
export const outcomes = [
  count('success', { en: 'Succeeded', zh: '成功' }, { only: SUCCESS, color: GREEN }),
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
