/** What the planner is told of a source of a tenant: when its windows fall due, and what its queue can do. */
import type { Logger } from 'pino';
import type { Cadence, SourceName } from '../../sdk/source.ts';
import type { Checkpoints, Ledger, WindowEntry } from '../ledger.ts';
import type { PlannedWindow } from './quiet.ts';
import type { Interval } from '../time/intervals.ts';
import { passDelayMs, type Pass } from '../../sdk/pass.ts';
import type { Stream } from '../stream.ts';

/** `isResting`: for longer than a moment nobody works on it, as after a failure. */
export type QueuedWindow = Interval & { readonly pass: Pass; readonly isResting?: true };

/** A window whose attempts are used up; `remove` frees it for another plan. Without an entry where the job is damaged. */
export type FailedWindow = {
  readonly id: string;
  readonly entry: WindowEntry | undefined;
  readonly remove: () => Promise<void>;
};

/** Whoever comes across one says the same of it. */
export const damagedJobText = (id: string): string =>
  `the job ${id} was damaged in Redis: it is let go, and its window planned again`;

/** The queue of one tenant and source, as the planner sees it. */
export type WindowQueue = {
  failed(): Promise<FailedWindow[]>;
  /** Everything waiting, delayed or active. */
  unfinished(): Promise<QueuedWindow[]>;
  /** Takes these windows out again, unless they are being worked on. */
  remove(stream: Stream, spans: readonly Interval[]): Promise<void>;
  /** Lets go what a clock that ran ahead has delayed beyond any wait there is, and takes out what waits where nobody takes it any more. */
  tidy(now: number): Promise<void>;
  /** How many windows of one stream may be unfinished, as the last look at them has left it. */
  share(): number;
  /** Adding a window that is there already changes nothing. */
  add(stream: Stream, windows: readonly PlannedWindow[]): Promise<void>;
  /** What live was asked for last, and held nothing: it is written down with the next. */
  asked(): Promise<Interval | undefined>;
  /** The window that was sent last to see whether a suspended source answers again. */
  probe(): Promise<QueuedWindow | undefined>;
  /** Makes this window the probe, for so many milliseconds; false where one was sent, or rests, already. */
  claimProbe(window: QueuedWindow, lifeMs: number): Promise<boolean>;
  /** For so many milliseconds nobody may send a probe; 0 forgets the one there is. */
  rest(milliseconds: number): Promise<void>;
};

/** What the planner has to know of a source of a tenant. */
export type PlannedSource = {
  readonly tenant: string;
  readonly source: SourceName;
  readonly cadence: Cadence;
  /** Where a new stream begins, in epoch milliseconds, when opened at `now`. */
  readonly since: (now: number) => number;
  /** How much later than it could each of its windows is planned, in milliseconds: so that those of many tenants do not all fall due at once. */
  readonly offsetMs?: number;
  readonly queue: WindowQueue;
};

/** How long after its end a window of this pass is planned, in milliseconds. */
export const plannedDelayMs = (
  pass: Pass,
  { cadence, offsetMs = 0 }: Pick<PlannedSource, 'cadence' | 'offsetMs'>,
): number => passDelayMs(pass, cadence) + offsetMs;

export type PlannerPorts = {
  readonly ledger: Ledger;
  readonly checkpoints: Checkpoints;
  readonly log: Logger;
  readonly now: () => number;
};
