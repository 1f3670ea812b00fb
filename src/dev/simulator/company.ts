/** A plausible company: its apps, where they call from, and which APIs each of them uses. */
import type { Random } from './random.ts';

export type Api = {
  /** Method and path template: `GET/open-apis/contact/v3/users/:user_id`. */
  readonly key: string;
  readonly query?: (random: Random) => Record<string, unknown>;
  readonly payload?: (random: Random) => Record<string, unknown>;
};

export type App = {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly apis: readonly Api[];
  /** `any`: its jobs run day and night; `mostly office`: somebody works late now and then. */
  readonly hours: 'any' | 'mostly office' | 'office';
};

const user = (random: Random): string => `ou_${random.text(12)}`;
const document = (random: Random): string => `doxcn${random.text(14)}`;

export const APIS: Readonly<Record<string, readonly Api[]>> = {
  contact: [
    { key: 'GET/open-apis/contact/v3/users/:user_id', query: () => ({ user_id_type: 'open_id' }) },
    { key: 'GET/open-apis/contact/v3/users/find_by_department', query: (random) => ({ department_id: `od-${random.text(8)}`, page_size: 50 }) },
    { key: 'POST/open-apis/contact/v3/users/batch_get_id', payload: (random) => ({ emails: [`${random.text(6)}@example.com`] }) },
    { key: 'GET/open-apis/contact/v3/departments/:department_id/children' },
  ],
  staff: [
    { key: 'PATCH/open-apis/contact/v3/users/:user_id', payload: (random) => ({ name: `Staff ${random.text(4)}`, department_ids: [`od-${random.text(8)}`] }) },
    { key: 'POST/open-apis/contact/v3/users', payload: (random) => ({ name: `Staff ${random.text(4)}`, mobile: `+86138${random.below(1e8)}` }) },
  ],
  im: [
    { key: 'POST/open-apis/im/v1/messages', query: () => ({ receive_id_type: 'chat_id' }), payload: (random) => ({ receive_id: `oc_${random.text(12)}`, msg_type: 'text', content: JSON.stringify({ text: `Ticket ${random.below(9999)} is done` }) }) },
    { key: 'GET/open-apis/im/v1/chats/:chat_id/members' },
    { key: 'GET/open-apis/im/v1/messages', query: (random) => ({ container_id: `oc_${random.text(12)}` }) },
  ],
  drive: [
    { key: 'GET/open-apis/drive/v1/files', query: (random) => ({ folder_token: `fldcn${random.text(14)}` }) },
    { key: 'POST/open-apis/drive/v1/metas/batch_query', payload: (random) => ({ request_docs: [{ doc_token: document(random), doc_type: 'docx' }] }) },
    { key: 'GET/open-apis/drive/v1/files/:file_token/download' },
    { key: 'GET/open-apis/docx/v1/documents/:document_id/raw_content' },
    { key: 'GET/open-apis/wiki/v2/spaces/get_node', query: (random) => ({ token: `wikcn${random.text(14)}` }) },
  ],
  bitable: [
    { key: 'POST/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search', payload: () => ({ page_size: 100 }) },
    { key: 'PUT/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/:record_id', payload: (random) => ({ fields: { Status: random.pick(['open', 'done']) } }) },
    { key: 'GET/open-apis/sheets/v3/spreadsheets/:spreadsheet_token' },
  ],
  approval: [
    { key: 'POST/open-apis/approval/v4/instances', payload: (random) => ({ approval_code: random.text(16), user_id: user(random), form: '[]' }) },
    { key: 'GET/open-apis/approval/v4/instances/:instance_id' },
  ],
  calendar: [
    { key: 'GET/open-apis/calendar/v4/calendars/:calendar_id/events' },
    { key: 'POST/open-apis/calendar/v4/calendars/:calendar_id/events', payload: () => ({ summary: 'Weekly meeting' }) },
  ],
  auth: [
    { key: 'POST/open-apis/auth/v3/tenant_access_token/internal', payload: (random) => ({ app_id: `cli_${random.text(12)}`, app_secret: random.text(32) }) },
  ],
  mail: [{ key: 'GET/open-apis/mail/v1/mailgroups/:mailgroup_id/members' }],
  attendance: [{ key: 'POST/open-apis/attendance/v1/user_tasks/query', payload: (random) => ({ user_ids: [user(random)], check_date_from: 20260101 }) }],
}; // prettier-ignore

const APPS: readonly (readonly [name: string, families: readonly string[], hours: App['hours']])[] = [
  ['HR sync', ['contact', 'staff', 'attendance', 'auth'], 'any'],
  ['Help desk bot', ['im', 'auth'], 'mostly office'],
  ['Approval bridge', ['approval', 'contact', 'auth'], 'mostly office'],
  ['Sales board', ['bitable', 'auth'], 'mostly office'],
  ['Document search', ['drive', 'auth'], 'any'],
  ['Meeting rooms', ['calendar', 'contact'], 'mostly office'],
  ['Backup', ['drive', 'bitable', 'auth'], 'any'],
  ['Alerting', ['im', 'auth'], 'any'],
  ['Mail groups', ['mail', 'contact'], 'mostly office'],
  ['Payroll', ['contact', 'attendance', 'approval'], 'mostly office'],
  ['Wiki mirror', ['drive'], 'any'],
  ['Onboarding', ['contact', 'staff', 'im', 'calendar', 'approval'], 'office'],
];

function address(random: Random): string {
  const v4 = (): string =>
    `${random.pick([101, 106, 114, 119, 121, 203, 220])}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
  const v6 = (): string =>
    `240e:${random.below(65_536).toString(16)}:${random.below(65_536).toString(16)}::${(1 + random.below(65_534)).toString(16)}`;
  return random.chance(0.2) ? v6() : v4();
}

/** Two dozen apps of a dozen kinds, with addresses of their own. */
export function createCompany(random: Random): App[] {
  return Array.from({ length: 24 }, (_, index) => {
    const [name, families, hours] = APPS[index % APPS.length] as (typeof APPS)[number];
    return {
      id: `cli_${random.text(16)}`,
      name: index < APPS.length ? name : `${name} (test)`,
      addresses: Array.from({ length: 1 + random.below(3) }, () => address(random)),
      apis: families.flatMap((family) => APIS[family] ?? []),
      hours,
    };
  });
}
