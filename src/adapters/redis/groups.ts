/**
 * Workers that take some streams alone (`worker --streams`, `backfill --wait`). While a group gives signs of life, the
 * windows of its streams are planned into lanes of its own, so that no other worker fetches what it would have to give back.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { sourceKeyOf, type Stream } from '../../core/stream.ts';
import type { Pass } from '../../sdk/pass.ts';
import { withinBound } from '../../core/time/within-bound.ts';
import { LIFE_MS, nowOf, repeatBeat } from './heartbeat.ts';

/** `sources`: keys as `acme/feishu.openapi_audit`; `pass`: only this one of theirs. */
export type Group = { readonly name: string; readonly sources: readonly string[]; readonly pass?: Pass };

/** Named by what it takes, so that workers that take the same are one group. */
export function groupOf(sources: readonly string[], pass?: Pass): Group {
  const sorted = sources.toSorted();
  const [first = ''] = sorted;
  const readable = `${first.replace('/', '.')}${pass === undefined ? '' : `.${pass}`}`;
  const digest = createHash('sha256').update(sorted.join()).digest('hex').slice(0, 8);
  const name = sorted.length === 1 ? readable : `${readable}-and-${sorted.length - 1}-more-${digest}`;
  return { name, sources: sorted, ...(pass === undefined ? {} : { pass }) };
}

export const takes = ({ sources, pass }: Group, stream: Stream): boolean =>
  sources.includes(sourceKeyOf(stream)) && (pass === undefined || pass === stream.pass);

/** Whoever starts waits no longer for a Redis that is away. */
const FIRST_MS = 2_000;

const keyOf = (prefix: string): string => `${prefix}:groups`;

/** With the time, as the signs of life have it: one command for whoever looks at all lanes. */
const LIST = `
local time = redis.call('TIME')
return { time[1], redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES') }
`;

type Member = Group & { readonly worker: string };

/** Resolves when the first sign of life is given, or Redis does not take it for now; another follows every five seconds until it leaves. */
export async function joinGroup(
  redis: Redis,
  prefix: string,
  group: Group,
): Promise<{ readonly leave: () => Promise<void> }> {
  const member = JSON.stringify({ ...group, worker: randomUUID() } satisfies Member);
  const beat = async (): Promise<unknown> => redis.zadd(keyOf(prefix), await nowOf(redis), member);
  await withinBound(beat(), FIRST_MS).catch(() => undefined);
  const beating = repeatBeat(redis, beat);
  return {
    // Known still, by what it leaves in its lanes.
    leave: async () => {
      beating.stop();
      if (redis.status === 'ready') await redis.zadd(keyOf(prefix), 0, member).catch(() => 0);
    },
  };
}

/** `living`: how many of its workers give signs of life, none where it is gone; `gone`: those that do no more, as Redis names them. */
export type KnownGroup = {
  readonly group: Group;
  readonly living: number;
  readonly gone: readonly string[];
};

/**
 * Where nothing is in its lanes: the keys of the lanes and the workers that were seen gone, at once, so that what is added
 * meanwhile is not lost from sight. KEYS: that of the groups, then of each lane its lists. ARGV: how many keys are lists, the workers.
 */
const FORGET = `
local lists = tonumber(ARGV[1])
for at = 2, 1 + lists do if redis.call('EXISTS', KEYS[at]) == 1 then return 0 end end
for at = 2, #ARGV do redis.call('ZREM', KEYS[1], ARGV[at]) end
for at = 2 + lists, #KEYS do redis.call('DEL', KEYS[at]) end
return 1
`;

/** `lists` and `others`: the keys of its lanes. Who joins meanwhile is another worker, and makes what it needs anew. */
export async function forgetGroup(
  redis: Redis,
  prefix: string,
  { gone }: KnownGroup,
  { lists, others }: { readonly lists: readonly string[]; readonly others: readonly string[] },
): Promise<void> {
  const keys = [keyOf(prefix), ...lists, ...others];
  await redis.eval(FORGET, keys.length, ...keys, lists.length, ...gone);
}

/** Of a group that lives: workers come and go, and each was another one. */
export async function forgetWorkers(redis: Redis, prefix: string, { gone }: KnownGroup): Promise<void> {
  if (gone.length > 0) await redis.zrem(keyOf(prefix), ...gone);
}

function parse(text: string): Member | undefined {
  try {
    const member = JSON.parse(text) as Partial<Member>;
    return typeof member.name === 'string' && Array.isArray(member.sources) ? (member as Member) : undefined;
  } catch {
    return undefined;
  }
}

/** All that ever joined and were not forgotten; those that take single passes first, else in an order that stays. */
export async function knownGroups(redis: Redis, prefix: string): Promise<readonly KnownGroup[]> {
  const [now, found] = (await redis.eval(LIST, 1, keyOf(prefix))) as [string, string[]];
  const groups = new Map<string, KnownGroup>();
  for (let at = 0; at < found.length; at += 2) {
    const text = found[at] ?? '';
    const member = parse(text);
    if (member === undefined) continue;
    const { worker: _, ...group } = member;
    const before = groups.get(group.name);
    const lives = Number(found[at + 1]) > Number(now) * 1_000 - LIFE_MS;
    const living = (before?.living ?? 0) + (lives ? 1 : 0);
    groups.set(group.name, {
      group,
      living,
      gone: [...(before?.gone ?? []), ...(lives ? [] : [text])],
    });
  }
  const rank = ({ group: { pass, name } }: KnownGroup): string => `${pass === undefined ? 1 : 0} ${name}`;
  return [...groups.values()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
