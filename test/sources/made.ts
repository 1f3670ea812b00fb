/** Sources as the configuration would make them, against any address. */
import { openGeo } from '../../src/adapters/vendor/geo.ts';
import { createVendorHttp } from '../../src/adapters/vendor/http.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { SourceInstance } from '../../src/sdk/definition.ts';
import { memoryCache } from '../../src/testing/open-source.ts';
import { openapiAudit } from '../../src/sources/feishu/openapi-audit.ts';
import { report } from '../../src/sources/dingtalk/report.ts';

const servers = { elasticsearch: { url: 'http://127.0.0.1:9200' }, redis: { url: 'redis://127.0.0.1' } };
const geo = await openGeo({});
const definitions = { feishu: openapiAudit, dingtalk: report };
const credentials = {
  feishu: { appId: 'cli_test', appSecret: 'an-app-secret' },
  dingtalk: { appKey: 'dingtest', appSecret: 'an-app-secret' },
};

/** `settings` go over the vendor's; `dataset` over the dataset's. Names of apps come only where a test asks for them: it counts calls. */
export function make(
  vendor: 'feishu' | 'dingtalk',
  baseUrl: string,
  settings: object = {},
  dataset: object = {},
): SourceInstance {
  const name = vendor === 'feishu' ? 'openapi_audit' : 'report';
  const tenant = {
    id: 'acme',
    [vendor]: {
      baseUrl,
      timeout: '500ms',
      ...(vendor === 'feishu' ? { appNames: false } : {}),
      ...credentials[vendor],
      ...settings,
      [name]: dataset,
    },
  };
  const config = configSchema.parse({ ...servers, tenants: [tenant] });
  const parsed = config.tenants[0] as unknown as Record<string, unknown> & { timeZone: string };
  return definitions[vendor].open(
    parsed[vendor],
    { id: 'acme', timeZone: parsed.timeZone },
    { http: createVendorHttp(false), geo, cache: memoryCache() },
  );
}
