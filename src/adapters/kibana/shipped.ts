/** The NDJSON files that come with the package, in `dashboards/`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const DASHBOARDS = path.join(import.meta.dirname, '..', '..', '..', 'dashboards');

/** One object for each line. @throws Error where the file is not there or not what it should be. */
export function readShipped<T>(name: string): T[] {
  return readFileSync(path.join(DASHBOARDS, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

export const ndjson = (objects: readonly unknown[]): string =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');
