/** What Elasticsearch takes and holds: pauses, copies, records of which no document was made. */
import type { Metrics } from './events.ts';
import type { Families } from './families.ts';

export function createDestinationMetrics({
  counter,
  gauge,
}: Families): Pick<Metrics, 'repaired' | 'refused' | 'paused'> {
  const crossIndexDuplicates = gauge(
    'cross_index_duplicates',
    'Documents in more than one backing index, after a rollover, as the last look left them',
    ['stream'],
  );
  const repaired = counter('repaired_total', 'Copies in younger backing indices that were deleted', ['stream']);
  const isPaused = gauge(
    'elasticsearch_paused',
    '1 while Elasticsearch does not take documents of a data stream, so that workers pause, or does not give those of the ledger, so that nothing is planned',
    ['stream'],
  );
  isPaused.set(0);
  const refusedShare = gauge(
    'refused_records_share',
    'How many of the last twenty or more readings of records made no document, 0 to 1',
    ['tenant', 'source'],
  );
  return {
    repaired: ({ stream, deleted, left }) => {
      crossIndexDuplicates.set({ stream }, left);
      repaired.inc({ stream }, deleted);
    },
    refused: ({ tenant, source, share }) => refusedShare.set({ tenant, source }, share),
    paused: (dataStream, paused) => isPaused.set({ stream: dataStream }, paused ? 1 : 0),
  };
}
