/** Recorded input beside what it must become. `UPDATE_FIXTURES=1` writes the expected files; read the difference before keeping it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from '../../src/sdk/json.ts';

export type Fixture = { readonly name: string; readonly raw: unknown; readonly expected: (actual: unknown) => unknown };

export function fixturesIn(directory: string): Fixture[] {
  const inputs = readdirSync(directory).filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'));
  return inputs.map((file) => {
    const expectedFile = path.join(directory, file.replace('.json', '.expected.json'));
    return {
      name: file.replace('.json', ''),
      raw: parseJson(readFileSync(path.join(directory, file), 'utf8')),
      expected: (actual) => {
        if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(expectedFile, `${JSON.stringify(actual, null, 2)}\n`);
        if (!existsSync(expectedFile)) throw new Error(`${expectedFile} is missing; UPDATE_FIXTURES=1 writes it`);
        return JSON.parse(readFileSync(expectedFile, 'utf8')) as unknown;
      },
    };
  });
}
