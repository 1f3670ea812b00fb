import { EcsFlat } from '@elastic/ecs';
import { describe, expect, it } from 'vitest';
import { classify, familyOf, hasDocumentTokens } from '../../../src/sources/feishu/categories.ts';

const split = (apiKey: string): [string, string] => {
  const [, method = '', path = ''] = /^([A-Z]+)(\/.*)$/.exec(apiKey) ?? [];
  return [method, path];
};

const TABLE: [apiKey: string, category: string, type: string][] = [
  ['GET/open-apis/contact/v3/users/:user_id', 'api iam', 'access user'],
  ['POST/open-apis/contact/v3/users', 'api iam', 'creation user'],
  ['PATCH/open-apis/contact/v3/users/:user_id', 'api iam', 'change user'],
  ['DELETE/open-apis/contact/v3/users/:user_id', 'api iam', 'deletion user'],
  ['POST/open-apis/contact/v3/users/batch_get_id', 'api iam', 'access user'],
  ['POST/open-apis/contact/v3/departments', 'api iam', 'creation group'],
  ['POST/open-apis/contact/v3/functional_roles', 'api iam', 'creation admin group'],
  ['PATCH/open-apis/contact/v3/functional_roles/:role_id/members/scopes', 'api iam', 'change admin group'],
  ['POST/open-apis/admin/v1/password/reset', 'api configuration iam', 'change admin user'],
  ['GET/open-apis/admin/v1/admin_dept_stats', 'api configuration', 'access'],
  ['GET/open-apis/drive/v1/files/:file_token/download', 'api file', 'access'],
  ['POST/open-apis/drive/v1/files/upload_all', 'api file', 'creation'],
  ['POST/open-apis/drive/v1/files/:file_token/copy', 'api file', 'creation'],
  ['POST/open-apis/drive/v1/files/:file_token/move', 'api file', 'change'],
  ['DELETE/open-apis/drive/v1/files/:file_token', 'api file', 'deletion'],
  ['POST/open-apis/drive/v1/export_tasks', 'api file', 'access'],
  ['POST/open-apis/drive/v1/metas/batch_query', 'api file', 'access'],
  ['POST/open-apis/drive/v1/permissions/:token/members', 'api file iam', 'creation admin'],
  ['PATCH/open-apis/drive/v1/permissions/:token/public', 'api file iam', 'change admin'],
  ['POST/open-apis/drive/v1/permissions/:token/members/transfer_owner', 'api file iam', 'change admin'],
  ['GET/open-apis/drive/v1/permissions/:token/members', 'api file iam', 'access'],
  ['GET/open-apis/wiki/v2/spaces/get_node', 'api file', 'access'],
  ['POST/open-apis/wiki/v2/spaces/:space_id/members', 'api file iam', 'creation admin'],
  ['POST/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search', 'api file', 'access'],
  ['POST/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/batch_delete', 'api file', 'deletion'],
  ['PUT/open-apis/sheets/v2/spreadsheets/:spreadsheetToken/values', 'api file', 'change'],
  ['GET/open-apis/docx/v1/documents/:document_id/raw_content', 'api file', 'access'],
  ['POST/open-apis/im/v1/messages', 'api', 'creation'],
  ['GET/open-apis/im/v1/messages', 'api', 'access'],
  ['DELETE/open-apis/im/v1/messages/:message_id', 'api', 'deletion'],
  ['POST/open-apis/im/v1/chats/:chat_id/members', 'api', 'creation'],
  ['POST/open-apis/auth/v3/tenant_access_token/internal', 'api authentication', 'creation start'],
  ['POST/open-apis/authen/v1/access_token', 'api authentication', 'creation start'],
  ['POST/open-apis/security_and_compliance/v1/openapi_logs/list_data', 'api configuration', 'access'],
  ['PATCH/open-apis/application/v6/applications/:app_id', 'api configuration', 'change'],
  ['PUT/open-apis/application/v6/applications/:app_id/collaborators', 'api configuration iam', 'change admin'],
  ['PATCH/open-apis/application/v6/scopes/apply', 'api configuration iam', 'change admin'],
  ['POST/open-apis/mail/v1/mailgroups', 'api email', 'creation'],
  ['POST/open-apis/approval/v4/instances', 'api', 'creation'],
  ['POST/open-apis/attendance/v1/user_tasks/query', 'api', 'access'],
  // Where the path alone misleads.
  ['POST/open-apis/admin/v1/badges', 'api configuration', 'creation'],
  ['POST/open-apis/application/v6/app_badge/set', 'api configuration', 'change'],
  ['POST/open-apis/application/v6/applications/:app_id/app_usage/overview', 'api configuration', 'access'],
  ['POST/open-apis/directory/v1/employees/filter', 'api iam', 'access user'],
  ['POST/open-apis/contact/v3/group/:group_id/member/add', 'api iam', 'creation admin group'],
  ['DELETE/open-apis/drive/v1/permissions/:token/members/:member_id', 'api file iam', 'deletion'],
  ['POST/open-apis/corehr/v1/common_data/meta_data/add_enum_option', 'api', 'creation'],
  ['POST/open-apis/corehr/v2/departments/tree', 'api iam', 'access group'],
  ['POST/open-apis/corehr/v2/employees', 'api iam', 'creation user'],
  ['POST/open-apis/corehr/v2/report_detail_row/batchDelete', 'api', 'deletion'],
  ['POST/open-apis/contact/v3/job_levels', 'api iam', 'creation'],
  ['POST/open-apis/contact/v3/departments/unbind_department_chat', 'api', 'change'],
  ['PUT/open-apis/im/v1/chats/:chat_id', 'api', 'change'],
  ['POST/open-apis/im/v1/chats/:chat_id/managers/add_managers', 'api', 'creation'],
  ['POST/open-apis/calendar/v4/calendars/:calendar_id/acls', 'api iam', 'creation admin'],
  ['POST/open-apis/calendar/v4/calendars/:calendar_id/acls/subscription', 'api', 'creation'],
  ['PUT/open-apis/passport/v1/password', 'api authentication iam', 'change admin user'],
  ['POST/open-apis/mail/v1/mailgroups/:mailgroup_id/members', 'api email iam', 'creation admin'],
  // Nobody reviewed these: guessed.
  ['POST/open-apis/contact/v9/functional_roles/:role_id/members', 'api iam', 'creation admin user group'],
  ['POST/open-apis/contact/v9/wonders/batchDelete', 'api iam', 'deletion'],
  ['GET/something/else', 'api', 'access'],
];

