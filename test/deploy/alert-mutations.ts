/**
 * Ways in which an alert could be a little wrong, made from PromQL's own grammar: for each a case must fail. Changed, one at a
 * time, is each number, each time (of a range, an offset, `for`), each matcher, each max, min and sum, and each and, or and
 * unless, which loses an operand; the labels of the install, everywhere at once; and all of it, to never and always.
 * Not changed are comparisons and arithmetic, functions, `group`, what `by` and `on` name beside the install, and names of
 * metrics; nor labels and annotations, which the cases compare in full.
 */
import { parser } from '@prometheus-io/lezer-promql';
import { RESULTS } from '../../src/observe/metrics/results.ts';

/** One of the rules in alerts.yml: an alert, or what is recorded for alerts. */
export type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly annotations?: { readonly summary: string };
};
export type Mutation = { readonly name: string; readonly rule: Rule };

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** What else a selector could have let in. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  result: RESULTS,
  outcome: ['created', 'duplicate', 'dead_lettered'],
  pass: ['live', 'settle'],
};
const INSTALL = 'cluster, namespace, job';
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Twice as long, and half of it. */
function otherTimes(time: string): string[] {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(time) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  return [`${seconds * 2}s`, `${seconds / 2}s`];
}

/** 30 % less and more; one less and more than nothing. */
const otherNumbers = (number: number): number[] =>
  number === 0 ? [-1, 1] : [0.7, 1.3].map((factor) => Number((number * factor).toPrecision(6)));

/** Without the matcher, without each alternative of it, and with each other value of its label. */
function otherMatchers(matcher: string): string[] {
  const [, label = '', operator = '', value = ''] = /^(\w+)(=~?)"([^"]*)"$/.exec(matcher) ?? [];
  const values = value.split('|');
  const without = values.length === 1 ? [] : values.map((one) => values.filter((other) => other !== one));
  const widened = (VALUES[label] ?? []).filter((one) => !values.includes(one)).map((one) => [...values, one]);
  if (operator === '') throw new Error(`${matcher}: another kind of matcher than = and =~`);
  return ['', ...[...without, ...widened].map((those) => `${label}=~"${those.join('|')}"`)];
}

/** What could speak for several series in its place: of two schedulers, or of all workers. */
const OTHER_AGGREGATIONS: Readonly<Record<string, readonly string[]>> = {
  max: ['min', 'sum'],
  min: ['max', 'sum'],
  sum: ['min', 'max'],
};

/** Whether the text of the alert may hold the value of this node: what stands behind `unless` is never told. */
function isTold(node: SyntaxNode, summary = ''): boolean {
  if (!summary.includes('$value')) return false;
  for (let { parent, from } = node; parent !== null; { parent, from } = parent)
    if (parent.getChild('Unless') !== null && from === parent.lastChild?.from) return false;
  return true;
}

/**
 * Nothing that is counted is less than 0. So a sum is more than 0, or is 0, exactly where the greatest is: one in the place of the
 * other says the same, unless the alert tells how much it is.
 */
function otherAggregations(operation: SyntaxNode, text: (of: SyntaxNode) => string, summary?: string): string[] {
  const others = OTHER_AGGREGATIONS[text(operation)] ?? [];
  const aggregate = operation.parent;
  const comparison = aggregate?.parent ?? null;
  if (aggregate === null || comparison === null || isTold(aggregate, summary)) return [...others];
  const isWithNothing = /^ (?:>|==) 0$/.test(text(comparison).slice(aggregate.to - comparison.from));
  return isWithNothing ? others.filter((other) => other === 'min') : [...others];
}

function otherOperands(node: SyntaxNode, text: (of: SyntaxNode) => string): string[] {
  const { firstChild: left, lastChild: right } = node;
  if (left === null || right === null) return [];
  if (node.getChild('Unless') !== null) return [text(left)];
  return node.getChild('Or') !== null || node.getChild('And') !== null ? [text(left), text(right)] : [];
}

function otherTexts(node: SyntaxNode, text: (of: SyntaxNode) => string, summary?: string): string[] {
  if (node.name === 'NumberDurationLiteral') return otherNumbers(Number(text(node))).map(String);
  if (node.name === 'NumberDurationLiteralInDurationContext') return otherTimes(text(node));
  if (node.name === 'UnquotedLabelMatcher') return otherMatchers(text(node));
  if (node.name === 'AggregateOp') return otherAggregations(node, text, summary);
  return node.name === 'BinaryExpr' ? otherOperands(node, text) : [];
}

function otherExpressions({ expr, annotations }: Rule): [name: string, expr: string][] {
  const text = ({ from, to }: SyntaxNode): string => expr.slice(from, to);
  const others: [string, string][] = [];
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      for (const other of otherTexts(node, text, annotations?.summary)) {
        const name =
          node.name === 'BinaryExpr' ? `only ${other}` : `${text(node)} at ${node.from} → ${other || 'none'}`;
        others.push([name, `${expr.slice(0, node.from)}${other}${expr.slice(node.to)}`]);
      }
    },
  });
  const mixed = expr.replaceAll(`${INSTALL}, `, '').replaceAll(INSTALL, '');
  return [...others, ['never', 'vector(1) > 2'], ['always', 'vector(1)'], ['installs mixed', mixed]];
}

/** A number is changed by 30 %, or by one where it is 0; a time is doubled and halved; an alert that fires at once would wait. */
export function mutationsOf(rule: Rule): Mutation[] {
  const times = rule.for === undefined ? ['5m'] : otherTimes(rule.for);
  return [
    ...otherExpressions(rule).map(([name, expr]) => ({ name, rule: { ...rule, expr } })),
    ...(rule.alert === undefined ? [] : times).map((time) => ({ name: `for ${time}`, rule: { ...rule, for: time } })),
  ];
}
