/**
 * The request budget that all workers share (law 5): one bucket in Redis for each vendor app and API.
 *
 * A GCRA on Redis' own clock rather than a counter of fixed minutes: a counter lets a full budget through on either side
 * of a minute's turn, which a vendor that counts a sliding minute answers with 429.
 */
import type { Redis } from 'ioredis';
import type { Quota, RequestBudget } from '../../sdk/source.ts';
import { waitMs } from '../../sdk/backoff.ts';
import { NoCallLeftError } from '../../sdk/errors.ts';

/**
 * Room for the way to the vendor: calls leave evenly, but may arrive bunched. At 97 % of the limit a hundred calls take
 * 61.9 s, so the network may squeeze them by more than a second before a sliding minute sees one too many.
 */
const SHARE_OF_LIMIT = 0.97;
/** Looks again at least so often, so that a released hold or a vanished rival is noticed. */
const LONGEST_SLEEP_MS = 2_000;

/** Beyond it a window that has not begun waits in the queue, and others have its slot. */
const LONGEST_WAIT_IN_SLOT_MS = 1_000;
/** How long it may take a window to be fetched again when its wait is over. */
const FETCHED_AGAIN_MS = 750;

// KEYS: bucket, hold, waiting:0, waiting:1. ARGV: interval and tolerance in microseconds, rank, longest sleep in milliseconds. Returns milliseconds to wait, 0 = go.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance, rank = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('PTTL', KEYS[2])
local next = math.min(tonumber(redis.call('GET', KEYS[1]) or 0), now + interval + tolerance)
local wait = math.max(held * 1000, next - tolerance - now)
for higher = 0, rank - 1 do
  if redis.call('EXISTS', KEYS[3 + higher]) == 1 then wait = math.max(wait, interval) end
end
if wait > 0 then
  if rank < 2 then
    -- Until it asks again; one that was given back may be expected for longer.
    local life = math.ceil(math.min(wait / 1000, tonumber(ARGV[4]))) + 250
    if redis.call('PTTL', KEYS[3 + rank]) < life then redis.call('SET', KEYS[3 + rank], '1', 'PX', life) end
  end
  return math.ceil(wait / 1000)
end
redis.call('SET', KEYS[1], string.format('%.0f', math.max(now, next) + interval), 'PX', math.ceil((2 * interval + tolerance) / 1000))
return 0
`;

type WithTake = Redis & { shenjiTake(...keysAndArguments: (string | number)[]): Promise<number> };

/** A call that was let through: `quota` is its bucket's name. */
export type Budgeted = { readonly quota: string; readonly perMinute: number; readonly waitedSeconds: number };

export type SharedBudget = RequestBudget & {
  /** For one run of a window: its first call of each API is not waited for long. @throws NoCallLeftError there */
  forWindow(): RequestBudget;
};

/** `rank` 0 goes before 1 before 2 (live, settle, backfill). */
export function createBudget(
  redis: Redis,
  prefix: string,
  rank: 0 | 1 | 2,
  onTaken: (call: Budgeted) => void = () => undefined,
): SharedBudget {
  redis.defineCommand('shenjiTake', { numberOfKeys: 4, lua: TAKE });
  const key = (quota: Quota, part: string): string => `${prefix}:budget:{${quota.key}}:${part}`;

  async function takeWithin(quota: Quota, signal: AbortSignal, longestMs: number): Promise<void> {
    const askedAt = performance.now();
    const interval = Math.ceil(60_000_000 / (quota.perMinute * SHARE_OF_LIMIT));
    const keys = ['next', 'hold', 'waiting:0', 'waiting:1'].map((part) => key(quota, part));
    for (;;) {
      signal.throwIfAborted();
      // One interval of tolerance lets a caller that woke late catch up, or the budget would never be used in full.
      const wait = await (redis as WithTake).shenjiTake(...keys, interval, interval, rank, LONGEST_SLEEP_MS);
      if (wait <= 0) {
        const waitedSeconds = (performance.now() - askedAt) / 1_000;
        onTaken({ quota: quota.key, perMinute: quota.perMinute, waitedSeconds });
        return;
      }
      if (wait > longestMs) await giveBack(quota, wait);
      await waitMs(Math.min(wait, LONGEST_SLEEP_MS), signal);
    }
  }

  /** Lower ranks leave it the call that it comes back for. */
  async function giveBack(quota: Quota, wait: number): Promise<never> {
    if (rank < 2) await redis.set(key(quota, `waiting:${rank}`), '1', 'PX', Math.ceil(wait) + FETCHED_AGAIN_MS);
    throw new NoCallLeftError(`${quota.key}: no call is left for ${Math.ceil(wait / 1_000)} s`, wait);
  }

  const take = (quota: Quota, signal: AbortSignal): Promise<void> => takeWithin(quota, signal, Infinity);

  async function hold(quota: Quota, milliseconds: number): Promise<void> {
    const until = key(quota, 'hold');
    // Never shortens a hold that somebody else was told to keep.
    const left = await redis.pttl(until);
    if (milliseconds > left) await redis.set(until, '1', 'PX', Math.ceil(milliseconds));
  }

  function forWindow(): RequestBudget {
    const begun = new Set<string>();
    return {
      hold,
      take: async (quota, signal) => {
        await takeWithin(quota, signal, begun.has(quota.key) ? Infinity : LONGEST_WAIT_IN_SLOT_MS);
        begun.add(quota.key);
      },
    };
  }

  return { take, hold, forWindow };
}
