/** What is said about an API, measured against 150 that were judged from the vendor's own descriptions alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawn, JUDGED, sdkApis } from '../../../scripts/feishu-apis.ts';
import { classify } from '../../../src/sources/feishu/categories.ts';

const [head = '', ...lines] = readFileSync(new URL('judged-apis.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const columns = head.split('\t');
const judged = lines.map((line) => Object.fromEntries(line.split('\t').map((value, at) => [columns[at], value])));

const TYPE = { read: 'access', create: 'creation', change: 'change', delete: 'deletion' } as const;
const typesOf = ({ method = '', path = '' }: Record<string, string>) => classify(method, path, 200, '0').type;

describe('150 of the calls in the official SDK', () => {
  it('are the ones that the seed draws', () => {
    const names = drawn(sdkApis(), JUDGED.seed, JUDGED.count).map(({ method, path }) => `${method} ${path}`);
    expect(judged.map(({ method, path }) => `${method} ${path}`)).toEqual(names);
  });

  it('are judged in words that are known', () => {
    const words = (column: string) => new Set(judged.map((row) => row[column]));
    expect(words('action')).toEqual(new Set(Object.keys(TYPE)));
    expect(words('takes_out')).toEqual(new Set(['none', 'item', 'list', 'file']));
    const flags = judged.flatMap(({ power, credential, audit }) => [power, credential, audit]);
    expect(new Set(flags)).toEqual(new Set(['no', 'yes']));
  });

  // What guessing by the path reaches. It may only grow: whoever mends a guess raises it, and never edits the judgement.
  it('are classified by their action as judged, in 123 of 150 at least', () => {
    const agreed = judged.filter((row) => typesOf(row).includes(TYPE[row['action'] as keyof typeof TYPE]));
    expect(agreed.length).toBeGreaterThanOrEqual(123);
  });

  it('are known to give power in 2 of 7 at least, and wrongly said to in 1 at most', () => {
    const said = judged.filter((row) => typesOf(row).includes('admin')).map(({ power }) => power);
    expect(said.filter((power) => power === 'yes').length).toBeGreaterThanOrEqual(2);
    expect(said.filter((power) => power === 'no').length).toBeLessThanOrEqual(1);
  });
});
