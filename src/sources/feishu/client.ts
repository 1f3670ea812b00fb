/** Calls to Feishu (Lark): token, budget, errors, quick retries. */
import { isRetryable, RetryableError } from '../../sdk/errors.ts';
import { joinUrl, withQuickTries, type VendorHttp, type VendorReply, type VendorRequest } from '../../sdk/http.ts';
import { callWithRetry, type CallContext } from '../../sdk/call-with-retry.ts';
import { createTokenCache, type Token } from '../../sdk/token-cache.ts';
import { TOKEN, type FeishuApi } from './apis.ts';
import { feishuBody } from './errors.ts';
import type { FeishuCredentials, FeishuSettings } from './settings.ts';

export type FeishuReply = { readonly data: unknown; readonly vendorTime: Date | undefined };

/** The vendor said no, and trying again does not help. */
export type Refusal = { readonly refusal: Error };

export type FeishuClient = {
  /** POSTs JSON with the tenant's token. @throws the errors of `sdk/errors.ts` */
  post(api: FeishuApi, body: Readonly<Record<string, unknown>>, context: CallContext): Promise<FeishuReply>;
  /** GETs what collection can do without: a refusal is an answer, which nobody is paged for. @throws the other errors */
  get(api: FeishuApi, query: Readonly<Record<string, string>>, context: CallContext): Promise<FeishuReply | Refusal>;
};

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'shenji' };

export type ClientSettings = Pick<FeishuSettings, 'baseUrl' | 'timeout' | 'requestsPerMinute'>;

/** With one app. */
// oxlint-disable-next-line max-lines-per-function -- token and calls of one app share its credentials
export function createFeishuClient(
  settings: ClientSettings,
  { appId, appSecret }: FeishuCredentials,
  http: VendorHttp,
): FeishuClient {
  const { baseUrl, timeout: timeoutMs } = settings;

  async function fetchToken(): Promise<Token> {
    // Not a caller's signal: the token is for everybody who waits for it.
    const { signal } = new AbortController();
    return withQuickTries(signal, async () => {
      const body = JSON.stringify({ app_id: appId, app_secret: appSecret });
      const { name: api, path } = TOKEN;
      const request = { vendor: 'feishu', api, method: 'POST', headers: HEADERS, body, timeoutMs, signal } as const;
      const { tenant_access_token: value, expire } = (await http.send(
        { ...request, url: joinUrl(baseUrl, path) },
        (reply) => feishuBody(reply, TOKEN),
      )) as { tenant_access_token?: unknown; expire?: unknown };
      if (typeof value !== 'string' || value === '' || !(Number(expire) > 0)) {
        throw new RetryableError(`Feishu ${api} answered without token or expire`, { vendor: 'feishu', api });
      }
      return { value, lifeMs: Number(expire) * 1_000 };
    });
  }

  const tokens = createTokenCache(fetchToken);

  /** One call with the tenant's token; `read` makes of the reply what the caller gets, or throws. */
  function call<T>(
    api: FeishuApi,
    sent: Pick<VendorRequest, 'method' | 'body'> & { readonly query?: string },
    context: CallContext,
    read: (reply: VendorReply) => T,
  ): Promise<T> {
    const { name, path, perMinute = Infinity } = api;
    const { query = '', ...request } = sent;
    return callWithRetry(
      {
        quota: { key: `feishu/${appId}/${name}`, perMinute: Math.min(perMinute, settings.requestsPerMinute) },
        tokens,
        request: (token) => {
          const headers = { ...HEADERS, authorization: `Bearer ${token}` };
          const url = joinUrl(baseUrl, path) + query;
          return http.send(
            { ...request, vendor: 'feishu', api: name, url, headers, timeoutMs, signal: context.signal },
            read,
          );
        },
      },
      context,
    );
  }

  return {
    post: (api, body, context) =>
      call(api, { method: 'POST', body: JSON.stringify(body) }, context, (reply) => ({
        data: feishuBody(reply, api, body).data,
        vendorTime: reply.date,
      })),
    get: (api, query, context) =>
      call(api, { method: 'GET', query: `?${new URLSearchParams(query).toString()}` }, context, (reply) => {
        try {
          return { data: feishuBody(reply, api, query).data, vendorTime: reply.date };
        } catch (error) {
          if (!isRetryable(error)) return { refusal: error as Error };
          throw error;
        }
      }),
  };
}
