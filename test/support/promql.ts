/** What a PromQL expression names, read by PromQL's own grammar. */
import { parser } from '@prometheus-io/lezer-promql';

export type Named = {
  readonly metrics: readonly string[];
  /** Those that it matches or groups by. */
  readonly labels: readonly string[];
  /** Labels of each `by` and `on` in the order that they are written in; empty for an aggregation without `by`. */
  readonly groupings: readonly (readonly string[])[];
  /** Errors of grammar. */
  readonly faults: number;
};

export function namesIn(expression: string): Named {
  const metrics: string[] = [];
  const labels: string[] = [];
  const groupings: string[][] = [];
  let faults = 0;
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError) faults += 1;
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (type.name === 'LabelName') labels.push(text);
      if (type.name === 'AggregateExpr' || (type.name === 'MatchingModifierClause' && text.startsWith('on'))) {
        const modifier = type.name === 'AggregateExpr' ? node.getChild('AggregateModifier') : node;
        const grouped = modifier?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [];
        groupings.push(grouped.map((label) => expression.slice(label.from, label.to)));
      }
    },
  });
  return { metrics, labels, groupings, faults };
}
