/** A vendor's limit of calls a minute, counted by fixed minutes or by the sixty seconds before each call. */

export type RateLimit = {
  /** Seconds to wait, or 0 for a call that is let through. */
  take(now: number): number;
};

const MINUTE = 60_000;

export function createRateLimit(perMinute: number | undefined, kind: 'fixed' | 'sliding'): RateLimit {
  let calls: number[] = [];
  return {
    take: (now) => {
      if (perMinute === undefined) return 0;
      const start = kind === 'fixed' ? Math.floor(now / MINUTE) * MINUTE : now - MINUTE + 1;
      calls = calls.filter((call) => call >= start);
      if (calls.length < perMinute) {
        calls.push(now);
        return 0;
      }
      const free = kind === 'fixed' ? start + MINUTE : (calls[0] ?? now) + MINUTE;
      return Math.max(1, Math.ceil((free - now) / 1_000));
    },
  };
}
