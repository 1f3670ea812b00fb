/** What stands at the top of each dashboard of events: until when they are complete, and what is missing. */
import { AMBER, RED } from './colors.ts';
import { among, duration, largest, lastValue, latestTime, top, type Column } from './columns.ts';
import { call, counted, distinct, formula } from './formula.ts';
import { number, table, type LensOptions } from './lens.ts';
import type { Panel } from './panels.ts';
import type { Text } from './language.ts';
import { words } from './words.ts';

/** The data view of what schedulers tell of the streams, every five minutes. */
export const COMPLETENESS = 'shenji-completeness';
/** Holds what was told last, and nothing where nobody tells: no number then, rather than an old one. */
export const LATEST = 'now-7m';
export const OF_STREAMS = 'event.action: "stream-completeness"';
export const OF_GAPS = 'event.action: "stream-gap"';

const HALF_AN_HOUR = 1_800_000;
const A_DAY_AND_A_HALF = 36 * 3_600_000;

export const state = (width: number): Column =>
  lastValue('state', { en: 'State', zh: '状态' }, 'shenji.completeness.state', '@timestamp', {
    dataType: 'string',
    width,
  });
export const completeUntil = lastValue('until', { en: 'Complete until', zh: '完整至' }, 'shenji.completeness.until', '@timestamp', { dataType: 'date', width: 230 }); // prettier-ignore
export const openGaps = lastValue('gaps', { en: 'Open gaps', zh: '未补齐缺口' }, 'shenji.completeness.gaps', '@timestamp', { width: 120, bounds: [{ from: 1, color: RED }] }); // prettier-ignore
export const toldAt = latestTime('told', { en: 'Told at', zh: '报告时间' });

/** Where nothing is told there is no number, and not 0: the division makes it none. */
function gapsNow(ofSource: string): Column {
  const all = counted(ofSource);
  return formula(
    'gaps',
    { en: 'Open gaps', zh: '未补齐缺口' },
    call('multiply', distinct('shenji.completeness.gap', `${OF_GAPS} and ${ofSource}`), call('divide', all, all)),
    { id: 'number', params: { decimals: 0 } },
    { bounds: [{ from: 1, color: RED }] },
  );
}

const behind = (only: string, isDaily: boolean): Column =>
  largest('behind', { en: 'Behind by', zh: '落后' }, 'shenji.completeness.lag', {
    only,
    format: duration('milliseconds', isDaily ? 'asHours' : 'asMinutes', 0),
    bounds: [{ from: isDaily ? A_DAY_AND_A_HALF : HALF_AN_HOUR, color: isDaily ? AMBER : RED }],
  });
const blindRules = (only: string): Column =>
  largest('blind', { en: 'Rules blind', zh: '失明规则' }, 'shenji.completeness.blind_rules', {
    only,
    bounds: [{ from: 1, color: RED }],
  });

/**
 * A row of panels over all tenants of a source, whatever the controls above choose: an app has no completeness of its own,
 * and nothing that is filtered away may look like nothing that is missing. `prefix`: of the panels' ids.
 */
export function completenessRow(
  prefix: string,
  { source, isDaily = false }: { readonly source: string; readonly isDaily?: boolean },
): Panel[] {
  const ofSource = `shenji.window.source: "${source}"`;
  const shared = { dataView: COMPLETENESS, height: 6, ignoresFilters: true };
  const tile = (id: string, title: Text, column: Column): Panel => {
    const options: LensOptions = { ...shared, id: `${prefix}-${id}`, width: 8, from: LATEST };
    return number({ ...options, title }, column);
  };
  const tiles = [
    tile('behind', { en: 'Collection', zh: '采集' }, behind(ofSource, isDaily)),
    tile('gaps', { en: 'What is missing', zh: '缺失' }, gapsNow(ofSource)),
    ...(isDaily ? [] : [tile('blind', { en: 'Detection', zh: '检测' }, blindRules(ofSource))]),
  ];
  const told = table(
    { ...shared, id: `${prefix}-complete`, width: 48 - 8 * tiles.length, from: 'now-24h', title: { en: 'Complete until, by tenant (all of them), the furthest behind first', zh: '各租户（全部）完整至，落后最多者在前' } },
    [among('source', `${ofSource} and ${OF_STREAMS}`), top('tenant', words.tenant, 'shenji.window.tenant', 100, undefined), state(110), completeUntil, openGaps, toldAt],
    ['until', 'asc'],
  ); // prettier-ignore
  return [...tiles, told];
}
