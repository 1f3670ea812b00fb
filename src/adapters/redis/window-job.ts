/** A window as a job: what it is called and what it carries. No secret is ever part of it. */
import type { RecordedError } from '../../core/ledger.ts';
import { passRank, type Pass } from '../../sdk/pass.ts';
import { streamKey, type Stream } from '../../core/stream.ts';
import type { Interval } from '../../core/time/intervals.ts';
import type { SourceName } from '../../sdk/source.ts';

/** `from` and `to` are epoch milliseconds; `error` is what the last attempt ran into. */
export type WindowJob = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly pass: Pass;
  readonly from: number;
  readonly to: number;
  /** Where it finds nothing it is not written down: the next window takes it in. */
  readonly isOpen?: true;
  readonly error?: RecordedError;
};

/**
 * Live windows have a lane of their own, so that a slot is always free for them (law 5): BullMQ's priorities order what
 * waits, they cannot keep a slot. Not for those that catch up: their long windows would hold every slot for minutes.
 */
export const LANES = ['live', 'background'] as const;
export type Lane = (typeof LANES)[number];

const CATCHING_UP_MS = 10 * 60_000;

/** The lane of a window that could have been read so many milliseconds ago. */
export const laneOf = (pass: Pass, lateMs: number): Lane =>
  pass === 'live' && lateMs <= CATCHING_UP_MS ? 'live' : 'background';

/** Those in which windows of this pass may be. */
export const lanesFor = (pass: Pass): readonly Lane[] => (pass === 'live' ? LANES : ['background']);
/** Of all tenants and sources; a group of workers that takes some streams alone has lanes of its own. */
export const queueName = (lane: Lane, group?: string): string => (group === undefined ? lane : `${lane}.${group}`);

/** The same window has the same id, so that it waits once however often it is added. BullMQ forbids colons and plain numbers. */
export const jobId = (stream: Stream, { from, to }: Interval): string => `${streamKey(stream)}_${from}_${to}`;

/** A window as its id names it. */
export type NamedWindow = Stream & Interval;

export function parseJobId(id: string): NamedWindow | undefined {
  const match = /^([^/]+)\/([^/]+)\/([^/]+)_(-?\d+)_(-?\d+)$/.exec(id);
  if (match === null) return undefined;
  const [, tenant, source, pass, from, to] = match;
  return { tenant, source, pass, from: Number(from), to: Number(to) } as NamedWindow;
}

/** Beyond it there is no date. */
const LAST_MOMENT = 8.64e15;
const isMoment = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(Number(value)) <= LAST_MOMENT;

function isError(value: unknown): value is RecordedError {
  const { type, message, retryable } = (value ?? {}) as Partial<Record<keyof RecordedError, unknown>>;
  return typeof type === 'string' && typeof message === 'string' && typeof retryable === 'boolean';
}

type Carrier = { readonly id?: string | undefined; readonly queueName: string; readonly data: unknown };

/**
 * What a job carries; undefined where that is no window of its id and its queue: Redis may have evicted it, or somebody has
 * changed it. An error that is none is left out.
 */
export function windowOf({ id, queueName: queue, data }: Carrier): WindowJob | undefined {
  const { tenant, source, pass, from, to, isOpen, error } = (data ?? {}) as Partial<WindowJob>;
  const isNamed = [tenant, source, pass].every((name) => typeof name === 'string');
  if (!isNamed || !isMoment(from) || !isMoment(to) || from >= to) return undefined;
  const open = isOpen === true ? { isOpen } : {};
  const window = { tenant, source, pass, from, to, ...open } as WindowJob;
  if (id !== jobId(window, window)) return undefined;
  if (!lanesFor(window.pass).some((lane) => lane === queue.split('.')[0])) return undefined;
  return isError(error) ? { ...window, error } : window;
}

/** As many as BullMQ's priorities have room for; beyond them windows of all streams go as they came. */
const TURNS = 150_000;
const LAGS = 4;
const HOUR_MS = 3_600_000;
/** Live windows behind by more than this go before those that are not, and so on. */
const LAG_STEPS_MS = [24 * HOUR_MS, 2 * HOUR_MS, HOUR_MS / 6];
/** BullMQ's scores hold the priority above a counter. */
const SCORE_STEP = 2 ** 32;

/**
 * What goes first: live before settle before backfills; then by turns, of which each stream has one after the other; then,
 * roughly, the longest lag. BullMQ counts from 1, lower first; 0 would mean "before everything that has a priority".
 */
export function jobPriority(pass: Pass, turn: number, lagMs: number): number {
  const step = LAG_STEPS_MS.findIndex((least) => lagMs >= least);
  return 1 + (passRank(pass) * TURNS + Math.min(turn, TURNS - 1)) * LAGS + (step === -1 ? LAGS - 1 : step);
}

/** The turn of a window that waits with this score. */
export const turnOf = (pass: Pass, score: number): number =>
  Math.floor((Math.floor(score / SCORE_STEP) - 1) / LAGS) - passRank(pass) * TURNS;

export const streamOf = ({ tenant, source, pass }: WindowJob): Stream => ({ tenant, source, pass });
