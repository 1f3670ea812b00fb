/** What the planner asks of the ledger: what is done, what failed, what stands still, and what is still there. */
import type { EntryRef, Ledger, Standing } from '../../../core/ledger.ts';
import type { Failures } from '../../../core/planning/plan.ts';
import type { Interval } from '../../../core/time/intervals.ts';
import { streamKey, type Stream } from '../../../core/stream.ts';
import { backingNames } from '../backing-indices.ts';
import type { Elasticsearch } from '../client.ts';
import type { Stored } from './documents.ts';
import { countingFailures, failuresOf, type CountedFailures } from './failures.ts';
import { anyOf, areDone, crossing, ofSource, ofStream, type Filter, type LedgerSearch } from './search.ts';

/** More time ranges than this are asked for as one, from the first to the last. */
const MAX_SPANS = 200;

const areFailed = { term: { 'shenji.window.status': 'failed' } };
const areClosed = { terms: { 'shenji.window.status': ['done', 'accepted'] } };
const areChanges = { terms: { 'shenji.window.status': ['suspended', 'resumed'] } };

/** The window of the newest suspension among these entries, newest first. */
function refusedBy(entries: readonly (Stored | undefined)[]): Standing['refused'] {
  const { pass, from, to } = entries.find((entry) => entry?.shenji.window.status === 'suspended')?.shenji.window ?? {};
  return pass === undefined ? undefined : { pass, from: Date.parse(from ?? ''), to: Date.parse(to ?? '') };
}

export type LedgerForPlanning = Pick<Ledger, 'over' | 'standing' | 'isRead' | 'holds' | 'keptSince'>;

// oxlint-disable-next-line max-lines-per-function -- one method for each question, none longer than a screen
export function createLedgerForPlanning(
  { ask, list }: LedgerSearch,
  client: Elasticsearch,
  index: string,
): LedgerForPlanning {
  async function over(stream: Stream, spans: readonly Interval[]): ReturnType<Ledger['over']> {
    const done: Interval[] = [];
    const taken: EntryRef[] = [];
    const first = spans[0];
    const last = spans.at(-1);
    if (first === undefined || last === undefined) return { done, failures: [], entries: taken };
    const hull = { from: first.from, to: last.to };
    const asked = spans.length > MAX_SPANS ? [hull] : spans;
    const within = [ofStream(streamKey(stream)), anyOf(asked.map((span) => ({ bool: { filter: crossing(span) } })))];
    async function readClosed(): Promise<void> {
      for await (const { id, '@timestamp': at, shenji } of list([areClosed, ...within])) {
        const { from, to } = shenji.window;
        done.push({ from: Date.parse(from), to: Date.parse(to ?? from) });
        taken.push({ id, at: Date.parse(at) });
      }
    }
    const [failures] = await Promise.all([failuresOver(within, hull), readClosed()]);
    return { done, failures, entries: taken };
  }

  /** Counted by Elasticsearch: a failure that lasts makes more entries than anybody could read at every tick. */
  async function failuresOver(within: Filter, hull: Interval): Promise<Failures[]> {
    const answer = await ask<unknown, CountedFailures>('counting failures in the ledger', {
      size: 0,
      track_total_hits: false,
      query: { bool: { filter: [areFailed, ...within] } },
      aggs: countingFailures(hull),
    });
    return answer?.aggregations === undefined ? [] : failuresOf(answer.aggregations);
  }

  async function holds(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let left = [...ids]; left.length > 0; left = left.filter((id) => !found.has(id))) {
      const answer = await ask('looking for entries of the ledger', {
        size: left.length,
        _source: false,
        query: { ids: { values: left } },
      });
      const hits = answer?.hits.hits ?? [];
      for (const { _id: id = '' } of hits) found.add(id);
      // An entry that lies in two backing indices is two hits, and may push another out of a full answer.
      if (hits.length < left.length) break;
    }
    return found;
  }

  async function standing(tenant: string, source: string): Promise<Standing> {
    const answer = await ask<Stored>('asking the ledger for a suspension', {
      // The end of one, and its beginning.
      size: 2,
      track_total_hits: false,
      query: { bool: { filter: [...ofSource(tenant, source), areChanges] } },
      sort: [{ '@timestamp': 'desc' }],
      _source: ['@timestamp', ...['status', 'error', 'pass', 'from', 'to'].map((field) => `shenji.window.${field}`)],
    });
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

  async function isRead(stream: Stream, span: Interval): Promise<boolean> {
    const filter = [ofStream(streamKey(stream)), areDone, ...crossing(span)];
    const answer = await ask('asking the ledger for a window', {
      size: 1,
      _source: false,
      query: { bool: { filter } },
    });
    return (answer?.hits.hits.length ?? 0) > 0;
  }

  async function keptSince(): Promise<number> {
    const [oldest] = await backingNames(client, index);
    // A stream that has its first index yet has lost none. A restore keeps the numbers, and takes the newest entries away, not the oldest.
    if (oldest === undefined || /-0*1$/.test(oldest)) return -Infinity;
    const answer = await ask<unknown, { oldest: { readonly value: number | null } }>(
      'looking for the oldest entry of the ledger',
      { size: 0, aggs: { oldest: { min: { field: '@timestamp' } } } },
    );
    return answer?.aggregations?.oldest.value ?? Infinity;
  }

  return { over, standing, isRead, holds, keptSince };
}
