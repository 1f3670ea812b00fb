/** What an answer means by its HTTP status, for a vendor that uses statuses as RFC 9110 has them. */
import { askedWait } from './asked-wait.ts';
import {
  ApiGoneError,
  CredentialsError,
  PermanentError,
  RateLimitedError,
  RefusedTokenError,
  RetryableError,
  type CollectionError,
  type FailureDetails,
} from './errors.ts';
import type { VendorReply } from './http.ts';
import { parseJson } from './json.ts';
import { redactTokens } from './token-shapes.ts';

/** Where the vendor names no time to wait. */
const DEFAULT_WAIT_MS = 5_000;
const SHOWN = 200;

/** Which API of which vendor was called, for errors. */
export type ApiCall = { readonly vendor: string; readonly api: string };

/** What is said of an answer in an error: status and the beginning of its text, without tokens. */
export const describeReply = ({ vendor, api }: ApiCall, { status, body }: VendorReply): string =>
  `${vendor} ${api} answered HTTP ${status} "${redactTokens(body.slice(0, SHOWN).replaceAll(/\s+/g, ' ').trim())}"`;

/** The error for a status that is no success; undefined for 2xx. */
export function errorByStatus(called: ApiCall, reply: VendorReply): CollectionError | undefined {
  const { status } = reply;
  if (status >= 200 && status < 300) return undefined;
  const details: FailureDetails = { ...called, httpStatus: status };
  const where = describeReply(called, reply);
  if (status === 401) return new RefusedTokenError(`${where}: the credentials were refused; check them`, details);
  if (status === 403)
    return new CredentialsError(`${where}: the credentials may not read this; grant them the scope`, details);
  if (status === 404 || status === 410)
    return new ApiGoneError(`${where}: there is no such API; check the address`, details);
  if (status === 429) {
    const { waitMs, remark } = askedWait(reply.header('retry-after'), DEFAULT_WAIT_MS, Date.now());
    return new RateLimitedError(`${where}: too many calls${remark}`, waitMs, details);
  }
  if (status >= 400 && status < 500 && status !== 408) return new PermanentError(where, details);
  return new RetryableError(where, details);
}

/** The body of a success, which is JSON. Integers that a double cannot hold stay as they are written. @throws by status, and RetryableError for invalid JSON */
export function jsonBody(called: ApiCall, reply: VendorReply): unknown {
  const error = errorByStatus(called, reply);
  if (error !== undefined) throw error;
  const body = parseJson(reply.body);
  if (body === undefined)
    throw new RetryableError(`${describeReply(called, reply)}: invalid JSON response`, {
      ...called,
      httpStatus: reply.status,
    });
  return body;
}
