/** What the operator configures for DingTalk, under `tenants[].dingtalk`. */
import { z } from 'zod';
import type { VendorDefinition } from '../../sdk/definition.ts';
import { baseUrl, duration, secret, text } from '../../sdk/settings.ts';

const settings = {
  baseUrl: baseUrl('https://api.dingtalk.com').default('https://api.dingtalk.com').describe('The open platform'),
  appKey: text('dinga1b2c3').describe('The enterprise-internal app that may read the statistics'),
  appSecret: secret(text('"${DINGTALK_APP_SECRET}"')).describe('Its secret'),
  requestsPerMinute: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(600)
    .describe("Calls for one app and one API; the vendor's limit is 20 a second"),
  timeout: duration('30s').prefault('30s').describe('How long one call may take'),
};

export const dingtalk: VendorDefinition<typeof settings> = {
  name: 'dingtalk',
  settings,
  env: { baseUrl: 'DINGTALK_BASE_URL', appKey: 'DINGTALK_APP_KEY', appSecret: 'DINGTALK_APP_SECRET' },
};

const dataset = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*$/, { error: 'is the last part of an API path, for example reportData' });

/** Its own, beside those of every daily source. */
export const reportSettings = {
  datasets: z
    .array(dataset)
    .min(1)
    .default(['reportData'])
    .describe('The statistics to read: last parts of the paths under /v1.0/datacenter/'),
};

export type DingtalkSettings = z.output<z.ZodObject<typeof settings>>;
