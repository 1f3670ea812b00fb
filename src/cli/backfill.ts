/** `backfill`: a time range of the past, recorded as a stream of its own. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { DateTime } from 'luxon';
import type { OpenedStream } from '../core/ledger.ts';
import type { StreamState } from '../core/planning/stream-state.ts';
import { streamKey } from '../core/stream.ts';
import type { Pass } from '../sdk/pass.ts';
import { startCollector } from '../app/collector.ts';
import { groupOf } from '../adapters/redis/groups.ts';
import { sourceKey, type Runtime, type TenantSource } from '../app/runtime.ts';
import { requireAnswers } from '../app/patience.ts';
import { dataStreamsOf, pendingText, repairStream } from '../app/repairs.ts';
import { startScheduler } from '../app/scheduler.ts';
import { chooseSource, instantOf, isoTime, SOURCE_ARGUMENT } from './choose-source.ts';
import { positiveInteger, STOP_DEADLINE_MS } from './run.ts';
import { print, printJson, progress, tell } from './terminal.ts';
import { exitCodeOf, stopSignal } from './stopping.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

type BackfillOptions = CommonOptions & {
  readonly from: string;
  readonly to: string;
  readonly tenant?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
  readonly concurrency: number;
};

/** A time without zone is the tenant's; a source whose windows cannot be cut gets whole ones. @throws UsageError */
function boundsOf(source: TenantSource, options: BackfillOptions): { from: number; to: number } {
  const at = (text: string): number => instantOf(source, text);
  const { grid, lagMs, indivisible } = source.instance.source.cadence;
  const from = indivisible ? grid.startOf(at(options.from)) : at(options.from);
  const to =
    indivisible && grid.startOf(at(options.to)) !== at(options.to)
      ? grid.next(grid.startOf(at(options.to)))
      : at(options.to);
  if (from >= to) throw new UsageError(`--from ${options.from} must lie before --to ${options.to}`);
  if (to > Date.now() - lagMs)
    throw new UsageError(
      `--to ${options.to} must lie ${lagMs / 1_000} s or more in the past: before that the vendor is not complete, and the live stream will read it`,
    );
  return { from, to };
}

/** Who waits at a terminal waits no longer: windows under way go back to the queue. */
const INTERRUPTED_DEADLINE_MS = 1_000;

const REPAIR_BOUND_MS = 60_000;

/** Plans and works on this stream until all of it is done, until nothing but permanent failures is left, or until a signal comes: undefined then. */
async function workThrough(
  runtime: Runtime,
  source: TenantSource,
  opened: OpenedStream,
  concurrency: number,
): Promise<StreamState | undefined> {
  const { origin, end = origin } = opened;
  const bar = progress('backfill', 'minutes', Date.now);
  const finished = Promise.withResolvers<StreamState | undefined>();
  void stopSignal().then(() => finished.resolve(undefined));
  const workers = await startCollector(runtime, {
    concurrency: concurrency + 1,
    sources: [source],
    group: groupOf([sourceKey(source)], opened.stream.pass),
    lanes: ['background'],
  });
  const scheduler = startScheduler(runtime, {
    tickMs: 500,
    sources: [source],
    only: opened.stream.pass,
    onPlanned: ([state]) => {
      if (state === undefined) return;
      const minutes = (time: number): number => Math.round((time - origin) / 60_000);
      bar.update(minutes(state.watermark), minutes(end), `${state.queued} windows queued, ${state.gaps.length} gaps`);
      const allGapsPaused = state.gaps.length > 0 && state.queued === 0 && state.planned === 0;
      if (state.watermark >= end || allGapsPaused) finished.resolve(state);
    },
  });
  const last = await finished.promise;
  bar.stop();
  await scheduler.stop();
  await workers.stop(last === undefined ? INTERRUPTED_DEADLINE_MS : STOP_DEADLINE_MS);
  return last;
}

