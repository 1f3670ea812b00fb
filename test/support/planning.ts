/** A source that is planned and read in a time of the test's own: every window that is queued is read at once, and written down. */
import {
  NO_COUNTS,
  type Checkpoint,
  type Checkpoints,
  type Ledger,
  type OpenedStream,
  type Standing,
  type Suspension,
} from '../../src/core/ledger.ts';
import { dividedGrid, fixedGrid } from '../../src/sdk/grid.ts';
import type { PlanInput } from '../../src/core/planning/plan.ts';
import { createPlanner } from '../../src/core/planning/planner.ts';
import type { FailedWindow, PlannedSource, QueuedWindow, WindowQueue } from '../../src/core/planning/planned-source.ts';
import type { StreamState } from '../../src/core/planning/stream-state.ts';
import { overlaps, type Interval } from '../../src/core/time/intervals.ts';
import { streamKey } from '../../src/core/stream.ts';
import type { Pass } from '../../src/sdk/pass.ts';
import { silent } from './silent.ts';

/** A stream by the minute and by the hour, of which nothing is done and nothing queued. */
export const EMPTY_PLAN: Omit<PlanInput, 'now' | 'origin'> = {
  end: undefined,
  delayMs: 2 * 60_000,
  grid: fixedGrid(60_000),
  backlogGrid: fixedGrid(3_600_000),
  useBacklogGrid: false,
  newestFirst: false,
  done: [],
  queued: [],
  failures: [],
  room: 1_000,
};

export type Read = Interval & { readonly pass: Pass; readonly at: number };

export type Ports = {
  readonly ledger: Ledger;
  readonly checkpoints: Checkpoints;
  readonly queue: WindowQueue;
};

