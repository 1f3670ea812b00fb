import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashId } from '../../../src/sdk/document-id.ts';
import { createClaimTally, parseClaim } from '../../../src/core/proof/claims.ts';
import { createIdSet } from '../../../src/core/proof/id-set.ts';
import { sumOfIds, wordsOf } from '../../../src/core/proof/id-words.ts';

const SECOND = 1_000;
const T0 = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): number => T0 + seconds * SECOND;
const id = (name: string | number): string => hashId(String(name));

/** The same sum, worked out the slow way. */
function slowSum(ids: readonly string[]): { count: number; sum: bigint } {
  const distinct = [...new Set(ids)];
  const numbers = distinct.map((text) => BigInt(`0x${Buffer.from(text, 'base64url').subarray(0, 16).toString('hex')}`));
  return { count: distinct.length, sum: numbers.reduce((sum, number) => sum + number, 0n) % 2n ** 128n };
}

describe('the sum of ids', () => {
  it('is of their first 128 bits, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map(id), { maxLength: 40 }), (ids) => {
        const distinct = [...new Set(ids)];
        expect(sumOfIds(distinct)).toEqual(slowSum(ids));
        expect(sumOfIds(distinct.toReversed())).toEqual(slowSum(ids));
      }),
    );
  });

  it('hashes an id that shenji did not make', () => {
    const hashed = createHash('sha256').update('foreign').digest('base64url');
    expect(sumOfIds(['foreign'])).toEqual(sumOfIds([hashed]));
    expect(sumOfIds([`${id('x').slice(0, 10)}!${id('x').slice(11)}`]).sum).not.toBe(sumOfIds([id('x')]).sum);
  });
});

it('a set of ids knows each once, also after it has grown, and each mark by itself', () => {
  const set = createIdSet();
  const words = new Uint32Array(4);
  const ids = Array.from({ length: 5_000 }, (_, index) => id(index));
  for (const one of ids) expect(set.mark(wordsOf(one, words), 1)).toBe(true);
  for (const one of ids) expect(set.mark(wordsOf(one, words), 1)).toBe(false);
  expect(ids.filter((one) => set.mark(wordsOf(one, words), 2))).toHaveLength(ids.length);
  expect(set.size).toBe(ids.length);
});

