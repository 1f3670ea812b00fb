/**
 * The lanes of all tenants and sources, and those of groups. What waits in them is read at once for whoever asks in the same
 * moment, so that the cost of a plan does not follow tenants.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { passRank, sourceKeyOf, streamKey, type Stream } from '../pipeline/stream.ts';
import { readUnanswered } from './answers.ts';
import { forgetGroup, knownGroups, takes, type Group, type KnownGroup } from './groups.ts';
import { telemetry } from './telemetry.ts';
import { laneOf, LANES, parseJobId, queueName, turnOf, type NamedWindow, type WindowJob } from './window-job.ts';

export type LanesOptions = {
  readonly connection: Redis;
  readonly prefix: string;
  /** Whether jobs carry the trace of the plan that made them. */
  readonly traced?: boolean;
};

export type State = 'active' | 'waiting' | 'delayed' | 'failed';

export type SeenWindow = NamedWindow & {
  readonly id: string;
  readonly state: State;
  readonly queue: Queue<WindowJob>;
  /** Of those that wait; the lower goes first. */
  readonly turn: number | undefined;
  /** In lanes that are not, or no longer, those of its stream. */
  readonly isMisplaced: boolean;
};

/** What was seen in all lanes at one moment. */
export type Sight = {
  readonly at: number;
  readonly windowsOf: (source: Omit<Stream, 'pass'>) => readonly SeenWindow[];
  /** The turn of a window that is added now: after those of its stream, and not before those that wait already. */
  readonly nextTurn: (stream: Stream) => number;
  /** How many windows of one stream of this source may wait now. */
  readonly shareOf: (source: Omit<Stream, 'pass'>) => number;
};

export type Lanes = {
  /** Those that all workers take from, live first. */
  readonly shared: readonly Queue<WindowJob>[];
  /** With those of groups that the last look knew. */
  all(): readonly Queue<WindowJob>[];
  /** Looks anew, unless somebody did within so many milliseconds. */
  look(mostAgeMs?: number): Promise<Sight>;
  /** Where a window of this stream is planned, by the groups of the last look. */
  placeOf(stream: Stream): Queue<WindowJob>;
  /** Where one may be. */
  placesOf(stream: Stream): readonly Queue<WindowJob>[];
  /** Forgets groups that are gone and have left nothing. */
  forgetGone(): Promise<void>;
  close(): Promise<void>;
};

/** Whatever the backlog: all of Redis' work is about so many windows. */
const MOST_WINDOWS = 4_000;
const MOST_OF_A_STREAM = 100;
/** Who asks in the same tick asks together. */
const GATHER_MS = 5;

/** Of each queue what is in it, by the order of `PARTS`; with scores where these say the turn. */
const LOOK = `
local seen = {}
for at = 1, #KEYS, 5 do
  seen[#seen + 1] = {
    redis.call('LRANGE', KEYS[at], 0, -1), redis.call('LRANGE', KEYS[at + 1], 0, -1),
    redis.call('ZRANGE', KEYS[at + 2], 0, -1, 'WITHSCORES'),
    redis.call('ZRANGE', KEYS[at + 3], 0, -1), redis.call('ZRANGE', KEYS[at + 4], 0, -1)
  }
end
return seen
`;
const PARTS = [
  ['active', 'active'],
  ['wait', 'waiting'],
  ['prioritized', 'waiting'],
  ['delayed', 'delayed'],
  ['failed', 'failed'],
] as const satisfies readonly (readonly [part: string, state: State])[];

/** What Redis lists, with the score where it names one. */
const entries = (part: string, listed: readonly string[]): readonly (readonly [id: string, score?: number])[] =>
  part !== 'prioritized'
    ? listed.map((id) => [id] as const)
    : Array.from({ length: listed.length / 2 }, (_, at) => [listed[2 * at] ?? '', Number(listed[2 * at + 1])] as const);

/** Whoever asks before a read has begun shares it; one at a time. */
function sharedRead<T>(read: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    next ??= Promise.all([last, pause(GATHER_MS)]).then(() => {
      next = undefined;
      const reading = read();
      last = reading.catch(() => undefined);
      return reading;
    });
    return next;
  };
}

