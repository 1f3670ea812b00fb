/** The collection itself, from its ledger: has it stopped, is it late, is it complete, what failed and why. */
import { GREEN, RED } from '../../adapters/kibana/objects/colors.ts';
import {
  count,
  duration,
  largest,
  lastValue,
  latestTime,
  overTime,
  percentile,
  top,
  total,
} from '../../adapters/kibana/objects/columns.ts';
import type { Dashboard } from '../../adapters/kibana/objects/dashboard.ts';
import { call, formula, most } from '../../adapters/kibana/objects/formula.ts';
import { completenessPanels } from './health-completeness.ts';
import { DONE, EVER, FINISHED, hours, LIVE, standing } from './health-standing.ts';
import { chart, number, table } from '../../adapters/kibana/objects/lens.ts';
import { words } from '../../adapters/kibana/objects/words.ts';

export const WINDOWS = 'shenji-window';
export const DEAD_LETTERS = 'shenji-dead-letter';
export const HEALTH = 'shenji-collection-health';

const at = { dataView: WINDOWS };
const small = { ...at, width: 8 };
/** A suspension is the failure of one window that speaks for its whole source. */
const FAILED = 'shenji.window.status: ("failed" or "suspended")';
const LETTERS = 'event.kind: "pipeline_error"';

const SECOND_MS = 1_000;

const seconds = duration('nanoseconds', 'asSeconds');
const ALARM = [{ from: 1, color: RED }];
const done = count('done', { en: 'Done', zh: '完成' }, { only: DONE, color: GREEN, width: 80 });
const failed = count('failed', { en: 'Failed', zh: '失败' }, { only: FAILED, color: RED, width: 80, bounds: ALARM });
const failedWindows = count('failed', { en: 'Windows failed', zh: '失败的时间窗' }, { only: FAILED, bounds: ALARM });
const letters = count('letters', { en: 'Dead letters', zh: '死信' }, { only: LETTERS });
const windows = count('windows', { en: 'Windows', zh: '时间窗数' }, { width: 110 });
const created = total('created', { en: 'Documents created', zh: '新建文档' }, 'shenji.window.created', { width: 175 });
const time = overTime('time');
const stream = (by: string) => top('stream', words.stream, 'shenji.window.stream', 100, by);
/** In seconds as such: the ticks of a logarithmic axis are powers of ten, and it begins with one. */
const lag = formula('lag', { en: 'Lag', zh: '延迟' }, call('divide', most('shenji.window.lag', DONE), SECOND_MS));

