/** `backfill`: a time range of the past, recorded as a stream of its own. */
import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import type { OpenedStream } from '../core/ledger.ts';
import type { StreamState } from '../core/planning/stream-state.ts';
import { streamKey } from '../core/stream.ts';
import { openBackfill, repairAfter, workThrough } from '../app/backfill.ts';
import type { Runtime, TenantSource } from '../app/runtime.ts';
import { requireAnswers } from '../app/patience.ts';
import { chooseSource, instantOf, withSourceSpan, type SourceSpanOptions } from './choose-source.ts';
import { positiveInteger, STOP_DEADLINE_MS } from './run.ts';
import { print, printJson, progress, tell } from './terminal.ts';
import { exitCodeOf, stopSignal } from './stopping.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

type BackfillOptions = CommonOptions &
  SourceSpanOptions & {
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
    const opened = await openBackfill(runtime, source, { from, to }, userInfo().username);
    const { stream } = opened;
    if (options.wait !== true) {
      if (options.json === true) printJson({ stream: streamKey(stream), from: new Date(from), to: new Date(to) });
      else print(`${streamKey(stream)} is recorded; a running scheduler plans it, "shenji status" shows how far it is`);
      return;
    }
    tell(`${streamKey(stream)}: ${new Date(from).toISOString()} – ${new Date(to).toISOString()}`);
    const stopped = stopSignal();
    const bar = progress('backfill', 'minutes', Date.now);
    const minutes = (time: number): number => Math.round((time - from) / 60_000);
    const state = await workThrough(runtime, source, opened, {
      concurrency: options.concurrency,
      deadlineMs: STOP_DEADLINE_MS,
      stopped,
      onProgress: ({ watermark, queued, gaps }) =>
        bar.update(minutes(watermark), minutes(to), `${queued} windows queued, ${gaps.length} gaps`),
    });
    bar.stop();
    if (state !== undefined) await repairAfter(runtime, source, stopped, tell);
    await report(runtime, opened, state, options.json === true);
  });
}

export function registerBackfill(program: Command): void {
  withSourceSpan(withConfigOption(program.command('backfill').summary('collect a time range of the past')))
    .description(
      'Records a time range of the past as a stream of its own, which the scheduler plans behind live work.\nWhat is there already is left alone: a second backfill of the same time range of a log creates nothing. Of statistics each backfill is a reading of its own, with KPIs of its own.',
    )
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
