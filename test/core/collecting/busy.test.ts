import { describe, expect, it } from 'vitest';
import { createPageCount, divide, isDivisible, MOST_PAGES } from '../../../src/core/collecting/busy.ts';
import { WindowTooBusyError } from '../../../src/sdk/errors.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-03-01T12:00:00Z');
const hour = { from: T0, to: T0 + HOUR };

/** Pages that could be read of a window, each with its records' times, before it was too busy. */
function read(span: typeof hour, pages: readonly (readonly number[])[]): { pages: number; expected?: number } {
  const count = createPageCount(span, MOST_PAGES);
  for (const [page, times] of pages.entries()) {
    for (const time of times) count.see(time);
    try {
      count.turn();
    } catch (error) {
      if (!(error instanceof WindowTooBusyError)) throw error;
      return { pages: page + 1, expected: error.pages };
    }
  }
  return { pages: pages.length };
}

/** An hour's pages in order, of one record at the beginning and one at the end of the time that each takes. */
const sorted = (count: number): number[][] =>
  Array.from({ length: count }, (_, page) => [T0 + (page * HOUR) / count, T0 + ((page + 1) * HOUR) / count - 1]);

describe('a window', () => {
  it('is read to its end while it has no more pages than one run reads', () => {
    expect(read(hour, sorted(MOST_PAGES - 50))).toEqual({ pages: MOST_PAGES - 50 });
  });

  it.each([
    ['from its beginning', (pages: number[][]) => pages],
    ['from its end', (pages: number[][]) => pages.toReversed()],
  ])('that is far too busy is found out after a few pages, read %s', (_, order) => {
    const { pages, expected } = read(hour, order(sorted(5_400)));
    expect(pages).toBe(30);
    expect(expected).toBeGreaterThan(5_390);
    expect(expected).toBeLessThan(5_410);
  });

  it('whose answer is in no order is read until it has too many pages', () => {
    const everywhere = Array.from({ length: 700 }, () => [T0, T0 + HOUR - 1]);
    expect(read(hour, everywhere)).toEqual({ pages: MOST_PAGES + 1, expected: MOST_PAGES + 2 });
  });

  it.each([
    ['records that are dated elsewhere', [T0 - 10 * HOUR, T0 + 10 * HOUR]],
    ['pages without records', []],
  ])('is not divided for %s', (_, page) => {
    expect(
      read(
        hour,
        Array.from({ length: 40 }, () => page),
      ),
    ).toEqual({ pages: 40 });
  });
});

describe('a busy window is divided', () => {
  it('into as many parts as its pages take, at whole minutes', () => {
    const parts = divide(hour, 5_400, MOST_PAGES);
    expect(parts).toHaveLength(15);
    expect(parts.every(({ from, to }) => from % MINUTE === 0 && to % MINUTE === 0)).toBe(true);
    expect([parts[0]?.from, parts.at(-1)?.to]).toEqual([hour.from, hour.to]);
    for (const [index, { to }] of parts.slice(0, -1).entries()) expect(parts[index + 1]?.from).toBe(to);
  });

  it('at whole seconds where a minute is too long', () => {
    expect(divide({ from: T0, to: T0 + MINUTE }, 601, MOST_PAGES)).toEqual([
      { from: T0, to: T0 + 20 * SECOND },
      { from: T0 + 20 * SECOND, to: T0 + 40 * SECOND },
      { from: T0 + 40 * SECOND, to: T0 + MINUTE },
    ]);
    expect(divide({ from: T0, to: T0 + 3 * SECOND }, 1_000_000, MOST_PAGES)).toHaveLength(3);
  });

  it('into no more than sixty', () => {
    expect(divide(hour, 1_000_000, MOST_PAGES)).toHaveLength(60);
  });

  it('in two at least, and down to one second', () => {
    expect(divide({ from: T0, to: T0 + 2 * SECOND }, 1, MOST_PAGES)).toHaveLength(2);
    expect(isDivisible({ from: T0, to: T0 + 2 * SECOND })).toBe(true);
    expect(isDivisible({ from: T0, to: T0 + SECOND })).toBe(false);
  });
});
