import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultValues, settingsOf } from './chart.ts';
import { hasHelm, renderedText, scratch } from './helm.ts';

const MINUTE = 60_000;
const FIXTURE = path.join(import.meta.dirname, 'fixtures', 'helm', 'changed.yaml');
type Changes = Readonly<Record<string, unknown>>;
const changes = parse(readFileSync(FIXTURE, 'utf8')) as Readonly<Record<string, Changes>>;

/** Two cores carry it. */
const AT_ONCE = 3;

/** Those of these changes that make no difference beside these values. */
async function unread(values: string, changed: Changes): Promise<string[]> {
  const before = await renderedText(values);
  const left = Object.entries(changed);
  const found: string[] = [];
  const directory = scratch();
  async function next(): Promise<void> {
    for (let change = left.pop(); change !== undefined; change = left.pop()) {
      const [at, value] = change;
      const over = at.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
      const file = path.join(directory, `${at}.json`);
      writeFileSync(file, JSON.stringify(over));
      if ((await renderedText(values, '-f', file)) === before) found.push(at);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}

describe('another value for each that the chart has', () => {
  it('is there', () => {
    const changed = Object.values(changes).flatMap((each) => Object.keys(each));
    expect(changed.toSorted()).toEqual(settingsOf(defaultValues()).toSorted());
  });

  it.skipIf(!hasHelm).each(Object.entries(changes))(
    'makes a difference: those of %s',
    async (values, changed) => {
      expect(await unread(values, changed)).toEqual([]);
    },
    3 * MINUTE,
  );
});
