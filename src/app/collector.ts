/** The workers of this process: they take windows, collect them, and write what was done into the ledger, last (law 2). */
import { createDeadLetters } from '../adapters/elasticsearch/dead-letters.ts';
import { requireTemplates } from '../adapters/elasticsearch/setup.ts';
import { statusOfFailure, type WindowStatus } from '../observe/metrics/index.ts';
import { divide, isDivisible, MOST_PAGES } from '../core/collecting/busy.ts';
import { collectWindow } from '../core/collecting/collect.ts';
import { PermanentError, WindowTooBusyError } from '../sdk/errors.ts';
import type { Counts } from '../core/ledger.ts';
import { passDelayMs, passRank } from '../sdk/pass.ts';
import { sourceKeyOf, streamKey } from '../core/stream.ts';
import { createBudget } from '../adapters/redis/budget.ts';
import type { Group } from '../adapters/redis/groups.ts';
import { windowsAtOnce } from '../adapters/redis/slots.ts';
import { streamOf, type Lane } from '../adapters/redis/window-job.ts';
import { startWorkers, type Workers } from '../adapters/redis/workers.ts';
import type { WindowRun } from '../adapters/redis/window-runner.ts';
import { dataStreamNameOf, documentWriters, preparationOf, probeWrites } from './preparation.ts';
import { createUnreviewed } from './unreviewed.ts';
import { usedDefinitions, type Runtime, type TenantSource } from './runtime.ts';

export type CollectorOptions = {
  readonly concurrency: number;
  /** Only these sources; all where absent. */
  readonly sources?: readonly TenantSource[];
  /** Whose lanes are worked on; those of all where absent. */
  readonly group?: Group;
  readonly lanes?: readonly Lane[];
  /** Pages that one run of a window reads at most; a busier one is divided. */
  readonly mostPages?: number;
};

/** @throws DestinationUnavailableError where templates are missing or outdated, or Elasticsearch is too old. */
// oxlint-disable-next-line max-lines-per-function -- one run of a window, from its job to its entry
export async function startCollector(runtime: Runtime, options: CollectorOptions): Promise<Workers> {
  const { config, elasticsearch, ledger, log, metrics, prefix, redis, scrub } = runtime;
  const { concurrency, sources = runtime.sources, group, lanes, mostPages = MOST_PAGES } = options;
  await requireTemplates(elasticsearch, usedDefinitions(runtime), config.namespace);
  const deadLetters = createDeadLetters(elasticsearch, config.namespace);
  const budgets = ([0, 1, 2] as const).map((rank) => createBudget(redis, prefix, rank, metrics.budgeted));
  const writers = documentWriters(runtime);
  const unreviewed = createUnreviewed(metrics, log);
  for (const { tenant, definition } of sources) metrics.taken({ tenant: tenant.id, source: definition.name });

  async function collect({ job, run, attempts, signal }: WindowRun): Promise<void> {
    const found = sources.find(({ tenant, definition }) => tenant.id === job.tenant && definition.name === job.source);
    const documents = writers.get(job.source);
    const budget = budgets[passRank(job.pass)]?.forWindow();
    if (found === undefined || documents === undefined || budget === undefined)
      throw new PermanentError(`no source ${sourceKeyOf(job)} is configured here`);
    const { instance } = found;
    const stream = streamOf(job);
    const span = { from: job.from, to: job.to };
    const startedAt = Date.now();
    const ended = (status: WindowStatus, counts?: Counts): void =>
      metrics.windowEnded(stream, status, (Date.now() - startedAt) / 1_000, counts);
    const bound = log.child({ stream: streamKey(stream), window: new Date(span.from).toISOString() });
    const mayBeDivided = !instance.source.cadence.indivisible && isDivisible(span);
    const collection = {
      ...preparationOf(runtime, found, stream),
      span,
      completeAfter: span.to + passDelayMs(job.pass, instance.source.cadence),
      mostPages: mayBeDivided ? mostPages : undefined,
      documents,
      deadLetters,
      onLate: (delayMs: number) => metrics.foundLate(stream, delayMs),
      onUnreviewed: (kind: string) => unreviewed(stream, kind),
    };
    try {
      const { counts, reading } = await collectWindow(collection, { log: bound, signal, budget, pass: job.pass });
      const endedAt = Date.now();
      if (job.isOpen === true && counts.fetched === 0) await found.queue.ask(span);
      else await ledger.append({ stream, span, run, attempts, startedAt, endedAt, status: 'done', counts, reading });
      ended('done', counts);
      bound.info(
        { counts },
        `window done: ${counts.created} created, ${counts.duplicates} there already, ${counts.rejected} dead-lettered`,
      );
    } catch (error) {
      if (!(error instanceof WindowTooBusyError)) {
        ended(signal.aborted ? 'waiting' : statusOfFailure(error));
        throw error;
      }
      // Its parts are queued before this job leaves the queue, so that nobody plans the whole again meanwhile.
      const parts = divide(span, error.pages, mostPages);
      await found.queue.divide(stream, span, parts);
      ended('split');
      bound.info(`${error.message}: ${parts.length} parts of it are queued`);
    }
  }

  return startWorkers({
    queues: sources.map((source) => ({
      tenant: source.tenant.id,
      source: source.definition.name,
      dataStream: dataStreamNameOf(runtime, source),
      windowsAtOnce: windowsAtOnce(source.instance.callsPerMinute),
    })),
    ...(group === undefined ? {} : { group }),
    ...(lanes === undefined ? {} : { lanes }),
    connection: redis,
    prefix,
    traced: runtime.traced,
    concurrency,
    backoff: { baseMs: config.retries.base, maxMs: config.retries.max },
    collect,
    probeDestination: (dataStream) => probeWrites(runtime, dataStream),
    onPause: metrics.paused,
    scrub,
    log,
  });
}
