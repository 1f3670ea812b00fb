/** `status`: how every stream stands. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { formatDuration } from '../sdk/duration.ts';
import { many } from '../core/many.ts';
import { isTooMuch, neededCalls, type Demand } from '../core/planning/demand.ts';
import { reachedUntil, type StreamState } from '../core/planning/stream-state.ts';
import { streamKey } from '../core/stream.ts';
import type { QueueCounts, Retrying } from '../adapters/redis/window-queue.ts';
import { countDuplicates } from '../adapters/elasticsearch/duplicates.ts';
import { dataStreamNameOf } from '../app/preparation.ts';
import { PENDING_REMEDY, pendingText } from '../app/repairs.ts';
import {
  callsFor,
  demandText,
  idleAppsText,
  refusalsFor,
  refusalText,
  wideningsFor,
  wideningText,
  type Calls,
} from '../app/attention.ts';
import { areMostRefused } from '../core/planning/refusals.ts';
import { requireAnswers } from '../app/patience.ts';
import type { Runtime, TenantSource } from '../app/runtime.ts';
import { colors, print, printJson, table } from './terminal.ts';
import { stopSignal } from './stopping.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type StatusOptions = CommonOptions & { readonly json?: boolean; readonly watch?: boolean };

const WATCH_MS = 2_000;
/** What is told below the table changes seldom, and is found by reading the ledger. */
const ATTENTION_MS = 60_000;
/** Whoever looks at a status waits no longer for what several indices hold. */
const COUNT_LIMIT_MS = 5_000;
const CLEAR_SCREEN = '\u001B[2J\u001B[H';

type Row = {
  readonly stream: string;
  readonly watermark: Date;
  /** Behind it, until where it was asked and held nothing. */
  readonly askedUntil: Date | undefined;
  /** What could have been collected and is not, in milliseconds. */
  readonly lagMs: number;
  readonly maxLagMs: number;
  readonly gaps: readonly {
    readonly from: Date;
    readonly to: Date;
    readonly failures: number;
    readonly error: string;
    readonly retryAt: Date;
  }[];
  /** Windows of this stream in the queue. */
  readonly queued: number;
  /** Of the whole queue of this tenant and source. */
  readonly queue: QueueCounts;
  /** Windows that failed and have attempts left. */
  readonly retrying: Omit<Retrying, 'pass'> | undefined;
  readonly lastError: string | undefined;
  /** Since when nothing of its source is collected, and why. */
  readonly suspended: { readonly since: Date; readonly error: string } | undefined;
  readonly dataStream: string;
  /** Documents that lie in more than one index, in all of its data stream; undefined where they could not be counted. */
  readonly crossIndexDuplicates: number | undefined;
  /** Calls a minute that its source needs, and may make; of live streams, where it is known. */
  readonly calls: Demand | undefined;
  /** Of a live stream: what its source was collected under a narrower question, what became of its last records, whether its calls suffice. */
  readonly attention: readonly string[];
};

type Around = {
  readonly calls: Demand | undefined;
  readonly queue: QueueCounts;
  readonly retrying: readonly Retrying[];
  readonly dataStream: string;
  readonly crossIndexDuplicates: number | undefined;
  readonly attention: readonly string[];
};

function toRow(state: StreamState, { instance }: TenantSource, around: Around): Row {
  const { queue, retrying, dataStream, crossIndexDuplicates, attention, calls } = around;
  const gaps = state.gaps.map(({ from, to, failures, error, retryAt }) => ({
    from: new Date(from),
    to: new Date(to),
    failures,
    error,
    retryAt: new Date(retryAt),
  }));
  const own = retrying.find(({ pass }) => pass === state.stream.pass);
  return {
    stream: streamKey(state.stream),
    watermark: new Date(state.watermark),
    askedUntil: state.askedUntil === undefined ? undefined : new Date(state.askedUntil),
    lagMs: Math.max(0, state.dueUntil - reachedUntil(state)),
    maxLagMs: instance.maxLagMs,
    gaps,
    queued: state.queued,
    queue,
    retrying: own && { windows: own.windows, attempts: own.attempts, error: own.error },
    lastError: own?.error ?? gaps.at(-1)?.error,
    suspended: state.suspension && {
      since: new Date(state.suspension.since),
      error: state.suspension.error.message,
    },
    dataStream,
    crossIndexDuplicates,
    calls: state.stream.pass === 'live' ? calls : undefined,
    attention: state.stream.pass === 'live' ? attention : [],
  };
}

async function attentionFor(runtime: Runtime, source: TenantSource): Promise<string[]> {
  const [widenings, refusals] = await Promise.all([wideningsFor(runtime, source), refusalsFor(runtime, source)]);
  const refused = refusals !== undefined && areMostRefused(refusals) ? [refusalText(source, refusals)] : [];
  return [...widenings.map((widening) => wideningText(source, widening)), ...refused];
}

