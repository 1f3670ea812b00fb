/** Numbers that are computed from others. Lens keeps a formula as its text, its tree and a hidden column for each part. */
import { COUNT, kuery, numeric, ZERO, type Column, type Format, type LensColumn, type Style } from './columns.ts';
import type { Text } from './language.ts';

/** A part is one of the hidden columns. */
type Term = number | Part | { readonly name: string; readonly args: readonly Term[] };
type Part = { readonly text: string; readonly column: LensColumn };

const quoted = (query: string): string => `kql='${query}'`;

export const counted = (only?: string): Part => ({
  text: `count(${only === undefined ? '' : quoted(only)})`,
  column: {
    ...COUNT,
    ...(only === undefined ? {} : { filter: kuery(only) }),
  },
});

const fieldPart =
  (operationType: string, rest: LensColumn = {}) =>
  (field: string, only: string): Part => ({
    text: `${operationType}('${field}', ${quoted(only)})`,
    column: { operationType, sourceField: field, filter: kuery(only), ...rest },
  });
export const distinct = fieldPart('unique_count', { params: ZERO });
export const most = fieldPart('max');
export const newest = fieldPart('max', { dataType: 'date' });
export const oldest = fieldPart('min', { dataType: 'date' });
export const NOW: Part = { text: 'now()', column: { operationType: 'now', references: [] } };

export const call = (name: string, ...args: readonly Term[]): Term => ({ name, args });

const isPart = (term: Term): term is Part => typeof term === 'object' && 'column' in term;

function partsOf(term: Term): Part[] {
  if (typeof term === 'number') return [];
  return isPart(term) ? [term] : term.args.flatMap(partsOf);
}

function textOf(term: Term): string {
  if (typeof term === 'number') return String(term);
  return isPart(term) ? term.text : `${term.name}(${term.args.map(textOf).join(', ')})`;
}

function treeOf(term: Term, idOf: ReadonlyMap<Part, string>): unknown {
  if (typeof term === 'number') return term;
  if (isPart(term)) return idOf.get(term);
  return { type: 'function', name: term.name, args: term.args.map((arg) => treeOf(arg, idOf)) };
}

export function formula(id: string, label: Text, term: Term, format?: Format, style: Style = {}): Column {
  const text = textOf(term);
  const parts = [...new Set(partsOf(term))];
  const ids = new Map(parts.map((part, index) => [part, `${id}X${index}`]));
  const math = `${id}X${parts.length}`;
  const tree = treeOf(term, ids) as object;
  return {
    ...style,
    id,
    label,
    isBucketed: false,
    columns: (language) => ({
      ...Object.fromEntries(parts.map((part) => [ids.get(part), numeric(label[language], part.column)])),
      [math]: numeric(label[language], {
        operationType: 'math',
        params: { tinymathAst: { ...tree, location: { min: 0, max: text.length }, text } },
        references: [...ids.values()],
      }),
      [id]: numeric(label[language], {
        operationType: 'formula',
        params: { formula: text, isFormulaBroken: false, ...(format === undefined ? {} : { format }) },
        references: [math],
      }),
    }),
  };
}

/** The share of the documents that match, 0 to 1. */
export const share = (id: string, label: Text, matching: string, style?: Style): Column =>
  formula(id, label, call('divide', counted(matching), counted()), { id: 'percent', params: { decimals: 1 } }, style);
