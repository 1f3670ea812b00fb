/** The collection itself, from its ledger: is it complete, is it late, what failed and why. */
import type { Dashboard } from './dashboard.ts';
import {
  chart,
  count,
  largest,
  lastValue,
  latestTime,
  number,
  overTime,
  percentile,
  table,
  top,
  total,
} from './lens.ts';
import { DEAD_LETTERS, HEALTH, WINDOWS, words } from './views.ts';

const at = { dataView: WINDOWS };
const FINISHED = 'shenji.window.status: ("done" or "failed")';
const DONE = 'shenji.window.status: "done"';
const windows = count('windows', words.windows);
const failed = count('failed', { en: 'Failed', zh: '失败' }, { only: 'shenji.window.status: "failed"' });
const time = overTime('time');
const stream = top('stream', words.stream, 'shenji.window.stream', 20, 'windows');
const duration = { format: { id: 'duration', params: { fromUnit: 'milliseconds', toUnit: 'humanize' } } };
const nanoseconds = { format: { id: 'duration', params: { fromUnit: 'nanoseconds', toUnit: 'humanize' } } };
const lag = largest('lag', { en: 'Lag', zh: '延迟' }, 'shenji.window.lag', duration);
const created = total('created', { en: 'Documents created', zh: '新建文档' }, 'shenji.window.created');
const late = total('late', { en: 'Late events', zh: '迟到事件' }, 'shenji.window.late');

export const health: Dashboard = {
  id: HEALTH,
  title: { en: '[shenji] Collection health', zh: '[shenji] 采集健康度' },
  description: {
    en: 'Lag per stream, windows done and failed, late events, dead letters with reasons, duplicates, duration: from the ledger.',
    zh: '各采集流的延迟、完成与失败的时间窗、迟到事件、死信及原因、重复与耗时：数据来自账本。',
  },
  dataView: WINDOWS,
  datasets: ['shenji.window', 'shenji.dead_letter'],
  query: '',
  timeFrom: 'now-24h',
  controls: [
    { id: 'tenant', field: 'shenji.window.tenant', title: words.tenant },
    { id: 'source', field: 'shenji.window.source', title: { en: 'Source', zh: '数据源' } },
    { id: 'pass', field: 'shenji.window.pass', title: { en: 'Pass', zh: '采集轮次' } },
  ],
  panels: [
    number({ ...at, id: 'done', title: { en: 'Windows done', zh: '完成的时间窗' }, width: 12, query: DONE }, windows),
    number({ ...at, id: 'failed', title: { en: 'Windows failed', zh: '失败的时间窗' }, width: 12, query: FINISHED }, failed),
    number({ ...at, id: 'created', title: { en: 'Documents created', zh: '新建文档' }, width: 12, query: DONE }, created),
    number({ ...at, id: 'late', title: { en: 'Late events', zh: '迟到事件' }, width: 12, query: DONE }, late),
    chart({ ...at, id: 'lag', title: { en: 'Lag of the live streams', zh: '实时流延迟' }, width: 24, query: `${DONE} and shenji.window.pass: "live"` }, 'line', time, [lag], top('stream', words.stream, 'shenji.window.stream', 10, 'lag')),
    chart({ ...at, id: 'windows', title: { en: 'Windows by status', zh: '时间窗状态' }, width: 24, query: FINISHED }, 'bar_stacked', time, [windows], top('status', { en: 'Status', zh: '状态' }, 'shenji.window.status', 3, 'windows')),
    table({ ...at, id: 'streams', title: { en: 'Streams', zh: '采集流' }, width: 48, height: 15, query: FINISHED }, [
      stream,
      windows,
      failed,
      latestTime('until', { en: 'Latest window', zh: '最新时间窗' }, 'shenji.window.to'),
      lastValue('lastLag', { en: 'Last lag', zh: '最近延迟' }, 'shenji.window.lag', '@timestamp', duration),
      created,
      total('duplicates', { en: 'There already', zh: '已存在' }, 'shenji.window.duplicates'),
      late,
      largest('lateness', { en: 'Latest by', zh: '最大迟到' }, 'shenji.window.lateness', duration),
      total('doubles', { en: 'Duplicates left', zh: '重复' }, 'shenji.window.cross_index_duplicates'),
    ]),
    table({ ...at, id: 'failures', title: { en: 'What failed, and why', zh: '失败与原因' }, width: 48, height: 12, query: 'shenji.window.status: ("failed" or "accepted")' }, [
      top('stream', words.stream, 'shenji.window.stream', 10, 'windows'),
      top('error', { en: 'Error', zh: '错误' }, 'shenji.window.error.message', 5, 'windows'),
      windows,
      latestTime('last', words.lastSeen),
    ]),
    chart({ ...at, id: 'duration', title: { en: 'How long a window takes', zh: '时间窗耗时' }, width: 24, query: DONE }, 'line', time, [
      percentile('median', { en: 'Median', zh: '中位数' }, 'event.duration', 50, nanoseconds),
      percentile('most', { en: '95 of 100', zh: '95 分位' }, 'event.duration', 95, nanoseconds),
    ]),
    table({ id: 'dead-letters', dataView: DEAD_LETTERS, title: { en: 'Dead letters, by reason', zh: '死信及原因' }, width: 24 }, [
      top('type', { en: 'Where', zh: '环节' }, 'error.type', 5, 'letters'),
      top('reason', { en: 'Reason', zh: '原因' }, 'shenji.reason', 10, 'letters'),
      count('letters', { en: 'Letters', zh: '数量' }),
      latestTime('last', words.lastSeen),
    ]),
  ],
}; // prettier-ignore
