/** Which sources need no look at ledger and queue now: everything is done, and nothing falls due before a moment that is known. */
import { plannedDelayMs, type PlannedSource } from '../core/planning/planned-source.ts';
import { reachedUntil, type StreamState } from '../core/planning/stream-state.ts';
import { gridOf, sourceKeyOf } from '../core/stream.ts';
import { passRank } from '../sdk/pass.ts';
import { sourceKey, type Runtime, type TenantSource } from './runtime.ts';

/** What others change, as by a restore, is seen after so long. */
const LONGEST_REST_MS = 60_000;
/** How often it is asked for backfills that somebody has begun. */
const BACKFILLS_MS = 5_000;

export type Rests = {
  /** What a look has found. `tell` is called again at each tick that the source rests: how it stands has not changed. */
  note(source: TenantSource, states: readonly StreamState[], tell: () => void): void;
  /** Never rejects. */
  isResting(source: TenantSource): Promise<boolean>;
};

type Planned = Pick<PlannedSource, 'cadence' | 'offsetMs'>;

/** When the next window of this stream falls due, in epoch milliseconds. */
function dueAgain({ stream, dueUntil }: StreamState, planned: Planned): number {
  const grid = gridOf(stream.pass, planned.cadence);
  return grid.next(grid.startOf(dueUntil)) + plannedDelayMs(stream.pass, planned);
}

/** Until when a source may rest; -Infinity where anything is left to do. */
export function restsUntil(states: readonly StreamState[], planned: Planned, now: number): number {
  const isDone = (state: StreamState): boolean =>
    state.suspension === undefined &&
    state.gaps.length === 0 &&
    state.queued === 0 &&
    state.planned === 0 &&
    reachedUntil(state) >= state.dueUntil;
  const isStanding = ({ stream }: StreamState): boolean => passRank(stream.pass) < 2;
  if (states.length === 0 || !states.every((state) => isDone(state) && isStanding(state))) return -Infinity;
  return Math.min(now + LONGEST_REST_MS, ...states.map((state) => dueAgain(state, planned)));
}

export function createRests({ checkpoints }: Pick<Runtime, 'checkpoints'>): Rests {
  const resting = new Map<string, { readonly since: number; readonly until: number; readonly tell: () => void }>();
  let asked: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
  let askedAt = -Infinity;

  /** One question for all sources. */
  function withBackfills(): Promise<ReadonlySet<string>> {
    if (performance.now() - askedAt < BACKFILLS_MS) return asked;
    askedAt = performance.now();
    const before = asked;
    asked = checkpoints.list({ unfinished: true, backfills: true }).then(
      (found) => new Set(found.map(({ stream }) => sourceKeyOf(stream))),
      // A server that is away: the next look says so.
      () => before,
    );
    return asked;
  }

  return {
    note: (source, states, tell) => {
      const since = Date.now();
      resting.set(sourceKey(source), { since, until: restsUntil(states, source.planned, since), tell });
    },
    isResting: async (source) => {
      const rest = resting.get(sourceKey(source));
      const now = Date.now();
      // A clock that was set back would make it long.
      if (rest === undefined || now >= rest.until || now < rest.since) return false;
      if ((await withBackfills()).has(sourceKey(source))) return false;
      rest.tell();
      return true;
    },
  };
}
