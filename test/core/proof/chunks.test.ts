import { expect, it } from 'vitest';
import { NO_COUNTS, type ReadEntry } from '../../../src/core/ledger.ts';
import { chunksOf } from '../../../src/core/proof/chunks.ts';
import { overlaps, type Interval } from '../../../src/core/time/intervals.ts';

const HOUR = 3_600_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const SOURCE = { indivisible: false, readings: undefined, streamOf: () => 'acme/x/live' };

/** From before claims were by the minute: it can only be judged whole. */
const whole = (from: number, to: number): ReadEntry => ({
  from,
  to,
  pass: 'live',
  status: 'done',
  run: `${from}`,
  at: to + HOUR,
  startedAt: to,
  counts: NO_COUNTS,
  reason: undefined,
  by: undefined,
  error: undefined,
  reading: undefined,
});

async function chunks(entries: readonly ReadEntry[], asked: Interval) {
  const looks: Interval[] = [];
  const found: Interval[] = [];
  let returned = 0;
  const entriesOf = async (span: Interval): Promise<ReadEntry[]> => {
    looks.push(span);
    const some = entries.filter((entry) => overlaps(entry, span)).map((entry) => ({ ...entry }));
    returned += some.length;
    return some;
  };
  let regions = 0;
  for await (const { from, to, regions: inIt } of chunksOf(asked, entriesOf, SOURCE)) {
    found.push({ from, to });
    regions += inIt.length;
  }
  return { looks, found, returned, regions };
}

it('a chain of claims that overlap is followed in few questions, none of which asks again for what is known', async () => {
  const hours = Array.from({ length: 744 }, (_, hour) => T0 + hour * HOUR);
  const entries = hours.flatMap((from) => [whole(from, from + HOUR), whole(from + HOUR / 2, from + 1.5 * HOUR)]);
  const asked = { from: T0 + 300 * HOUR, to: T0 + 301 * HOUR };
  const { looks, found, returned, regions } = await chunks(entries, asked);
  expect(found).toEqual([{ from: T0, to: T0 + 744.5 * HOUR }]);
  expect(regions).toBe(1);
  expect(looks.length).toBeLessThan(30);
  // One that crosses the bound of two questions is an answer to both.
  expect(returned).toBeLessThan(entries.length + 4 * looks.length);
});

it('a time range is closed where its last claim ends, however far it had looked ahead', async () => {
  const entries = [
    whole(T0, T0 + 7 * HOUR),
    whole(T0 + 7 * HOUR, T0 + 14 * HOUR),
    whole(T0 + 14 * HOUR, T0 + 15 * HOUR),
  ];
  const { found, regions } = await chunks(entries, { from: T0, to: T0 + 15 * HOUR });
  expect(found.map(({ to }) => (to - T0) / HOUR)).toEqual([7, 14, 15]);
  expect(regions).toBe(3);
});

it('no region reaches beyond its chunk, whose documents are all that is fetched', async () => {
  const bound = T0 + 6 * HOUR;
  const entries = [
    whole(T0, bound - 60_000),
    whole(bound - 60_000, bound + 30_000),
    whole(bound + 30_000, bound + 120_000),
  ];
  const ends: number[][] = [];
  const entriesOf = async (span: Interval): Promise<ReadEntry[]> => entries.filter((entry) => overlaps(entry, span));
  for await (const { to, regions } of chunksOf({ from: T0, to: bound + HOUR }, entriesOf, SOURCE))
    ends.push([to - bound, Math.max(...regions.map((region) => region.to)) - bound]);
  expect(ends).toEqual([
    [120_000, 120_000],
    [HOUR, HOUR],
  ]);
});
