/** What Feishu's answers mean, code by code (vendor documents of the audit log API and of the gateway). */
import {
  ApiGoneError,
  CredentialsError,
  PermanentError,
  QuotaExhaustedError,
  RateLimitedError,
  RefusedTokenError,
  RetryableError,
  type CollectionError,
  type FailureDetails,
} from '../../sdk/errors.ts';
import { parseJson } from '../../sdk/json.ts';
import { redactTokens } from '../../sdk/token-shapes.ts';
import { askedWait } from '../../sdk/asked-wait.ts';
import type { VendorReply } from '../../sdk/http.ts';
import type { FeishuApi } from './apis.ts';

export type FeishuBody = {
  readonly code: number;
  readonly msg?: string;
  readonly data?: unknown;
  readonly error?: { readonly log_id?: string; readonly troubleshooter?: string };
};

const TOKEN_CODES = new Set([99991661, 99991663, 99991664, 99991668, 99991671]);
const WRONG_APP_CODES = new Set([10003, 10014]);
/** Where the vendor names no time to wait. */
const DEFAULT_WAIT_MS = 5_000;

function rateLimited(where: string, reply: VendorReply, details: FailureDetails): RateLimitedError {
  const header = reply.header('x-ogw-ratelimit-reset') ?? reply.header('retry-after');
  const { waitMs, remark } = askedWait(header, DEFAULT_WAIT_MS, Date.now());
  return new RateLimitedError(`${where}: too many calls${remark}`, waitMs, details);
}

function bodyOf(reply: VendorReply): FeishuBody | undefined {
  const body = parseJson(reply.body);
  return typeof body === 'object' && body !== null && typeof (body as FeishuBody).code === 'number'
    ? (body as FeishuBody)
    : undefined;
}

/**
 * The body of a success; `sent` are the parameters to name where the vendor refuses them.
 * @throws the error that says what to do next. A failure inside HTTP 200 is a failure.
 */
export function feishuBody(
  reply: VendorReply,
  api: FeishuApi,
  sent: Readonly<Record<string, unknown>> = {},
): FeishuBody {
  const body = bodyOf(reply);
  if (body?.code === 0 && reply.status < 400) return body;
  throw feishuError(reply, body, api, sent);
}

function feishuError(
  reply: VendorReply,
  body: FeishuBody | undefined,
  { name: api, scope }: FeishuApi,
  sent: Readonly<Record<string, unknown>>,
): CollectionError {
  const code = body?.code;
  const requestId = reply.header('x-tt-logid') ?? reply.header('x-request-id') ?? body?.error?.log_id;
  const details = {
    vendor: 'feishu',
    api,
    httpStatus: reply.status,
    ...(code === undefined ? {} : { vendorCode: String(code) }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  const said = redactTokens((body?.msg ?? reply.body.slice(0, 120)).replaceAll(/\s+/g, ' '));
  const where = `Feishu ${api} answered HTTP ${reply.status}${code === undefined ? '' : ` code ${code}`} "${said}" (request ${requestId ?? 'without id'})`;
  if (reply.status === 429 || code === 99991400) return rateLimited(where, reply, details);
  if (body === undefined) {
    if (reply.status === 404) return new ApiGoneError(`${where}: there is no such API; check feishu.baseUrl`, details);
    return new RetryableError(`${where}: not the JSON that this API answers with`, details);
  }
  if (TOKEN_CODES.has(body.code))
    return new RefusedTokenError(
      `${where}: the access token was refused, a fresh one too; check feishu.appId and feishu.appSecret, or feishu.credentials`,
      details,
    );
  if (WRONG_APP_CODES.has(body.code))
    return new CredentialsError(`${where}: check feishu.appId and feishu.appSecret, or feishu.credentials`, details);
  switch (body.code) {
    case 99991672:
    case 211006: {
      const link = body.error?.troubleshooter === undefined ? '' : ` (${redactTokens(body.error.troubleshooter)})`;
      return new CredentialsError(
        `${where}: grant the app the scope ${scope} and publish a version of it${link}`,
        details,
      );
    }
    case 99991403:
      return new QuotaExhaustedError(
        `${where}: the monthly quota of API calls is used up; a larger plan ends this, or the next month`,
        details,
      );
    case 1780103: {
      const parameters = Object.entries(sent).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      // How long a page token lives is not documented: with one, the parameters may be fine when read from the start.
      if (sent['page_token'] !== undefined)
        return new RetryableError(
          `${where}: perhaps the page token is too old; the window is read again from its start`,
          details,
        );
      return new PermanentError(`${where}: refuses a parameter; sent were ${parameters.join(', ')}`, details);
    }
    default:
  }
  if (reply.status === 401 || reply.status === 403)
    return new CredentialsError(`${where}: check the app's credentials and scopes`, details);
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 408) return new PermanentError(where, details);
  return new RetryableError(where, details);
}
