/** What every vendor call does around the request itself: budget, token, waiting in place, quick tries. */
import { RateLimitedError, RefusedTokenError } from './errors.ts';
import type { Quota, RequestBudget } from './source.ts';
import { withQuickTries } from './http.ts';
import type { TokenCache } from './token-cache.ts';

export type CallContext = { readonly budget: RequestBudget; readonly signal: AbortSignal };

/** A vendor that asks for a longer wait gets the window back to the queue meanwhile. */
const LONGEST_WAIT_IN_PLACE_MS = 60_000;

export type PatientCall<T> = {
  readonly quota: Quota;
  readonly tokens: TokenCache;
  /** One request with this token. @throws the errors of `sdk/errors.ts` */
  readonly request: (token: string) => Promise<T>;
};

/**
 * Takes from the budget before every request. "Wait" holds all workers and is waited for in place; a refused token is
 * fetched anew once; what may pass is tried again a few times. @throws the last error otherwise.
 */
export function callPatiently<T>(
  { quota, tokens, request }: PatientCall<T>,
  { budget, signal }: CallContext,
): Promise<T> {
  async function once(): Promise<T> {
    await budget.take(quota, signal);
    const token = await tokens.get();
    try {
      return await request(token);
    } catch (error) {
      if (error instanceof RefusedTokenError) tokens.drop(token);
      if (error instanceof RateLimitedError) await budget.hold(quota, error.waitMs);
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
