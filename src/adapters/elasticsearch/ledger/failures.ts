/** Failures of a stream, counted by Elasticsearch: by time ranges, with how often each window of one failed, and the last error. */
import type { estypes } from '@elastic/elasticsearch';
import { POISON } from '../../../core/ledger.ts';
import type { Failures } from '../../../core/planning/plan.ts';
import type { Interval } from '../../../core/time/intervals.ts';
import { isRetryable, type Stored } from './documents.ts';

/** At most so many time ranges, none shorter. */
const MOST_STRETCHES = 1_000;
const SHORTEST_STRETCH_MS = 60_000;

type Bucket = {
  readonly doc_count: number;
  readonly from: { readonly value: number };
  readonly to: { readonly value: number };
  readonly windows: { readonly value: number };
  readonly last: { readonly hits: { readonly hits: readonly { readonly _source: Stored }[] } };
};

export type CountedFailures = { readonly ranges: { readonly buckets: readonly Bucket[] } };

/** What to aggregate over failed entries whose windows lie in this span. */
export function countingFailures({ from, to }: Interval): Record<string, estypes.AggregationsAggregationContainer> {
  const intervalMs = Math.ceil((to - from) / MOST_STRETCHES / SHORTEST_STRETCH_MS) * SHORTEST_STRETCH_MS;
  return {
    ranges: {
      date_histogram: { field: 'shenji.window.from', fixed_interval: `${intervalMs}ms`, min_doc_count: 1 },
      aggs: {
        from: { min: { field: 'shenji.window.from' } },
        to: { max: { field: 'shenji.window.to' } },
        windows: { cardinality: { field: 'shenji.window.from' } },
        last: {
          top_hits: { size: 1, sort: [{ '@timestamp': 'desc' }], _source: ['@timestamp', 'shenji.window.error'] },
        },
      },
    },
  };
}

/** Half-open time ranges, in order. */
export function failuresOf({ ranges }: CountedFailures): Failures[] {
  return ranges.buckets.map(({ doc_count: runs, from, to, windows, last }) => {
    const [newest] = last.hits.hits;
    const error = newest?._source.shenji.window.error;
    return {
      from: from.value,
      to: to.value,
      failures: Math.ceil(runs / Math.max(1, windows.value)),
      at: Date.parse(newest?._source['@timestamp'] ?? ''),
      retryable: isRetryable(error),
      isPoison: error?.type === POISON,
      error: error?.message ?? '',
    };
  });
}
