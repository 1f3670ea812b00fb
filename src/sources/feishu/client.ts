/** Calls to Feishu (Lark): token, budget, errors, quick retries. */
import { QuotaExhaustedError, RateLimitedError, RetryableError } from '../../pipeline/errors.ts';
import type { Quota, RequestBudget } from '../../source.ts';
import { joinUrl, withQuickTries, type VendorHttp } from '../http.ts';
import { createTokenCache } from '../token-cache.ts';
import { feishuBody, FeishuTokenError } from './errors.ts';
import type { FeishuSettings } from './settings.ts';

export type FeishuReply = { readonly data: unknown; readonly vendorTime: Date | undefined };

export type FeishuClient = {
  /** POSTs JSON with the tenant's token. @throws the errors of `pipeline/errors.ts` */
  post(api: string, path: string, body: Readonly<Record<string, unknown>>, lent: { budget: RequestBudget; signal: AbortSignal }): Promise<FeishuReply>;
};

/** A vendor that asks for a longer wait gets the window back to the queue meanwhile. */
const LONGEST_WAIT_IN_PLACE_MS = 60_000;

export function createFeishuClient(settings: FeishuSettings, http: VendorHttp): FeishuClient {
  const { appId, appSecret, timeout: timeoutMs } = settings;
  const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'shenji' };
  const url = (path: string): string => joinUrl(settings.baseUrl, path);

  async function fetchToken(): Promise<{ value: string; lifeMs: number }> {
    const api = 'tenant_access_token';
    const body = JSON.stringify({ app_id: appId, app_secret: appSecret });
    // Not the caller's signal: the token is for everybody who waits for it.
    const { signal } = new AbortController();
    return withQuickTries(signal, async () => {
      const path = '/open-apis/auth/v3/tenant_access_token/internal';
      const reply = await http.send({ vendor: 'feishu', api, method: 'POST', url: url(path), headers, body, timeoutMs, signal });
      const answer = feishuBody(reply, api) as { tenant_access_token?: unknown; expire?: unknown };
      const value = answer.tenant_access_token;
      const seconds = Number(answer.expire);
      if (typeof value !== 'string' || value === '' || !(seconds > 0)) {
        throw new RetryableError('Feishu tenant_access_token answered without token or expire', { vendor: 'feishu', api });
      }
      return { value, lifeMs: seconds * 1_000 };
    });
  }

  const tokens = createTokenCache(fetchToken);

  const post: FeishuClient['post'] = (api, path, body, { budget, signal }) => {
    const quota: Quota = { key: `feishu/${appId}/${api}`, perMinute: settings.requestsPerMinute };
    const text = JSON.stringify(body);

    async function once(): Promise<FeishuReply> {
      await budget.take(quota, signal);
      const token = await tokens.get();
      const order = { vendor: 'feishu', api, method: 'POST', url: url(path), body: text, timeoutMs, signal } as const;
      const reply = await http.send({ ...order, headers: { ...headers, authorization: `Bearer ${token}` } });
      try {
        return { data: feishuBody(reply, api, body).data, vendorTime: reply.date };
      } catch (error) {
        if (error instanceof FeishuTokenError) tokens.drop(token);
        if (error instanceof RateLimitedError || error instanceof QuotaExhaustedError) await budget.hold(quota, error.waitMs);
        throw error;
      }
    }

    return withQuickTries(signal, async () => {
      let freshToken = false;
      for (;;) {
        try {
          return await once();
        } catch (error) {
          const waits = error instanceof RateLimitedError && error.waitMs <= LONGEST_WAIT_IN_PLACE_MS;
          if (error instanceof FeishuTokenError && !freshToken) freshToken = true;
          else if (!waits) throw error;
        }
      }
    });
  };

  return { post };
}

