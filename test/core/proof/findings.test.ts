/** What a proof lists beside its verdict: each time range once, and of each only what is true. */
import { describe, expect, it } from 'vitest';
import type { ReadEntry } from '../../../src/core/ledger.ts';
import { play, timeOf, toldOf, type Command, type History, type Pass, type Window } from './history.ts';

const ALL = { from: 0, to: 240 };
const publish = (...seconds: readonly number[]): Command => ({ do: 'publish', seconds, kind: 0, odd: 0 });
const read = (from: number, to: number, pass: Pass = 'live'): Command => ({ do: 'read', window: { from, to }, cutAfter: 0, fails: false, pass }); // prettier-ignore
const accept = (from: number, to: number): Command => ({ do: 'accept', window: { from, to } });
const after = (...commands: readonly Command[]): History =>
  play(commands.map((command) => ({ command, waitMs: 5_000 })));
const found = async (history: History, asked: Window = ALL) => (await toldOf(history, asked)).found;
const span = (from: number, to: number) => ({ from: timeOf(from), to: timeOf(to) });
const withEntries = (history: History, change: (entry: ReadEntry, index: number) => ReadEntry): History => ({
  ...history,
  entries: history.entries.map(change),
});

describe('a gap that was accepted', () => {
  it('is listed as far as nobody has collected it since', async () => {
    const history = after(publish(5, 130), read(120, 240), accept(0, 120), read(0, 60));
    expect((await found(history)).accepted).toMatchObject([{ ...span(60, 120), reason: 'lost', by: 'li' }]);
    expect((await toldOf(history, ALL)).told).toBe('complete but');
  });

  it('is none once it was collected', async () => {
    const history = after(publish(5, 130), read(120, 240), accept(0, 120), read(0, 120));
    const { told, found: findings } = await toldOf(history, ALL);
    expect([told, findings.accepted]).toEqual(['complete', []]);
  });

  it('counts for the question that was asked then, and for no wider one, nor where only a later reading was given up', async () => {
    const history = after(publish(5, 130), read(120, 240), accept(0, 120));
    const acceptedAs = (more: Partial<ReadEntry>): History =>
      withEntries(history, (entry) => (entry.status === 'accepted' ? { ...entry, ...more } : entry));
    const asked = (kind: readonly string[]): Partial<ReadEntry> => ({
      reading: { minutes: undefined, readFrom: undefined, readUntil: undefined, question: { kind } },
    });
    expect((await toldOf({ ...acceptedAs(asked(['a'])), question: { kind: ['a'] } }, ALL)).told).toBe('complete but');
    expect((await toldOf({ ...acceptedAs(asked(['a'])), question: { kind: ['a', 'b'] } }, ALL)).told).toBe('not collected'); // prettier-ignore
    expect((await toldOf(acceptedAs({ pass: 'settle-1h' }), ALL)).told).toBe('not collected');
  });
});

describe('a time range that is missing', () => {
  it('is listed once for each pass that saw it, however many minutes it has', async () => {
    const history = after(
      publish(5, 65, 125, 185),
      read(0, 240),
      read(0, 240, 'settle-1h'),
      read(0, 240, 'backfill-x'),
    );
    history.stored.clear();
    const { missing } = await found(history);
    expect(missing).toEqual({
      listed: ['live', 'settle-1h', 'backfill-x'].map((by) => ({
        ...span(0, 240),
        by,
        what: 'seen',
        wider: undefined,
        claimed: 4,
        stored: 0,
      })),
      more: 0,
    });
  });

  it('is listed once where one pass read it twice', async () => {
    const history = after(publish(5, 65), read(0, 240), publish(6, 66), read(0, 240));
    history.stored.clear();
    expect((await found(history)).missing.listed).toEqual([
      { ...span(0, 120), by: 'live', what: 'seen', wider: undefined, claimed: 4, stored: 0 },
    ]);
  });
});

describe('damaged claims', () => {
  const damage = ({ reading, ...entry }: ReadEntry, minutes: unknown): ReadEntry => ({
    ...entry,
    reading: reading && { ...reading, minutes },
  });

  it('are counted once each, without neighbours that were not asked for', async () => {
    const history = after(publish(5, 65), read(0, 60), read(60, 120), read(120, 240));
    const damaged = withEntries(history, (entry) => damage(entry, ['+0 1 x']));
    expect(await found(damaged, { from: 0, to: 60 })).toMatchObject({ damaged: 1, omitted: 0 });
    expect(await found(damaged)).toMatchObject({ damaged: 3, omitted: 0 });
  });

  it('are none where minutes were left out on purpose', async () => {
    const history = withEntries(after(publish(5), read(0, 240)), (entry) => damage(entry, undefined));
    const { told, found: findings } = await toldOf(history, ALL);
    expect([told, findings.damaged, findings.omitted]).toEqual(['complete', 0, 1]);
  });
});

describe('an entry that says only a total is not provable', () => {
  const old = (entry: ReadEntry, rejected = 0): ReadEntry => ({
    ...entry,
    counts: { ...entry.counts, rejected },
    reading: undefined,
  });
  const whys = async (history: History): Promise<string[]> =>
    (await found(history)).unclear.listed.map(({ why }) => why);

  it('by the rest where other readings found something, and else by its number', async () => {
    const again = after(publish(5, 70), read(0, 240), publish(71), read(60, 120));
    expect(await whys(withEntries(again, (entry, index) => (index === 0 ? old(entry) : entry)))).toEqual(['rest']);
    const refused = after({ do: 'refuse', kind: 0 }, publish(5, 70), read(0, 240));
    expect(await whys({ ...withEntries(refused, (entry) => old(entry, 2)), letters: new Set() })).toEqual(['total']);
    const stranger = withEntries(after(publish(5, 70), read(0, 240)), (entry) => old(entry));
    const stored = new Set([...stranger.stored, 'a-stranger']);
    const events = new Map([...stranger.events, ['a-stranger', { id: 'a-stranger', second: 9, listed: 9, kind: 'a' }]]);
    expect(await whys({ ...stranger, stored, events })).toEqual(['more']);
  });
});

it('late events are those of windows that lie in the time range whole', async () => {
  const history = withEntries(after(read(0, 60, 'settle-1h'), read(60, 240, 'settle-1h')), (entry) => ({
    ...entry,
    counts: { ...entry.counts, late: 3 },
  }));
  const late = async (asked: Window): Promise<number> => (await found(history, asked)).late;
  expect([await late(ALL), await late({ from: 0, to: 120 }), await late({ from: 60, to: 120 })]).toEqual([6, 3, 0]);
});
