/** By what schedulers tell: how complete each live stream is, and every gap that is open. */
import { RED } from '../../adapters/kibana/objects/colors.ts';
import { lastValue, latestTime, top } from '../../adapters/kibana/objects/columns.ts';
import { COMPLETENESS, completeUntil, LATEST, OF_GAPS, OF_STREAMS, openGaps, state, toldAt } from '../../adapters/kibana/objects/completeness.ts'; // prettier-ignore
import { table } from '../../adapters/kibana/objects/lens.ts';
import { words } from '../../adapters/kibana/objects/words.ts';
import { EVER, hours } from './health-standing.ts';

const at = { dataView: COMPLETENESS, width: 48 };
const NEWEST = '@timestamp';

export const completenessPanels = [
  table(
    { ...at, id: 'health-complete', title: { en: 'Complete until, the furthest behind first', zh: '各实时流完整至（落后最多者在前）' }, height: 10, from: EVER, query: OF_STREAMS },
    [
      top('stream', words.stream, 'shenji.window.stream', 100, undefined),
      state(110),
      completeUntil,
      openGaps,
      lastValue('lag', { en: 'Behind by', zh: '落后' }, 'shenji.completeness.lag', NEWEST, { format: hours, width: 120 }),
      lastValue('blind', { en: 'Rules blind', zh: '失明规则' }, 'shenji.completeness.blind_rules', NEWEST, { width: 125, bounds: [{ from: 1, color: RED }] }),
      lastValue('event', { en: 'Last event', zh: '最近事件' }, 'shenji.completeness.last_event', NEWEST, { dataType: 'date', width: 230 }),
      toldAt,
    ],
    ['lag', 'desc'],
  ),
  table(
    { ...at, id: 'health-gaps', title: { en: 'Open gaps, the newest first', zh: '未补齐的缺口（最新在前）' }, height: 9, lines: 2, from: LATEST, query: OF_GAPS },
    [
      top('gap', { en: 'From, and in which stream', zh: '起点与采集流' }, 'shenji.completeness.gap', 100, undefined, { direction: 'desc', width: 460 }),
      latestTime('to', { en: 'To', zh: '终点' }, 'shenji.window.to'),
      lastValue('failures', { en: 'Tried', zh: '尝试' }, 'shenji.completeness.failures', NEWEST, { width: 90 }),
      lastValue('retry', { en: 'Again at', zh: '下次尝试' }, 'shenji.completeness.retry_at', NEWEST, { dataType: 'date', width: 230 }),
      lastValue('reason', { en: 'Reason', zh: '原因' }, 'shenji.completeness.reason', NEWEST, { dataType: 'string' }),
    ],
    ['gap', 'desc'],
  ),
]; // prettier-ignore
