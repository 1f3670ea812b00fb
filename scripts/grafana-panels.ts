/**
 * What the Grafana dashboard shows, row by row. Every series keeps cluster, namespace and job, so that no install hides
 * behind another; the legend names them where your Prometheus sets them.
 */

export type Query = { readonly expr: string; readonly legend: string };
export type Panel = {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  /** Grafana's word: `s`, `short`, `bytes`, `percentunit`, `ops`, … */
  readonly unit: string;
  /** Of the 24 columns. */
  readonly width: number;
  /** From here on it is red. */
  readonly red?: number;
  readonly stacked?: boolean;
  readonly queries: readonly Query[];
};
export type Row = { readonly title: string; readonly panels: readonly Panel[] };

const INSTALL = ['cluster', 'namespace', 'job'];
/** The install behind whatever else a legend says. */
const INSTALL_SHOWN = INSTALL.map((label) => `{{${label}}}`).join(' ');
const CHOSEN = INSTALL.map((label) => `${label}=~"$${label}"`).join(',');

/** The series of the installs that are chosen above the panels. */
const chosen = (metric: string, more = ''): string => `${metric}{${CHOSEN}${more === '' ? '' : `,${more}`}}`;

const by = (operation: string, labels: readonly string[], of: string): string =>
  `${operation} by (${[...INSTALL, ...labels].join(', ')}) (${of})`;

/** One line for each install and each of these labels. */
function lines(operation: string, labels: readonly string[], of: string, what = ''): Query {
  const legend = [what, labels.map((label) => `{{${label}}}`).join('/'), INSTALL_SHOWN].filter((part) => part !== '');
  return { expr: by(operation, labels, of), legend: legend.join(' ') };
}

const rate = (metric: string, more = ''): string => `rate(${chosen(metric, more)}[$__rate_interval])`;
const perMinute = (labels: readonly string[], metric: string, more = '', what = ''): Query => {
  const { expr, legend } = lines('sum', labels, rate(metric, more), what);
  return { expr: `${expr} * 60`, legend };
};
/** The 50th and 95th percentile of a histogram. */
const percentiles = (labels: readonly string[], histogram: string): Query[] =>
  ([50, 95] as const).map((share) => {
    const { expr } = lines('sum', ['le', ...labels], rate(`${histogram}_bucket`));
    const { legend } = lines('sum', labels, '', `p${share}`);
    return { expr: `histogram_quantile(${share / 100}, ${expr})`, legend };
  });

const STREAM = ['tenant', 'source', 'pass'];
const SOURCE = ['tenant', 'source'];

const panel = (
  kind: Panel['kind'],
  width: number,
  unit: string,
  title: string,
  description: string,
  queries: readonly Query[],
  more: Pick<Panel, 'red' | 'stacked'> = {},
): Panel => ({ kind, width, unit, title, description, queries, ...more });

const stat = panel.bind(undefined, 'stat', 4);
const half = panel.bind(undefined, 'timeseries', 12);
const third = panel.bind(undefined, 'timeseries', 8);

const atAGlance: Row = {
  title: 'At a glance',
  panels: [
    stat('s', 'Since the last plan', 'ShenjiNotPlanning fires at two minutes', [
      { expr: `time() - ${by('max', [], chosen('shenji_scheduler_last_tick_timestamp_seconds'))}`, legend: INSTALL_SHOWN },
    ], { red: 120 }),
    stat('s', 'Live lag', 'What could be collected by now and is not, of the live stream that is furthest behind', [
      lines('max', [], chosen('shenji_live_lag_seconds')),
    ]),
    stat('short', 'Gaps', 'Time ranges that failed and are not collected', [
      { expr: by('sum', [], by('max', STREAM, chosen('shenji_stream_gaps'))), legend: INSTALL_SHOWN },
    ], { red: 1 }),
    stat('short', 'Suspended sources', 'The vendor refuses all of them: "shenji status" says why', [
      { expr: by('sum', [], by('max', SOURCE, chosen('shenji_source_suspended'))), legend: INSTALL_SHOWN },
    ], { red: 1 }),
    stat('short', 'Processes', 'Those that answer Prometheus, by version', [
      lines('count', ['version'], chosen('shenji_build_info')),
    ]),
    stat('short', 'Alerts that fire', 'Of deploy/prometheus/alerts.yml; empty where none does, or where they are not loaded', [
      lines('count', ['alertname'], chosen('ALERTS', 'alertname=~"Shenji.*",alertstate="firing"')),
    ], { red: 1 }),
  ],
}; // prettier-ignore