/** What its windows left twice, where it has the credentials for it. Elasticsearch may be away by now: the backfill is done all the same. */
async function repairAfter(runtime: Runtime, source: TenantSource): Promise<void> {
  if (runtime.repairing === undefined) return;
  const stopping = new AbortController();
  void stopSignal().then(() => stopping.abort(new Error('it was asked to stop')));
  for (const stream of dataStreamsOf(runtime, [source])) {
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(REPAIR_BOUND_MS)]);
      const { left, why } = await repairStream(runtime, stream, { signal });
      if (left > 0) tell(pendingText(stream, left, why));
    } catch (error) {
      tell(`looking for copies did not succeed, run "shenji repair": ${runtime.scrub((error as Error).message)}`);
    }
  }
}

async function report(
  runtime: Runtime,
  opened: OpenedStream,
  state: StreamState | undefined,
  json: boolean,
): Promise<void> {
  // Who asked it to stop waits for no server.
  const totals = state === undefined ? undefined : await runtime.ledger.totals(opened.stream);
  const complete = state !== undefined && state.watermark >= (opened.end ?? Infinity);
  const gaps = state?.gaps ?? [];
  if (json)
    printJson({
      stream: streamKey(opened.stream),
      complete,
      ...totals,
      gaps: gaps.map(({ from, to, error }) => ({ from: new Date(from), to: new Date(to), error })),
    });
  else {
    if (totals !== undefined)
      print(
        `${streamKey(opened.stream)}: ${totals.windows} windows, ${totals.events} events, ${totals.created} created, ${totals.duplicates} there already, ${totals.rejected} dead-lettered`,
      );
    for (const gap of gaps)
      print(`gap ${new Date(gap.from).toISOString()} – ${new Date(gap.to).toISOString()}: ${gap.error}`);
    if (!complete) print('not complete; a running scheduler goes on with it');
  }
  if (!complete) process.exitCode = state === undefined ? exitCodeOf(await stopSignal()) : 1;
}

async function backfill(name: string, options: BackfillOptions): Promise<void> {
  await withRuntime(options, options.wait === true ? 'warn' : 'info', async (runtime) => {
    const source = chooseSource(runtime, name, options.tenant);
    await requireAnswers(runtime, options.wait === true ? ['Elasticsearch', 'Redis'] : ['Elasticsearch']);
    const { from, to } = boundsOf(source, options);
    const id = `${DateTime.utc().toFormat("yyyyMMdd'T'HHmmss")}-${randomBytes(2).toString('hex')}`;
    const pass: Pass = `backfill-${id}`;
    const stream = { tenant: source.tenant.id, source: source.definition.name, pass };
    const opened = await runtime.ledger.open({ stream, origin: from, end: to, requestedBy: userInfo().username });
    await runtime.checkpoints.create(opened);
    if (options.wait !== true) {
      if (options.json === true) printJson({ stream: streamKey(stream), from: new Date(from), to: new Date(to) });
      else print(`${streamKey(stream)} is recorded; a running scheduler plans it, "shenji status" shows how far it is`);
      return;
    }
    tell(`${streamKey(stream)}: ${new Date(from).toISOString()} – ${new Date(to).toISOString()}`);
    const state = await workThrough(runtime, source, opened, options.concurrency);
    if (state !== undefined) await repairAfter(runtime, source);
    await report(runtime, opened, state, options.json === true);
  });
}

export function registerBackfill(program: Command): void {
  withConfigOption(program.command('backfill').summary('collect a time range of the past'))
    .description(
      'Records a time range of the past as a stream of its own, which the scheduler plans behind live work.\nWhat is there already is left alone: a second backfill of the same time range of a log creates nothing. Of statistics each backfill is a reading of its own, with KPIs of its own.',
    )
    .argument('<source>', SOURCE_ARGUMENT)
    .requiredOption('--from <iso>', "first instant, ISO 8601; without a zone it is the tenant's", isoTime)
    .requiredOption('--to <iso>', 'first instant after it', isoTime)
    .option('--tenant <id>', 'whose; needed where several tenants have the source')
    .option(
      '--wait',
      'plan and work on it here, show progress, and leave when all of it is done; with elasticsearch.repair also take away what rollovers left twice',
    )
    .addOption(new Option('--concurrency <n>', 'with --wait: windows at once').default(4).argParser(positiveInteger))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  shenji backfill feishu.openapi_audit --tenant acme --from 2026-03-01 --to 2026-03-02 --wait',
    )
    .action(backfill);
}
