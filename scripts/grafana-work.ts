/** Rows of the Grafana dashboard on the work behind it: queue, bulks, what went wrong, the processes. */
import { half, third, type Row } from './grafana-panels.ts';
import { age, by, chosen, lines, percentiles, perMinute, rate, SOURCE, STREAM } from './grafana-queries.ts';

export const queue: Row = {
  title: 'Queue and windows',
  panels: [
    third({
      title: 'Queue by state',
      description:
        'waiting: could be taken now; delayed: waits for its next attempt; failed: not yet written down as a gap',
      unit: 'short',
      queries: [lines('sum', ['state'], by('max', [...SOURCE, 'state'], chosen('shenji_queue_windows')))],
    }),
    third({
      title: 'Windows that wait, and slots that could be in use',
      description: 'Scale by the slots wanted: windows that are worked on, or that could begin now',
      unit: 'short',
      queries: [lines('max', [], chosen('shenji_slots_wanted')), lines('max', [], chosen('shenji_windows_waiting'))],
    }),
    third({
      title: 'Windows ended in a minute, by status',
      description: 'done, failed, waiting (no attempt spent), split (too busy)',
      unit: 'short',
      stacked: true,
      queries: [perMinute(['pass', 'status'], 'shenji_windows_total')],
    }),
    half({
      title: 'How long a window takes',
      description: 'By source and pass',
      unit: 's',
      queries: percentiles(['source', 'pass'], 'shenji_window_duration_seconds'),
    }),
    half({
      title: 'Windows that did not succeed, in a minute',
      description: 'By stream',
      unit: 'short',
      queries: [perMinute([...STREAM, 'status'], 'shenji_windows_total', 'status=~"failed|waiting"')],
    }),
  ],
};

export const bulk: Row = {
  title: 'Elasticsearch',
  panels: [
    third({
      title: 'Documents a minute by outcome',
      description: 'duplicate: was there already, as a later reading finds',
      unit: 'short',
      stacked: true,
      queries: [perMinute([...SOURCE, 'outcome'], 'shenji_documents_total')],
    }),
    third({
      title: 'How long a bulk request takes',
      description: 'ShenjiSlowBulk fires where p95 is above five seconds',
      unit: 's',
      red: 5,
      queries: percentiles(['dataset'], 'shenji_bulk_duration_seconds'),
    }),
    third({
      title: 'Bulk requests a minute by result',
      description: 'Whatever is not ok was refused or got no answer',
      unit: 'short',
      stacked: true,
      queries: [perMinute(['dataset', 'result'], 'shenji_bulk_requests_total')],
    }),
    third({
      title: 'Workers paused',
      description: '1 while workers take no windows for a data stream that takes no documents',
      unit: 'short',
      queries: [
        lines('max', ['stream'], chosen('shenji_elasticsearch_paused')),
        lines('min', [], chosen('shenji_ledger_away'), 'no scheduler reads the ledger'),
      ],
    }),
    third({
      title: 'Ids looked up in older indices, a minute',
      description: 'What rollovers cost',
      unit: 'short',
      queries: [perMinute(['source'], 'shenji_lookups_total')],
    }),
    third({
      title: 'Copies that rollovers left',
      description: 'Documents in more than one backing index, and copies that were taken away in an hour',
      unit: 'short',
      queries: [
        lines('max', ['stream'], chosen('shenji_cross_index_duplicates'), 'there'),
        lines('sum', ['stream'], `increase(${chosen('shenji_repaired_total')}[1h])`, 'taken away'),
      ],
    }),
  ],
};

export const records: Row = {
  title: 'Errors, dead letters, late events',
  panels: [
    half({
      title: 'Errors a minute by class',
      description: 'Of calls to vendors and of bulk requests',
      unit: 'short',
      stacked: true,
      queries: [
        perMinute(['vendor', 'result'], 'shenji_vendor_requests_total', 'result!="ok"'),
        perMinute(['dataset', 'result'], 'shenji_bulk_requests_total', 'result!="ok"', 'bulk'),
      ],
    }),
    half({
      title: 'Dead letters in an hour',
      description: '"shenji replay --dry-run" counts the reasons',
      unit: 'short',
      queries: [lines('sum', SOURCE, `increase(${chosen('shenji_documents_total', 'outcome="dead_lettered"')}[1h])`)],
    }),
    third({
      title: 'Share of records refused',
      description: 'Of the last twenty or more readings',
      unit: 'percentunit',
      red: 0.5,
      queries: [lines('max', SOURCE, chosen('shenji_refused_records_share'))],
    }),
    third({
      title: 'Guessed documents in an hour',
      description: 'Of kinds that this version of shenji does not know: its log names each',
      unit: 'short',
      queries: [lines('sum', SOURCE, `increase(${chosen('shenji_unreviewed_records_total')}[1h])`)],
    }),
    third({
      title: 'Late events in an hour',
      description: 'Which only a later reading found',
      unit: 'short',
      queries: [lines('sum', SOURCE, `increase(${chosen('shenji_late_events_total')}[1h])`)],
    }),
    third({
      title: 'How late they were',
      description: 'Of the last six hours: set lag and settle by it',
      unit: 's',
      queries: [50, 95].map((share) => ({
        expr: `histogram_quantile(${share / 100}, ${by('sum', ['le', ...SOURCE], `increase(${chosen('shenji_late_event_delay_seconds_bucket')}[6h])`)})`,
        legend: lines('sum', SOURCE, '', `p${share}`).legend,
      })),
    }),
  ],
};

const PROCESS = ['instance'];

export const processes: Row = {
  title: 'Processes',
  panels: [
    third({
      title: 'Memory',
      description: 'Resident; a worker set up as in the image stays near 200 MB',
      unit: 'bytes',
      queries: [lines('max', PROCESS, chosen('process_resident_memory_bytes'))],
    }),
    third({
      title: 'CPU',
      description: 'Of one core',
      unit: 'percentunit',
      queries: [lines('sum', PROCESS, rate('process_cpu_seconds_total'))],
    }),
    third({
      title: 'Event loop, p99',
      description: 'How late timers come: high where a process is short of CPU',
      unit: 's',
      queries: [lines('max', PROCESS, chosen('nodejs_eventloop_lag_p99_seconds'))],
    }),
    half({
      title: 'Answers Prometheus',
      description: '0 where a target of these jobs does not',
      unit: 'short',
      queries: [lines('min', PROCESS, chosen('up'))],
    }),
    half({
      title: 'Up since',
      description: 'It falls where a process was started anew',
      unit: 's',
      queries: [age(PROCESS, 'process_start_time_seconds')],
    }),
  ],
};
