/** The append-only record of which second of which stream has been collected: `logs-shenji.window-<namespace>`. */
import type { estypes } from '@elastic/elasticsearch';
import { hashId } from '../pipeline/document-id.ts';
import {
  NO_COUNTS,
  type AskedBefore,
  type Counts,
  type EntryRef,
  type Ledger,
  type OpenedStream,
  type ReadEntry,
  type ReadWindow,
  type Standing,
} from '../pipeline/ledger.ts';
import type { Failures } from '../pipeline/plan.ts';
import { iso, type Span } from '../pipeline/spans.ts';
import { parseQuestion } from '../pipeline/proof/question.ts';
import { streamKey, type Stream } from '../pipeline/stream.ts';
import type { BulkItem } from '../pipeline/writer.ts';
import { createBulkWriter } from './bulk.ts';
import { backingNames } from './backing-indices.ts';
import { wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import {
  countsOf,
  isRetryable,
  openedDocument,
  PASS_UNKNOWN,
  readingOf,
  toOpened,
  windowDocument,
  type Stored,
} from './ledger-documents.ts';
import { countingFailures, failuresOf, type CountedFailures } from './ledger-failures.ts';
import { LEDGER, streamName } from './names.ts';
import { createGathered, createSearch } from './together.ts';

const PAGE = 1_000;
/** Whoever changes a filter more often than that hears of the thousand most usual ones. */
const MAX_QUESTIONS = 1_000;
/** What an entry created beside its window lies in the minute before or behind it. */
const OVERLAP_MS = 60_000;
/** All of an entry that says what was read when. */
const READ = ['@timestamp', 'shenji.window.from', 'shenji.window.to', 'shenji.window.pass', 'shenji.window.read_from'];
/** More stretches than this are asked for as one, from the first to the last. */
const MAX_SPANS = 200;

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
type Filter = estypes.QueryDslQueryContainer[];

const ofSource = (tenant: string, source: string): Filter => [
  { term: { 'shenji.window.tenant': tenant } },
  { term: { 'shenji.window.source': source } },
];
const areDone = { term: { 'shenji.window.status': 'done' } };
const areFailed = { term: { 'shenji.window.status': 'failed' } };
const areClosed = { terms: { 'shenji.window.status': ['done', 'accepted'] } };
const areRuns = { terms: { 'shenji.window.status': ['done', 'failed', 'accepted'] } };
const crossing = ({ from, to }: Span): Filter => [
  { range: { 'shenji.window.from': { lt: iso(to) } } },
  { range: { 'shenji.window.to': { gt: iso(from) } } },
];

export function createLedger(client: Elasticsearch, namespace: string): Ledger {
  const index = streamName(LEDGER, namespace);
  const writer = createBulkWriter({ client, index, refresh: 'wait_for' });
  // A shard without an answer would make entries look gone.
  const WHOLE = { index, allow_partial_search_results: false };

  const ask = createSearch(client);
  const write = createGathered((items: readonly BulkItem[]) => writer.write(items, new AbortController().signal));

  async function create(id: string, document: object): Promise<void> {
    const outcome = await write({ id, source: JSON.stringify(document) });
    // The mapping takes every entry that the code above can make.
    if (outcome.kind === 'rejected') throw new Error(`the ledger refused an entry: ${outcome.reason}`);
  }

  /** Without what a run claims minute by minute, unless that is asked for: it is most of an entry. */
  async function* search(
    filter: Filter,
    source: estypes.SearchSourceConfig = { excludes: ['shenji.window.minutes'] },
  ): AsyncGenerator<Stored & { readonly id: string }> {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const reply = await wholeAnswerIfThere('reading the ledger', () =>
        ask<Stored>({
          ...WHOLE,
          size: PAGE,
          _source: source,
          track_total_hits: false,
          query: { bool: { filter } },
          sort: [{ 'shenji.window.from': 'asc' }, { '@timestamp': 'asc' }, { 'shenji.window.run': 'asc' }],
          ...(after === undefined ? {} : { search_after: after }),
        }),
      );
      const hits = reply?.hits.hits ?? [];
      for (const { _id: id = '', _source: stored } of hits) if (stored !== undefined) yield { id, ...stored };
      after = hits.at(-1)?.sort;
      if (after === undefined || hits.length < PAGE) return;
    }
  }

  async function opened(filter: Filter): Promise<OpenedStream[]> {
    const first = new Map<string, { at: string; opened: OpenedStream }>();
    for await (const stored of search([{ term: { 'shenji.window.status': 'opened' } }, ...filter])) {
      const found = toOpened(stored.shenji.window);
      const key = streamKey(found.stream);
      if (stored['@timestamp'] < (first.get(key)?.at ?? '~'))
        first.set(key, { at: stored['@timestamp'], opened: found });
    }
    return [...first.values()].map((entry) => entry.opened);
  }

  async function over(stream: Stream, spans: readonly Span[]): ReturnType<Ledger['over']> {
    const done: Span[] = [];
    const taken: EntryRef[] = [];
    const first = spans[0];
    const last = spans.at(-1);
    if (first === undefined || last === undefined) return { done, failures: [], entries: taken };
    const hull = { from: first.from, to: last.to };
    const asked = spans.length > MAX_SPANS ? [hull] : spans;
    const overlapping = asked.map((span) => ({ bool: { filter: crossing(span) } }));
    const within = [
      { term: { 'shenji.window.stream': streamKey(stream) } },
      { bool: { should: overlapping, minimum_should_match: 1 } },
    ];
    async function readClosed(): Promise<void> {
      for await (const { id, '@timestamp': at, shenji } of search([areClosed, ...within])) {
        const { from, to } = shenji.window;
        done.push({ from: Date.parse(from), to: Date.parse(to ?? from) });
        taken.push({ id, at: Date.parse(at) });
      }
    }
    const [failures] = await Promise.all([failuresOver(within, hull), readClosed()]);
    return { done, failures, entries: taken };
  }

  /** Counted by Elasticsearch: a failure that lasts makes more entries than anybody could read at every tick. */
  async function failuresOver(within: Filter, hull: Span): Promise<Failures[]> {
    const found = () =>
      ask<unknown, CountedFailures>({
        ...WHOLE,
        size: 0,
        track_total_hits: false,
        query: { bool: { filter: [areFailed, ...within] } },
        aggs: countingFailures(hull),
      });
    const answer = await wholeAnswerIfThere('counting failures in the ledger', found);
    return answer?.aggregations === undefined ? [] : failuresOf(answer.aggregations);
  }

  async function holds(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let left = [...ids]; left.length > 0; left = left.filter((id) => !found.has(id))) {
      const asked = () =>
        ask({
          ...WHOLE,
          size: left.length,
          _source: false,
          query: { ids: { values: left } },
        });
      const hits = (await wholeAnswerIfThere('looking for entries of the ledger', asked))?.hits.hits ?? [];
      for (const { _id: id = '' } of hits) found.add(id);
      // An entry that lies in two backing indices is two hits, and may push another out of a full answer.
      if (hits.length < left.length) break;
    }
    return found;
  }

  /** The window of the newest suspension among these entries, newest first. */
  function refusedBy(entries: readonly (Stored | undefined)[]): Standing['refused'] {
    const { pass, from, to } =
      entries.find((entry) => entry?.shenji.window.status === 'suspended')?.shenji.window ?? {};
    return pass === undefined ? undefined : { pass, from: Date.parse(from ?? ''), to: Date.parse(to ?? '') };
  }

  async function standing(tenant: string, source: string): Promise<Standing> {
    const found = () =>
      ask<Stored>({
        ...WHOLE,
        // The end of one, and its beginning.
        size: 2,
        track_total_hits: false,
        query: {
          bool: {
            filter: [...ofSource(tenant, source), { terms: { 'shenji.window.status': ['suspended', 'resumed'] } }],
          },
        },
        sort: [{ '@timestamp': 'desc' }],
        _source: ['@timestamp', ...['status', 'error', 'pass', 'from', 'to'].map((field) => `shenji.window.${field}`)],
      });
    const answer = await wholeAnswerIfThere('asking the ledger for a suspension', found);
    const [newest, before] = (answer?.hits.hits ?? []).map(({ _source }) => _source);
    if (newest === undefined) return { suspension: undefined, changedAt: -Infinity, refused: undefined };
    const changedAt = Date.parse(newest['@timestamp']);
    const { status, error: { type = 'Error', message = '' } = {} } = newest.shenji.window;
    return {
      changedAt,
      suspension: status === 'suspended' ? { since: changedAt, error: { type, message } } : undefined,
      refused: refusedBy([newest, before]),
    };
  }

  async function isRead(stream: Stream, span: Span): Promise<boolean> {
    const filter = [{ term: { 'shenji.window.stream': streamKey(stream) } }, areDone, ...crossing(span)];
    const found = () => ask({ ...WHOLE, size: 1, _source: false, query: { bool: { filter } } });
    return ((await wholeAnswerIfThere('asking the ledger for a window', found))?.hits.hits.length ?? 0) > 0;
  }

  async function keptSince(): Promise<number> {
    const [oldest] = await backingNames(client, index);
    // A stream that has its first index yet has lost none. A restore keeps the numbers, and takes the newest entries away, not the oldest.
    if (oldest === undefined || /-0*1$/.test(oldest)) return -Infinity;
    const asked = () =>
      ask<unknown, { oldest: { readonly value: number | null } }>({
        ...WHOLE,
        size: 0,
        aggs: { oldest: { min: { field: '@timestamp' } } },
      });
    const answer = await wholeAnswerIfThere('looking for the oldest entry of the ledger', asked);
    return answer?.aggregations?.oldest.value ?? Infinity;
  }

  async function entries(tenant: string, source: string, { from, to }: Span): Promise<ReadEntry[]> {
    const filter = [
      ...ofSource(tenant, source),
      areRuns,
      {
        bool: {
          should: [
            {
              bool: {
                filter: [
                  { range: { 'shenji.window.from': { lte: iso(to + OVERLAP_MS) } } },
                  { range: { 'shenji.window.to': { gte: iso(from - OVERLAP_MS) } } },
                ],
              },
            },
            { range: { 'shenji.window.elsewhere': { gte: iso(from), lt: iso(to) } } },
          ],
          minimum_should_match: 1,
        },
      },
    ];
    const found: ReadEntry[] = [];
    for await (const { '@timestamp': at, event, shenji } of search(filter, true)) {
      const { from: start, to: end, pass, status, run, reason, by, error } = shenji.window;
      if (status !== 'done' && status !== 'failed' && status !== 'accepted') continue;
      found.push({
        from: Date.parse(start),
        to: Date.parse(end ?? start),
        pass: pass ?? PASS_UNKNOWN,
        status,
        run,
        reason,
        by,
        at: Date.parse(at),
        startedAt: Date.parse(event?.start ?? at),
        counts: countsOf(shenji.window),
        error:
          error === undefined ? undefined : { type: error.type, message: error.message, retryable: isRetryable(error) },
        reading: readingOf(shenji.window),
      });
    }
    return found;
  }

  async function totals(stream: Stream): Promise<Counts & { windows: number }> {
    const sums = { ...NO_COUNTS } as Record<keyof Counts, number>;
    const eventsOf = new Map<string, number>();
    const filter = [{ term: { 'shenji.window.stream': streamKey(stream) } }, areDone];
    for await (const { shenji } of search(filter)) {
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
    const found = () =>
      ask<unknown, Record<'questions', estypes.AggregationsStringTermsAggregate>>({
        ...WHOLE,
        size: 0,
        query: { bool: { filter: [...ofSource(tenant, source), areDone] } },
        aggs: {
          questions: {
            terms: { field: 'shenji.window.question', size: MAX_QUESTIONS },
            aggs: { from: { min: { field: 'shenji.window.from' } }, to: { max: { field: 'shenji.window.to' } } },
          },
        },
      });
    const answer = await wholeAnswerIfThere('reading the questions of the ledger', found);
    const buckets = (answer?.aggregations?.questions.buckets ?? []) as unknown as QuestionBucket[];
    return buckets.flatMap(({ key: text, from, to }) => {
      const question = parseQuestion(text);
      return question === undefined ? [] : [{ question, text, span: { from: from.value, to: to.value } }];
    });
  }

  async function* readUnder(
    tenant: string,
    source: string,
    span: Span,
    texts: readonly (string | undefined)[],
  ): AsyncGenerator<ReadWindow> {
    const filter = [
      ...ofSource(tenant, source),
      areDone,
      ...crossing(span),
      {
        bool: {
          should: [
            { terms: { 'shenji.window.question': texts.filter((text) => text !== undefined) } },
            ...(texts.includes(undefined)
              ? [{ bool: { must_not: [{ exists: { field: 'shenji.window.question' } }] } }]
              : []),
          ],
          minimum_should_match: 1,
        },
      },
    ];
    for await (const { '@timestamp': written, shenji } of search(filter, READ)) {
      const { from, to, pass = PASS_UNKNOWN, read_from: at = written } = shenji.window;
      yield { from: Date.parse(from), to: Date.parse(to ?? from), pass, at: Date.parse(at) };
    }
  }

  async function newest(tenant: string, source: string, most: number): Promise<Pick<Counts, 'fetched' | 'rejected'>[]> {
    const found = () =>
      ask<Stored>({
        ...WHOLE,
        size: most,
        track_total_hits: false,
        query: {
          bool: { filter: [...ofSource(tenant, source), areDone, { range: { 'shenji.window.fetched': { gt: 0 } } }] },
        },
        sort: [{ '@timestamp': 'desc' }],
        _source: ['shenji.window.fetched', 'shenji.window.rejected'],
      });
    const hits = (await wholeAnswerIfThere('reading the newest entries of the ledger', found))?.hits.hits ?? [];
    return hits.map(({ _source: stored }) => {
      const { fetched, rejected } = stored === undefined ? NO_COUNTS : countsOf(stored.shenji.window);
      return { fetched, rejected };
    });
  }

  async function recentLive(tenant: string, source: string): ReturnType<Ledger['recentLive']> {
    const found = () =>
      ask<Stored>({
        ...WHOLE,
        size: 200,
        track_total_hits: false,
        query: {
          bool: {
            filter: [
              { term: { 'shenji.window.stream': streamKey({ tenant, source, pass: 'live' } as Stream) } },
              areDone,
              { range: { 'shenji.window.to': { gte: 'now-1h' } } },
            ],
          },
        },
        sort: [{ '@timestamp': 'desc' }],
        _source: ['from', 'to', 'pages', 'fetched'].map((field) => `shenji.window.${field}`),
      });
    const hits = (await wholeAnswerIfThere('reading the newest entries of the ledger', found))?.hits.hits ?? [];
    return hits.flatMap(({ _source: stored }) => {
      if (stored === undefined) return [];
      const { from, to } = stored.shenji.window;
      const { pages, fetched } = countsOf(stored.shenji.window);
      return [{ from: Date.parse(from), to: Date.parse(to ?? ''), pages, fetched }];
    });
  }

  return {
    entries,
    questions,
    readUnder,
    newest,
    recentLive,
    totals,
    append: (entry) =>
      create(
        hashId(streamKey(entry.stream), iso(entry.span.from), iso(entry.span.to), entry.run),
        windowDocument(entry, namespace),
      ),
    open: async (wanted) => {
      const key = streamKey(wanted.stream);
      const recorded = async (): Promise<OpenedStream | undefined> =>
        (await opened([{ term: { 'shenji.window.stream': key } }]))[0];
      const before = await recorded();
      if (before !== undefined) return before;
      await create(hashId(key, 'opened'), openedDocument(wanted, namespace));
      return (await recorded()) ?? wanted;
    },
    opened: (tenant, source) => opened(ofSource(tenant, source)),
    over,
    standing,
    isRead,
    holds,
    keptSince,
  };
}
