/** The APIs of Feishu (Lark) that shenji calls. */

export type FeishuApi = {
  /** As errors, metrics and budgets name it. */
  readonly name: string;
  readonly path: string;
  /** What the app must be granted for it. */
  readonly scope?: string;
  /** The vendor's limit, where the configured one is not meant for this API. */
  readonly perMinute?: number;
};

export const TOKEN: FeishuApi = {
  name: 'tenant_access_token',
  path: '/open-apis/auth/v3/tenant_access_token/internal',
};

export const AUDIT_LOG: FeishuApi = {
  name: 'openapi_logs.list_data',
  path: '/open-apis/security_and_compliance/v1/openapi_logs/list_data',
  scope: 'security_and_compliance:audit_log.openapi_log:readonly',
};

/** The apps that the tenant has installed (vendor document "获取企业安装的应用"). */
export const APPLICATIONS: FeishuApi = {
  name: 'applications.list',
  path: '/open-apis/application/v6/applications',
  scope: 'admin:app.info:readonly',
  perMinute: 100,
};