const completeness: Row = {
  title: 'How complete',
  panels: [
    half('s', 'Lag by stream', 'What could be collected by now and is not. ShenjiLiveLag compares the live ones with maxLag', [
      lines('max', STREAM, chosen('shenji_stream_lag_seconds')),
    ]),
    half('s', 'Age of the watermark', 'Before it nothing is missing. It may stand still for up to `quiet` where nothing happens: judge by the lag', [
      { expr: `time() - ${by('max', STREAM, chosen('shenji_stream_watermark_timestamp_seconds'))}`, legend: lines('max', STREAM, '').legend },
    ]),
    third('short', 'Gaps by stream', 'Tried again by themselves; "shenji gaps list" has the errors', [
      lines('max', STREAM, chosen('shenji_stream_gaps')),
    ]),
    third('short', 'Suspended, silent', '1 while nothing of a source is collected, or nothing comes of it though it answers', [
      lines('max', SOURCE, chosen('shenji_source_suspended'), 'suspended'),
      lines('max', SOURCE, chosen('shenji_source_silent'), 'silent'),
    ]),
    third('s', 'The configured maxLag', 'From there on ShenjiLiveLag counts', [
      lines('max', STREAM, chosen('shenji_stream_max_lag_seconds')),
    ]),
  ],
}; // prettier-ignore

const vendor: Row = {
  title: "Calls, and the vendor's limit",
  panels: [
    half('short', 'Calls a minute, needed and allowed', 'Needed to keep up, by live windows of the last hour, and what the apps may make', [
      lines('max', STREAM, chosen('shenji_calls_needed_per_minute'), 'needed'),
      lines('max', SOURCE, chosen('shenji_calls_limit_per_minute'), 'allowed'),
    ]),
    half('percentunit', 'Share of the budget that is used', 'Of what an app may ask in a minute; ShenjiBudgetUsedUp fires at nine tenths for an hour', [
      { expr: `${by('sum', ['quota'], rate('shenji_budget_taken_total'))} * 60 / ${by('max', ['quota'], chosen('shenji_budget_limit_per_minute'))}`, legend: `{{quota}} ${INSTALL_SHOWN}` },
    ]),
    third('short', 'Calls a minute by result', 'ok, or the class of what went wrong', [
      perMinute(['vendor', 'api', 'result'], 'shenji_vendor_requests_total'),
    ], { stacked: true }),
    third('s', 'How long the vendor takes', 'By API', percentiles(['vendor', 'api'], 'shenji_vendor_request_duration_seconds')),
    third('s', 'Waiting for the budget, seconds in a second', 'Of all workers together', [
      lines('sum', ['quota'], rate('shenji_budget_wait_seconds_total')),
    ]),
  ],
}; // prettier-ignore

const queue: Row = {
  title: 'Queue and windows',
  panels: [
    third('short', 'Queue by state', 'waiting: could be taken now; delayed: waits for its next attempt; failed: not yet written down as a gap', [
      lines('sum', ['state'], by('max', [...SOURCE, 'state'], chosen('shenji_queue_windows'))),
    ]),
    third('short', 'Windows that wait, and slots that could be in use', 'Scale by the slots wanted: windows that are worked on, or that could begin now', [
      lines('max', [], chosen('shenji_slots_wanted')),
      lines('max', [], chosen('shenji_windows_waiting')),
    ]),
    third('short', 'Windows ended in a minute, by status', 'done, failed, waiting (no attempt spent), split (too busy)', [
      perMinute(['pass', 'status'], 'shenji_windows_total'),
    ], { stacked: true }),
    half('s', 'How long a window takes', 'By source and pass', percentiles(['source', 'pass'], 'shenji_window_duration_seconds')),
    half('short', 'Windows that did not succeed, in a minute', 'By stream', [
      perMinute([...STREAM, 'status'], 'shenji_windows_total', 'status=~"failed|waiting"'),
    ]),
  ],
}; // prettier-ignore

