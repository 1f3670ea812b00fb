import { describe, expect, test } from 'vitest';
import { askedWait } from '../../src/sdk/asked-wait.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const wait = (header: string | undefined) => askedWait(header, 5_000, NOW);

describe('what a vendor asks to wait', () => {
  test.each([
    ['seconds', '90', 90_000],
    ['a part of a second', '0.5', 500],
    ['seconds since 1970', String(NOW / 1_000 + 30), 30_000],
    ['milliseconds since 1970', String(NOW + 30_000), 30_000],
    ['an HTTP date', 'Sun, 01 Mar 2026 00:02:00 GMT', 120_000],
    ['no header', undefined, 5_000],
    ['an empty one', ' ', 5_000],
    ['zero', '0', 5_000],
  ])('is read from %s', (_name, header, waitMs) => {
    expect(wait(header)).toEqual({ waitMs, remark: '' });
  });

  test.each([
    ['three hours', '10800'],
    ['a moment in ten years', String(NOW / 1_000 + 315_360_000)],
    ['a date in ten years', 'Tue, 01 Mar 2036 00:00:00 GMT'],
    ['no end at all', 'Infinity'],
  ])('is an hour at most, and said, where it is %s', (_name, header) => {
    expect(wait(header)).toEqual({ waitMs: 3_600_000, remark: expect.stringContaining(`"${header}"`) });
  });

  test.each([
    ['a moment that is over', String(NOW / 1_000 - 60)],
    ['a date that is over', 'Sun, 01 Mar 2026 00:00:00 GMT'.replace('2026', '2020')],
    ['less than nothing', '-5'],
    ['no time', 'soon'],
  ])('is the usual, and said, where it is %s', (_name, header) => {
    expect(wait(header)).toEqual({ waitMs: 5_000, remark: expect.stringContaining(`"${header}"`) });
  });
});
