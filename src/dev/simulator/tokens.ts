/** Access tokens as the vendors hand them out: the same one again while it lives long enough. */
import { randomBytes } from 'node:crypto';

export type Tokens = {
  issue(): { readonly value: string; readonly secondsLeft: number };
  isValid(token: string | undefined): boolean;
  /** Every token so far becomes invalid. */
  expire(): void;
  readonly issued: () => number;
};

const RENEW_BELOW_MS = 30 * 60_000;

export function createTokens(prefix: string, lifeMs: number): Tokens {
  const tokens = new Map<string, number>();
  let issued = 0;
  return {
    issue: () => {
      const now = Date.now();
      const living = [...tokens].find(([, until]) => until - now >= Math.min(RENEW_BELOW_MS, lifeMs / 2));
      const value = living?.[0] ?? `${prefix}${randomBytes(16).toString('hex')}`;
      const until = living?.[1] ?? now + lifeMs;
      tokens.set(value, until);
      issued += 1;
      return { value, secondsLeft: Math.max(1, Math.floor((until - now) / 1_000)) };
    },
    isValid: (token) => token !== undefined && (tokens.get(token) ?? 0) > Date.now(),
    expire: () => tokens.clear(),
    issued: () => issued,
  };
}
