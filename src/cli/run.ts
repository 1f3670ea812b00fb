/** `run`, `scheduler` and `worker`: the long-running commands. */
import { InvalidArgumentError, type Command } from 'commander';
import { startHttp, type Board } from '../observe/http.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { DestinationUnavailableError } from '../sdk/errors.ts';
import { redisChecks } from '../app/check/redis.ts';
import { startHeartbeat } from '../adapters/redis/heartbeat.ts';
import { faultsOf } from '../app/readiness.ts';
import { dataStreamNameOf } from '../app/preparation.ts';
import { startCollector, type CollectorOptions } from '../app/collector.ts';
import { sourceKey, type Runtime, type TenantSource } from '../app/runtime.ts';
import { startRepairs } from '../app/repairs.ts';
import { startScheduler } from '../app/scheduler.ts';
import { groupOf } from '../adapters/redis/groups.ts';
import { slotsOf } from '../adapters/redis/slots.ts';
import type { Workers } from '../adapters/redis/workers.ts';
import { stopRequested, stopSignal } from './stopping.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

type WorkOptions = CommonOptions & { readonly concurrency: number; readonly streams?: string };

/** Running windows get so long before they go back to the queue. */
export const STOP_DEADLINE_MS = 20_000;
const DEFAULT_CONCURRENCY = 8;
const QUEUES = '/queues';

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

/** `acme/feishu.openapi_audit,globex`: tenants, or sources of tenants. @throws UsageError where one matches nothing. */
export function chooseSources(runtime: Runtime, list: string | undefined): readonly TenantSource[] {
  if (list === undefined) return runtime.sources;
  const wanted = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const unknown = wanted.find(
    (part) => !runtime.sources.some((source) => sourceKey(source) === part || source.tenant.id === part),
  );
  if (unknown !== undefined || wanted.length === 0) {
    throw new UsageError(
      `--streams: there is no "${unknown ?? ''}"; there are: ${runtime.sources.map(sourceKey).join(', ')}`,
    );
  }
  return runtime.sources.filter((source) => wanted.includes(sourceKey(source)) || wanted.includes(source.tenant.id));
}

/** A missing template is waited for: in a deployment, setup may come a moment later. */
async function collectWhenReady(
  runtime: Runtime,
  options: CollectorOptions,
  stopped: Promise<string>,
): Promise<Workers | undefined> {
  let told = '';
  const { sources = runtime.sources } = options;
  const tellPause = (isPaused: boolean): void => {
    for (const source of sources) runtime.metrics.paused(dataStreamNameOf(runtime, source), isPaused);
  };
  while (!stopRequested()) {
    try {
      return await startCollector(runtime, options);
    } catch (error) {
      if (!(error instanceof DestinationUnavailableError)) throw error;
      tellPause(true);
      if (error.message !== told) runtime.log.error(`no window is taken yet: ${runtime.scrub(error.message)}`);
      told = error.message;
      await Promise.race([pause(2_000), stopped]);
    }
  }
  return undefined;
}

/** What `check` would say of Redis: once at the start, where nobody has asked. */
async function warnAboutRedis(runtime: Runtime): Promise<void> {
  const found = await Promise.all(redisChecks(runtime));
  for (const { check, state, message } of found) if (state !== 'ok') runtime.log.warn(`${check}: ${message}`);
}

/** Loaded where it is shown: a worker needs its memory for documents. */
async function openBoard({ lanes }: Runtime): Promise<Board> {
  const { createBoard } = await import('../adapters/redis/board.ts');
  return { path: QUEUES, plugin: createBoard(QUEUES, lanes) };
}

async function serve(options: WorkOptions, parts: { schedule: boolean; work: boolean }): Promise<void> {
  const stopped = stopSignal();
  await withRuntime(options, 'info', async (runtime) => {
    const { config, log } = runtime;
    const sources = chooseSources(runtime, options.streams);
    const own = options.streams === undefined ? {} : { group: groupOf(sources.map(sourceKey)) };
    if (stopRequested()) return;
    let waitingFor: readonly string[] = parts.work ? ['this worker takes no windows yet'] : [];
    const http = await startHttp({
      ...config.http,
      log,
      metrics: runtime.metrics,
      readiness: async () => [...(await faultsOf(runtime)), ...waitingFor],
      ...(parts.schedule ? { board: await openBoard(runtime) } : {}),
    });
    void warnAboutRedis(runtime);
    const { redis, prefix } = runtime;
    const beats = parts.schedule ? [startHeartbeat(redis, prefix, 'scheduler')] : [];
    const scheduler = parts.schedule ? startScheduler(runtime, { tickMs: config.scheduler.tick }) : undefined;
    const repairs = parts.schedule ? startRepairs(runtime) : undefined;
    if (!parts.schedule && runtime.repairing !== undefined)
      log.warn('a worker does not repair: give elasticsearch.repair to the scheduler alone (docs/security.md)');
    const workers = parts.work
      ? await collectWhenReady(runtime, { concurrency: options.concurrency, sources, ...own }, stopped)
      : undefined;
    waitingFor = [];
    if (workers !== undefined) beats.push(startHeartbeat(redis, prefix, 'worker'));
    log.info(
      `running: ${[parts.schedule ? 'scheduler' : '', workers === undefined ? '' : `worker, ${slotsText(options.concurrency)}`].filter((part) => part !== '').join(' and ')}`,
    );
    const signal = await stopped;
    log.info(`${signal}: no new windows; running ones have ${STOP_DEADLINE_MS / 1_000} s`);
    await Promise.all([scheduler?.stop(), repairs?.stop(), workers?.stop(STOP_DEADLINE_MS)]);
    for (const { stop } of beats) stop();
    await http.close();
  });
}

const slotsText = (concurrency: number): string =>
  `${concurrency} windows at once, ${slotsOf('background', concurrency)} of them of later readings and backfills at most`;

function withWorkOptions(command: Command): Command {
  return withConfigOption(command)
    .option(
      '--concurrency <n>',
      'windows at once, of all tenants; where there are several, one is kept for live ones',
      positiveInteger,
      DEFAULT_CONCURRENCY,
    )
    .option(
      '--streams <list>',
      'only these, which no worker without it takes meanwhile: tenants or tenant/source, by comma',
    );
}

export function registerRun(program: Command): void {
  withWorkOptions(program.command('run').summary('scheduler, worker and HTTP endpoints in one process'))
    .description(
      'Collects: plans due windows, works on them, and serves /healthz, /readyz, /metrics and /queues, in one process. With elasticsearch.repair it takes away what rollovers left twice.\nStops on SIGTERM or Ctrl-C: running windows are finished, or given back after 20 s.',
    )
    .action((options: WorkOptions) => serve(options, { schedule: true, work: true }));
  withConfigOption(program.command('scheduler').summary('only the scheduler'))
    .description(
      'Plans due windows into the queue, from the ledger, the queue and the clock. Several may run at once. With elasticsearch.repair it takes away what rollovers left twice.',
    )
    .action((options: CommonOptions) => serve({ ...options, concurrency: 1 }, { schedule: true, work: false }));
  withWorkOptions(program.command('worker').summary('only a worker; start as many as you need'))
    .description(
      'Takes windows from the queue, collects them and writes the ledger. Start as many as you need, on any machine.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  shenji worker --concurrency 16\n  shenji worker --streams acme/feishu.openapi_audit',
    )
    .action((options: WorkOptions) => serve(options, { schedule: false, work: true }));
}
