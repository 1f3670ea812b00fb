/** How a source's time is cut into windows, and the settings that an operator has for it: a log, or days of statistics. */
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { dayGrid, dividedGrid, fixedGrid } from './grid.ts';
import { duration, since, type Condition, type Since } from './settings.ts';
import type { Cadence } from './source.ts';

/** What every source may be told, whatever it reads. Durations in milliseconds. */
export type CollectionSettings = {
  readonly lag: number;
  readonly settle: readonly number[];
  readonly since: Since;
  readonly maxLag: number;
  readonly silence: number;
  readonly original: boolean;
};

/** How a source is read over time; `logCollection` and `dailyCollection` make one. */
export type Collection<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  readonly settings: Shape;
  readonly conditions: readonly Condition[];
  /** True where it reads whole days: it is silent for one, and has a rhythm of weeks. */
  readonly isDaily: boolean;
  cadenceOf(settings: z.output<z.ZodObject<Shape>>, timeZone: string): Cadence;
};

/** Durations with their unit, as an operator would write them. */
export type CommonDefaults = {
  readonly lag: string;
  readonly settle: readonly string[];
  readonly since: string;
  readonly maxLag: string;
  /** `4h` where absent, of days `2d`. */
  readonly silence?: string;
};

/** @throws TypeError for a default that no operator could write */
function requireDurations(defaults: Readonly<Record<string, string | readonly string[]>>): void {
  for (const [name, value] of Object.entries(defaults))
    for (const text of [value].flat())
      if (!((parseDuration(text) ?? 0) > 0))
        throw new TypeError(`${name}: "${text}" is no duration; write for example 15m (units: ms, s, m, h, d)`);
}

const common = ({ lag, settle, since: begin, maxLag, silence }: CommonDefaults & { readonly silence: string }) => ({
  lag: duration(lag).prefault(lag).describe('How long after its end a window is taken to be complete, and read first'),
  settle: z
    .array(duration('1h'))
    .prefault([...settle])
    .describe('How long after its end a window is read again for what came late: one pass for each, named by it'),
  since: since(begin)
    .prefault(begin)
    .describe('Where a new stream begins: so far back, or an instant, also a date of the time zone'),
  maxLag: duration(maxLag).prefault(maxLag).describe('A lag beyond this is a fault'),
  silence: duration(silence)
    .prefault(silence)
    .describe(
      'How much time may pass with nothing in which something usually comes, by the same hours (or days) of the weeks before, until the source counts as silent; what has no rhythm may pause three times as long as it ever did. `1000d`: never',
    ),
  original: z
    .boolean()
    .default(true)
    .describe(
      'Keep the redacted record in event.original; where false, only beside a value that was too long and was cut',
    ),
});

/** Nothing happens, and yet there is an entry so often. The health dashboard goes by it. */
export const LONGEST_QUIET_MS = 15 * 60_000;
/** A value that is wrong by itself has been told already. */
const areNumbers = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'number');

const LOG_CONDITIONS: readonly Condition[] = [
  {
    holds: ({ window }) => !areNumbers(window) || Number(window) % 1_000 === 0,
    path: ['window'],
    message: 'must be whole seconds, for example 60s',
  },
  {
    holds: ({ quiet }) => !areNumbers(quiet) || Number(quiet) <= LONGEST_QUIET_MS,
    path: ['quiet'],
    message: 'must be 15m or less: the health dashboard takes a stream without an entry for half an hour for stopped',
  },
  {
    holds: ({ window, backlog }) => !areNumbers(window, backlog) || Number(backlog) % Number(window) === 0,
    path: ['backlog'],
    message: 'must be a multiple of window, for example 1h with a window of 60s',
  },
];

/** A log that lists records between any two instants, each with a time that never changes. @throws TypeError for a default that is no duration */
export function logCollection(
  defaults: CommonDefaults & { readonly window: string; readonly backlog: string; readonly quiet: string },
) {
  requireDurations(defaults);
  const settings = {
    window: duration(defaults.window).prefault(defaults.window).describe('Length of a live window; whole seconds'),
    backlog: duration(defaults.backlog)
      .prefault(defaults.backlog)
      .describe(
        'Length of windows for backfills, time ranges far behind and later readings, which are never longer than their delay; a multiple of window',
      ),
    ...common({ silence: '4h', ...defaults }),
    quiet: duration(defaults.quiet)
      .prefault(defaults.quiet)
      .describe(
        'How long a time range in which nothing happened may become before it is one entry of the ledger; it is asked for all the same, once in each window, and a later reading with a shorter delay waits for the entry. To have an entry for each window, set it to the length of a window or less. At most 15m, since the health dashboard takes a stream without an entry for half an hour for stopped',
      ),
  };
  return {
    settings,
    conditions: LOG_CONDITIONS,
    isDaily: false,
    cadenceOf: ({ window, backlog, lag, settle, quiet }) => ({
      grid: fixedGrid(window),
      backlogGrid: fixedGrid(backlog),
      settleGrid: (delayMs) => dividedGrid(window, backlog, delayMs),
      lagMs: lag,
      settleMs: settle,
      quietMs: quiet,
      indivisible: false,
    }),
  } satisfies Collection<typeof settings>;
}

/** Whole days of the tenant's time zone, each read as one. @throws TypeError for a default that is no duration */
export function dailyCollection(defaults: CommonDefaults) {
  requireDurations(defaults);
  const settings = common({ silence: '2d', ...defaults });
  return {
    settings,
    conditions: [],
    isDaily: true,
    cadenceOf: ({ lag, settle }, timeZone) => {
      const grid = dayGrid(timeZone);
      return {
        grid,
        backlogGrid: grid,
        settleGrid: () => grid,
        lagMs: lag,
        settleMs: settle,
        quietMs: 0,
        indivisible: true,
      };
    },
  } satisfies Collection<typeof settings>;
}