export type Scene = {
  readonly reads: readonly Read[];
  /** What the log was told. */
  readonly told: readonly string[];
  readonly planned: () => PlannedSource;
  configure(settleMs: readonly number[]): void;
  /** Time passes; nobody plans and nobody works. */
  skipTo(until: number): void;
  /** Plans once, at this moment. */
  tick(): Promise<StreamState[]>;
  /** Reads what is queued, at this moment. */
  readQueued(): Promise<void>;
  /** An operator gives this time range of the live stream up. */
  accept(from: number, to: number): Promise<void>;
  /** Plans and reads until nothing is due any more, at this moment. */
  catchUp(): Promise<StreamState[]>;
  /** The same, step by step. */
  work(until: number, stepMs: number): Promise<void>;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function scene({ ledger, checkpoints, queue }: Ports, from: number, since: number): Scene {
  let now = from;
  let settleMs: readonly number[] = [];
  const reads: Read[] = [];
  const told: string[] = [];
  const listen = (_: object, line: string): void => void told.push(line);
  const log = Object.assign(Object.create(silent) as typeof silent, { error: listen, warn: listen, info: listen });
  const planner = createPlanner({ ledger, checkpoints, log, now: () => now });
  const planned = (): PlannedSource => ({
    tenant: 'acme',
    source: 'feishu.openapi_audit',
    cadence: {
      grid: fixedGrid(10 * MINUTE),
      backlogGrid: fixedGrid(HOUR),
      settleGrid: (delayMs) => dividedGrid(10 * MINUTE, HOUR, delayMs),
      indivisible: false,
      lagMs: 2 * MINUTE,
      settleMs,
      quietMs: 0,
    },
    since: () => since,
    queue,
  });

  async function readQueued(): Promise<void> {
    const { tenant, source } = planned();
    const windows = await queue.unfinished();
    await Promise.all(
      windows.map(async ({ pass, from: start, to }) => {
        const stream = { tenant, source, pass };
        const span = { from: start, to };
        reads.push({ ...span, pass, at: now });
        const run = { stream, span, run: String(reads.length), attempts: 1, startedAt: now, endedAt: now };
        await ledger.append({ ...run, status: 'done', counts: NO_COUNTS });
        await queue.remove(stream, [span]);
      }),
    );
  }

  async function catchUp(): Promise<StreamState[]> {
    for (;;) {
      const states = await planner.tick(planned());
      if ((await queue.unfinished()).length === 0) return states;
      await readQueued();
    }
  }

  return {
    reads,
    told,
    planned,
    configure: (next) => void (settleMs = next),
    skipTo: (until) => void (now = until),
    tick: () => planner.tick(planned()),
    readQueued,
    accept: async (start, to) => {
      const { tenant, source } = planned();
      const run = { run: 'accepted', attempts: 0, startedAt: now, endedAt: now, reason: 'lost', by: 'li' };
      await ledger.append({
        stream: { tenant, source, pass: 'live' },
        span: { from: start, to },
        ...run,
        status: 'accepted',
      });
    },
    catchUp,
    work: async (until, stepMs) => {
      for (; now < until; now += stepMs) await catchUp();
      now = until;
      await catchUp();
    },
  };
}

type Entry = Interval & {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly failedAt: number | undefined;
  readonly isRead: boolean;
};
type Memory = {
  entries: Entry[];
  opened: OpenedStream[];
  readonly checkpoints: Map<string, Checkpoint>;
  windows: QueuedWindow[];
  failed: readonly FailedWindow[];
  /** Until its time is over, which a test says by taking it away. */
  probe: QueuedWindow | 'rests' | undefined;
  /** What was written before it, retention has deleted. */
  keptSince: number;
};

/** Ledger, checkpoints and queue in memory, for histories too many for real servers. `memory` may be looked into, and changed. */
export function inMemory(): Ports & { readonly memory: Memory } {
  const memory: Memory = {
    entries: [],
    opened: [],
    checkpoints: new Map(),
    windows: [],
    failed: [],
    probe: undefined,
    keptSince: -Infinity,
  };
  const unused = async (): Promise<never> => Promise.reject(new Error('not needed here'));
  const byPass = (pass: Pass) => (one: { readonly pass: Pass }) => one.pass === pass;
  let serial = 0;
  let suspension: Suspension | undefined;
  let refused: Standing['refused'];
  const ledger: Ledger = {
    append: async (entry) => {
      const { stream, span, status, endedAt } = entry;
      if (status === 'suspended') {
        suspension ??= { since: endedAt, error: entry.error };
        refused = { ...span, pass: stream.pass };
      } else if (status === 'resumed') suspension = undefined;
      else
        memory.entries.push({
          ...span,
          id: String((serial += 1)),
          name: streamKey(stream),
          at: endedAt,
          failedAt: status === 'failed' ? endedAt : undefined,
          isRead: status === 'done',
        });
    },
    standing: async () => ({ suspension, changedAt: suspension?.since ?? -Infinity, refused }),
    isRead: async (stream, span) =>
      memory.entries.some((entry) => entry.isRead && entry.name === streamKey(stream) && overlaps(span, entry)),
    open: async (wanted) => {
      const before = memory.opened.find(({ stream }) => streamKey(stream) === streamKey(wanted.stream));
      if (before === undefined) memory.opened.push(wanted);
      return before ?? wanted;
    },
    opened: async () => memory.opened,
    over: async (stream, spans) => {
      const found = memory.entries.filter(
        (entry) => entry.name === streamKey(stream) && spans.some((span) => overlaps(span, entry)),
      );
      const done = found.filter(({ failedAt }) => failedAt === undefined);
      return {
        done: done.map(({ from, to }) => ({ from, to })),
        entries: done.map(({ id, at }) => ({ id, at })),
        failures: found.flatMap(({ from, to, failedAt }) =>
          failedAt === undefined ? [] : [{ from, to, failures: 1, at: failedAt, retryable: true, error: 'no' }],
        ),
      };
    },
    holds: async (ids) => new Set(memory.entries.map(({ id }) => id).filter((id) => ids.includes(id))),
    keptSince: async () => memory.keptSince,
    entries: unused,
    questions: unused,
    readUnder: () => {
      throw new Error('not needed here');
    },
    newest: unused,
    recentLive: unused,
    busy: unused,
    askers: unused,
    totals: unused,
  };
  const checkpoints: Checkpoints = {
    read: async (stream) => memory.checkpoints.get(streamKey(stream)),
    create: async (opened) => {
      const key = streamKey(opened.stream);
      const version = { seqNo: 0, primaryTerm: 1 };
      const created = {
        formers: [],
        ...opened,
        done: [],
        watermark: opened.origin,
        ended: undefined,
        madeFrom: [],
        version,
      };
      if (!memory.checkpoints.has(key)) memory.checkpoints.set(key, created);
      return memory.checkpoints.get(key) ?? created;
    },
    update: async (checkpoint, change) => {
      memory.checkpoints.set(streamKey(checkpoint.stream), { ...checkpoint, ...change });
      return true;
    },
    list: async ({ unfinished }) =>
      [...memory.checkpoints.values()].filter(
        ({ ended, end, watermark }) =>
          unfinished !== true || (ended === undefined && (end === undefined || watermark < end)),
      ),
  };
  const queue: WindowQueue = {
    failed: async () => [...memory.failed],
    unfinished: async () => memory.windows,
    remove: async ({ pass }, spans) => {
      const isGone = (one: QueuedWindow): boolean =>
        byPass(pass)(one) && spans.some(({ from, to }) => from === one.from && to === one.to);
      memory.windows = memory.windows.filter((one) => !isGone(one));
    },
    tidy: async () => undefined,
    asked: async () => undefined,
    share: () => 100,
    probe: async () => (memory.probe === 'rests' ? undefined : memory.probe),
    claimProbe: async (window) => {
      const isFree = memory.probe === undefined;
      if (isFree) memory.probe = window;
      return isFree;
    },
    rest: async (milliseconds) => void (memory.probe = milliseconds > 0 ? 'rests' : undefined),
    add: async ({ pass }, spans) => void memory.windows.push(...spans.map(({ from, to }) => ({ from, to, pass }))),
  };
  return { ledger, checkpoints, queue, memory };
}
