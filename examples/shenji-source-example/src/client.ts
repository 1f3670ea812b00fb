/** Calls to Example: it signs in with client id and secret, and lists activities page by page. */
import {
  callWithRetry,
  createTokenCache,
  followPages,
  joinUrl,
  jsonBody,
  RetryableError,
  withQuickTries,
  type CallContext,
  type Page,
  type Token,
  type VendorHttp,
  type Window,
} from 'shenji/source';
import type { Activity } from './mapping.ts';
import type { ExampleSettings } from './settings.ts';

const VENDOR = 'example';
const SIGN_IN = { vendor: VENDOR, api: 'token' };
const LIST = { vendor: VENDOR, api: 'activities' };
const PAGE_SIZE = 100;

export type ExampleClient = {
  /** All activities of a window, page by page. @throws errors that say what to do next */
  activities(window: Window, actor: string | undefined, context: CallContext): AsyncGenerator<Page<Activity>>;
  /** One call. Resolves with the vendor's clock. @throws as `activities` */
  ping(context: CallContext): Promise<Date | undefined>;
};

type Listed = { readonly activities?: unknown; readonly next_cursor?: unknown };

/** A token for client id and secret. */
async function signIn(settings: ExampleSettings, http: VendorHttp): Promise<Token> {
  const { baseUrl, clientId, clientSecret, timeout: timeoutMs } = settings;
  const body = JSON.stringify({ client_id: clientId, client_secret: clientSecret });
  const headers = { 'content-type': 'application/json', 'user-agent': 'shenji' };
  // Not a caller's signal: the token is for everybody who waits for it.
  const { signal } = new AbortController();
  const url = joinUrl(baseUrl, '/v1/token');
  const given = await withQuickTries(signal, () =>
    http.send({ ...SIGN_IN, method: 'POST', url, headers, body, timeoutMs, signal }, (reply) =>
      jsonBody(SIGN_IN, reply),
    ),
  );
  const { access_token: value, expires_in: seconds } = given as { access_token?: unknown; expires_in?: unknown };
  if (typeof value !== 'string' || !(Number(seconds) > 0))
    throw new RetryableError('example token answered without access_token or expires_in', SIGN_IN);
  return { value, lifeMs: Number(seconds) * 1_000 };
}

export function createExampleClient(settings: ExampleSettings, http: VendorHttp): ExampleClient {
  const { baseUrl, clientId, requestsPerMinute, timeout: timeoutMs } = settings;

  const tokens = createTokenCache(() => signIn(settings, http));
  const quota = { key: `example/${clientId}/activities`, perMinute: requestsPerMinute };

  /** One page; `callWithRetry` takes from the budget, renews the token and tries again what may pass. */
  function list(query: Readonly<Record<string, string>>, context: CallContext) {
    const url = `${joinUrl(baseUrl, '/v1/activities')}?${new URLSearchParams(query).toString()}`;
    return callWithRetry(
      {
        quota,
        tokens,
        request: (token) => {
          const headers = { authorization: `Bearer ${token}`, 'user-agent': 'shenji' };
          const { signal } = context;
          return http.send({ ...LIST, method: 'GET', url, headers, timeoutMs, signal }, (reply) => {
            const { activities, next_cursor: next } = jsonBody(LIST, reply) as Listed;
            // A list that is missing is no empty list: taken for one, all of the window would be lost.
            if (!Array.isArray(activities))
              throw new RetryableError('example activities answered without a list', LIST);
            return {
              records: activities as readonly Activity[],
              vendorTime: reply.date,
              next: typeof next === 'string' && next !== '' ? next : undefined,
            };
          });
        },
      },
      context,
    );
  }

  return {
    async *activities(window, actor, context) {
      const query = {
        from: window.from.toISOString(),
        to: window.to.toISOString(),
        limit: String(PAGE_SIZE),
        ...(actor === undefined ? {} : { actor }),
      };
      const pages = followPages(
        (cursor) => list({ ...query, ...(cursor === undefined ? {} : { cursor }) }, context),
        LIST,
      );
      for await (const { records, vendorTime } of pages) yield { records, vendorTime };
    },
    ping: async (context) => {
      const now = Date.now();
      const { vendorTime } = await list(
        { from: new Date(now - 60_000).toISOString(), to: new Date(now).toISOString(), limit: '1' },
        context,
      );
      return vendorTime;
    },
  };
}
