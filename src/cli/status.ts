/** `status`: how every stream stands. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { requireAnswers } from '../app/patience.ts';
import { PENDING_REMEDY, pendingText } from '../app/repairs.ts';
import type { Runtime } from '../app/runtime.ts';
import { statusReader, type StreamStatus } from '../app/status.ts';
import { many } from '../core/many.ts';
import { neededCalls } from '../core/planning/demand.ts';
import { formatDuration } from '../sdk/duration.ts';
import { stopSignal } from './stopping.ts';
import { colors, print, printJson, table } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type StatusOptions = CommonOptions & { readonly json?: boolean; readonly watch?: boolean };

const WATCH_MS = 2_000;
const CLEAR_SCREEN = '\u001B[2J\u001B[H';

/** Of many quiet tenants each needs little more than one: rounded up they would seem to need twice as much. */
const callsText = (calls: number): string => (calls < 10 ? calls.toFixed(1) : String(Math.ceil(calls)));

const isLate = (row: StreamStatus): boolean => row.stream.endsWith('/live') && row.lagMs > row.maxLagMs;

const retryingText = ({ windows, attempts, error }: NonNullable<StreamStatus['retrying']>): string =>
  `${many(windows, 'window is', 'windows are')} tried again, the last after ${many(attempts, 'failed attempt')}: ${error}`;

function suspensionText({ stream, suspended }: StreamStatus): string | undefined {
  if (suspended === undefined) return undefined;
  const source = stream.split('/').slice(0, 2).join('/');
  return `${colors.red(source)}: suspended since ${suspended.since.toISOString()}, nothing of it is collected until this is put right: ${suspended.error}`;
}

function repairText({ dataStream, crossIndexDuplicates = 0 }: StreamStatus): string | undefined {
  if (crossIndexDuplicates === 0) return undefined;
  return colors.yellow(pendingText(dataStream, crossIndexDuplicates, PENDING_REMEDY));
}

function draw(rows: readonly StreamStatus[]): string {
  const lines = rows.map((row) => {
    const lag = formatDuration(row.lagMs);
    return [
      row.stream,
      `${row.watermark.toISOString()}${row.askedUntil === undefined ? '' : `, nothing until ${row.askedUntil.toISOString().slice(11, 19)}`}`,
      isLate(row) ? colors.red(lag) : lag,
      row.gaps.length === 0 ? '0' : colors.red(String(row.gaps.length)),
      row.queued,
      row.queue.waiting,
      row.queue.active,
      row.queue.failed,
      row.calls === undefined ? '' : `${callsText(neededCalls(row.calls))} of ${row.calls.limit}`,
    ];
  });
  const drawn = table(
    ['stream', 'collected until', 'lag', 'gaps', 'queued', 'waiting', 'active', 'failed', 'calls/min'],
    lines,
  );
  const errors = rows.flatMap(({ stream, retrying, gaps, suspended }) => [
    ...(retrying === undefined ? [] : [`${colors.yellow(stream)}: ${retryingText(retrying)}`]),
    // That its source is suspended is told once for all of its streams.
    ...(suspended === undefined ? gaps.slice(-1) : []).map(({ error }) => `${colors.red(stream)}: ${error}`),
  ]);
  const suspensions = new Set(rows.flatMap((row) => suspensionText(row) ?? []));
  const attention = rows.flatMap((row) => row.attention.map((line) => colors.yellow(line)));
  const pending = new Set(rows.flatMap((row) => repairText(row) ?? []));
  return [drawn, ...suspensions, ...errors, ...attention, ...pending].join('\n');
}

function show(rows: readonly StreamStatus[], { json, watch }: StatusOptions): void {
  if (watch === true && process.stdout.isTTY) print(CLEAR_SCREEN);
  if (json === true) printJson(rows);
  else if (rows.length === 0)
    print('no stream of the configured sources is open yet: start "shenji run" or "shenji scheduler"');
  else print(draw(rows));
  process.exitCode = rows.some((row) => row.gaps.length > 0 || isLate(row) || row.suspended !== undefined) ? 1 : 0;
}

async function status(runtime: Runtime, options: StatusOptions): Promise<void> {
  await requireAnswers(runtime, ['Redis', 'Elasticsearch']);
  const read = statusReader(runtime);
  show(await read(), options);
  if (options.watch !== true) return;
  const stopped = stopSignal().then(() => undefined);
  const next = (): Promise<StreamStatus[]> => pause(WATCH_MS).then(read);
  for (let rows = await Promise.race([next(), stopped]); rows !== undefined;) {
    show(rows, options);
    rows = await Promise.race([next(), stopped]);
  }
}

export function registerStatus(program: Command): void {
  withConfigOption(program.command('status').summary('how far each stream is, its lag and its gaps'))
    .description(
      'Shows for every stream until when it is collected, its lag, its gaps and what is tried again with the last error, and the queue; below it what was collected under a narrower filter or fewer datasets than today, with the backfill that reads the rest, sources most of whose last records became no document, those from which nothing comes though usually something does, and how many documents lie in more than one index after a rollover.\nExits with code 1 where a stream has a gap or a live lag beyond maxLag, or a source is suspended.',
    )
    .option('--json', 'print one JSON document')
    .option('--watch', 'show it anew every two seconds, until Ctrl-C')
    .action((options: StatusOptions) => withRuntime(options, 'warn', (runtime) => status(runtime, options)));
}
