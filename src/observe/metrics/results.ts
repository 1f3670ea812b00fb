/** How a call ended, in one of a few words. */
import {
  CredentialsError,
  DestinationUnavailableError,
  isRetryable,
  QuotaExhaustedError,
  RateLimitedError,
  RefusedTokenError,
  WaitError,
} from '../../sdk/errors.ts';

export const RESULTS = [
  'ok', 'rate_limited', 'quota_exhausted', 'token_refused', 'credentials', 'unavailable', 'waiting', 'permanent', 'retryable',
] as const; // prettier-ignore

export function resultOf(error: unknown): (typeof RESULTS)[number] {
  if (error === undefined) return 'ok';
  if (error instanceof RateLimitedError) return 'rate_limited';
  if (error instanceof QuotaExhaustedError) return 'quota_exhausted';
  if (error instanceof RefusedTokenError) return 'token_refused';
  if (error instanceof CredentialsError) return 'credentials';
  if (error instanceof DestinationUnavailableError) return 'unavailable';
  if (error instanceof WaitError) return 'waiting';
  return isRetryable(error) ? 'retryable' : 'permanent';
}
