/** Alerts of one group within the rule's time of suppression are one, as in Kibana. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from './alert.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `alerts` in the order of time. A suppressed alert adds its documents to the one that came first. */
export function suppress(alerts: readonly Alert[], { alert_suppression: suppression }: Rule): Alert[] {
  const { group_by: by, duration } = suppression ?? {};
  if (duration === undefined) return [...alerts];
  const durationMs = duration.value * UNITS[duration.unit];
  const kept: Alert[] = [];
  /** Where in `kept` the latest alert of each group is. */
  const latest = new Map<string, number>();
  for (const alert of alerts) {
    // A threshold suppresses by what it groups by, which is what its alert is about.
    const fields = by ?? Object.keys(alert.about);
    const group = JSON.stringify(fields.map((field) => alert.about[field]));
    // What lacks a field repeats nothing.
    const isWhole = fields.every((field) => field in alert.about);
    const place = isWhole ? latest.get(group) : undefined;
    const before = place === undefined ? undefined : kept[place];
    if (place !== undefined && before !== undefined && alert.at < before.at + durationMs) {
      kept[place] = { ...before, documents: [...new Set([...before.documents, ...alert.documents])] };
    } else {
      latest.set(group, kept.length);
      kept.push(alert);
    }
  }
  return kept;
}
