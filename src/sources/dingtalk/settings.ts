/** What the operator configures for DingTalk, under `tenants[].dingtalk`. */
import { z } from 'zod';
import type { VendorDefinition } from '../../sdk/definition.ts';
import { baseUrl, duration, secret, since, text } from '../../sdk/settings.ts';

const shape = {
  baseUrl: baseUrl('https://api.dingtalk.com').default('https://api.dingtalk.com').describe('The open platform'),
  allowHttp: z.boolean().default(false).describe('Accept a base URL that is not https'),
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

export const dingtalk: VendorDefinition<typeof shape> = { name: 'dingtalk', shape };

const dataset = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*$/, { error: 'is the last part of an API path, for example reportData' });

export const reportSettings = z.strictObject({
  datasets: z
    .array(dataset)
    .min(1)
    .default(['reportData'])
    .describe('The statistics to read: last parts of the paths under /v1.0/datacenter/'),
  lag: duration('10m').prefault('10m').describe('How long after midnight a day is read first'),
  settle: z
    .array(duration('1d'))
    .prefault(['1d', '2d'])
    .describe('How long after its end a day is read again: figures are revised'),
  since: since('30d')
    .prefault('30d')
    .describe('Where a new stream begins: so far back, or an instant, also a date of the time zone'),
  maxLag: duration('36h').prefault('36h').describe('A lag beyond this is a fault'),
  original: z
    .boolean()
    .default(true)
    .describe(
      'Keep the redacted record in event.original; where false, only beside a value that was too long and was cut',
    ),
});

export type ReportSettings = z.output<typeof reportSettings>;
export type DingtalkSettings = z.output<z.ZodObject<typeof shape>> & { readonly report: ReportSettings };
