/** A time range of the past as a stream of its own: the use case behind `shenji backfill`. */
import { randomBytes } from 'node:crypto';
import { DateTime } from 'luxon';
import { groupOf } from '../adapters/redis/groups.ts';
import type { OpenedStream } from '../core/ledger.ts';
import type { StreamState } from '../core/planning/stream-state.ts';
import type { Interval } from '../core/time/intervals.ts';
import type { Pass } from '../sdk/pass.ts';
import { startCollector } from './collector.ts';
import { dataStreamsOf, pendingText, repairStream } from './repairs.ts';
import { sourceKey, type Runtime, type TenantSource } from './runtime.ts';
import { startScheduler } from './scheduler.ts';

export type WorkOptions = {
  /** Windows at once. */
  readonly concurrency: number;
  /** How long windows under way may take where all the rest is done. */
  readonly deadlineMs: number;
  /** Resolves when somebody asks it to stop. */
  readonly stopped: Promise<unknown>;
  readonly onProgress: (state: StreamState) => void;
};

/** Who waits at a terminal waits no longer: windows under way go back to the queue. */
const INTERRUPTED_DEADLINE_MS = 1_000;

const REPAIR_BOUND_MS = 60_000;

/** Records it, for a scheduler to plan. @throws DestinationUnavailableError */
export async function openBackfill(
  runtime: Runtime,
  { tenant, definition }: TenantSource,
  { from, to }: Interval,
  requestedBy: string,
): Promise<OpenedStream> {
  const id = `${DateTime.utc().toFormat("yyyyMMdd'T'HHmmss")}-${randomBytes(2).toString('hex')}`;
  const pass: Pass = `backfill-${id}`;
  const stream = { tenant: tenant.id, source: definition.name, pass };
  const opened = await runtime.ledger.open({ stream, origin: from, end: to, requestedBy });
  await runtime.checkpoints.create(opened);
  return opened;
}

/** Plans and works on this stream until all of it is done, until nothing but permanent failures is left, or until a signal comes: undefined then. */
export async function workThrough(
  runtime: Runtime,
  source: TenantSource,
  opened: OpenedStream,
  { concurrency, deadlineMs, stopped, onProgress }: WorkOptions,
): Promise<StreamState | undefined> {
  const { end = opened.origin } = opened;
  const finished = Promise.withResolvers<StreamState | undefined>();
  // Whoever waits here may just have put right what its source is suspended for: the next probe goes at once.
  await source.queue.rest(0);
  void stopped.then(() => finished.resolve(undefined));
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
      onProgress(state);
      const allGapsPaused = state.gaps.length > 0 && state.queued === 0 && state.planned === 0;
      if (state.watermark >= end || allGapsPaused) finished.resolve(state);
    },
  });
  const last = await finished.promise;
  await scheduler.stop();
  await workers.stop(last === undefined ? INTERRUPTED_DEADLINE_MS : deadlineMs);
  return last;
}

/** What its windows left twice, where it has the credentials for it. Elasticsearch may be away by now: the backfill is done all the same. */
export async function repairAfter(
  runtime: Runtime,
  source: TenantSource,
  stopped: Promise<unknown>,
  tell: (line: string) => void,
): Promise<void> {
  if (runtime.repairing === undefined) return;
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort(new Error('it was asked to stop')));
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
