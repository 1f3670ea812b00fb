/** One access token for all concurrent callers: fetched once, renewed before its end, dropped when the vendor refuses it. */

export type Token = { readonly value: string; readonly lifeMs: number };

export type TokenCache = {
  /** A token that lives for a while yet. Rejects as `fetch` did; the next call tries again. */
  get(): Promise<string>;
  /** Drops the token, unless somebody has renewed it already. */
  drop(refused: string): void;
};

/** Renewed so long before its end, or after nine tenths of a short life. */
const MARGIN_MS = 10 * 60_000;

/** `fetch` asks the vendor; `now` in epoch milliseconds. */
export function createTokenCache(fetch: () => Promise<Token>, now: () => number = Date.now): TokenCache {
  let current: { readonly value: string; readonly renewAt: number } | undefined;
  let pending: Promise<string> | undefined;

  async function renew(): Promise<string> {
    try {
      const { value, lifeMs } = await fetch();
      current = { value, renewAt: now() + lifeMs - Math.min(MARGIN_MS, lifeMs / 10) };
      return value;
    } finally {
      pending = undefined;
    }
  }

  return {
    get: () => {
      if (current !== undefined && now() < current.renewAt) return Promise.resolve(current.value);
      pending ??= renew();
      return pending;
    },
    drop: (refused) => {
      if (current?.value === refused) current = undefined;
    },
  };
}