/** `daily`: the sources that are read once a day. */
// oxlint-disable-next-line max-lines-per-function -- one dashboard, in the order in which it is read
export const healthOf = (daily: readonly string[]): Dashboard => {
  const { late, only: LATE, stopped, overdue } = standing(daily);
  return {
  id: HEALTH,
  title: { en: '[shenji] Collection health', zh: '[shenji] 采集健康度' },
  description: {
    en: 'Whether collection runs, lag per stream, windows done and failed, late events, dead letters with reasons: from the ledger.',
    zh: '采集是否在运行、各采集流的延迟、完成与失败的时间窗、迟到事件、死信及原因：数据来自账本。',
  },
  dataView: WINDOWS,
  datasets: ['shenji.window', 'shenji.dead_letter', 'shenji.completeness'],
  timeFrom: 'now-24h',
  controls: [
    { id: 'tenant', field: 'shenji.window.tenant', title: words.tenant },
    { id: 'source', field: 'shenji.window.source', title: { en: 'Source', zh: '数据源' } },
    { id: 'pass', field: 'shenji.window.pass', title: { en: 'Pass', zh: '采集轮次' } },
  ],
  panels: [
    number({ ...small, id: 'health-stopped', from: EVER, title: { en: 'Live streams', zh: '实时流' } }, stopped),
    number({ ...small, id: 'health-failed' }, failedWindows),
    number({ ...small, id: 'health-dead-letter-count', dataView: DEAD_LETTERS }, letters),
    number({ ...small, id: 'health-late' }, late),
    number({ ...small, id: 'health-done' }, count('done', { en: 'Windows done', zh: '完成的时间窗' }, { only: DONE })),
    number({ ...small, id: 'health-created' }, created),
    ...completenessPanels,
    table(
      { ...at, id: 'health-live', title: { en: 'Live streams, those in trouble first', zh: '实时流（有问题者在前）' }, width: 48, height: 10, from: EVER, query: `${FINISHED} and ${LIVE}` },
      [
        stream('failed'),
        overdue,
        failed,
        done,
        latestTime('until', { en: 'Collected until', zh: '已采集至' }, 'shenji.window.to', DONE),
        latestTime('finished', { en: 'Last window done', zh: '最近完成时间' }, '@timestamp', DONE),
        lastValue('lastLag', { en: 'Its lag', zh: '其延迟' }, 'shenji.window.lag', '@timestamp', { format: hours, only: DONE, width: 100 }),
        latestTime('failedAt', { en: 'Last failure', zh: '最近失败时间' }, '@timestamp', FAILED),
      ],
      ['overdue', 'desc'],
    ),
    table(
      { ...at, id: 'health-failures', title: { en: 'What failed, and why', zh: '失败与原因' }, width: 48, height: 9, lines: 2, query: FAILED },
      [
        top('stream', words.stream, 'shenji.window.stream', 20, 'windows', { width: 260 }),
        top('type', { en: 'Kind of error', zh: '错误类型' }, 'shenji.window.error.type', 5, 'windows', { width: 150 }),
        windows,
        latestTime('last', words.lastSeen),
        lastValue('message', { en: 'The last one says', zh: '最近一次的说明' }, 'shenji.window.error.message', '@timestamp', { dataType: 'string' }),
      ],
      ['windows', 'desc'],
    ),
    chart(
      { ...at, id: 'health-lag', title: { en: 'Lag of the live streams (seconds, logarithmic)', zh: '实时流延迟（秒，对数刻度）' }, width: 30, legend: 'right', query: `${DONE} and ${LIVE}`, logarithmic: true },
      { series: 'line', x: time, values: [lag], split: top('stream', words.stream, 'shenji.window.stream', 10, undefined) },
    ),
    chart(
      { ...at, id: 'health-windows', title: { en: 'Windows by status', zh: '时间窗状态' }, width: 18, query: FINISHED },
      { series: 'bar_stacked', x: time, values: [done, failed] },
    ),
    table(
      { ...at, id: 'health-streams', title: { en: 'What was collected, by stream and pass', zh: '各采集流与轮次的采集结果' }, width: 48, height: 15, query: FINISHED },
      [
        stream('windows'),
        windows,
        failed,
        created,
        total('duplicates', { en: 'There already', zh: '已存在' }, 'shenji.window.duplicates', { width: 132 }),
        late,
        largest('lateness', { en: 'Latest by', zh: '最大迟到' }, 'shenji.window.lateness', { format: hours, only: LATE, width: 110 }),
        total('rejected', { en: 'Dead letters', zh: '死信' }, 'shenji.window.rejected', { width: 125 }),
        total('doubles', { en: 'Cross-index duplicates', zh: '跨索引重复' }, 'shenji.window.cross_index_duplicates', { width: 200 }),
      ],
      ['stream', 'asc'],
    ),
    chart(
      { ...at, id: 'health-duration', title: { en: 'How long a window takes (seconds)', zh: '时间窗耗时（秒）' }, width: 24, query: DONE },
      {
        series: 'line',
        x: time,
        values: [
          percentile('median', { en: 'Median', zh: '中位数' }, 'event.duration', 50, { format: seconds }),
          percentile('most', { en: '95 of 100', zh: '95 分位' }, 'event.duration', 95, { format: seconds }),
        ],
      },
    ),
    table(
      { id: 'health-dead-letters', dataView: DEAD_LETTERS, title: { en: 'Dead letters, by reason', zh: '死信及原因' }, width: 24, lines: 2, query: LETTERS },
      [
        top('type', { en: 'Where', zh: '环节' }, 'error.type', 5, 'letters', { width: 100 }),
        top('reason', { en: 'Reason', zh: '原因' }, 'shenji.reason', 10, 'letters'),
        count('letters', { en: 'Letters', zh: '数量' }, { width: 105 }),
        latestTime('last', words.lastSeen),
      ],
      ['letters', 'desc'],
    ),
  ],
  };
}; // prettier-ignore
