/** Where the vendor documents what the rules go by. */
const OPEN = 'https://open.feishu.cn/document';
const REFERENCE = `${OPEN}/uAjLw4CM/ukTMukTMukTM`;

export const DOCUMENTS = {
  auditLog: `${OPEN}/server-docs/security_and_compliance-v1/openapi_log/list_data`,
  scopes: `${OPEN}/home/introduction-to-scope-and-authorization/availability`,
  users: `${REFERENCE}/reference/contact-v3/user/create`,
  roles: `${REFERENCE}/reference/contact-v3/functional_role-member/list`,
  exports: `${REFERENCE}/reference/drive-v1/export_task/create`,
  configuration: `${REFERENCE}/application-v6/application/contacts_range_configuration`,
  sharing: `${OPEN}/ukTMukTMukTM/uIzNzUjLyczM14iM3MTN/drive-v2/permission-public/patch`,
} as const;
