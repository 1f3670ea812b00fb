/** What DingTalk's answers mean: here an HTTP 500 may be permanent and a 400 may pass (vendor documents). */
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
import type { VendorReply } from '../../sdk/http.ts';

type DingtalkFailure = {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly requestid?: unknown;
  readonly accessdenieddetail?: { readonly requiredScopes?: unknown };
};

const PERMANENT = /^(?:statDate\..*|orgId\.is\.null|serviceId\.is\.null|IdempotentParameterMismatch)$/;
const WRONG_APP = /^(?:AuthenticationFailed\.MissingParameter|invalidClientIdOrSecret)$/i;
const QPS_WAIT_MS = 1_000;
/** The address is banned for five minutes after 10,000 calls in 20 s; the ban shows as a page of HTML. */
const BAN_MS = 5 * 60_000;

/** The parsed body of a success. `sent` are the parameters to name where the vendor refuses them. @throws what to do next */
export function dingtalkBody(
  reply: VendorReply,
  api: string,
  sent: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const body = parseJson(reply.body);
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  // A failure inside HTTP 200 is a failure: it has a code and a message and none of the data.
  if (reply.status === 200 && isObject && !('code' in body && 'message' in body))
    return body as Record<string, unknown>;
  throw dingtalkError(reply, isObject ? body : undefined, api, sent);
}

function dingtalkError(
  reply: VendorReply,
  body: DingtalkFailure | undefined,
  api: string,
  sent: Readonly<Record<string, unknown>>,
): CollectionError {
  const code = typeof body?.code === 'string' ? body.code : '';
  const requestId = typeof body?.requestid === 'string' ? body.requestid : reply.header('x-acs-request-id');
  const details = {
    vendor: 'dingtalk',
    api,
    httpStatus: reply.status,
    ...(code === '' ? {} : { vendorCode: code }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  const message = typeof body?.message === 'string' ? body.message : reply.body.slice(0, 120);
  const said = redactTokens(message.replaceAll(/\s+/g, ' '));
  const where = `DingTalk ${api} answered HTTP ${reply.status} ${code} "${said}" (request ${requestId ?? 'without id'})`;
  if (body === undefined) return withoutBody(where, reply, details);
  return byCode(where, { status: reply.status, code, body, sent }, details) ?? byStatus(where, reply.status, details);
}

/** What an answer says of a failure, and the parameters that were sent. */
type Said = {
  readonly status: number;
  readonly code: string;
  readonly body: DingtalkFailure;
  readonly sent: Readonly<Record<string, unknown>>;
};

function withoutBody(where: string, reply: VendorReply, details: FailureDetails): CollectionError {
  if (/^\s*<(?:!doctype|html)/i.test(reply.body))
    return new RateLimitedError(
      `${where}: a page of HTML means that this address is banned for five minutes`,
      BAN_MS,
      details,
    );
  return new RetryableError(`${where}: not the JSON that this API answers with`, details);
}

/** By the vendor's own code, which says more than the status. */
function byCode(
  where: string,
  { status, code, body, sent }: Said,
  details: FailureDetails,
): CollectionError | undefined {
  if (code === 'InvalidAuthentication')
    return new RefusedTokenError(
      `${where}: the access token was refused, a fresh one too; check dingtalk.appKey and dingtalk.appSecret`,
      details,
    );
  if (WRONG_APP.test(code))
    return new CredentialsError(`${where}: check dingtalk.appKey and dingtalk.appSecret`, details);
  if (code.endsWith('AccessTokenPermissionDenied')) {
    const scopes = body.accessdenieddetail?.requiredScopes;
    const list = Array.isArray(scopes) ? scopes.join(', ') : 'the statistics API';
    return new CredentialsError(
      `${where}: the app lacks the permission ${list}; the vendor grants it to no new app since 2023-09-01`,
      details,
    );
  }
  if (code.endsWith('ApiCountLimitForOrg'))
    return new QuotaExhaustedError(
      `${where}: the monthly quota is used up; a larger plan ends this, or the next month`,
      details,
    );
  if (/QpsLimitFor/.test(code) || status === 429)
    return new RateLimitedError(`${where}: too many calls a second`, QPS_WAIT_MS, details);
  if (PERMANENT.test(code)) {
    const parameters = Object.entries(sent).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return new PermanentError(
      `${where}: refuses ${code.split('.')[0]}; sent were ${parameters.join(', ') || 'no parameters'}`,
      details,
    );
  }
  return undefined;
}

function byStatus(where: string, status: number, details: FailureDetails): CollectionError {
  if (status === 401 || status === 403)
    return new CredentialsError(`${where}: check the app's credentials and permissions`, details);
  if (status === 404)
    return new ApiGoneError(
      `${where}: there is no such statistic; check dingtalk.baseUrl and dingtalk.report.datasets`,
      details,
    );
  if (status >= 400 && status < 500 && status !== 408) return new PermanentError(where, details);
  return new RetryableError(where, details);
}
