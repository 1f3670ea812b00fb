/** Each rule with one clause gone, or one number looser, or one value of a list forgotten. */
import type { Rule } from '../../../src/adapters/kibana/rule.ts';

export type Mutant = { readonly what: string; readonly rule: Rule };

/** The clauses that `and` joins at the top, parentheses and quotes respected. */
export function clausesOf(query: string, word = ' and '): string[] {
  const clauses: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < query.length; at += 1) {
    const character = query[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') depth -= 1;
    else if (!quoted && depth === 0 && query.startsWith(word, at)) {
      clauses.push(query.slice(start, at));
      start = at + word.length;
      at = start - 1;
    }
  }
  return [...clauses, query.slice(start)];
}

function clauseMutants(rule: Rule): Mutant[] {
  const clauses = clausesOf(rule.query);
  const without = (index: number, replacement: string[] = []): string =>
    clauses.toSpliced(index, 1, ...replacement).join(' and ') || '*';
  return clauses.flatMap((clause, index): Mutant[] => {
    const gone = { what: `without ${clause}`, rule: { ...rule, query: without(index) } };
    const list = /^(.*?)\((.*)\)$/.exec(clause);
    const parts = list?.[2] === undefined ? [] : clausesOf(list[2], ' or ');
    const shorter =
      parts.length < 2
        ? []
        : parts.map((part, at) => ({
            what: `without ${part} in ${clause}`,
            rule: { ...rule, query: without(index, [`${list?.[1]}(${parts.toSpliced(at, 1).join(' or ')})`]) },
          }));
    return [gone, ...shorter];
  });
}

/** `< 7` lets two more in, and so does `>= 22`. */
function numberMutants(rule: Rule): Mutant[] {
  return [...rule.query.matchAll(/(<|>=) (\d+)/g)].map(({ 0: text, 1: sign, 2: number, index }) => {
    const looser = `${sign} ${sign === '<' ? Number(number) + 2 : Number(number) - (number === '6' ? 1 : 2)}`;
    return {
      what: `${looser} for ${text}`,
      rule: { ...rule, query: rule.query.slice(0, index) + looser + rule.query.slice(index + text.length) },
    };
  });
}

function thresholdMutants(rule: Rule): Mutant[] {
  const { threshold } = rule;
  if (threshold === undefined) return [];
  const { value, cardinality, field } = threshold;
  const half = (number: number): number => Math.ceil(number / 2);
  const looser =
    cardinality.length > 0
      ? []
      : [
          {
            what: `threshold ${half(value)} for ${value}`,
            rule: { ...rule, threshold: { ...threshold, value: half(value) } },
          },
        ];
  return [
    ...looser,
    {
      what: 'counted by the clock of the rule alone',
      rule: { ...rule, threshold: { ...threshold, field: field.filter((name) => name !== 'shenji.half_hour') } },
    },
    ...cardinality.flatMap(({ field: counted, value: distinct }) => [
      {
        what: `half of ${counted}`,
        rule: { ...rule, threshold: { ...threshold, cardinality: [{ field: counted, value: half(distinct) }] } },
      },
      { what: `no ${counted}`, rule: { ...rule, threshold: { ...threshold, cardinality: [] } } },
    ]),
  ];
}

function newTermsMutants(rule: Rule): Mutant[] {
  const { new_terms_fields: fields = [] } = rule;
  if (fields.length === 0) return [];
  return [
    { what: 'half the history', rule: { ...rule, history_window_start: 'now-7d' } },
    // One tenant is planted; late.test.ts has two.
    ...fields
      .filter((field) => field !== 'organization.id')
      .map((field) => ({
        what: `without the term ${field}`,
        rule: { ...rule, new_terms_fields: fields.filter((name) => name !== field) },
      })),
  ];
}

export const mutantsOf = (rule: Rule): Mutant[] =>
  [clauseMutants, numberMutants, thresholdMutants, newTermsMutants].flatMap((make) => make(rule));

/** Whether a row is news only spares repetition, and is tested by itself; a day is what the look-back has, but for an outage of a day. */
const SPARES = /^seen_at >= NOW|\+ 1 day$/;

/** An ES|QL query with a condition gone, inside its KQL too, or a number or a time looser. */
export function esqlMutantsOf(rule: Rule): Mutant[] {
  const lines = rule.query.split('\n| ');
  const withLine = (index: number, line: string): string => lines.with(index, line).join('\n| ');
  const conditions = lines.flatMap((line, index): Mutant[] => {
    if (!line.startsWith('WHERE ')) return [];
    const parts = clausesOf(line.slice('WHERE '.length), ' AND ');
    return parts
      .map((part, at) => ({ part, rest: parts.toSpliced(at, 1).join(' AND ') || 'true' }))
      .filter(({ part }) => !SPARES.test(part) && !part.startsWith('KQL('))
      .map(({ part, rest }) => ({
        what: `without ${part}`,
        rule: { ...rule, query: withLine(index, `WHERE ${rest}`) },
      }));
  });
  const kql = [...rule.query.matchAll(/KQL\("""(.*?)"""\)/g)].flatMap(({ 1: text = '' }) => {
    const clauses = clausesOf(text);
    return clauses.map((clause, at) => ({
      what: `without ${clause}`,
      rule: {
        ...rule,
        query: rule.query.replace(text, clauses.toSpliced(at, 1).join(' and ') || 'event.kind: "event"'),
      },
    }));
  });
  const looser = [
    ['>= 500', '>= 150'],
    ['1 hour', '12 hours'],
  ].flatMap(([from = '', to = '']) =>
    rule.query.includes(from)
      ? [{ what: `${to} for ${from}`, rule: { ...rule, query: rule.query.replace(from, to) } }]
      : [],
  );
  return [...conditions, ...kql, ...looser];
}
