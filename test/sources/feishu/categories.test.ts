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
  ['PATCH/open-apis/contact/v3/functional_roles/:role_id/members/scopes', 'api iam', 'change admin user group'],
  ['POST/open-apis/admin/v1/password/reset', 'api iam configuration', 'change admin'],
  ['GET/open-apis/admin/v1/admin_dept_stats', 'api iam configuration', 'access'],
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
  ['GET/open-apis/drive/v1/permissions/:token/members', 'api file', 'access'],
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
  ['POST/open-apis/admin/v1/badges', 'api iam configuration', 'creation'],
  ['POST/open-apis/application/v6/app_badge/set', 'api configuration', 'change'],
  ['POST/open-apis/application/v6/applications/:app_id/app_usage/overview', 'api configuration', 'access'],
  ['POST/open-apis/directory/v1/employees/filter', 'api iam', 'access user'],
  ['POST/open-apis/contact/v3/group/:group_id/member/add', 'api iam', 'creation admin group'],
  ['DELETE/open-apis/drive/v1/permissions/:token/members/:member_id', 'api file', 'deletion'],
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
