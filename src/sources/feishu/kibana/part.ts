/** What Kibana shows of the audit log. */
import type { Part } from '../../../adapters/kibana/objects/part.ts';
import { access } from './access.ts';
import { hunts } from './hunts.ts';
import { investigation } from './investigation.ts';
import { mapObject } from './map.ts';
import { overview } from './overview.ts';
import { searches } from './searches.ts';
import { ACCESS, auditView, INVESTIGATION, OVERVIEW } from './views.ts';

const about = 'feishu.openapi_audit';

export const auditPart: Part = {
  area: {
    id: 'shenji-tag-feishu',
    name: 'Feishu 飞书',
    description: 'The Feishu OpenAPI audit log',
    color: '#3370FF',
  },
  dataViews: [auditView],
  searches,
  hunts,
  dashboards: [overview, investigation, access],
  stations: [
    { id: OVERVIEW, about, label: { en: 'Overview', zh: '总览' } },
    { id: INVESTIGATION, about, label: { en: 'App investigation', zh: '应用调查' } },
    { id: ACCESS, about, label: { en: 'Access and permission changes', zh: '访问与权限变更' } },
  ],
  others: (language) => [mapObject(language)],
};
