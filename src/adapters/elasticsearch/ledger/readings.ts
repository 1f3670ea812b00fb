/** What proofs, `status` and people ask of the ledger: which readings there were, under which question, and what they found. */
import type { estypes } from '@elastic/elasticsearch';
import {
  NO_COUNTS,
  type AskedBefore,
  type Counts,
  type Ledger,
  type ReadEntry,
  type ReadWindow,
} from '../../../core/ledger.ts';
import { parseQuestion } from '../../../core/proof/question.ts';
import { iso, type Interval } from '../../../core/time/intervals.ts';
import { streamKey, type Stream } from '../../../core/stream.ts';
import { countsOf, isRetryable, PASS_UNKNOWN, readingOf, type Stored } from './documents.ts';
import { anyOf, areDone, crossing, ofSource, ofStream, type Filter, type LedgerSearch } from './search.ts';

/** Whoever changes a filter more often than that hears of the thousand most usual ones. */
const MAX_QUESTIONS = 1_000;
/** What an entry created beside its window lies in the minute before or behind it. */
const OVERLAP_MS = 60_000;
const MOST_RECENT = 200;
const MOST_APPS = 100;
/** All of an entry that says what was read when. */
const READ = ['@timestamp', 'shenji.window.from', 'shenji.window.to', 'shenji.window.pass', 'shenji.window.read_from'];

const SUMMED = [
  'pages',
  'fetched',
  'created',
  'duplicates',
  'rejected',
  'lookups',
  'crossIndexDuplicates',
  'late',
] as const;

type QuestionBucket = {
  readonly key: string;
  readonly from: { readonly value: number };
  readonly to: { readonly value: number };
};

type HourBucket = { readonly first: { readonly value: number } };

/** By when they were written: a stream that is behind reads what is long past. */
const LATELY = { range: { '@timestamp': { gte: 'now-1h' } } };
const areRuns = { terms: { 'shenji.window.status': ['done', 'failed', 'accepted'] } };

/** Undefined where it is no run, or one of a kind that a later version writes. */
function readEntry({ '@timestamp': at, event, shenji }: Stored): ReadEntry | undefined {
  const { from, to, pass, status, run, reason, by, error } = shenji.window;
  if (status !== 'done' && status !== 'failed' && status !== 'accepted') return undefined;
  return {
    from: Date.parse(from),
    to: Date.parse(to ?? from),
    pass: pass ?? PASS_UNKNOWN,
    status,
    run,
    reason,
    by,
    at: Date.parse(at),
    startedAt: Date.parse(event?.start ?? at),
    counts: countsOf(shenji.window),
    error: error && { type: error.type, message: error.message, retryable: isRetryable(error) },
    reading: readingOf(shenji.window),
  };
}

export type LedgerOfReadings = Pick<
  Ledger,
  'entries' | 'totals' | 'questions' | 'readUnder' | 'newest' | 'recentLive' | 'askers' | 'busy'
>;

