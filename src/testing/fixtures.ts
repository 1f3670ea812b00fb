/** Recorded input beside what it must become. `UPDATE_FIXTURES=1` writes the expected files; read the difference before keeping it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environment } from '../config/environment.ts';
import { parseJson } from '../sdk/json.ts';

/** `expected` gives what stands in `<name>.expected.json`, or with `UPDATE_FIXTURES=1` writes `actual` there. It throws where there is no such file. */
export type Fixture = { readonly name: string; readonly raw: unknown; readonly expected: (actual: unknown) => unknown };

/** Of every `<name>.json` in a directory. @throws Error where there is none */
export function fixturesIn(directory: string): Fixture[] {
  const inputs = readdirSync(directory).filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'));
  if (inputs.length === 0) throw new Error(`${directory} holds no recorded input: put a record into <name>.json`);
  return inputs.map((file) => {
    const expectedFile = path.join(directory, file.replace(/\.json$/, '.expected.json'));
    return {
      name: file.replace(/\.json$/, ''),
      raw: parseJson(readFileSync(path.join(directory, file), 'utf8')),
      expected: (actual) => {
        if (environment['UPDATE_FIXTURES'] === '1') writeFileSync(expectedFile, `${JSON.stringify(actual, null, 2)}\n`);
        if (!existsSync(expectedFile)) throw new Error(`${expectedFile} is missing; UPDATE_FIXTURES=1 writes it`);
        return JSON.parse(readFileSync(expectedFile, 'utf8')) as unknown;
      },
    };
  });
}
