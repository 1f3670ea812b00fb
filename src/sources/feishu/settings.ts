/** What the operator configures for Feishu, under `tenants[].feishu`. */
import { z } from 'zod';
import { baseUrl, duration, secret, since, text } from '../../sdk/settings.ts';
import type { VendorDefinition } from '../../sdk/definition.ts';

const shape = {
  baseUrl: baseUrl('https://open.feishu.cn (China) or https://open.larksuite.com (Lark)')
    .default('https://open.feishu.cn')
    .describe('The open platform of the tenant: Feishu or Lark'),
  allowHttp: z.boolean().default(false).describe('Accept a base URL that is not https'),
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

const isThere = (key: string) => (settings: Readonly<Record<string, unknown>>) =>
  settings[key] !== undefined || settings['credentials'] !== undefined;

/** Each app once: the budget of one that stands twice would be used twice. */
function areDistinct({ credentials }: Readonly<Record<string, unknown>>): boolean {
  const idOf = (one: { appId?: unknown } | null): unknown =>
    typeof one?.appId === 'string' ? one.appId.trim() : one?.appId;
  const ids = Array.isArray(credentials) ? credentials.map(idOf) : [];
  return new Set(ids).size === ids.length;
}

export const feishu: VendorDefinition<typeof shape> = {
  name: 'feishu',
  shape,
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

const LONGEST_QUIET_MS = 15 * 60_000;

export const openapiAuditSettings = z
  .strictObject({
    window: duration('60s').prefault('60s').describe('Length of a live window; whole seconds'),
    backlog: duration('1h')
      .prefault('1h')
      .describe(
        'Length of windows for backfills, stretches far behind and later readings, which are never longer than their delay; a multiple of window',
      ),
    lag: duration('2m').prefault('2m').describe('How long after its end a window is taken to be complete'),
    settle: z
      .array(duration('1h'))
      .prefault(['1h', '24h'])
      .describe('How long after its end a window is read again for late events: one pass for each, named by it'),
    quiet: duration('15m')
      .prefault('15m')
      .describe(
        'How long a stretch in which nothing happened may become before it is one entry of the ledger; it is asked for all the same, once in each window, and a later reading with a shorter delay waits for the entry. To have an entry for each window, set it to the length of a window or less. At most 15m, since the health dashboard takes a stream without an entry for half an hour for stopped',
      ),
    since: since('24h')
      .prefault('24h')
      .describe('Where a new stream begins: so far back, or an instant, also a date of the time zone'),
    maxLag: duration('15m').prefault('15m').describe('A lag beyond this is a fault'),
    original: z
      .boolean()
      .default(true)
      .describe(
        'Keep the redacted record in event.original; where false, only beside a value that was too long and was cut',
      ),
    filter: z
      .strictObject({
        apiKeys: z.array(z.string()).max(100).default([]).describe('Only these APIs; all when empty'),
        appId: z.string().optional().describe('Only this app'),
      })
      .prefault({}),
  })
  .refine(({ window }) => window % 1_000 === 0, {
    path: ['window'],
    message: 'must be whole seconds, for example 60s',
  })
  .refine(({ quiet }) => quiet <= LONGEST_QUIET_MS, {
    path: ['quiet'],
    message: 'must be 15m or less: the health dashboard takes a stream without an entry for half an hour for stopped',
  })
  .refine(({ window, backlog }) => backlog % window === 0, {
    path: ['backlog'],
    message: 'must be a multiple of window, for example 1h with a window of 60s',
  });

export type OpenapiAuditSettings = z.output<typeof openapiAuditSettings>;
export type FeishuCredentials = { readonly appId: string; readonly appSecret: string };

/** The apps that these settings name, one at least; they have been checked. */
export const credentialsOf = ({
  appId = '',
  appSecret = '',
  credentials,
}: VendorSettings): readonly FeishuCredentials[] => credentials ?? [{ appId, appSecret }];

export type VendorSettings = {
  readonly appId?: string | undefined;
  readonly appSecret?: string | undefined;
  readonly credentials?: readonly FeishuCredentials[] | undefined;
};

export type FeishuSettings = z.output<z.ZodObject<typeof shape>> & { readonly openapi_audit: OpenapiAuditSettings };
