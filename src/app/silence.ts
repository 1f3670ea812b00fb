/** Which sources have fallen silent: they are asked and answer, and nothing comes though usually something does. */
import { silenceOf, REMEMBERED_MS, type Silence } from '../core/planning/silence.ts';
import { reachedUntil, type StreamState } from '../core/planning/stream-state.ts';
import { iso } from '../core/time/intervals.ts';
import { formatDuration } from '../sdk/duration.ts';
import { fixedGrid } from '../sdk/grid.ts';
import { sourceKey, type Runtime, type TenantSource } from './runtime.ts';

const HOURS = fixedGrid(3_600_000);
/** Weeks of a ledger are not read at every tick; of what is silent it is soon told that something came. */
const LOOK_MS = 3_600_000;
const LOOK_AGAIN_MS = 300_000;

/** Undefined where nothing ever came, and while the source is suspended: then it is not asked. @throws DestinationUnavailableError */
export async function silenceFor(
  { ledger }: Pick<Runtime, 'ledger'>,
  { tenant, definition, instance }: TenantSource,
  live: StreamState | undefined,
): Promise<Silence | undefined> {
  if (live === undefined || live.suspension !== undefined) return undefined;
  const until = reachedUntil(live);
  const busy = await ledger.busy(tenant.id, definition.name, until - REMEMBERED_MS);
  const grid = definition.isDaily ? instance.source.cadence.grid : HOURS;
  return silenceOf(busy, until, { grid, patienceMs: instance.silenceMs });
}

export const silenceText = (source: TenantSource, { lastEvent, usualMs }: Silence): string =>
  `${sourceKey(source)} is silent: the calls succeed and nothing has come since ${iso(lastEvent)}, in ${formatDuration(usualMs)} of which something usually comes: see whether a scope or a filter has changed, and make one call that must show up`;

export type Silences = {
  /** How the streams of a source stand by the last plan. */
  note(source: TenantSource, states: readonly StreamState[]): void;
  /** Looks where it is time to; else resolves with what was found last. @throws DestinationUnavailableError */
  look(source: TenantSource): Promise<Silence | undefined>;
  /** What was found last. */
  known(source: TenantSource): Silence | undefined;
};

/** For a scheduler. */
export function createSilences(runtime: Pick<Runtime, 'ledger'>, now: () => number = Date.now): Silences {
  const lives = new Map<string, StreamState>();
  const found = new Map<string, { readonly silence: Silence | undefined; readonly at: number }>();
  return {
    note: (source, states) => {
      const live = states.find(({ stream }) => stream.pass === 'live');
      if (live !== undefined) lives.set(sourceKey(source), live);
    },
    look: async (source) => {
      const name = sourceKey(source);
      const live = lives.get(name);
      const before = found.get(name);
      const restMs = before?.silence?.isTooLong === true ? LOOK_AGAIN_MS : LOOK_MS;
      if (live === undefined || (before !== undefined && now() - before.at < restMs)) return before?.silence;
      const silence = await silenceFor(runtime, source, live);
      found.set(name, { silence, at: now() });
      return silence;
    },
    known: (source) => found.get(sourceKey(source))?.silence,
  };
}
