/** Cross-index duplicates: looked for around each rollover, and taken away where there are credentials for it. */
import { setTimeout as pause } from 'node:timers/promises';
import { backingNames } from '../adapters/elasticsearch/backing-indices.ts';
import { repair, type Repaired, type RepairOptions } from '../adapters/elasticsearch/repair.ts';
import { many } from '../core/many.ts';
import { withinBound } from '../core/time/within-bound.ts';
import { dataStreamNameOf } from './preparation.ts';
import type { Runtime, TenantSource } from './runtime.ts';

/** The data streams that these sources write to; tenants share them. */
export const dataStreamsOf = (runtime: Runtime, sources: readonly TenantSource[] = runtime.sources): string[] => [
  ...new Set(sources.map((source) => dataStreamNameOf(runtime, source))),
];

/**
 * Looks through one data stream and takes copies away, or only counts them (`dryRun`): with the credentials of
 * `elasticsearch.repair`, else those of `elasticsearch`.
 * @throws as `repair` of `adapters/elasticsearch/repair.ts`
 */
export function repairStream(
  { elasticsearch, repairing }: Runtime,
  stream: string,
  options: Omit<RepairOptions, 'client'>,
): Promise<Repaired> {
  return repair(stream, { client: repairing ?? elasticsearch, ...options });
}

/** What an operator, who may not know what the scheduler has, can do about it. */
export const PENDING_REMEDY =
  'a scheduler with elasticsearch.repair takes the copies away within minutes of a rollover, and whatever comes later within a day; "shenji repair" does at once';

/** `more`: why it is so yet, or what changes it. */
export const pendingText = (stream: string, count: number, more?: string): string =>
  `${many(count, 'document')} of ${stream} ${count === 1 ? 'lies' : 'lie'} in more than one index: repair pending${more === undefined ? '' : `; ${more}`}`;

export type RepairsOptions = {
  readonly sources?: readonly TenantSource[];
  /** How often it is asked whether a stream has rolled over. */
  readonly watchMs?: number;
  /** A look so long after a rollover was seen; by then a bulk that was under way has ended, or was given up. */
  readonly soonMs?: number;
  /** And so often whatever happens: for what came of no rollover that was seen. */
  readonly dailyMs?: number;
};

export type Repairs = {
  /** Waits a moment for the look that is under way; what it has not done is found again. */
  stop(): Promise<void>;
};

const WATCH_MS = 30_000;
/** Requests to Elasticsearch have a limit of 30 s. */
const SOON_MS = 45_000;
/** By then a worker that stood still for hours has written, too. */
const DAILY_MS = 24 * 3_600_000;
/** Where no `elasticsearch.repair` says it. */
const AGAIN_MS = 15 * 60_000;
const STOP_BOUND_MS = 2_000;

/**
 * Looks at the start, soon after each rollover, again after `elasticsearch.repair.again`, for as long as something is left,
 * and daily. Without credentials of its own it only counts and says so. Never rejects: what fails is tried again.
 */
export function startRepairs(runtime: Runtime, options: RepairsOptions = {}): Repairs {
  const { config, elasticsearch, log, metrics, scrub, repairing } = runtime;
  const { sources, watchMs = WATCH_MS, soonMs = SOON_MS, dailyMs = DAILY_MS } = options;
  const againMs = config.elasticsearch.repair?.again ?? AGAIN_MS;
  const dryRun = repairing === undefined;
  const stopping = new AbortController();
  const { signal } = stopping;

  function tell(stream: string, { deleted, left, why }: Repaired): void {
    metrics.repaired({ stream, deleted, left });
    if (deleted > 0) log.info({ stream }, `${many(deleted, 'copy', 'copies')} that a rollover left taken away`);
    if (left === 0) return;
    const remedy = 'run "shenji repair", or give the scheduler elasticsearch.repair';
    log.warn({ stream }, pendingText(stream, left, why ?? remedy));
  }

  /** Where the credentials for it fail, it is counted with those of the writer: somebody has to hear that copies are there. */
  async function repairOrCount(stream: string): Promise<Repaired> {
    try {
      return await repairStream(runtime, stream, { dryRun, signal });
    } catch (error) {
      if (dryRun || signal.aborted) throw error;
      metrics.repaired({ stream, ...(await repair(stream, { client: elasticsearch, dryRun: true, signal })) });
      throw error;
    }
  }

  async function watch(stream: string): Promise<void> {
    let written: string | undefined;
    // By no wall clock.
    let due = [performance.now()];
    let isTold = false;
    while (!signal.aborted) {
      try {
        const now = performance.now();
        const last = (await backingNames(elasticsearch, stream)).at(-1);
        if (written !== undefined && last !== written) due.push(now + soonMs, now + againMs);
        written = last;
        if (due.some((at) => at <= now)) {
          const repaired = await repairOrCount(stream);
          tell(stream, repaired);
          due = due.filter((at) => at > now);
          if (repaired.left > 0) due.push(now + againMs);
          if (due.length === 0) due.push(now + dailyMs);
        }
        isTold = false;
      } catch (error) {
        if (!signal.aborted && !isTold)
          log.warn({ stream }, `looking for copies did not succeed and is tried again: ${scrub((error as Error).message)}`); // prettier-ignore
        isTold = true;
      }
      await pause(watchMs, undefined, { signal }).catch(() => undefined);
    }
  }

  const watching = Promise.all(dataStreamsOf(runtime, sources).map(watch));
  return {
    stop: async () => {
      stopping.abort();
      await withinBound(watching, STOP_BOUND_MS);
    },
  };
}
