/** How results are printed: each with its target, or none. */
import { table } from '../src/cli/terminal.ts';

export type Row = { readonly what: string; readonly value: number; readonly target: string; readonly met: boolean };

export const row = (what: string, value: number, target: string, met: boolean): Row => ({ what, value, target, met });
/** A row that has to stay at or below this. */
export const atMost = (what: string, value: number, most: number): Row => row(what, value, `≤ ${most}`, value <= most);

export function rowsText(rows: readonly Row[]): string {
  const cells = rows.map(({ what, value, target, met }) => [what, value.toFixed(2), target, met ? 'met' : 'missed']);
  return table(['measured', 'value', 'target', ''], cells);
}

/** The value below which this share of the values lies, 0 to 1; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