describe('a claim', () => {
  it('names each minute with events, cut where the window cuts it, and what was created beside it', () => {
    const tally = createClaimTally({ from: at(20), to: at(200) }, false);
    for (const [name, seconds] of [['a', 30], ['b', 59], ['c', 180], ['after', 200], ['before', 19]] as const)
      tally.see(id(name), at(seconds)); // prettier-ignore
    for (const [name, seconds] of [['a', 30], ['c', 180], ['after', 200]] as const) tally.create(id(name), at(seconds)); // prettier-ignore
    const { minutes, elsewhere } = tally.claim();
    expect(tally.events).toBe(3);
    expect(minutes?.map((text) => text.replaceAll(/[\w-]{22}/g, 'SUM'))).toEqual([
      '+0 2 SUM 1 SUM',
      '+3 1 SUM =',
      '>3 1 SUM',
    ]);
    expect(elsewhere).toEqual([]);
    expect(parseClaim(minutes, { from: at(20), to: at(200) })).toEqual([
      { from: at(20), to: at(60), outside: false, seen: slowSum([id('a'), id('b')]), created: slowSum([id('a')]) },
      { from: at(180), to: at(200), outside: false, seen: slowSum([id('c')]), created: slowSum([id('c')]) },
      { from: at(200), to: at(240), outside: true, seen: slowSum([]), created: slowSum([id('after')]) },
    ]);
  });

  it('is one cell for a window that cannot be cut', () => {
    const day = { from: T0, to: T0 + 86_400_000 };
    const tally = createClaimTally(day, true);
    tally.see(id('a'), at(0));
    tally.see(id('b'), at(7_000));
    const { minutes } = tally.claim();
    expect(minutes).toEqual([expect.stringMatching(/^\* 2 [\w-]{22}$/)]);
    expect(parseClaim(minutes, day)).toMatchObject([{ ...day, seen: { count: 2 }, created: { count: 0 } }]);
  });

  it('counts a record once however often it comes, and its document once however often it is created', () => {
    const tally = createClaimTally({ from: at(0), to: at(60) }, false);
    for (let round = 0; round < 3; round += 1) {
      tally.see(id('a'), at(5));
      tally.create(id('a'), at(5));
    }
    expect(parseClaim(tally.claim().minutes, { from: at(0), to: at(60) })).toMatchObject([
      { seen: { count: 1 }, created: { count: 1 } },
    ]);
  });

  it('can be found by the minutes in which it created something that is dated elsewhere', () => {
    const tally = createClaimTally({ from: at(0), to: at(60) }, false);
    tally.see(id('odd'), at(-7_199));
    tally.create(id('odd'), at(-7_199));
    expect(tally.claim().elsewhere).toEqual([at(-7_200)]);
  });

  it('says nothing by the minute where a vendor dates a thousand minutes elsewhere', () => {
    const tally = createClaimTally({ from: at(0), to: at(60) }, false);
    for (let index = 1; index <= 1_001; index += 1) tally.create(id(index), at(-60 * index));
    expect(tally.claim()).toEqual({ minutes: undefined, elsewhere: [] });
  });

  it('holds after writing and reading what was seen, for any window', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 300 }));
    const events = fc.array(
      fc.record({ name: fc.nat(30), seconds: fc.integer({ min: -130, max: 640 }), created: fc.boolean() }),
    );
    fc.assert(
      fc.property(span, events, ([from, length], seen) => {
        const window = { from: at(from), to: at(from + length) };
        const tally = createClaimTally(window, false);
        const timeOf = new Map(seen.map(({ name, seconds }) => [id(name), at(seconds)]));
        const createdIds = new Set(seen.filter(({ created }) => created).map(({ name }) => id(name)));
        for (const { name } of seen) {
          tally.see(id(name), timeOf.get(id(name)) ?? 0);
          if (createdIds.has(id(name))) tally.create(id(name), timeOf.get(id(name)) ?? 0);
        }
        const cells = parseClaim(tally.claim().minutes, window) ?? [];
        const within = (cell: { from: number; to: number }): string[] =>
          [...timeOf].filter(([, time]) => time >= cell.from && time < cell.to).map(([one]) => one);
        for (const cell of cells) {
          if (!cell.outside) expect(cell.seen).toEqual(slowSum(within(cell)));
          expect(cell.created).toEqual(slowSum(within(cell).filter((one) => createdIds.has(one))));
        }
        const inside = cells.filter(({ outside }) => !outside).reduce((sum, cell) => sum + cell.seen.count, 0);
        expect(inside).toBe(within(window).length);
        expect(cells.reduce((sum, cell) => sum + cell.created.count, 0)).toBe(createdIds.size);
      }),
    );
  });

  it('that is damaged is none, and reading it never throws', () => {
    const window = { from: at(0), to: at(60) };
    const [sound = ''] = (() => {
      const tally = createClaimTally(window, false);
      tally.see(id('a'), at(1));
      return tally.claim().minutes ?? [];
    })();
    expect(parseClaim([sound], window)).toHaveLength(1);
    for (const damaged of [
      undefined,
      'x',
      [1],
      [''],
      [`${sound} 2`],
      [sound.replace('+0', '+1')],
      [sound, sound],
      [sound.replace(' 1 ', ' 0 ')],
      [sound.slice(0, -1)],
      [`${sound} 2 ${sound.split(' ')[2]}`],
      [sound.replace('+0', '*'), sound],
      [{}],
      [null],
    ])
      // prettier-ignore
      expect(parseClaim(damaged, window)).toBeUndefined();
    fc.assert(fc.property(fc.anything(), (anything) => void parseClaim(anything, window)));
    fc.assert(fc.property(fc.array(fc.string()), (texts) => void parseClaim(texts, window)));
  });
});