// oxlint-disable-next-line max-lines-per-function -- one method for each question, none longer than a screen
export function createLedgerOfReadings({ ask, list }: LedgerSearch): LedgerOfReadings {
  async function entries(tenant: string, source: string, { from, to }: Interval): Promise<ReadEntry[]> {
    const near = { from: from - OVERLAP_MS, to: to + OVERLAP_MS };
    const touching = [
      { range: { 'shenji.window.from': { lte: iso(near.to) } } },
      { range: { 'shenji.window.to': { gte: iso(near.from) } } },
    ];
    const created = { range: { 'shenji.window.elsewhere': { gte: iso(from), lt: iso(to) } } };
    const filter = [...ofSource(tenant, source), areRuns, anyOf([{ bool: { filter: touching } }, created])];
    const found: ReadEntry[] = [];
    for await (const stored of list(filter, true)) {
      const entry = readEntry(stored);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  async function totals(stream: Stream): Promise<Counts & { windows: number }> {
    const sums = { ...NO_COUNTS } as Record<keyof Counts, number>;
    const eventsOf = new Map<string, number>();
    for await (const { shenji } of list([ofStream(streamKey(stream)), areDone])) {
      const { from, to } = shenji.window;
      const { events, ...counts } = countsOf(shenji.window);
      for (const key of SUMMED) sums[key] += counts[key];
      sums.lateness = Math.max(sums.lateness, counts.lateness);
      // A window done twice holds its events once.
      eventsOf.set(`${from}/${to}`, events);
    }
    return { ...sums, events: [...eventsOf.values()].reduce((sum, events) => sum + events, 0), windows: eventsOf.size };
  }

  async function questions(tenant: string, source: string): Promise<AskedBefore[]> {
    const answer = await ask<unknown, Record<'questions', estypes.AggregationsStringTermsAggregate>>(
      'reading the questions of the ledger',
      {
        size: 0,
        query: { bool: { filter: [...ofSource(tenant, source), areDone] } },
        aggs: {
          questions: {
            terms: { field: 'shenji.window.question', size: MAX_QUESTIONS },
            aggs: { from: { min: { field: 'shenji.window.from' } }, to: { max: { field: 'shenji.window.to' } } },
          },
        },
      },
    );
    const buckets = (answer?.aggregations?.questions.buckets ?? []) as unknown as QuestionBucket[];
    return buckets.flatMap(({ key: text, from, to }) => {
      const question = parseQuestion(text);
      return question === undefined ? [] : [{ question, text, span: { from: from.value, to: to.value } }];
    });
  }

  async function* readUnder(
    tenant: string,
    source: string,
    span: Interval,
    texts: readonly (string | undefined)[],
  ): AsyncGenerator<ReadWindow> {
    const named = { terms: { 'shenji.window.question': texts.filter((text) => text !== undefined) } };
    const unnamed = { bool: { must_not: [{ exists: { field: 'shenji.window.question' } }] } };
    const under = anyOf(texts.includes(undefined) ? [named, unnamed] : [named]);
    const filter = [...ofSource(tenant, source), areDone, ...crossing(span), under];
    for await (const { '@timestamp': written, shenji } of list(filter, READ)) {
      const { from, to, pass = PASS_UNKNOWN, read_from: at = written } = shenji.window;
      yield { from: Date.parse(from), to: Date.parse(to ?? from), pass, at: Date.parse(at) };
    }
  }

  /** Newest first, with these fields of their windows alone. */
  async function newestOf(filter: Filter, most: number, fields: readonly string[]): Promise<Stored[]> {
    const answer = await ask<Stored>('reading the newest entries of the ledger', {
      size: most,
      track_total_hits: false,
      query: { bool: { filter } },
      sort: [{ '@timestamp': 'desc' }],
      _source: fields.map((field) => `shenji.window.${field}`),
    });
    return (answer?.hits.hits ?? []).flatMap(({ _source: stored }) => stored ?? []);
  }

  async function newest(tenant: string, source: string, most: number): Promise<Pick<Counts, 'fetched' | 'rejected'>[]> {
    const filter = [...ofSource(tenant, source), areDone, { range: { 'shenji.window.fetched': { gt: 0 } } }];
    const found = await newestOf(filter, most, ['fetched', 'rejected']);
    return found.map(({ shenji }) => {
      const { fetched, rejected } = countsOf(shenji.window);
      return { fetched, rejected };
    });
  }

  async function recentLive(tenant: string, source: string): ReturnType<Ledger['recentLive']> {
    const stream = ofStream(streamKey({ tenant, source, pass: 'live' } as Stream));
    const filter = [stream, areDone, LATELY];
    const found = await newestOf(filter, MOST_RECENT, ['from', 'to', 'pages', 'fetched']);
    return found.map(({ shenji }) => {
      const { from, to } = shenji.window;
      const { pages, fetched } = countsOf(shenji.window);
      return { from: Date.parse(from), to: Date.parse(to ?? ''), pages, fetched };
    });
  }

  async function askers(tenant: string, source: string): Promise<ReadonlyMap<string, number>> {
    const found = { range: { 'shenji.window.fetched': { gt: 0 } } };
    const answer = await ask<unknown, Record<'apps', estypes.AggregationsStringTermsAggregate>>(
      'asking the ledger which apps have read',
      {
        size: 0,
        track_total_hits: false,
        query: { bool: { filter: [...ofSource(tenant, source), areDone, found, LATELY] } },
        aggs: { apps: { terms: { field: 'shenji.window.asker.app', size: MOST_APPS } } },
      },
    );
    const buckets = (answer?.aggregations?.apps.buckets ?? []) as estypes.AggregationsStringTermsBucket[];
    return new Map(buckets.map(({ key, doc_count: windows }) => [String(key), windows]));
  }

  async function busy(tenant: string, source: string, since: number): Promise<number[]> {
    const found = { range: { 'shenji.window.events': { gt: 0 } } };
    const lately = { range: { 'shenji.window.from': { gte: iso(since) } } };
    const backfilled = { prefix: { 'shenji.window.pass': 'backfill' } };
    const filter = [...ofSource(tenant, source), areDone, found, lately];
    const answer = await ask<unknown, Record<'hours', estypes.AggregationsDateHistogramAggregate>>(
      'asking the ledger in which hours something happened',
      {
        size: 0,
        track_total_hits: false,
        query: { bool: { filter, must_not: [backfilled] } },
        aggs: {
          hours: {
            date_histogram: { field: 'shenji.window.from', fixed_interval: '1h', min_doc_count: 1 },
            // Days of some zones begin at half past.
            aggs: { first: { min: { field: 'shenji.window.from' } } },
          },
        },
      },
    );
    const buckets = (answer?.aggregations?.hours.buckets ?? []) as unknown as HourBucket[];
    return buckets.map(({ first }) => first.value);
  }

  return { busy, entries, totals, questions, readUnder, newest, recentLive, askers };
}
