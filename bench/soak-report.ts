/** What a soak prints: a table over time, and whether memory and handles grow. */
import { table } from '../src/cli/terminal.ts';
import { trendOf } from './trend.ts';

export type SoakSample = {
  /** Milliseconds since all processes ran. */
  readonly at: number;
  /** Over all tenants' live streams, in seconds. */
  readonly lag: { readonly p50: number; readonly p95: number; readonly most: number };
  readonly callsPerMinute: number;
  /** So far. */
  readonly kills: number;
  readonly processes: readonly {
    readonly name: string;
    readonly residentMb: number | undefined;
    readonly handles: number | undefined;
  }[];
};

const LINES = 12;
/** A process grows until it has seen all of its work once. */
const WARM_UP_MS = 5 * 60_000;
/** Of less nothing is said. */
const LEAST_MS = 25 * 60_000;
/** The last third may be so much above the first: the engine collects when it likes. */
const SLACK = 1.1;
const KINDS = [
  { kind: 'residentMb', title: 'RSS in MB' },
  { kind: 'handles', title: 'handles' },
] as const;

const rounded = (value: number | undefined): string => (Number.isFinite(value) ? (value as number).toFixed(0) : '?');

/** About a dozen lines, each the last sample of its time range. */
export function samplesText(samples: readonly SoakSample[]): string {
  const step = Math.max(1, samples.length / LINES);
  const shown = Array.from({ length: Math.min(LINES, samples.length) }, (_, line) =>
    samples.at(Math.min(samples.length, Math.round((line + 1) * step)) - 1),
  ).filter((sample) => sample !== undefined);
  const names = samples[0]?.processes.map(({ name }) => name).join(', ') ?? '';
  const cells = shown.map(({ at, lag, callsPerMinute, kills, processes }) => [
    (at / 60_000).toFixed(1),
    rounded(lag.p50),
    rounded(lag.p95),
    rounded(lag.most),
    rounded(callsPerMinute),
    kills,
    ...KINDS.map(({ kind }) => processes.map((process) => rounded(process[kind])).join(' ')),
  ]);
  const head = ['minute', 'lag p50', 'p95', 'most', 'calls/min', 'kills', ...KINDS.map(({ title }) => title)];
  return `${table(head, cells)}\nMemory and handles are those of ${names}.`;
}

/** Of the processes with these numbers. */
export function trendsText(samples: readonly SoakSample[], chosen: readonly number[]): string {
  const warm = samples.filter(({ at }) => at >= WARM_UP_MS);
  const judged = warm.length >= 3 ? warm : samples;
  const length = (judged.at(-1)?.at ?? 0) - (judged[0]?.at ?? 0);
  const cells = chosen.flatMap((number) =>
    KINDS.map(({ kind, title }) => {
      const series = judged.flatMap(({ at, processes }) => {
        const value = processes[number]?.[kind];
        return value === undefined ? [] : [{ at, value }];
      });
      const trend = trendOf(series);
      const name = samples[0]?.processes[number]?.name ?? '';
      if (trend === undefined) return [name, title, '?', '?', '?', 'not measured'];
      const isFlat = trend.last <= trend.first * SLACK;
      const verdict = isFlat ? 'flat' : 'grows';
      return [
        name,
        title,
        trend.perHour.toFixed(1),
        trend.first.toFixed(0),
        trend.last.toFixed(0),
        length < LEAST_MS ? `too short to tell (${verdict})` : verdict,
      ];
    }),
  );
  return table(['process', 'of', 'slope an hour', 'first third', 'last third', ''], cells);
}
