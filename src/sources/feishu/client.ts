/** Calls to Feishu (Lark): token, budget, errors, quick retries. */
import { RetryableError } from '../../pipeline/errors.ts';
import { joinUrl, withQuickTries, type VendorHttp } from '../http.ts';
import { callPatiently, type Lent } from '../patient-call.ts';
import { createTokenCache, type Token } from '../token-cache.ts';
import { feishuBody } from './errors.ts';
import type { FeishuSettings } from './settings.ts';

export type FeishuReply = { readonly data: unknown; readonly vendorTime: Date | undefined };

export type FeishuClient = {
  /** POSTs JSON with the tenant's token. @throws the errors of `pipeline/errors.ts` */
  post(api: string, path: string, body: Readonly<Record<string, unknown>>, lent: Lent): Promise<FeishuReply>;
};

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'shenji' };
const TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal';

export function createFeishuClient(settings: FeishuSettings, http: VendorHttp): FeishuClient {
  const { appId, appSecret, baseUrl, timeout: timeoutMs } = settings;

  async function fetchToken(): Promise<Token> {
    const api = 'tenant_access_token';
    // Not a caller's signal: the token is for everybody who waits for it.
    const { signal } = new AbortController();
    return withQuickTries(signal, async () => {
      const body = JSON.stringify({ app_id: appId, app_secret: appSecret });
      const order = { vendor: 'feishu', api, method: 'POST', headers: HEADERS, body, timeoutMs, signal } as const;
      const { tenant_access_token: value, expire } = (await http.send(
        { ...order, url: joinUrl(baseUrl, TOKEN_PATH) },
        (reply) => feishuBody(reply, api),
      )) as { tenant_access_token?: unknown; expire?: unknown };
      if (typeof value !== 'string' || value === '' || !(Number(expire) > 0)) {
        throw new RetryableError(`Feishu ${api} answered without token or expire`, { vendor: 'feishu', api });
      }
      return { value, lifeMs: Number(expire) * 1_000 };
    });
  }

  const tokens = createTokenCache(fetchToken);

  return {
    post: (api, path, body, lent) =>
      callPatiently(
        {
          quota: { key: `feishu/${appId}/${api}`, perMinute: settings.requestsPerMinute },
          tokens,
          request: (token) => {
            const headers = { ...HEADERS, authorization: `Bearer ${token}` };
            const { signal } = lent;
            const order = { vendor: 'feishu', api, method: 'POST', headers, timeoutMs, signal } as const;
            return http.send({ ...order, url: joinUrl(baseUrl, path), body: JSON.stringify(body) }, (reply) => ({
              data: feishuBody(reply, api, body).data,
              vendorTime: reply.date,
            }));
          },
        },
        lent,
      ),
  };
}