const bulk: Row = {
  title: 'Elasticsearch',
  panels: [
    third('short', 'Documents a minute by outcome', 'duplicate: was there already, as a later reading finds', [
      perMinute([...SOURCE, 'outcome'], 'shenji_documents_total'),
    ], { stacked: true }),
    third('s', 'How long a bulk request takes', 'ShenjiSlowBulk fires where p95 is above five seconds', percentiles(['dataset'], 'shenji_bulk_duration_seconds'), { red: 5 }),
    third('short', 'Bulk requests a minute by result', 'Whatever is not ok was refused or got no answer', [
      perMinute(['dataset', 'result'], 'shenji_bulk_requests_total'),
    ], { stacked: true }),
    third('short', 'Workers paused', '1 while workers take no windows for a data stream that takes no documents', [
      lines('max', ['stream'], chosen('shenji_elasticsearch_paused')),
    ]),
    third('short', 'Ids looked up in older indices, a minute', 'What rollovers cost', [
      perMinute(['source'], 'shenji_lookups_total'),
    ]),
    third('short', 'Copies that rollovers left', 'Documents in more than one backing index, and copies that were taken away in an hour', [
      lines('max', ['stream'], chosen('shenji_cross_index_duplicates'), 'there'),
      lines('sum', ['stream'], `increase(${chosen('shenji_repaired_total')}[1h])`, 'taken away'),
    ]),
  ],
}; // prettier-ignore

const records: Row = {
  title: 'Errors, dead letters, late events',
  panels: [
    half('short', 'Errors a minute by class', 'Of calls to vendors and of bulk requests', [
      perMinute(['vendor', 'result'], 'shenji_vendor_requests_total', 'result!="ok"'),
      perMinute(['dataset', 'result'], 'shenji_bulk_requests_total', 'result!="ok"', 'bulk'),
    ], { stacked: true }),
    half('short', 'Dead letters in an hour', '"shenji replay --dry-run" counts the reasons', [
      lines('sum', SOURCE, `increase(${chosen('shenji_documents_total', 'outcome="dead_lettered"')}[1h])`),
    ]),
    third('percentunit', 'Share of records refused', 'Of the last twenty or more readings', [
      lines('max', SOURCE, chosen('shenji_refused_records_share')),
    ], { red: 0.5 }),
    third('short', 'Guessed documents in an hour', 'Of kinds that this version of shenji does not know: its log names each', [
      lines('sum', SOURCE, `increase(${chosen('shenji_unreviewed_records_total')}[1h])`),
    ]),
    third('short', 'Late events in an hour', 'Which only a later reading found', [
      lines('sum', SOURCE, `increase(${chosen('shenji_late_events_total')}[1h])`),
    ]),
    third('s', 'How late they were', 'Of the last six hours: set lag and settle by it', [50, 95].map((share) => ({
      expr: `histogram_quantile(${share / 100}, ${by('sum', ['le', ...SOURCE], `increase(${chosen('shenji_late_event_delay_seconds_bucket')}[6h])`)})`,
      legend: lines('sum', SOURCE, '', `p${share}`).legend,
    }))),
  ],
}; // prettier-ignore

const PROCESS = ['instance'];
const processes: Row = {
  title: 'Processes',
  panels: [
    third('bytes', 'Memory', 'Resident; a worker set up as in the image stays near 200 MB', [
      lines('max', PROCESS, chosen('process_resident_memory_bytes')),
    ]),
    third('percentunit', 'CPU', 'Of one core', [
      lines('sum', PROCESS, rate('process_cpu_seconds_total')),
    ]),
    third('s', 'Event loop, p99', 'How late timers come: high where a process is short of CPU', [
      lines('max', PROCESS, chosen('nodejs_eventloop_lag_p99_seconds')),
    ]),
    half('short', 'Answers Prometheus', '0 where a target of these jobs does not', [
      lines('min', PROCESS, chosen('up')),
    ]),
    half('s', 'Up since', 'It falls where a process was started anew', [
      { expr: `time() - ${by('max', PROCESS, chosen('process_start_time_seconds'))}`, legend: lines('max', PROCESS, '').legend },
    ]),
  ],
}; // prettier-ignore

export const rows: readonly Row[] = [atAGlance, completeness, vendor, queue, bulk, records, processes];
