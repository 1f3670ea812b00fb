/** How every stream stands: the use case behind `shenji status`. */
import { countDuplicates } from '../adapters/elasticsearch/duplicates.ts';
import type { QueueCounts, Retrying } from '../adapters/redis/window-queue.ts';
import { isTooMuch, type Demand } from '../core/planning/demand.ts';
import { areMostRefused } from '../core/planning/refusals.ts';
import { lagOf, type StreamState } from '../core/planning/stream-state.ts';
import { streamKey } from '../core/stream.ts';
import { formatDuration } from '../sdk/duration.ts';
import {
  callsFor,
  demandText,
  idleAppsText,
  refusalsFor,
  refusalText,
  wideningsFor,
  wideningText,
  type Calls,
} from './attention.ts';
import { dataStreamNameOf } from './preparation.ts';
import type { Runtime, TenantSource } from './runtime.ts';
import { silenceFor, silenceText } from './silence.ts';

/** What is told below the table changes seldom, and is found by reading the ledger. */
const ATTENTION_MS = 60_000;
/** Whoever looks at a status waits no longer for what several indices hold. */
const COUNT_LIMIT_MS = 5_000;
/** One stream. */
export type StreamStatus = {
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

function statusOf(state: StreamState, { instance }: TenantSource, around: Around): StreamStatus {
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
    lagMs: lagOf(state),
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

async function silentText(runtime: Runtime, source: TenantSource, states: readonly StreamState[]): Promise<string[]> {
  const live = states.find(({ stream }) => stream.pass === 'live');
  const silence = await silenceFor(runtime, source, live);
  return silence?.isTooLong === true ? [silenceText(source, silence)] : [];
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
function remembering<Key, Value, More extends readonly unknown[]>(
  ask: (key: Key, ...more: More) => Promise<Value>,
): (key: Key, ...more: More) => Promise<Value> {
  const known = new Map<Key, { readonly at: number; readonly value: Promise<Value> }>();
  return (key, ...more) => {
    const before = known.get(key);
    if (before !== undefined && performance.now() - before.at < ATTENTION_MS) return before.value;
    const value = ask(key, ...more);
    known.set(key, { at: performance.now(), value });
    return value;
  };
}

type SlowAnswers = {
  readonly attentionOf: (source: TenantSource) => Promise<string[]>;
  readonly silentOf: (source: TenantSource, states: readonly StreamState[]) => Promise<string[]>;
  readonly callsOf: (source: TenantSource) => Promise<Calls>;
  readonly duplicatesOf: (stream: string) => Promise<number | undefined>;
};

async function read(runtime: Runtime, slow: SlowAnswers): Promise<StreamStatus[]> {
  const { attentionOf, silentOf, callsOf, duplicatesOf } = slow;
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
      const silent = await silentOf(source, states);
      const overtaxed = calls !== undefined && isTooMuch(calls) ? [demandText(source, calls)] : [];
      const unread = idle.length > 0 ? [idleAppsText(source, idle)] : [];
      const told = [...attention, ...silent, ...unread, ...overtaxed];
      const around = { queue, retrying, attention: told, calls, dataStream, crossIndexDuplicates };
      return states.map((state) => statusOf(state, source, around));
    }),
  );
  return rows.flat();
}

/**
 * Reads how all streams stand, each time that it is called; what is found by reading the ledger is asked again once a
 * minute. @throws DestinationUnavailableError
 */
export function statusReader(runtime: Runtime): () => Promise<StreamStatus[]> {
  const slow: SlowAnswers = {
    attentionOf: remembering((source: TenantSource) => attentionFor(runtime, source)),
    silentOf: remembering((source: TenantSource, states: readonly StreamState[]) =>
      silentText(runtime, source, states),
    ),
    callsOf: remembering((source: TenantSource) => callsFor(runtime, source)),
    duplicatesOf: remembering((stream: string) => duplicatesIn(runtime, stream)),
  };
  return () => read(runtime, slow);
}
