/** What makes a time range provable is told as it will come to pass: nobody waits for a reading that never comes. */
import { describe, expect, it } from 'vitest';
import { NO_COUNTS, type ReadEntry } from '../../../src/core/ledger.ts';
import { cureOf, type CureContext, type Standing } from '../../../src/core/proof/cure.ts';
import { prove } from '../../../src/core/proof/prove.ts';
import type { Interval } from '../../../src/core/time/intervals.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const at = (hours: number): number => T0 + hours * HOUR;
const hours = (from: number, to: number): Interval => ({ from: at(from), to: at(to) });

const stream = (more: Partial<Standing>): Standing => ({
  pass: 'live',
  origin: at(0),
  end: undefined,
  done: [],
  dueAt: (to) => to + MINUTE,
  ...more,
});
const failure = (span: Interval, more: Partial<ReadEntry> = {}): ReadEntry => ({
  ...span,
  pass: 'live',
  status: 'failed',
  run: 'r',
  at: at(10),
  startedAt: at(10),
  counts: NO_COUNTS,
  reason: undefined,
  by: undefined,
  error: { message: 'HTTP 500', retryable: true },
  reading: undefined,
  ...more,
});
const cure = (place: Interval, context: Partial<CureContext>): string =>
  cureOf(place, { failed: [], standing: [], now: at(10), backfill: () => 'a backfill', ...context });

describe('a time range that a stream is still to read', () => {
  it('waits for the one that reads it first, and is told when', () => {
    const standing = [stream({ pass: 'settle-1h', dueAt: (to) => to + HOUR }), stream({})];
    expect(cure(hours(9, 11), { standing })).toBe('live reads it from 2026-03-01T11:01:00.000Z on');
    const quiet = standing.map((stream) => ({ ...stream, quietMs: 900_000 }));
    expect(cure(hours(8, 9), { standing: quiet })).toBe(
      'live is about to read it; that nothing happened is on record within 15 m',
    );
    expect(cure(hours(8, 9), { standing })).toBe('live is about to read it');
    expect(cure(hours(8, 9), { standing: [stream({ done: [hours(0, 9)] }), ...standing.slice(0, 1)] })).toBe(
      'settle-1h is about to read it',
    );
  });

  it('waits for none that has read it already, though a gap keeps its watermark back', () => {
    const standing = [stream({ pass: 'settle-1h', dueAt: (to) => to + HOUR, done: [hours(2, 9)] })];
    expect(cure(hours(3, 4), { standing })).toBe('a backfill');
  });

  it('waits for none that reads a part of it only', () => {
    expect(cure(hours(1, 3), { standing: [stream({ origin: at(2) })] })).toBe('a backfill');
    expect(cure(hours(1, 3), { standing: [stream({ pass: 'backfill-x', end: at(2) })] })).toBe('a backfill');
    expect(cure(hours(1, 3), { standing: [stream({ done: [hours(0, 2)] })] })).toBe('a backfill');
    expect(cure(hours(1, 3), { standing: [stream({ pass: 'backfill-x', end: at(3) })] })).toMatch(
      /^backfill-x is about/,
    );
  });
});

describe('a time range whose reading failed', () => {
  it('is tried again, and is told when and why', () => {
    const failed = [failure(hours(1, 2), { at: at(9.999) })];
    expect(cure(hours(1, 2), { failed, standing: [stream({})] })).toBe(
      'live failed for 2026-03-01T01:00:00.000Z – 2026-03-01T02:00:00.000Z (HTTP 500) and is tried again at 2026-03-01T10:00:56.400Z',
    );
    expect(cure(hours(1, 2), { failed: [failure(hours(1, 2), { at: at(9) })], standing: [stream({})] })).toMatch(
      /now$/,
    );
  });

  it('is not tried again by a pass that has ended', () => {
    const failed = [failure(hours(1, 2), { pass: 'settle-1h' })];
    expect(cure(hours(1, 2), { failed, standing: [stream({ done: [hours(0, 9)] })] })).toBe('a backfill');
  });

  it('is tried again by the pass that goes on with it, as far as that does', () => {
    const failed = [failure(hours(1, 2), { pass: 'settle-1', at: at(9) })];
    const goesOn = (until: number): Standing[] => [
      stream({ pass: 'settle-1h', dueAt: (to) => to + HOUR, formers: [{ pass: 'settle-1', until: at(until) }] }),
    ];
    expect(cure(hours(1, 2), { failed, standing: goesOn(2) })).toMatch(
      /^settle-1 failed .* tried again by settle-1h now$/,
    );
    expect(cure(hours(1, 2), { failed, standing: goesOn(1) })).toBe('settle-1h is about to read it');
  });
});

describe('a failed window', () => {
  const asked = { span: hours(0, 24), question: {}, readings: undefined, indivisible: false, streamOf: (pass: string) => pass }; // prettier-ignore
  const failedOf = async (entries: readonly ReadEntry[], span = asked.span): Promise<readonly ReadEntry[]> => {
    const none = async () => [];
    const touching = (part: Interval) => entries.filter(({ from, to }) => from <= part.to && to >= part.from);
    const ports = { entries: async (part: Interval) => touching(part), documents: async function* () {}, letters: none, replays: none }; // prettier-ignore
    return (await prove({ ...asked, span }, ports)).failed;
  };
  const long = failure(hours(1, 13));
  const read = (from: number, to: number): ReadEntry => failure(hours(from, to), { status: 'done', error: undefined, reading: { minutes: [], readFrom: at(20), readUntil: at(20), question: {} } }); // prettier-ignore
  const each = Array.from({ length: 12 }, (_, hour) => read(1 + hour, 2 + hour));

  it('counts no more once it was read since, in however many windows', async () => {
    expect(await failedOf([long, ...each])).toEqual([]);
    expect(await failedOf([long, ...each], hours(5, 9))).toEqual([]);
  });

  it('counts as long as any of it was not read', async () => {
    expect(await failedOf([long, ...each.slice(0, 11)])).toEqual([long]);
    expect(await failedOf([long, ...each.slice(1)])).toEqual([long]);
  });
});
