/** What a table cuts off in a window of 1,600 pixels, as far as widths tell. */
import type { LensColumn, Visualization } from './saved.ts';

/** Pixels that the values of a field need: the longest of them were measured on the screen. */
const NEEDED: readonly (readonly [field: RegExp, pixels: number])[] = [
  [/^event\.action$/, 480],
  [/^shenji\.window\.stream$/, 250],
  [/^shenji\.window\.error\.message$/, 400],
  [/^feishu\.openapi_audit\.response\.msg$/, 350],
  [/^feishu\.openapi_audit\.target\.ref$/, 230],
  [/^shenji\.reason$/, 250],
  [/^user\.id$/, 175],
  [/^user\.name$/, 170],
  [/\.ip$/, 150],
  [/^organization\.name$/, 110],
  [/kpi\.(?:name|caliber)$/, 200],
];
const TIME = 225;
const SMALLEST = 70;

/** A panel's inside: each of 48 columns is a 48th of the window, less margin and padding. */
const inside = (width: number): number => Math.floor((width * (1_600 - 8)) / 48 - 24);

/** The header's letters in bold, the arrow of its menu, and one more where the table is sorted by it. */
function headerOf(label: string, sorted: boolean): number {
  const wide = label.match(/[⺀-￿]/g)?.length ?? 0;
  return Math.ceil(14 * wide + 7.7 * (label.length - wide) + 26 + (sorted ? 22 : 0));
}

function neededFor(column: LensColumn, sorted: boolean): number {
  const { label, dataType, sourceField = '', operationType } = column;
  const values = dataType === 'date' ? TIME : (NEEDED.find(([field]) => field.test(sourceField))?.[1] ?? SMALLEST);
  const shown = operationType === 'unique_count' || operationType === 'count' ? SMALLEST : values;
  return Math.max(shown, headerOf(label, sorted));
}

export function cut(
  shown: NonNullable<Visualization['columns']>,
  columns: Readonly<Record<string, LensColumn>>,
  sortedBy: string | undefined,
  panelWidth: number,
): string[] {
  const all = shown.flatMap(({ columnId, width, hidden }) => {
    const column = columns[columnId];
    return column === undefined || hidden === true
      ? []
      : [{ columnId, width, needed: neededFor(column, columnId === sortedBy) }];
  });
  const fixed = all.reduce((sum, { width = 0 }) => sum + width, 0);
  const free = all.filter(({ width }) => width === undefined);
  // Columns without a width share what the others leave.
  const share = (inside(panelWidth) - fixed) / Math.max(1, free.length);
  return [
    ...(free.length === 0 ? ['leaves a part of the table empty: give one column no width'] : []),
    ...all
      .filter(({ width = share, needed }) => width < needed)
      .map(({ columnId, width = share, needed }) => `cuts ${columnId} off: ${Math.floor(width)} of ${needed} pixels`),
  ];
}
