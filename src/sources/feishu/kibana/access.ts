/** The dashboard of who may do what: created, changed, deleted, given power, refused. */
import { BLUE, BROWN, GREY, PURPLE, RED } from '../../../adapters/kibana/objects/colors.ts';
import { completenessRow } from '../../../adapters/kibana/objects/completeness.ts';
import { count, top, uniqueCount } from '../../../adapters/kibana/objects/columns.ts';
import type { Dashboard } from '../../../adapters/kibana/objects/dashboard.ts';
import { FAILED } from '../kql.ts';
import { at, AUDIT_DATASETS, last, time, toApp } from './overview.ts';
import type { Text } from '../../../adapters/kibana/objects/language.ts';
import { chart, number, table } from '../../../adapters/kibana/objects/lens.ts';
import { search } from '../../../adapters/kibana/objects/panels.ts';
import { ACCESS_CHANGES, CHANGES } from './searches.ts';
import { ACCESS, appName, AUDIT, auditControls, byApp, tenantName } from './views.ts';
import { words } from '../../../adapters/kibana/objects/words.ts';

/** `event.type` holds several words for one call; of these kinds each call is exactly one. */
const kind = (id: string, label: Text, only: string, color: string) => count(id, label, { only, color, width: 110 });
const done = (type: string): string => `event.type: "${type}" and not event.type: "admin" and not ${FAILED}`;
const kinds = [
  kind('granted', { en: 'Gave power', zh: '授权' }, `event.type: "admin" and not ${FAILED}`, PURPLE),
  kind('created', { en: 'Created', zh: '新增' }, done('creation'), BLUE),
  kind('changed', { en: 'Changed', zh: '变更' }, done('change'), GREY),
  kind('deleted', { en: 'Deleted', zh: '删除' }, done('deletion'), BROWN),
  kind('failed', { en: 'Failed', zh: '失败' }, FAILED, RED),
];
/** In each panel: a query of the dashboard's own would be replaced by the one that a link brings along. */
const those = { ...at, query: ACCESS_CHANGES };
const changes = count('calls', { en: 'Changes', zh: '变更次数' }, { width: 110 });

export const access: Dashboard = {
  id: ACCESS,
  title: { en: '[shenji] Feishu: access and permission changes', zh: '[shenji] 飞书：访问与权限变更' },
  description: {
    en: 'People, departments, roles and permissions that were created, changed or deleted, by whom and for whom.',
    zh: '人员、部门、角色与权限的新增、变更与删除：由谁、对谁。',
  },
  dataView: AUDIT,
  datasets: AUDIT_DATASETS,
  timeFrom: 'now-7d',
  controls: auditControls,
  panels: [
    ...completenessRow('access', { source: 'feishu.openapi_audit' }),
    ...kinds.map((column, index) => number({ ...those, id: `access-${column.id}`, width: index === 0 ? 12 : 9 }, column)),
    chart(
      { ...those, id: 'access-kinds', title: { en: 'Changes by kind over time', zh: '变更类型趋势' }, width: 29, height: 13 },
      { series: 'bar_stacked', x: time, values: kinds },
    ),
    table(
      { ...those, id: 'access-targets', title: { en: 'For whom or what, the latest first', zh: '变更对象（最近者在前）' }, width: 19, height: 13 },
      [top('target', words.target, 'feishu.openapi_audit.target.ref', 50, 'last'), changes, last],
      ['last', 'desc'],
    ),
    table(
      { ...those, id: 'access-actors', title: { en: 'By whom', zh: '操作者' }, width: 48, height: 12, drilldowns: [toApp] },
      [byApp(50), appName, tenantName, ...kinds, changes, uniqueCount('from', words.addresses, 'source.ip', { width: 120 }), last],
      ['calls', 'desc'],
    ),
    search({ id: 'access-latest', title: { en: 'Latest changes', zh: '最近的变更' }, width: 48, height: 18, saved: CHANGES }),
  ],
}; // prettier-ignore
