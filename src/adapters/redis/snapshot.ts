/** What is in the lanes at one moment, as Redis lists it. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { passRank } from '../../sdk/pass.ts';
import { streamKey } from '../../core/stream.ts';
import type { WaitingTurns } from './fair-turns.ts';
import { parseJobId, turnOf, type NamedWindow, type WindowJob } from './window-job.ts';

export type State = 'active' | 'waiting' | 'delayed' | 'failed';

export type ListedWindow = NamedWindow & {
  readonly id: string;
  readonly state: State;
  readonly queue: Queue<WindowJob>;
  /** Of those that wait; the lower goes first. */
  readonly turn: number | undefined;
  /** Of those that are delayed, until when, in epoch milliseconds. */
  readonly delayedUntil: number | undefined;
};

/** Of each queue what is in it, by the order of `LISTS`; with scores where these say something. */
const LOOK = `
local seen = {}
for at = 1, #KEYS, 5 do
  seen[#seen + 1] = {
    redis.call('LRANGE', KEYS[at], 0, -1), redis.call('LRANGE', KEYS[at + 1], 0, -1),
    redis.call('ZRANGE', KEYS[at + 2], 0, -1, 'WITHSCORES'), redis.call('ZRANGE', KEYS[at + 3], 0, -1, 'WITHSCORES'),
    redis.call('ZRANGE', KEYS[at + 4], 0, -1)
  }
end
return seen
`;
const LISTS = [
  ['active', 'active', 'list'],
  ['wait', 'waiting', 'list'],
  ['prioritized', 'waiting', 'zset'],
  ['delayed', 'delayed', 'zset'],
  ['failed', 'failed', 'zset'],
] as const satisfies readonly (readonly [list: string, state: State, type: string])[];
type List = (typeof LISTS)[number][0];

/** BullMQ keeps the moment in the upper bits of a delayed job's score. */
const MOMENT_STEP = 4_096;

/** The keys of what a queue lists, and the others that it has. */
export function keysOf(queues: readonly Queue[]): {
  readonly lists: readonly string[];
  readonly others: readonly string[];
} {
  const keys = queues.flatMap((queue) => Object.entries(queue.keys));
  const isList = (name: string): boolean => LISTS.some(([list]) => list === name);
  return {
    lists: keys.filter(([name]) => isList(name)).map(([, key]) => key),
    others: keys.filter(([name]) => !isList(name)).map(([, key]) => key),
  };
}

const hasScores = (list: List): boolean => list === 'prioritized' || list === 'delayed';

/** What Redis lists, with the score where it names one. */
const entries = (list: List, listed: readonly string[]): readonly (readonly [id: string, score?: number])[] =>
  hasScores(list)
    ? Array.from({ length: listed.length / 2 }, (_, at) => [listed[2 * at] ?? '', Number(listed[2 * at + 1])] as const)
    : listed.map((id) => [id] as const);

/** Redis' own words name no key. */
async function wrongKey(redis: Redis, keys: readonly string[], error: Error): Promise<Error> {
  if (!error.message.includes('WRONGTYPE')) return error;
  const types = await Promise.all(keys.map((key) => redis.type(key)));
  const wrong = types.findIndex((type, at) => type !== 'none' && type !== LISTS[at % LISTS.length]?.[2]);
  return new Error(`the key ${keys[wrong]} in Redis is a ${types[wrong]}, where BullMQ keeps a list of windows: delete it, what was in it is planned again`); // prettier-ignore
}

/** Windows of all these queues, read at once. Throws where Redis does, or where one of BullMQ's lists is something else. */
export async function listWindows(redis: Redis, queues: readonly Queue<WindowJob>[]): Promise<ListedWindow[]> {
  const keys = queues.flatMap((queue) => LISTS.map(([list]) => queue.toKey(list)));
  const found = (await redis.eval(LOOK, keys.length, ...keys).catch(async (error: Error) => {
    throw await wrongKey(redis, keys, error);
  })) as string[][][];
  return queues.flatMap((queue, at) =>
    LISTS.flatMap(([list, state], place) =>
      entries(list, found[at]?.[place] ?? []).flatMap(([id, score = 0]) => {
        const window = parseJobId(id);
        if (window !== undefined) {
          const turn = list === 'prioritized' ? turnOf(window.pass, score) : undefined;
          const delayedUntil = list === 'delayed' ? score / MOMENT_STEP : undefined;
          return [{ ...window, id, state, queue, turn, delayedUntil }];
        }
        // None of ours: nobody else would take it away.
        if (state === 'failed') void queue.remove(id).catch(() => 0);
        return [];
      }),
    ),
  );
}

export function waitingTurns(windows: readonly ListedWindow[]): WaitingTurns {
  const lowest = new Map<number, number>();
  const last = new Map<string, number>();
  const delayed = new Set<number>();
  for (const window of windows) {
    const { pass, turn, state } = window;
    if (state === 'delayed') delayed.add(passRank(pass));
    if (turn === undefined) continue;
    lowest.set(passRank(pass), Math.min(turn, lowest.get(passRank(pass)) ?? Infinity));
    last.set(streamKey(window), Math.max(turn, last.get(streamKey(window)) ?? -Infinity));
  }
  return {
    lowest: (rank) => lowest.get(rank),
    last: (stream) => last.get(streamKey(stream)),
    areAnyDelayed: (rank) => delayed.has(rank),
  };
}
