/** A detection rule as Kibana imports it (`POST /api/detection_engine/rules/_import`). */
import type { Threshold } from '../../sdk/kibana.ts';

export type Rule = {
  readonly rule_id: string;
  readonly name: string;
  readonly description: string;
  readonly type: 'query' | 'threshold' | 'new_terms' | 'esql';
  /** What it reads; an ES|QL rule says so in its query, and Kibana gets no list of it. */
  readonly index: readonly string[];
  readonly query: string;
  readonly from: string;
  readonly interval: string;
  readonly severity: string;
  readonly tags: readonly string[];
  readonly note: string;
  readonly enabled: boolean;
  readonly threshold?: Threshold;
  readonly new_terms_fields?: readonly string[];
  readonly history_window_start?: string;
  /** The field by which it sees documents; those that lack it go by `@timestamp`. */
  readonly timestamp_override?: string;
  /** The most alerts of one run; 100 where absent. */
  readonly max_signals?: number;
  /** `group_by` is absent for a threshold, which suppresses by what it groups by. */
  readonly alert_suppression?: {
    readonly group_by?: readonly string[];
    readonly duration?: { readonly value: number; readonly unit: 's' | 'm' | 'h' };
    readonly missing_fields_strategy?: 'suppress' | 'doNotSuppress';
  };
  /** What else Kibana keeps of it. */
  readonly [attribute: string]: unknown;
};

/** The line that is sent: Kibana has no `index` for ES|QL rules. */
export function asImported({ index, ...rule }: Rule): Readonly<Record<string, unknown>> {
  return rule['type'] === 'esql' ? rule : { index, ...rule };
}
