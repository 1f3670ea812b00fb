/** How a stream stands: what plans, `status`, metrics and the demo tell of it. */
import type { Suspension } from '../ledger.ts';
import type { Gap } from './plan.ts';
import { iso, type Interval } from '../time/intervals.ts';
import type { Stream } from '../stream.ts';
import { probeMs } from './suspension.ts';

/** How a stream stands after a plan. */
export type StreamState = {
  readonly stream: Stream;
  readonly origin: number;
  readonly end: number | undefined;
  readonly watermark: number;
  readonly dueUntil: number;
  readonly gaps: readonly Gap[];
  /** Due and not done, for whatever reason. */
  readonly missing: readonly Interval[];
  /** Behind the watermark, until where it was asked and held nothing; undefined where there is no such time range. */
  readonly askedUntil?: number | undefined;
  readonly queued: number;
  readonly planned: number;
  /** Why nothing is planned: all of its source stands still. */
  readonly suspension?: Suspension;
};

/** Until where nothing is left to do of what is due: done, or asked for without finding anything. */
export const reachedUntil = ({ watermark, askedUntil }: Pick<StreamState, 'watermark' | 'askedUntil'>): number =>
  Math.max(watermark, askedUntil ?? -Infinity);

/** What could be collected by now and is not, in milliseconds. */
export const lagOf = (state: Pick<StreamState, 'watermark' | 'askedUntil' | 'dueUntil'>): number =>
  Math.max(0, state.dueUntil - reachedUntil(state));

const FRESH_MS = 30_000;
/** A plan that is older no longer says how far a stream is: how long ago it was made, in milliseconds; 0 while it is fresh. */
export const staleMs = (plannedAt: number, now: number): number => (now - plannedAt > FRESH_MS ? now - plannedAt : 0);

/** While a source is suspended all that is due is one gap. */
export function suspended(state: StreamState, suspension: Suspension, nowMs: number): StreamState {
  const { watermark: from, dueUntil: to } = state;
  const error = `suspended since ${iso(suspension.since)}: ${suspension.error.message}`;
  const gap = { from, to, error, failures: 1, failedAt: suspension.since, retryAt: nowMs + probeMs(suspension) };
  return { ...state, planned: 0, suspension, gaps: from < to ? [gap] : [] };
}
