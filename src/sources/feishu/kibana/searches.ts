/** Saved searches of the audit log; the dashboards show some of them too. */
import type { SavedSearch, SearchColumn } from '../../../adapters/kibana/objects/search.ts';
import { CHANGED, CREDENTIAL, STAFF_OR_SETTINGS, SUCCESS, TAKES_FILE } from '../kql.ts';
import { AUDIT } from './views.ts';

export const CALLS = 'shenji-feishu-calls';
export const SENSITIVE_CALLS = 'shenji-feishu-sensitive';
export const CHANGES = 'shenji-feishu-changes';
export const TAKEN_OUT = 'shenji-feishu-taken-out';

/** What gives power, changes people, or replaces a secret or what an app is trusted by; nothing that is only read or downloaded. */
export const SENSITIVE = `event.type: "admin" or (${STAFF_OR_SETTINGS}) or (${CREDENTIAL})`;
export const ACCESS_CHANGES = `event.category: "iam" and ${CHANGED}`;

const TENANT: SearchColumn = ['organization.name', 110];
const APP: SearchColumn = ['user.name', 165];
/** As wide as the longest API that gives power: cut off, one would not know what was done. */
const ACTION: SearchColumn = ['event.action', 570];
const OUTCOME: SearchColumn = ['event.outcome', 85];
const TARGET: SearchColumn = ['feishu.openapi_audit.target.ref', 200];
const WHENCE: readonly SearchColumn[] = [
  ['source.ip', 170],
  ['source.geo.country_iso_code', 70],
];
const CODE: SearchColumn = ['error.code', 95];
/** What tells most comes first: the rest is reached by scrolling where the window is narrow. */
const call: readonly SearchColumn[] = [APP, ACTION, OUTCOME, TARGET, ...WHENCE, CODE, TENANT];
const audit = { dataView: AUDIT, columns: call, breakdown: 'event.outcome', from: 'now-7d' };

export const searches: readonly SavedSearch[] = [
  {
    ...audit,
    id: CALLS,
    title: { en: '[shenji] Feishu: all calls', zh: '[shenji] 飞书：全部调用' },
    description: { en: 'Every call, the newest first: who, what, on what, from where, with what outcome.', zh: '全部调用，最新在前：谁、做了什么、对象、来源与结果。' },
    query: '',
    from: 'now-24h',
  },
  {
    ...audit,
    id: SENSITIVE_CALLS,
    title: { en: '[shenji] Feishu: sensitive calls', zh: '[shenji] 飞书：敏感调用' },
    description: { en: 'What gives power, changes people, or replaces the credentials and settings of an app.', zh: '授予权限、变更人员，或更改应用凭证与配置的调用。' },
    query: SENSITIVE,
  },
  {
    ...audit,
    id: CHANGES,
    title: { en: '[shenji] Feishu: access and permission changes', zh: '[shenji] 飞书：访问与权限变更' },
    description: { en: 'People, departments, roles and permissions that were created, changed or deleted, or refused.', zh: '人员、部门、角色与权限的新增、变更与删除，包括被拒绝的。' },
    query: ACCESS_CHANGES,
    breakdown: 'feishu.openapi_audit.family',
  },
  {
    ...audit,
    id: TAKEN_OUT,
    title: { en: '[shenji] Feishu: exports and downloads', zh: '[shenji] 飞书：导出与下载' },
    description: { en: 'What was exported, downloaded or read as a whole, by which app.', zh: '被导出、下载或整篇读取的内容，以及由哪个应用。' },
    query: `${TAKES_FILE} and ${SUCCESS}`,
    columns: [APP, ACTION, TARGET, ...WHENCE, TENANT],
    breakdown: 'user.name',
  },
]; // prettier-ignore