describe('what an API call does', () => {
  it.each(TABLE)('%s is %s: %s', (apiKey, category, type) => {
    const found = classify(...split(apiKey), 200, '0');
    expect([found.category.join(' '), found.type.join(' ')]).toEqual([category, type]);
  });

  it.each([
    [403, '0'],
    [401, undefined],
    [400, '99991672'],
    [200, '99991679'],
  ])('HTTP %i with code %s is denied', (status, code) => {
    expect(classify('GET', '/open-apis/im/v1/messages', status, code).type).toContain('denied');
  });

  it('is told with what is known of the API, and what is not so is left out', () => {
    const known = (apiKey: string) => classify(...split(apiKey), 200, '0').api;
    expect(known('GET/open-apis/drive/v1/files/:file_token/download')).toEqual({
      reviewed: true,
      touches: 'file',
      takes_out: 'file',
    });
    expect(known('POST/open-apis/admin/v1/password/reset')).toEqual({
      reviewed: true,
      touches: 'mail',
      gives_power: true,
      credential: true,
    });
    expect(known('POST/open-apis/application/v6/app_badge/set')).toEqual({ reviewed: true, touches: 'app' });
    expect(known('POST/open-apis/security_and_compliance/v1/openapi_logs/list_data')).toEqual({
      reviewed: true,
      touches: 'audit',
      takes_out: 'list',
      audit: true,
    });
  });

  it('is guessed and marked where nobody reviewed the API', () => {
    const known = (apiKey: string) => classify(...split(apiKey), 200, '0').api;
    expect(known('POST/open-apis/contact/v9/functional_roles/:role_id/members')).toEqual({
      reviewed: false,
      gives_power: true,
    });
    expect(known('GET/open-apis/contact/v9/wonders')).toEqual({ reviewed: false });
  });

  it('only uses types that ECS allows for one of the categories', () => {
    const values: readonly { name: string; expected_event_types: readonly string[] }[] =
      EcsFlat['event.category'].allowed_values;
    const allowed = new Map(values.map((value) => [value.name, value.expected_event_types]));
    for (const [apiKey] of TABLE) {
      const { category, type } = classify(...split(apiKey), 403, '99991672');
      const types = category.flatMap((name) => allowed.get(name) ?? []);
      expect(types, apiKey).toEqual(expect.arrayContaining([...type]));
    }
  });

  it('knows where a token is a document and where it is a secret', () => {
    const tokens = ['drive', 'docx', 'docs', 'sheets', 'wiki', 'bitable', 'auth', 'im', 'contact'].map((family) =>
      hasDocumentTokens(family),
    );
    expect(tokens).toEqual([true, true, true, true, true, true, false, false, false]);
    expect(familyOf('/open-apis/drive/v1/files')).toBe('drive');
    expect(familyOf('/elsewhere')).toBeUndefined();
  });
});
