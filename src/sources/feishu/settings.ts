/** What the operator configures for Feishu, under `tenants[].feishu`. */
import { z } from 'zod';
import { baseUrl, duration, secret, text } from '../../sdk/settings.ts';
import type { VendorDefinition } from '../../sdk/definition.ts';

const settings = {
  baseUrl: baseUrl('https://open.feishu.cn (China) or https://open.larksuite.com (Lark)')
    .default('https://open.feishu.cn')
    .describe('The open platform of the tenant: Feishu or Lark'),
  appId: text('cli_a1b2c3')
    .optional()
    .describe('The app that may read the audit log; needed unless there are credentials'),
  appSecret: secret(text('"${FEISHU_APP_SECRET}"'))
    .optional()
    .describe('Its secret; needed unless there are credentials'),
  credentials: z
    .array(
      z.strictObject({
        appId: text('cli_a1b2c3').describe('One of several apps of the tenant that may read the audit log'),
        appSecret: secret(text('"${FEISHU_APP_SECRET}"')).describe('Its secret'),
      }),
    )
    .min(1, { error: 'names no app; write for example [{ appId: cli_a1b2c3, appSecret: "${FEISHU_APP_SECRET}" }]' })
    .optional()
    .describe(
      'In the place of appId and appSecret, never beside them: several apps of the tenant, each named once, each with the scope and with requestsPerMinute to itself. They share the work; names of apps are asked for with the first',
    ),
  requestsPerMinute: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe("The vendor's limit for one app and one API; each of several apps has it to itself"),
  timeout: duration('30s').prefault('30s').describe('How long one call may take'),
  apps: z.record(z.string(), text('"HR sync"')).default({}).describe('Names of apps by id, for user.name'),
  appNames: z
    .boolean()
    .default(true)
    .describe(
      'Learn the names of the other apps from the vendor, once a day, where the app has the scope admin:app.info:readonly; they are kept in Redis for seven days',
    ),
};

const isThere = (key: string) => (given: Readonly<Record<string, unknown>>) =>
  given[key] !== undefined || given['credentials'] !== undefined;

/** Each app once: the budget of one that stands twice would be used twice. */
function areDistinct({ credentials }: Readonly<Record<string, unknown>>): boolean {
  const idOf = (one: { appId?: unknown } | null): unknown =>
    typeof one?.appId === 'string' ? one.appId.trim() : one?.appId;
  const ids = Array.isArray(credentials) ? credentials.map(idOf) : [];
  return new Set(ids).size === ids.length;
}

export const feishu: VendorDefinition<typeof settings> = {
  name: 'feishu',
  settings,
  env: { baseUrl: 'FEISHU_BASE_URL', appId: 'FEISHU_APP_ID', appSecret: 'FEISHU_APP_SECRET' },
  conditions: [
    { holds: isThere('appId'), path: ['appId'], message: 'is missing; write for example cli_a1b2c3' },
    {
      holds: isThere('appSecret'),
      path: ['appSecret'],
      message: 'is missing; write for example "${FEISHU_APP_SECRET}"',
    },
    {
      holds: ({ credentials, appId, appSecret }) =>
        credentials === undefined || (appId === undefined && appSecret === undefined),
      path: ['credentials'],
      message: 'stands in the place of appId and appSecret; take these into the list, and out from beside it',
    },
    { holds: areDistinct, path: ['credentials'], message: 'names an app twice; name each once' },
  ],
};

/** Its own, beside those of every log. */
export const openapiAuditSettings = {
  filter: z
    .strictObject({
      apiKeys: z.array(z.string()).max(100).default([]).describe('Only these APIs; all when empty'),
      appId: z.string().optional().describe('Only this app'),
    })
    .prefault({})
    .describe('What of the log is asked for'),
};

export type OpenapiAuditFilter = z.output<typeof openapiAuditSettings.filter>;
export type FeishuCredentials = { readonly appId: string; readonly appSecret: string };

/** The apps that these settings name, one at least; they have been checked. */
export const credentialsOf = ({
  appId = '',
  appSecret = '',
  credentials,
}: FeishuSettings): readonly FeishuCredentials[] => credentials ?? [{ appId, appSecret }];

export type FeishuSettings = z.output<z.ZodObject<typeof settings>>;
