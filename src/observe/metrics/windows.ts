/** Windows that ended, what they wrote, and what was found late, refused or twice. */
import { NO_COUNTS, type Counts } from '../../core/ledger.ts';
import { passKind } from '../../sdk/pass.ts';
import type { Metrics } from './events.ts';
import { FAST, SLOW, type Families } from './families.ts';
import { RESULTS, resultOf } from './results.ts';
import { labelsOf } from './stream-labels.ts';

const LATE = [60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800];

type Source = Parameters<Metrics['taken']>[0];
type WindowMetrics = Pick<Metrics, 'taken' | 'indexed' | 'windowEnded' | 'foundLate' | 'unreviewed'>;

export function createWindowMetrics({ counter, histogram }: Families): WindowMetrics {
  const bulks = counter('bulk_requests_total', 'Bulk requests to Elasticsearch by result', ['dataset', 'result']);
  const bulkTime = histogram('bulk_duration_seconds', 'How long bulk requests take', ['dataset'], FAST);
  const windows = counter('windows_total', 'Ended runs of windows by status', ['tenant', 'source', 'pass', 'status']);
  const windowTime = histogram('window_duration_seconds', 'How long runs of windows take', ['source', 'pass'], SLOW);
  const documents = counter('documents_total', 'Documents by outcome', ['tenant', 'source', 'outcome']);
  const lookups = counter('lookups_total', 'Ids looked up in older indices for a rollover nearby', ['source']);
  const lateEvents = counter('late_events_total', 'Events that only a settle pass found', ['tenant', 'source']);
  const unreviewed = counter(
    'unreviewed_records_total',
    'New documents that were guessed, since this version does not know the kind of their record',
    ['tenant', 'source'],
  );
  const lateness = histogram(
    'late_event_delay_seconds',
    'How long after they happened late events were found; set lag and settle by it',
    ['tenant', 'source'],
    LATE,
  );
  const knownDatasets = new Set<string>();
  const add = ({ tenant, source }: Source, counts: Counts): void => {
    documents.inc({ tenant, source, outcome: 'created' }, counts.created);
    documents.inc({ tenant, source, outcome: 'duplicate' }, counts.duplicates);
    documents.inc({ tenant, source, outcome: 'dead_lettered' }, counts.rejected);
    lookups.inc({ source }, counts.lookups);
  };
  return {
    // To Prometheus a series that begins at 1 has not increased.
    taken: ({ tenant, source }) => {
      add({ tenant, source }, NO_COUNTS);
      lateEvents.inc({ tenant, source }, 0);
      unreviewed.inc({ tenant, source }, 0);
    },
    indexed: ({ dataset, seconds, error }) => {
      // As above.
      if (!knownDatasets.has(dataset)) for (const result of RESULTS) bulks.inc({ dataset, result }, 0);
      knownDatasets.add(dataset);
      bulks.inc({ dataset, result: resultOf(error) });
      bulkTime.observe({ dataset }, seconds);
    },
    windowEnded: (stream, status, seconds, counts) => {
      windows.inc({ ...labelsOf(stream), status });
      windowTime.observe({ source: stream.source, pass: passKind(stream.pass) }, seconds);
      if (counts !== undefined) add(stream, counts);
    },
    unreviewed: ({ tenant, source }) => unreviewed.inc({ tenant, source }),
    foundLate: ({ tenant, source }, delayMs) => {
      lateEvents.inc({ tenant, source });
      lateness.observe({ tenant, source }, delayMs / 1_000);
    },
  };
}
