/** What Elasticsearch takes and holds: pauses and copies. */
import type { Metrics } from './events.ts';
import type { Families } from './families.ts';

export function createDestinationMetrics({ counter, gauge }: Families): Pick<Metrics, 'repaired' | 'paused'> {
  const crossIndexDuplicates = gauge(
    'cross_index_duplicates',
    'Documents in more than one backing index, after a rollover, as the last look left them',
    ['stream'],
  );
  const repaired = counter('repaired_total', 'Copies in younger backing indices that were deleted', ['stream']);
  const isPaused = gauge(
    'elasticsearch_paused',
    '1 while workers are paused for a data stream because Elasticsearch does not take its documents',
    ['stream'],
  );
  isPaused.set(0);
  return {
    repaired: ({ stream, deleted, left }) => {
      crossIndexDuplicates.set({ stream }, left);
      repaired.inc({ stream }, deleted);
    },
    paused: (dataStream, paused) => isPaused.set({ stream: dataStream }, paused ? 1 : 0),
  };
}
