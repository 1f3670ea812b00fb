import { expect, it } from 'vitest';
import { hashId } from '../../../src/sdk/document-id.ts';
import { findExplanation } from '../../../src/core/proof/explain.ts';
import { plus, sumOfIds } from '../../../src/core/proof/id-words.ts';

const ids = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => sumOfIds([hashId(`${name} ${index}`)]));

it('eight letters and eight replays are tried in every way, each sum worked out once', () => {
  const [open, replays] = [ids('letter', 8), ids('replay', 8)];
  const options = replays.map((sum, index) => {
    let asked = 0;
    const what = { index, asked: () => asked };
    return {
      get ids() {
        asked += 1;
        return sum;
      },
      what,
    };
  });
  const letters = { open, replayed: [] };
  const seen = sumOfIds([hashId('seen')]);
  const there = plus(plus(seen, open[3] ?? seen), replays[5] ?? seen);
  expect(findExplanation(there, seen, letters, options)?.map(({ what }) => what.index)).toEqual([5]);
  expect(findExplanation(plus(there, seen), seen, letters, options)).toBeUndefined();
  // Of 256 ways to choose, each option is part of half; the product of both searches would ask 256 times as often.
  for (const { what } of options) expect(what.asked()).toBeLessThan(2_000);
});
