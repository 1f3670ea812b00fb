/** Calls to DingTalk: token, budget, errors, quick retries. */
import { RetryableError } from '../../sdk/errors.ts';
import { joinUrl, withQuickTries, type VendorHttp } from '../../sdk/http.ts';
import { callWithRetry, type CallContext } from '../../sdk/call-with-retry.ts';
import { createTokenCache, type Token } from '../../sdk/token-cache.ts';
import { dingtalkBody } from './errors.ts';
import type { DingtalkSettings } from './settings.ts';

export type DingtalkReply = { readonly body: Readonly<Record<string, unknown>>; readonly vendorTime: Date | undefined };

export type DingtalkClient = {
  /** One of the statistics of one day, `yyyyMMdd`. @throws the errors of `sdk/errors.ts` */
  statistics(dataset: string, statDate: string, context: CallContext): Promise<DingtalkReply>;
};

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'shenji' };

export function createDingtalkClient(settings: DingtalkSettings, http: VendorHttp): DingtalkClient {
  const { appKey, appSecret, baseUrl, timeout: timeoutMs } = settings;

  async function fetchToken(): Promise<Token> {
    const api = 'oauth2.accessToken';
    // Not a caller's signal: the token is for everybody who waits for it.
    const { signal } = new AbortController();
    return withQuickTries(signal, async () => {
      const body = JSON.stringify({ appKey, appSecret });
      const request = { vendor: 'dingtalk', api, method: 'POST', headers: HEADERS, body, timeoutMs, signal } as const;
      const { accessToken: value, expireIn } = await http.send(
        { ...request, url: joinUrl(baseUrl, '/v1.0/oauth2/accessToken') },
        (reply) => dingtalkBody(reply, api),
      );
      if (typeof value !== 'string' || value === '' || !(Number(expireIn) > 0)) {
        throw new RetryableError(`DingTalk ${api} answered without accessToken or expireIn`, {
          vendor: 'dingtalk',
          api,
        });
      }
      return { value, lifeMs: Number(expireIn) * 1_000 };
    });
  }

  const tokens = createTokenCache(fetchToken);

  return {
    statistics: (dataset, statDate, context) =>
      callWithRetry(
        {
          quota: { key: `dingtalk/${appKey}/${dataset}`, perMinute: settings.requestsPerMinute },
          tokens,
          request: (token) => {
            const url = joinUrl(baseUrl, `/v1.0/datacenter/${dataset}?statDate=${statDate}`);
            const headers = { ...HEADERS, 'x-acs-dingtalk-access-token': token };
            const { signal } = context;
            return http.send(
              { vendor: 'dingtalk', api: dataset, method: 'GET', url, headers, timeoutMs, signal },
              (reply) => ({ body: dingtalkBody(reply, dataset, { dataset, statDate }), vendorTime: reply.date }),
            );
          },
        },
        context,
      ),
  };
}
