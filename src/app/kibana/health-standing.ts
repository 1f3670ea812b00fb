/** By the ledger: which live streams have stopped, for how long, and what came late. Daily sources have a patience of their own. */
import { GREEN, RED } from '../../adapters/kibana/objects/colors.ts';
import { duration, total } from '../../adapters/kibana/objects/columns.ts';
import { call, counted, distinct, formula, newest, NOW, oldest } from '../../adapters/kibana/objects/formula.ts';
import { LONGEST_QUIET_MS } from '../../sdk/collection.ts';

export const FINISHED = 'shenji.window.status: ("done" or "failed" or "suspended")';
export const DONE = 'shenji.window.status: "done"';
export const LIVE = 'shenji.window.pass: "live"';
/** Longer than any ledger is old: a stream that has long been silent is stopped all the same. */
export const EVER = 'now-10y';
export const hours = duration('milliseconds', 'asHours');

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A source that is read once a day is silent for a day; every other one writes an entry each `LONGEST_QUIET_MS`, however quiet it is. */
const PATIENCE_MS = { daily: 26 * HOUR_MS, other: 2 * LONGEST_QUIET_MS };
const since = (patienceMs: number): string => `@timestamp >= now-${patienceMs / MINUTE_MS}m`;
/** Every entry names its source. */
const NONE = 'not shenji.window.source: *';

/** The columns that go by it; `only`: what `late` counts, in KQL. `daily`: names of the sources that are read by the day. */
export function standing(daily: readonly string[]) {
  const isDaily =
    daily.length === 0 ? NONE : `shenji.window.source: (${daily.map((name) => `"${name}"`).join(' or ')})`;
  const recent = `((${isDaily} and ${since(PATIENCE_MS.daily)}) or (not ${isDaily} and ${since(PATIENCE_MS.other)}))`;
  // A statistic that is read again on later days is new each time, and not late.
  const only = `${DONE} and not ${isDaily}`;
  const late = total('late', { en: 'Late events', zh: '迟到事件' }, 'shenji.window.late', { only, width: 115 });
  const stopped = formula(
    'stopped',
    { en: 'Stopped', zh: '已停止' },
    call(
      'subtract',
      distinct('shenji.window.stream', LIVE),
      distinct('shenji.window.stream', `${LIVE} and ${DONE} and ${recent}`),
    ),
    { id: 'number', params: { decimals: 0 } },
    { bounds: [{ from: 0, color: GREEN }, { from: 1, color: RED }] },
  ); // prettier-ignore

  /** Since its last finished window, or since the first that it failed on; 0 while it is within its time. */
  const overdue = formula(
    'overdue',
    { en: 'Overdue', zh: '逾期' },
    call(
      'pick_max',
      0,
      call(
        'subtract',
        call('subtract', NOW, call('defaults', newest('@timestamp', DONE), oldest('shenji.window.from', FINISHED))),
        call('ifelse', call('gt', counted(isDaily), 0), PATIENCE_MS.daily, PATIENCE_MS.other),
      ),
    ),
    hours,
    { width: 115, bounds: [{ from: 1, color: RED }] },
  );

  return { only, late, stopped, overdue };
}
