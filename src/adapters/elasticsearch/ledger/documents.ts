/** An entry of the ledger as Elasticsearch stores it, of this version and of those before, and what it says. */
import { ECS_VERSION } from '../../../core/documents/ecs.ts';
import {
  NO_COUNTS,
  type Counts,
  type Former,
  type OpenedStream,
  type Reading,
  type RecordedReading,
  type WindowEntry,
} from '../../../core/ledger.ts';
import { parseQuestion, questionText } from '../../../core/proof/question.ts';
import { iso } from '../../../core/time/intervals.ts';
import { streamKey, type Stream } from '../../../core/stream.ts';
import { LEDGER } from '../names.ts';

/** A stream that another goes on with, in entries and in checkpoints. */
export type StoredFormer = { readonly pass: Stream['pass']; readonly until: string };
export const storedFormer = ({ pass, until }: Former): StoredFormer => ({ pass, until: iso(until) });
export const formerOf = ({ pass, until }: StoredFormer): Former => ({ pass, until: Date.parse(until) });

/** Where somebody has changed an entry, it counts for what is left of it. */
export const PASS_UNKNOWN: Stream['pass'] = 'backfill-unknown';

type StoredWindow = {
  readonly tenant: string;
  readonly source: Stream['source'];
  /** In every entry that shenji wrote. */
  readonly pass?: Stream['pass'];
  readonly from: string;
  readonly to: string | null;
  readonly run: string;
  readonly status: 'opened' | 'done' | 'failed' | 'accepted' | 'suspended' | 'resumed';
  readonly reason?: string;
  readonly by?: string;
  readonly requested_by?: string;
  readonly formers?: readonly StoredFormer[];
  /** `hopeless` in entries of versions before 4. */
  readonly error?: {
    readonly type?: string;
    readonly message: string;
    readonly retryable?: boolean;
    readonly hopeless?: boolean;
  };
  readonly minutes?: unknown;
  readonly elsewhere?: readonly string[];
  readonly read_from?: string;
  readonly read_until?: string;
  readonly question?: string;
} & Readonly<Record<string, unknown>>;
export type Stored = {
  readonly '@timestamp': string;
  readonly event?: { readonly start?: string };
  readonly shenji: { readonly window: StoredWindow };
};

/** Under what name each count is stored, and was before version 4. */
const COUNT_NAMES: Readonly<Partial<Record<keyof Counts, { readonly now: string; readonly before: string }>>> = {
  crossIndexDuplicates: { now: 'cross_index_duplicates', before: 'doubles' },
};

const storedCounts = (counts: Counts): object =>
  Object.fromEntries(
    Object.entries(counts).map(([key, value]) => [COUNT_NAMES[key as keyof Counts]?.now ?? key, value]),
  );

export function countsOf(stored: StoredWindow): Counts {
  const pairs = (Object.keys(NO_COUNTS) as (keyof Counts)[]).map((key): [string, number] => {
    const names = COUNT_NAMES[key];
    return [key, Number((names === undefined ? stored[key] : (stored[names.now] ?? stored[names.before])) ?? 0)];
  });
  return Object.fromEntries(pairs) as Counts;
}

/** An address as it may be kept: without user, password and whatever follows a question mark. */
function plainUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

function storedReading({ claim, readFrom, readUntil, question, asker }: Reading): object {
  return {
    minutes: claim.minutes,
    elsewhere: claim.elsewhere.length === 0 ? undefined : claim.elsewhere.map(iso),
    read_from: iso(readFrom),
    read_until: readUntil === undefined ? undefined : iso(readUntil),
    question: questionText(question),
    asker: { app: asker.app, url: plainUrl(asker.url) },
  };
}

/** Epoch milliseconds; undefined for what is missing or no time. */
function timeOf(stored: string | undefined): number | undefined {
  const time = Date.parse(stored ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Undefined only where all of it is missing, as in entries from before: one that has lost a part is damaged. */
export function readingOf({
  minutes,
  read_from: from,
  read_until: until,
  question,
  asker,
}: StoredWindow): RecordedReading | undefined {
  if ([minutes, from, until, question, asker].every((part) => part === undefined)) return undefined;
  return { minutes, readFrom: timeOf(from), readUntil: timeOf(until), question: parseQuestion(question) };
}

export const isRetryable = (error: StoredWindow['error']): boolean => error?.retryable ?? error?.hopeless !== true;

/** An entry as it is stored. */
export function windowDocument(entry: WindowEntry, namespace: string): object {
  const { stream, span, startedAt, endedAt, run, attempts, status } = entry;
  const failed = status === 'failed' || status === 'suspended' ? entry.error : undefined;
  return {
    '@timestamp': iso(endedAt),
    ...common(namespace),
    event: {
      kind: 'event',
      dataset: LEDGER.dataset,
      module: 'shenji',
      category: ['process'],
      type: ['end'],
      action: `window-${status}`,
      outcome: failed === undefined ? 'success' : 'failure',
      start: iso(startedAt),
      end: iso(endedAt),
      duration: Math.max(0, endedAt - startedAt) * 1_000_000,
      ingested: iso(Date.now()),
    },
    organization: { id: stream.tenant },
    ...(failed === undefined ? {} : { error: { type: failed.type, message: failed.message } }),
    shenji: {
      window: {
        stream: streamKey(stream),
        ...stream,
        from: iso(span.from),
        to: iso(span.to),
        run,
        status,
        attempts,
        lag: Math.max(0, endedAt - span.to),
        ...detailsOf(entry),
      },
    },
  };
}

function detailsOf(entry: WindowEntry): object {
  if (entry.status === 'done')
    return { ...storedCounts(entry.counts), ...(entry.reading === undefined ? {} : storedReading(entry.reading)) };
  if (entry.status === 'failed' || entry.status === 'suspended') return { error: entry.error };
  if (entry.status === 'resumed') return {};
  const { reason, by, question } = entry;
  return { reason, by, ...(question === undefined ? {} : { question: questionText(question) }) };
}

export function openedDocument(opened: OpenedStream, namespace: string): object {
  const { stream, origin, end, requestedBy, formers } = opened;
  const now = iso(Date.now());
  return {
    '@timestamp': now,
    ...common(namespace),
    event: {
      kind: 'event',
      dataset: LEDGER.dataset,
      module: 'shenji',
      category: ['configuration'],
      type: ['creation'],
      action: 'stream-opened',
      outcome: 'success',
      ingested: now,
    },
    organization: { id: stream.tenant },
    shenji: {
      window: {
        stream: streamKey(stream),
        ...stream,
        from: iso(origin),
        to: end === undefined ? null : iso(end),
        run: 'opened',
        status: 'opened',
        requested_by: requestedBy,
        formers: formers?.map(storedFormer),
      },
    },
  };
}

function common(namespace: string): object {
  return { ecs: { version: ECS_VERSION }, data_stream: { ...LEDGER, namespace } };
}

export function toOpened({
  tenant,
  source,
  pass = PASS_UNKNOWN,
  from,
  to,
  requested_by: requestedBy,
  formers,
}: StoredWindow): OpenedStream {
  return {
    stream: { tenant, source, pass },
    origin: Date.parse(from),
    end: to === null ? undefined : Date.parse(to),
    requestedBy,
    formers: formers?.map(formerOf),
  };
}
