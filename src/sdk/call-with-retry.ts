/** What every vendor call does around the request itself: budget, token, waiting in place, quick tries. */
import { CredentialsError, RateLimitedError, RefusedTokenError } from './errors.ts';
import type { Quota, RequestBudget } from './source.ts';
import { withQuickTries } from './http.ts';
import type { TokenCache } from './token-cache.ts';

export type CallContext = { readonly budget: RequestBudget; readonly signal: AbortSignal };

/** A vendor that asks for a longer wait gets the window back to the queue meanwhile. */
const LONGEST_WAIT_IN_PLACE_MS = 60_000;

export type RetriedCall<T> = {
  readonly quota: Quota;
  /** Where access tokens are fetched their cache; the token itself where it is an operator's, which nothing can renew. */
  readonly tokens: TokenCache | string;
  /** One request with this token. @throws the errors of `sdk/errors.ts` */
  readonly request: (token: string) => Promise<T>;
};

/** A token that nothing can renew: only the operator can put it right. */
function asCredentials(error: RefusedTokenError): CredentialsError {
  return new CredentialsError(error.message, { ...error.details, cause: error });
}

/**
 * Takes from the budget before every request. "Wait" holds all workers and is waited for in place; a refused token is
 * fetched anew once; what may pass is tried again a few times. @throws the last error otherwise.
 */
export function callWithRetry<T>(
  { quota, tokens, request }: RetriedCall<T>,
  { budget, signal }: CallContext,
): Promise<T> {
  async function once(): Promise<T> {
    await budget.take(quota, signal);
    const token = typeof tokens === 'string' ? tokens : await tokens.get();
    try {
      return await request(token);
    } catch (error) {
      if (error instanceof RateLimitedError) await budget.hold(quota, error.waitMs);
      if (!(error instanceof RefusedTokenError)) throw error;
      if (typeof tokens === 'string') throw asCredentials(error);
      tokens.drop(token);
      throw error;
    }
  }

  return withQuickTries(signal, async () => {
    let renewed = false;
    for (;;) {
      try {
        return await once();
      } catch (error) {
        const waits = error instanceof RateLimitedError && error.waitMs <= LONGEST_WAIT_IN_PLACE_MS;
        if (error instanceof RefusedTokenError && !renewed) renewed = true;
        else if (!waits) throw error;
      }
    }
  });
}
