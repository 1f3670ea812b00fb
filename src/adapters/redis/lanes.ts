/**
 * The lanes of all tenants and sources, and those of groups. What waits in them is read at once for whoever asks in the same
 * moment, so that the cost of a plan does not follow tenants.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { sourceKeyOf, streamKey, type Stream } from '../../core/stream.ts';
import { readUnanswered } from './answers.ts';
import { createFairTurns } from './fair-turns.ts';
import { forgetGroup, forgetWorkers, knownGroups, takes, type Group, type KnownGroup } from './groups.ts';
import { readPaused } from './pauses.ts';
import { keysOf, listWindows, waitingTurns, type ListedWindow } from './snapshot.ts';
import { telemetry } from './telemetry.ts';
import { LANES, lanesFor, queueName, type Lane, type WindowJob } from './window-job.ts';

export type LanesOptions = {
  readonly connection: Redis;
  readonly prefix: string;
  /** Whether jobs carry the trace of the plan that made them. */
  readonly traced?: boolean;
};

/** `isMisplaced`: in lanes that are not, or no longer, those of its stream. */
export type SeenWindow = ListedWindow & { readonly isMisplaced: boolean };

/** What was seen in all lanes at one moment. */
export type Sight = {
  readonly at: number;
  readonly windowsOf: (source: Omit<Stream, 'pass'>) => readonly SeenWindow[];
  /** How many windows of one stream of this source may wait now. */
  readonly shareOf: (source: Omit<Stream, 'pass'>) => number;
  /** Whether its vendor did not answer the last call. */
  readonly isUnanswered: (source: Omit<Stream, 'pass'>) => boolean;
  /** Whether a worker has found that this data stream takes no documents. */
  readonly isPaused: (dataStream: string) => boolean;
};

export type Lanes = {
  /** Those that all workers take from, live first. */
  readonly shared: readonly Queue<WindowJob>[];
  /** With those of groups that the last look knew. */
  all(): readonly Queue<WindowJob>[];
  /** Looks anew, unless somebody did within so many milliseconds. */
  snapshot(mostAgeMs?: number): Promise<Sight>;
  /** For so many windows that are added now, by the last look: the first of their turns, and where they belong. */
  enter(stream: Stream, windows: number): { readonly turn: number; readonly queueOf: (lane: Lane) => Queue<WindowJob> };
  /** Where one may be. */
  placesOf(stream: Stream): readonly Queue<WindowJob>[];
  /** Forgets workers of groups that are gone, and groups that have left nothing. */
  forgetGone(): Promise<void>;
  close(): Promise<void>;
};

/** Whatever the backlog: all of Redis' work is about so many windows. */
const MOST_WINDOWS = 4_000;
const MOST_OF_A_STREAM = 100;
/** One that hangs, and one that may show that the vendor answers for others. */
const MOST_UNANSWERED = 2;
/** Who asks in the same tick asks together. */
const GATHER_MS = 5;

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

// oxlint-disable-next-line max-lines-per-function -- one method for each thing that is done to the lanes
export function openLanes({ connection, prefix, traced = false }: LanesOptions): Lanes {
  const opened = new Map<string, Queue<WindowJob>>();
  const turns = createFairTurns();
  let groups: readonly KnownGroup[] = [];
  let sight: Sight | undefined;
  let waiting = waitingTurns([]);
  /** Since the last look. */
  let added = 0;

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
    groups.find(({ group, living }) => living > 0 && takes(group, stream))?.group;
  function isMisplaced(window: ListedWindow): boolean {
    const group = groupFor(window);
    return !lanesFor(window.pass).some((lane) => queueName(lane, group?.name) === window.queue.name);
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
    const [listed, unanswered, paused] = await Promise.all([
      listWindows(connection, all),
      readUnanswered(connection, prefix),
      readPaused(connection, prefix),
    ]);
    const bySource = Map.groupBy(
      listed.map((window) => ({ ...window, isMisplaced: isMisplaced(window) })),
      sourceKeyOf,
    );
    const unfinished = listed.filter(({ state }) => state !== 'failed');
    const share = Math.min(MOST_OF_A_STREAM, Math.floor(MOST_WINDOWS / new Set(unfinished.map(streamKey)).size));
    waiting = waitingTurns(listed);
    added = 0;
    sight = {
      at: performance.now(),
      windowsOf: (source) => bySource.get(sourceKeyOf(source)) ?? [],
      isUnanswered: (source) => unanswered.has(sourceKeyOf(source)),
      isPaused: (dataStream) => paused.has(dataStream),
      shareOf: (source) => {
        if (unanswered.has(sourceKeyOf(source))) return MOST_UNANSWERED;
        // Who plans later in the same moment finds less room than this look has seen.
        return Math.max(1, Math.min(share, MOST_WINDOWS - unfinished.length - added));
      },
    };
    return sight;
  }
  const readAll = sharedRead(read);

  async function forgetGone(): Promise<void> {
    for (const known of groups)
      if (known.living > 0) await forgetWorkers(connection, prefix, known);
      else await forgetGroup(connection, prefix, known, keysOf(lanesOf(known.group)));
  }

  return {
    shared,
    all: () => [...opened.values()],
    snapshot: async (mostAgeMs = 0) =>
      sight !== undefined && performance.now() - sight.at < mostAgeMs ? sight : readAll(),
    enter: (stream, windows) => {
      added += windows;
      const group = groupFor(stream);
      return { turn: turns.take(stream, windows, waiting), queueOf: (lane) => open(queueName(lane, group?.name)) };
    },
    placesOf: (stream) => {
      const own = groups.filter(({ group }) => takes(group, stream)).map(({ group }) => group.name);
      return [undefined, ...own].flatMap((name) => lanesFor(stream.pass).map((lane) => open(queueName(lane, name))));
    },
    forgetGone,
    close: async () => void (await Promise.all([...opened.values()].map((queue) => queue.close()))),
  };
}
