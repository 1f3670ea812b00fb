/** When a rule sees a document, and the runs of the rule engine in which it does. */
import type { estypes } from '../../adapters/elasticsearch/client.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { parseDuration } from '../../sdk/duration.ts';
import { REPLAY_PASS } from '../../sdk/pass.ts';
import type { Interval } from '../../core/time/intervals.ts';

type Filter = estypes.QueryDslQueryContainer;

/** `rule`: when the engine can see it, as in Kibana. `event`: when it happened, as if everything had been known at once. */
export type Clock = 'rule' | 'event';

const HAPPENED = '@timestamp';

/** The field that says when this rule sees a document, and which documents have it: those without go by `@timestamp`. */
export type TimeField = { readonly field: string; readonly only: Filter | undefined };

export function timeFieldsOf(rule: Rule, clock: Clock): readonly TimeField[] {
  const field = clock === 'event' ? HAPPENED : rule.timestamp_override;
  if (field === undefined || field === HAPPENED) return [{ field: HAPPENED, only: undefined }];
  const has: Filter = { exists: { field } };
  return [
    { field, only: has },
    { field: HAPPENED, only: { bool: { must_not: [has] } } },
  ];
}

/** What a backfill read bears the time of the past, in which the engine ran without it; a replay bears that of its indexing. */
const BACKFILLED: Filter = {
  bool: {
    filter: [{ term: { 'shenji.pass': 'backfill' } }],
    must_not: [{ wildcard: { 'shenji.stream': `*/${REPLAY_PASS}` } }],
  },
};

/** Backfilled, and not before that instant; at any time without one. */
const unreadBy = (knownAt: number | undefined): Filter =>
  knownAt === undefined
    ? BACKFILLED
    : {
        bool: {
          filter: [BACKFILLED, { range: { 'event.ingested': { gte: knownAt, format: 'epoch_millis' } } }],
        },
      };

/** Documents that the rule sees within this time range of epoch milliseconds, by its clock; `knownAt` includes what a backfill had read by then, or ever. */
export function seenWithin(rule: Rule, clock: Clock, { from, to }: Interval, knownAt?: number | 'ever'): Filter {
  const should = timeFieldsOf(rule, clock).map(({ field, only }): Filter => {
    const range: Filter = { range: { [field]: { gte: from, lt: to, format: 'epoch_millis' } } };
    return only === undefined ? range : { bool: { filter: [only, range] } };
  });
  const unseen = clock === 'rule' && knownAt !== 'ever' ? [unreadBy(knownAt)] : [];
  return { bool: { should, minimum_should_match: 1, must_not: unseen } };
}

/** `5m`, or `now-30m`, in milliseconds. @throws TypeError */
export function agoMs(text: string): number {
  const range = parseDuration(/^(?:now-)?(\d+[smhd])$/.exec(text)?.[1] ?? '');
  if (range === undefined)
    throw new TypeError(`"${text}" is no duration such as 5m, nor one back from now such as now-30m`);
  return range;
}

/** The engine's runs: every `intervalMs`, each over the last `lookbackMs`. */
export type Pace = { readonly intervalMs: number; readonly lookbackMs: number };

export const paceOf = ({ interval, from }: Rule): Pace => ({ intervalMs: agoMs(interval), lookbackMs: agoMs(from) });

/** The run that is the first to see what is seen at this time; runs are at whole intervals. */
export const firstRun = (at: number, { intervalMs }: Pace): number => (Math.floor(at / intervalMs) + 1) * intervalMs;

/** The runs, the first and later ones, that see what became visible in the step of an interval that begins then. */
export function runsSeeing(step: number, pace: Pace): readonly number[] {
  const count = Math.max(1, Math.floor(pace.lookbackMs / pace.intervalMs));
  return Array.from({ length: count }, (_, index) => step + (index + 1) * pace.intervalMs);
}