/** Undefined where that fails, as while an index is closed, or takes long: the rest of a status is worth seeing all the same. */
async function duplicatesIn({ elasticsearch: client, log }: Runtime, stream: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(COUNT_LIMIT_MS);
  try {
    return await countDuplicates(stream, { client, signal });
  } catch (error) {
    const why = signal.aborted
      ? `not within ${formatDuration(COUNT_LIMIT_MS)}; "shenji repair --dry-run" takes its time`
      : (error as Error).message;
    log.warn(`documents in more than one index of ${stream} could not be counted: ${why}`);
    return undefined;
  }
}

/** Asks again once a minute, however often it is drawn. */
function remembering<Key, Value>(ask: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = new Map<Key, { readonly at: number; readonly value: Promise<Value> }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined && performance.now() - before.at < ATTENTION_MS) return before.value;
    const value = ask(key);
    known.set(key, { at: performance.now(), value });
    return value;
  };
}

type Slow = {
  readonly attentionOf: (source: TenantSource) => Promise<string[]>;
  readonly callsOf: (source: TenantSource) => Promise<Calls>;
  readonly duplicatesOf: (stream: string) => Promise<number | undefined>;
};

async function rowsOf(runtime: Runtime, { attentionOf, callsOf, duplicatesOf }: Slow): Promise<Row[]> {
  const rows = await Promise.all(
    runtime.sources.map(async (source) => {
      const dataStream = dataStreamNameOf(runtime, source);
      const [states, queue, retrying, attention, { demand: calls, idle }, crossIndexDuplicates] = await Promise.all([
        runtime.planner.inspect(source.planned),
        source.queue.counts(),
        source.queue.retrying(),
        attentionOf(source),
        callsOf(source),
        duplicatesOf(dataStream),
      ]);
      const overtaxed = calls !== undefined && isTooMuch(calls) ? [demandText(source, calls)] : [];
      const unread = idle.length > 0 ? [idleAppsText(source, idle)] : [];
      const told = [...attention, ...unread, ...overtaxed];
      const around = { queue, retrying, attention: told, calls, dataStream, crossIndexDuplicates };
      return states.map((state) => toRow(state, source, around));
    }),
  );
  return rows.flat();
}

/** Of many quiet tenants each needs little more than one: rounded up they would seem to need twice as much. */
const callsText = (calls: number): string => (calls < 10 ? calls.toFixed(1) : String(Math.ceil(calls)));

const isLate = (row: Row): boolean => row.stream.endsWith('/live') && row.lagMs > row.maxLagMs;

const retryingText = ({ windows, attempts, error }: NonNullable<Row['retrying']>): string =>
  `${many(windows, 'window is', 'windows are')} tried again, the last after ${many(attempts, 'failed attempt')}: ${error}`;

function suspensionText({ stream, suspended }: Row): string | undefined {
  if (suspended === undefined) return undefined;
  const source = stream.split('/').slice(0, 2).join('/');
  return `${colors.red(source)}: suspended since ${suspended.since.toISOString()}, nothing of it is collected until this is put right: ${suspended.error}`;
}

function repairText({ dataStream, crossIndexDuplicates = 0 }: Row): string | undefined {
  if (crossIndexDuplicates === 0) return undefined;
  return colors.yellow(pendingText(dataStream, crossIndexDuplicates, PENDING_REMEDY));
}

function draw(rows: readonly Row[]): string {
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

function show(rows: readonly Row[], { json, watch }: StatusOptions): void {
  if (watch === true && process.stdout.isTTY) print(CLEAR_SCREEN);
  if (json === true) printJson(rows);
  else if (rows.length === 0) print('no stream was opened yet: start "shenji run" or "shenji scheduler"');
  else print(draw(rows));
  process.exitCode = rows.some((row) => row.gaps.length > 0 || isLate(row) || row.suspended !== undefined) ? 1 : 0;
}

async function status(runtime: Runtime, options: StatusOptions): Promise<void> {
  await requireAnswers(runtime, ['Redis', 'Elasticsearch']);
  const slow: Slow = {
    attentionOf: remembering((source: TenantSource) => attentionFor(runtime, source)),
    callsOf: remembering((source: TenantSource) => callsFor(runtime, source)),
    duplicatesOf: remembering((stream: string) => duplicatesIn(runtime, stream)),
  };
  show(await rowsOf(runtime, slow), options);
  if (options.watch !== true) return;
  const stopped = stopSignal().then(() => undefined);
  const next = (): Promise<Row[]> => pause(WATCH_MS).then(() => rowsOf(runtime, slow));
  for (let rows = await Promise.race([next(), stopped]); rows !== undefined;) {
    show(rows, options);
    rows = await Promise.race([next(), stopped]);
  }
}

export function registerStatus(program: Command): void {
  withConfigOption(program.command('status').summary('how far each stream is, its lag and its gaps'))
    .description(
      'Shows for every stream until when it is collected, its lag, its gaps and what is tried again with the last error, and the queue; below it what was collected under a narrower filter or fewer datasets than today, with the backfill that reads the rest, sources most of whose last records became no document, and how many documents lie in more than one index after a rollover.\nExits with code 1 where a stream has a gap or a live lag beyond maxLag, or a source is suspended.',
    )
    .option('--json', 'print one JSON document')
    .option('--watch', 'show it anew every two seconds, until Ctrl-C')
    .action((options: StatusOptions) => withRuntime(options, 'warn', (runtime) => status(runtime, options)));
}
