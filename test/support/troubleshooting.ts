/** The rows of "Troubleshoot by symptom" in docs/operate.md: each must be what the program prints. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.join(import.meta.dirname, '..', '..', 'docs', 'operate.md');

export type Symptom = { readonly says: string; readonly pattern: RegExp };

/** `…` in a row stands for anything. `table` counts from 0. */
export function symptoms(table: 0 | 1): Symptom[] {
  const [, section = ''] = readFileSync(FILE, 'utf8').split('## Troubleshoot by symptom');
  const tables = section.split('\n\n').filter((part) => part.startsWith('| it says'));
  const rows = (tables[table] ?? '').split('\n').slice(2);
  return rows.map((row) => {
    const says = (/^\| `(.*?)` +\|/.exec(row)?.[1] ?? '').replaceAll('\\|', '|');
    const parts = says.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
    return { says, pattern: new RegExp(parts.join('.+')) };
  });
}