export function openLanes({ connection, prefix, traced = false }: LanesOptions): Lanes {
  const opened = new Map<string, Queue<WindowJob>>();
  let groups: readonly KnownGroup[] = [];
  let sight: Sight | undefined;

  function open(name: string): Queue<WindowJob> {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const queue = new Queue<WindowJob>(name, { connection, prefix, ...telemetry(traced) });
    // The connection's own listener reports errors; without one here they would end the process.
    queue.on('error', () => undefined);
    opened.set(name, queue);
    return queue;
  }
  const lanesOf = (group?: Group): Queue<WindowJob>[] => LANES.map((lane) => open(queueName(lane, group?.name)));
  const shared = lanesOf();

  const groupFor = (stream: Stream): Group | undefined =>
    groups.find(({ group, isLiving }) => isLiving && takes(group, stream))?.group;
  const placeOf = (stream: Stream): Queue<WindowJob> => open(queueName(laneOf(stream.pass), groupFor(stream)?.name));

  async function see(queues: readonly Queue<WindowJob>[]): Promise<SeenWindow[]> {
    const keys = queues.flatMap((queue) => PARTS.map(([part]) => queue.toKey(part)));
    const found = (await connection.eval(LOOK, keys.length, ...keys)) as string[][][];
    return queues.flatMap((queue, at) =>
      PARTS.flatMap(([part, state], place) =>
        entries(part, found[at]?.[place] ?? []).flatMap(([id, score]) => {
          const window = parseJobId(id);
          if (window !== undefined) {
            const turn = score === undefined ? undefined : turnOf(window.pass, score);
            return [{ ...window, id, state, queue, turn, isMisplaced: placeOf(window) !== queue }];
          }
          // None of ours: nobody else would take it away.
          if (state === 'failed') void queue.remove(id).catch(() => 0);
          return [];
        }),
      ),
    );
  }

  /** Another scheduler may have forgotten a group. */
  function closeAllBut(queues: readonly Queue<WindowJob>[]): void {
    for (const [name, queue] of opened) {
      if (queues.includes(queue)) continue;
      opened.delete(name);
      void queue.close().catch(() => undefined);
    }
  }

  async function read(): Promise<Sight> {
    groups = await knownGroups(connection, prefix);
    const all = [...shared, ...groups.flatMap(({ group }) => lanesOf(group))];
    closeAllBut(all);
    const [windows, unanswered] = await Promise.all([see(all), readUnanswered(connection, prefix)]);
    const bySource = Map.groupBy(windows, sourceKeyOf);
    const streams = new Set(windows.filter(({ state }) => state !== 'failed').map(streamKey)).size;
    const firstTurns = new Map<number, number>();
    for (const { pass, turn } of windows)
      if (turn !== undefined)
        firstTurns.set(passRank(pass), Math.min(turn, firstTurns.get(passRank(pass)) ?? Infinity));
    const share = Math.max(1, Math.min(MOST_OF_A_STREAM, Math.floor(MOST_WINDOWS / Math.max(1, streams))));
    sight = {
      at: performance.now(),
      windowsOf: (source) => bySource.get(sourceKeyOf(source)) ?? [],
      nextTurn: (stream) => {
        const own = (bySource.get(sourceKeyOf(stream)) ?? []).filter(({ pass }) => pass === stream.pass);
        const last = Math.max(-1, ...own.map(({ turn = -1 }) => turn));
        return Math.max(last + 1, firstTurns.get(passRank(stream.pass)) ?? 0);
      },
      shareOf: (source) => (unanswered.has(sourceKeyOf(source)) ? 1 : share),
    };
    return sight;
  }
  const look = sharedRead(read);

  return {
    shared,
    all: () => [...opened.values()],
    look: async (mostAgeMs = 0) => (sight !== undefined && performance.now() - sight.at < mostAgeMs ? sight : look()),
    placeOf,
    placesOf: (stream) => {
      const own = groups.filter(({ group }) => takes(group, stream)).map(({ group }) => group.name);
      return [undefined, ...own].map((name) => open(queueName(laneOf(stream.pass), name)));
    },
    forgetGone: async () => {
      for (const known of groups.filter(({ isLiving }) => !isLiving)) {
        const queues = lanesOf(known.group);
        if ((await see(queues)).length > 0) continue;
        for (const queue of queues) await queue.obliterate({ force: true });
        await forgetGroup(connection, prefix, known);
      }
    },
    close: async () => void (await Promise.all([...opened.values()].map((queue) => queue.close()))),
  };
}
