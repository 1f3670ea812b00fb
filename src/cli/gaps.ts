/** `gaps`: what failed and is not collected, and the operator's word that it will not be. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { common, iso, overlaps } from '../core/time/intervals.ts';
import { streamKey, type Stream } from '../core/stream.ts';
import type { StreamState } from '../core/planning/stream-state.ts';
import { requireAnswers } from '../app/patience.ts';
import type { Runtime, TenantSource } from '../app/runtime.ts';
import { isoTime, spanOf } from './choose-source.ts';
import { colors, print, printJson, table } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

type AcceptOptions = CommonOptions & { readonly from: string; readonly to: string; readonly reason: string };

async function statesOf(runtime: Runtime): Promise<{ source: TenantSource; state: StreamState }[]> {
  await requireAnswers(runtime, ['Redis', 'Elasticsearch']);
  const { planner, sources } = runtime;
  const states = sources.map(async (source) =>
    (await planner.inspect(source.planned)).map((state) => ({ source, state })),
  );
  return (await Promise.all(states)).flat();
}

async function list(runtime: Runtime, json: boolean): Promise<void> {
  const gaps = (await statesOf(runtime)).flatMap(({ state }) =>
    state.gaps.map((gap) => ({ stream: streamKey(state.stream), ...gap })),
  );
  if (json)
    printJson(
      gaps.map(({ from, to, retryAt, ...gap }) => ({ ...gap, from: iso(from), to: iso(to), retryAt: iso(retryAt) })),
    );
  else if (gaps.length === 0) print('no gaps');
  else
    print(
      table(
        ['stream', 'from', 'to', 'failed', 'tried again', 'error'],
        gaps.map((gap) => [gap.stream, iso(gap.from), iso(gap.to), gap.failures, iso(gap.retryAt), gap.error]),
      ),
    );
  if (gaps.length > 0) process.exitCode = 1;
}

/** Only what is a gap now can be accepted: a slip of the pen must not declare collected time away. @throws UsageError */
async function accept(runtime: Runtime, name: string, options: AcceptOptions): Promise<void> {
  const found = (await statesOf(runtime)).find(({ state }) => streamKey(state.stream) === name);
  if (found === undefined) throw new UsageError(`there is no open stream ${name}; "shenji status" shows them`);
  const asked = spanOf(found.source, options);
  const gaps = found.state.gaps.filter((gap) => overlaps(gap, asked));
  if (gaps.length === 0)
    throw new UsageError(
      `${name} has no gap between ${iso(asked.from)} and ${iso(asked.to)}; "shenji gaps list" shows the gaps there are`,
    );
  const by = userInfo().username;
  const now = Date.now();
  const stream: Stream = found.state.stream;
  // What is suspended is shown as one gap, and parts of it may have been collected.
  const accepted = gaps.flatMap((gap) => {
    const within = common(gap, asked);
    return found.state.missing.filter((span) => overlaps(span, within)).map((span) => common(span, within));
  });
  if (accepted.length === 0)
    throw new UsageError(
      `${name}: all between ${iso(asked.from)} and ${iso(asked.to)} is collected; there is nothing to give up`,
    );
  for (const span of accepted) {
    await runtime.ledger.append({
      stream,
      span,
      run: `accepted-${now}`,
      attempts: 0,
      startedAt: now,
      endedAt: now,
      status: 'accepted',
      reason: options.reason,
      by,
      question: found.source.instance.source.question,
    });
    print(
      `${colors.yellow('accepted')} ${name} ${iso(span.from)} – ${iso(span.to)} without its data: ${options.reason}`,
    );
  }
}

export function registerGaps(program: Command): void {
  const gaps = program
    .command('gaps')
    .summary('what failed and is not collected')
    .description(
      'Gaps are time ranges that were due and failed. They are tried again by themselves, with growing pauses.',
    );
  withConfigOption(gaps.command('list').summary('every gap with its last error and when it is tried again'))
    .description(
      'Lists every gap with its last error and when it is tried again. Exits with code 1 where there is one.',
    )
    .option('--json', 'print one JSON document')
    .action((options: CommonOptions & { json?: boolean }) =>
      withRuntime(options, 'warn', (runtime) => list(runtime, options.json === true)),
    );
  withConfigOption(gaps.command('accept').summary('close a gap without its data'))
    .description(
      'Closes a gap without its data. The ledger keeps who accepted it, when and why; "shenji prove" shows it. Nothing else closes a gap without data.',
    )
    .argument('<stream>', 'as "shenji gaps list" names it, for example acme/feishu.openapi_audit/live')
    .requiredOption('--from <iso>', 'first instant', isoTime)
    .requiredOption('--to <iso>', 'first instant after it', isoTime)
    .requiredOption('--reason <text>', 'why the data cannot or need not come')
    .action((name: string, options: AcceptOptions) =>
      withRuntime(options, 'warn', (runtime) => accept(runtime, name, options)),
    );
}
