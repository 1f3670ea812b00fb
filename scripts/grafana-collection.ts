/** Rows of the Grafana dashboard on what is collected: how complete, how far, and what the vendor lets through. */
import { half, stat, third, type Row } from './grafana-panels.ts';
import {
  age,
  by,
  chosen,
  INSTALL_SHOWN,
  lines,
  percentiles,
  perMinute,
  rate,
  SOURCE,
  STREAM,
} from './grafana-queries.ts';

export const atAGlance: Row = {
  title: 'At a glance',
  panels: [
    stat({
      title: 'Since the last plan',
      description: 'ShenjiNotPlanning fires at two minutes',
      unit: 's',
      red: 120,
      queries: [
        {
          expr: `time() - ${by('max', [], chosen('shenji_scheduler_last_tick_timestamp_seconds'))}`,
          legend: INSTALL_SHOWN,
        },
      ],
    }),
    stat({
      title: 'Live lag',
      description: 'What could be collected by now and is not, of the live stream that is furthest behind',
      unit: 's',
      queries: [
        {
          expr: by('max', [], by('min', SOURCE, chosen('shenji_stream_lag_seconds', 'pass="live"'))),
          legend: INSTALL_SHOWN,
        },
      ],
    }),
    stat({
      title: 'Gaps',
      description: 'Time ranges that failed and are not collected',
      unit: 'short',
      red: 1,
      queries: [{ expr: by('sum', [], by('max', STREAM, chosen('shenji_stream_gaps'))), legend: INSTALL_SHOWN }],
    }),
    stat({
      title: 'Suspended sources',
      description: 'The vendor refuses all of them: "shenji status" says why',
      unit: 'short',
      red: 1,
      queries: [{ expr: by('sum', [], by('max', SOURCE, chosen('shenji_source_suspended'))), legend: INSTALL_SHOWN }],
    }),
    stat({
      title: 'Processes',
      description: 'Those that answer Prometheus, by version',
      unit: 'short',
      queries: [lines('count', ['version'], chosen('shenji_build_info'))],
    }),
    stat({
      title: 'Alerts that fire',
      description: 'Of deploy/prometheus/alerts.yml; empty where none does, or where they are not loaded',
      unit: 'short',
      red: 1,
      queries: [lines('count', ['alertname'], chosen('ALERTS', 'alertname=~"Shenji.*",alertstate="firing"'))],
    }),
  ],
};

export const completeness: Row = {
  title: 'How complete',
  panels: [
    half({
      title: 'Lag by stream',
      description:
        'What could be collected by now and is not. ShenjiLiveLag compares the live ones with maxLag. By the scheduler that sees least behind: another may be cut off',
      unit: 's',
      queries: [lines('min', STREAM, chosen('shenji_stream_lag_seconds'))],
    }),
    half({
      title: 'Age of the watermark',
      description:
        'Before it nothing is missing. It may stand still for up to `quiet` where nothing happens: judge by the lag',
      unit: 's',
      queries: [age(STREAM, 'shenji_stream_watermark_timestamp_seconds')],
    }),
    third({
      title: 'Gaps by stream',
      description: 'Tried again by themselves; "shenji gaps list" has the errors',
      unit: 'short',
      queries: [lines('max', STREAM, chosen('shenji_stream_gaps'))],
    }),
    third({
      title: 'Suspended, silent',
      description: '1 while nothing of a source is collected, or nothing comes of it though it answers',
      unit: 'short',
      queries: [
        lines('max', SOURCE, chosen('shenji_source_suspended'), 'suspended'),
        lines('max', SOURCE, chosen('shenji_source_silent'), 'silent'),
      ],
    }),
    third({
      title: 'Since each source was planned',
      description: 'By the scheduler that did so last. ShenjiSourceNotPlanned fires at ten minutes',
      unit: 's',
      queries: [age(SOURCE, 'shenji_source_planned_timestamp_seconds')],
    }),
    third({
      title: 'The configured maxLag',
      description: 'From there on ShenjiLiveLag counts',
      unit: 's',
      queries: [lines('max', STREAM, chosen('shenji_stream_max_lag_seconds'))],
    }),
  ],
};

export const vendor: Row = {
  title: "Calls, and the vendor's limit",
  panels: [
    half({
      title: 'Calls a minute, needed and allowed',
      description: 'Needed to keep up, by live windows of the last hour, and what the apps may make',
      unit: 'short',
      queries: [
        lines('max', STREAM, chosen('shenji_calls_needed_per_minute'), 'needed'),
        lines('max', SOURCE, chosen('shenji_calls_limit_per_minute'), 'allowed'),
      ],
    }),
    half({
      title: 'Share of the budget that is used',
      description: 'Of what an app may ask in a minute; ShenjiBudgetUsedUp fires at nine tenths for an hour',
      unit: 'percentunit',
      queries: [
        {
          expr: `${by('sum', ['quota'], rate('shenji_budget_taken_total'))} * 60 / ${by('max', ['quota'], chosen('shenji_budget_limit_per_minute'))}`,
          legend: `{{quota}} ${INSTALL_SHOWN}`,
        },
      ],
    }),
    third({
      title: 'Calls a minute by result',
      description: 'ok, or the class of what went wrong',
      unit: 'short',
      stacked: true,
      queries: [perMinute(['vendor', 'api', 'result'], 'shenji_vendor_requests_total')],
    }),
    third({
      title: 'How long the vendor takes',
      description: 'By API',
      unit: 's',
      queries: percentiles(['vendor', 'api'], 'shenji_vendor_request_duration_seconds'),
    }),
    third({
      title: 'Waiting for the budget, seconds in a second',
      description: 'Of all workers together',
      unit: 's',
      queries: [lines('sum', ['quota'], rate('shenji_budget_wait_seconds_total'))],
    }),
  ],
};
