/** A window as a job: what it is called and what it carries. No secret is ever part of it. */
import type { RecordedError } from '../pipeline/ledger.ts';
import { passRank, type Pass, type Stream } from '../pipeline/stream.ts';
import type { Span } from '../pipeline/spans.ts';
import type { SourceName } from '../source.ts';

/** `from` and `to` are epoch milliseconds; `error` is what the last attempt ran into. */
export type WindowJob = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly pass: Pass;
  readonly from: number;
  readonly to: number;
  readonly error?: RecordedError;
};

/**
 * Live windows have a lane of their own, so that a slot is always free for them (law 5): BullMQ's priorities order what
 * waits, they cannot keep a slot.
 */
export const LANES = ['live', 'later'] as const;
export type Lane = (typeof LANES)[number];

export const laneOf = (pass: Pass): Lane => (pass === 'live' ? 'live' : 'later');
export const queueName = (tenant: string, source: SourceName, lane: Lane): string => `${tenant}.${source}.${lane}`;

/** The same window has the same id, so that it waits once however often it is added. BullMQ forbids colons and plain numbers. */
export const jobId = (pass: Pass, { from, to }: Span): string => `${pass}_${from}_${to}`;

export function parseJobId(id: string): (Span & { readonly pass: Pass }) | undefined {
  const match = /^(.+)_(-?\d+)_(-?\d+)$/.exec(id);
  return match === null ? undefined : { pass: match[1] as Pass, from: Number(match[2]), to: Number(match[3]) };
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
  const { tenant, source, pass, from, to, error } = (data ?? {}) as Partial<WindowJob>;
  const isNamed = [tenant, source, pass].every((name) => typeof name === 'string');
  if (!isNamed || !isMoment(from) || !isMoment(to) || from >= to) return undefined;
  const window = { tenant, source, pass, from, to } as WindowJob;
  if (id !== jobId(window.pass, window)) return undefined;
  if (queue !== queueName(window.tenant, window.source, laneOf(window.pass))) return undefined;
  return isError(error) ? { ...window, error } : window;
}

/** BullMQ counts from 1, lower first; 0 would mean "before everything that has a priority". */
export const jobPriority = (pass: Pass): number => passRank(pass) + 1;

export const streamOf = ({ tenant, source, pass }: WindowJob): Stream => ({ tenant, source, pass });
