/** What becomes of single histories: each names a rule that would be easy to get wrong. */
import { describe, expect, it } from 'vitest';
import { NO_COUNTS, type ReadEntry } from '../../../src/core/ledger.ts';
import {
  oracle,
  play,
  timeOf,
  toldOf,
  verdictOf,
  type Command,
  type History,
  type Pass,
  type Window,
} from './history.ts';

const ALL = { from: 0, to: 240 };
const CALM = 5_000;

const publish = (seconds: readonly number[], kind = 0): Command => ({ do: 'publish', seconds, kind, odd: 0 });
const read = (from: number, to: number, more: { cutAfter?: number; fails?: boolean; pass?: Pass; backMs?: number } = {}): Command => ({ do: 'read', window: { from, to }, cutAfter: 0, fails: false, ...more }); // prettier-ignore
const ask = (question: number): Command => ({ do: 'ask', question });
/** All that one of the last readings created, the last being 0. */
const deleteBatch = (batch: number): Command => ({ do: 'delete', pick: 0, batch });
const refuse = (kind: number): Command => ({ do: 'refuse', kind });
const replay: Command = { do: 'replay' };
const EVERYTHING = 0;
const ONLY_A = 2;
const NOTHING = 5;

const after = (...commands: readonly Command[]): History =>
  play(commands.map((command) => ({ command, waitMs: CALM })));
const afterStatistics = (...commands: readonly Command[]): History =>
  play(
    commands.map((command) => ({ command, waitMs: CALM })),
    { kind: 'statistics' },
  );
const verdict = (history: History, asked: Window = ALL): Promise<string> => verdictOf(history, asked);

describe('a history is', () => {
  it('complete where a later reading of a part found what came late', async () => {
    const history = after(publish([5, 70, 130]), read(0, 240), publish([65, 66]), read(60, 120));
    expect(await verdict(history)).toBe('complete');
  });

  it('incomplete where the rest of an earlier reading is gone', async () => {
    const history = after(publish([5, 130]), read(0, 240), publish([65]), read(60, 120), deleteBatch(1));
    expect(await verdict(history)).toBe('incomplete');
    expect(await verdict(history, { from: 60, to: 120 })).toBe('complete');
  });

  it('complete where a part was deleted and the same part read again', async () => {
    const history = after(
      publish([65]),
      read(60, 120),
      publish([5]),
      read(0, 60),
      deleteBatch(1),
      read(60, 120),
      read(120, 240),
    );
    expect(await verdict(history)).toBe('complete');
  });

  it('in doubt, and no alarm, where what was deleted and what came late cannot be told apart any more', async () => {
    // The narrower reading brings back what was deleted of its kind, and finds two more.
    const history = after(publish([5], 0), publish([6], 1), read(0, 240), deleteBatch(0), publish([7, 8], 0), ask(ONLY_A), read(0, 240), ask(EVERYTHING)); // prettier-ignore
    expect(oracle(history, ALL).missing).toHaveLength(1);
    expect(await verdict(history)).toBe('not provable');
  });

  it('incomplete where as many are there as were seen, and not the same ones', async () => {
    const history = after(publish([5, 6]), read(0, 240));
    const [one = ''] = history.stored;
    expect(await verdict({ ...history, stored: new Set([one, 'a-stranger']) })).toBe('incomplete');
  });

  it('in doubt where more is there than the readings tell, until it is read again', async () => {
    const commands = [read(0, 240), publish([5, 6, 7, 8, 9]), read(0, 240, { fails: true })];
    expect(await verdict(after(...commands))).toBe('not provable');
    expect(await verdict(after(...commands, read(0, 240)))).toBe('complete');
  });

  it('not complete where only a narrower reading saw what a failed one had left, and that is gone', async () => {
    const late = publish([5, 6, 7, 8], 0);
    const history = after(publish([9], 1), read(0, 240), late, read(0, 240, { fails: true }), ask(ONLY_A), read(0, 240), ask(EVERYTHING), deleteBatch(1)); // prettier-ignore
    expect(oracle(history, ALL).missing.length).toBeGreaterThan(0);
    expect(await verdict(history)).not.toBe('complete');
  });

  it('complete where neighbours were read in the same second, each creating part of what both asked for', async () => {
    const seconds = [59, 59, 59, 60, 60, 60, 61, 61];
    const history = play(
      [publish(seconds), read(0, 60, { cutAfter: 2 }), read(60, 120), read(120, 240)].map((command) => ({
        command,
        waitMs: 10,
      })),
    );
    expect(await verdict(history)).toBe('complete');
  });

  it('not complete where more is there than two readings saw in which the clock went back', async () => {
    const glitch = { backMs: 5_000 };
    const commands = [
      read(0, 240, glitch),
      publish([5, 6, 7, 8, 9]),
      read(0, 240, { fails: true }),
      read(0, 30),
      read(30, 240),
    ];
    const [first, ...rest] = commands.map((command) => ({ command, waitMs: 1_000 }));
    if (first === undefined) throw new Error('there are commands');
    const twice = play([first, first, ...rest.slice(0, 2)]);
    expect(await verdict(twice)).toBe('not provable');
    expect(
      await verdict(
        play([first, first, ...rest.slice(0, 2), ...rest.slice(2).map((step) => ({ ...step, waitMs: 9_000 }))]),
      ),
    ).toBe('complete');
  });

  it('incomplete where a neighbour had created it beside its own window, and it is gone', async () => {
    const history = after(read(60, 240), publish([60, 61]), read(0, 60), deleteBatch(0));
    expect(oracle(history, ALL).missing).toHaveLength(2);
    expect(await verdict(history)).toBe('incomplete');
  });

  it('incomplete where a later reading created what an earlier one had refused, and it is gone', async () => {
    const commands = [refuse(0), publish([5]), publish([7], 1), read(0, 240), refuse(NOTHING), read(0, 240)];
    expect(await verdict(after(...commands))).toBe('complete');
    expect(await verdict(after(...commands, deleteBatch(0)))).toBe('incomplete');
  });

  it('complete but for letters where records were refused, and complete once they are replayed', async () => {
    const refused = [refuse(0), publish([5, 6], 0), publish([7], 1), read(0, 240)];
    expect(await verdict(after(...refused))).toBe('complete but');
    expect(await verdict(after(...refused, refuse(NOTHING), replay))).toBe('complete');
    const gone = after(...refused, refuse(NOTHING), replay);
    for (const id of gone.letters) gone.stored.delete(id);
    expect(await verdict(gone)).toBe('incomplete');
  });

  it('complete but for letters where each of several readings of statistics refused some', async () => {
    const passes = (['live', 'settle-1h', 'settle-2h'] as const).map((pass) => read(0, 120, { pass }));
    const refused = [refuse(0), publish([5, 6, 7], 0), publish([8, 9, 10, 11, 12, 13], 1), ...passes];
    const day = { from: 0, to: 120 };
    expect(await verdict(afterStatistics(...refused), day)).toBe('complete but');
    expect(await verdict(afterStatistics(...refused, refuse(NOTHING), replay), day)).toBe('complete');
    // As many as others' letters are gone.
    for (const batch of [0, 1, 2])
      expect(await verdict(afterStatistics(...refused, deleteBatch(batch)), day)).toBe('incomplete');
  });

  it('not collected where what was to find the late events has looked for less, and nobody for all since', async () => {
    const settle = read(0, 60, { pass: 'settle-1h' });
    const commands = [publish([5], 1), read(0, 240), ask(ONLY_A), settle, ask(EVERYTHING)];
    const { told, found } = await toldOf(after(...commands), ALL);
    expect([told, found.uncollected.listed[0]]).toMatchObject([
      'not collected',
      { from: timeOf(0), to: timeOf(60), narrower: 'later only where kind is a' },
    ]);
    expect(await verdict(after(...commands, settle))).toBe('complete');
    expect(await verdict(after(...commands, read(0, 60, { pass: 'backfill-x' })))).toBe('complete');
    expect(await verdict(after(publish([5], 1), read(0, 240), ask(ONLY_A), read(0, 60, { pass: 'backfill-x' }), ask(EVERYTHING)))).toBe('complete'); // prettier-ignore
  });

  it('not collected for a question that is wider than the readings', async () => {
    const history = after(publish([5], 1), ask(ONLY_A), read(0, 240));
    expect(await verdict(history)).toBe('complete');
    expect(await verdict({ ...history, question: {} })).toBe('not collected');
  });
});

/** As an entry lay in the ledger before claims were by the minute; its count is of all that was seen inside, refused or not. */
const asBefore = (entry: ReadEntry, counts: Partial<ReadEntry['counts']> = {}): ReadEntry => ({
  ...entry,
  counts: { ...NO_COUNTS, ...entry.counts, ...counts },
  reading: undefined,
});
const before = (history: History, counts: Partial<ReadEntry['counts']> = {}): History => ({
  ...history,
  entries: history.entries.map((entry) => asBefore(entry, counts)),
});

describe('an entry from before claims were by the minute', () => {
  it('is proven by its number, and an upgrade unproves nothing', async () => {
    const history = before(after(publish([5, 70]), ask(ONLY_A), read(0, 240)));
    expect(await verdict({ ...history, question: {} })).toBe('complete');
  });

  it('alarms where fewer are there than it says', async () => {
    const history = before(after(publish([5]), read(0, 60), publish([70]), read(0, 240), deleteBatch(0)));
    expect(await verdict(history)).toBe('incomplete');
  });

  it('does not alarm for records that Elasticsearch had refused, which it counts as events', async () => {
    const history = after(refuse(0), publish([5], 0), publish([6], 1), read(0, 240));
    const letters = new Set<string>();
    expect(await verdict(before({ ...history, letters }, { rejected: 1 }))).toBe('not provable');
    expect(await verdict(before({ ...history, letters }, { rejected: 0 }))).toBe('incomplete');
  });

  it('is not provable by the rest of it, once a part was read again and found more', async () => {
    const history = after(publish([5, 70]), read(0, 240), publish([71]), read(60, 120));
    const [old, ...since] = history.entries;
    const entries = [asBefore(old as ReadEntry), ...since];
    expect(await verdict({ ...history, entries })).toBe('not provable');
    expect(await verdict({ ...history, entries }, { from: 60, to: 120 })).toBe('not provable');
    // Read again as a whole, it has given way.
    const again = after(publish([5, 70]), read(0, 240), publish([71]), read(60, 120), read(0, 240));
    const [first, ...later] = again.entries;
    expect(await verdict({ ...again, entries: [asBefore(first as ReadEntry), ...later] })).toBe('complete');
  });

  it('is not provable where a neighbour created something beside its window, or a record of it was refused since', async () => {
    const old = [publish([58, 59]), read(0, 60)];
    const first = (history: History): History => ({
      ...history,
      entries: history.entries.map((entry, index) => (index === 0 ? asBefore(entry) : entry)),
    });
    // As many are there as it says, and one of them is the neighbour's.
    const beside = first(after(...old, publish([59]), read(60, 240)));
    expect(await verdict(beside, { from: 0, to: 60 })).toBe('not provable');
    beside.stored.delete([...beside.stored][0] ?? '');
    expect(await verdict(beside, { from: 0, to: 60 })).not.toBe('complete');
    const again = [refuse(1), publish([5], 1), read(0, 60)];
    const refused = first(after(publish([58]), read(0, 60), ...again));
    refused.stored.clear();
    expect(await verdict(refused, { from: 0, to: 60 })).not.toMatch(/^complete/);
  });

  it('is none where only a part of what it says is lost: it is damaged, and counts by its total', async () => {
    const history = after(publish([5, 70]), read(0, 240));
    const lose = (reading: (entry: NonNullable<ReadEntry['reading']>) => object): History => ({
      ...history,
      entries: history.entries.map((entry) => ({ ...entry, reading: reading(entry.reading as never) as never })),
    });
    const fewer = lose((reading) => ({ ...reading, minutes: (reading.minutes as unknown[]).slice(1) }));
    expect((await toldOf(fewer, ALL)).found.damaged).toBe(1);
    expect(await verdict(fewer)).toBe('complete');
    expect(await verdict({ ...fewer, stored: new Set() })).toBe('incomplete');
    const undated = lose((reading) => ({ ...reading, readFrom: undefined, question: { kind: ['a'] } }));
    expect(await verdict({ ...undated, question: {} })).toBe('not collected');
  });

  it('counts by its total where its claim is damaged', async () => {
    const history = after(publish([5, 70]), read(0, 240));
    const damage = (entry: ReadEntry): ReadEntry => ({ ...entry, reading: { ...entry.reading, minutes: ['+0 1 x'] } as ReadEntry['reading'] }); // prettier-ignore
    const damaged = { ...history, entries: history.entries.map(damage) };
    expect(await verdict(damaged)).toBe('complete');
    const [id] = damaged.stored;
    damaged.stored.delete(id ?? '');
    expect(await verdict(damaged)).toBe('incomplete');
  });
});

describe('a question that is damaged in the ledger', () => {
  const damaged = (history: History): History => ({
    ...history,
    entries: history.entries.map((entry, index) =>
      index > 0 || entry.reading === undefined
        ? entry
        : { ...entry, reading: { ...entry.reading, question: undefined } },
    ),
  });

  it('answers nothing, and is said', async () => {
    const history = damaged(after(publish([5], 1), ask(ONLY_A), read(0, 240)));
    const { told, found } = await toldOf({ ...history, question: {} }, ALL);
    expect(told).toBe('not collected');
    expect(found).toMatchObject({ questionSince: undefined, damagedQuestions: 1 });
    expect(found.uncollected.listed[0]?.narrower).toContain('damaged');
  });

  it('gives way only to a reading of everything, and is missed where its documents are gone', async () => {
    const commands = [publish([5], 0), publish([6], 1), read(0, 240)];
    expect(await verdict(damaged(after(...commands, read(0, 240))))).toBe('complete');
    const [gone, late] = [deleteBatch(0), publish([7, 8], 0)];
    expect(await verdict(damaged(after(...commands, ask(ONLY_A), gone, read(0, 240))))).toBe('incomplete');
    expect(await verdict(damaged(after(...commands, ask(ONLY_A), gone, late, read(0, 240))))).toBe('not provable');
  });
});

describe('claims of whole windows that no minute bounds', () => {
  const verdicts = (history: History, ...asked: readonly Window[]): Promise<string[]> =>
    Promise.all(asked.map((window) => verdict(history, window)));

  it('are judged whole where one begins in the minute in which another ends', async () => {
    const reads = [read(0, 90), read(90, 180), read(180, 240)];
    const history = before(after(publish([5, 65, 85, 95, 130, 170, 190]), ...reads));
    const asked = [{ from: 0, to: 60 }, { from: 120, to: 150 }, ALL]; // prettier-ignore
    expect(await verdicts(history, ...asked)).toEqual(['complete', 'complete', 'complete']);
    history.stored.delete([...history.events.values()].find(({ second }) => second === 130)?.id ?? '');
    // The neighbour is judged with it, but nobody asked for it.
    expect(await verdicts(history, ...asked)).toEqual(['complete', 'incomplete', 'incomplete']);
  });

  it('leave no doubt untold because a neighbour is in doubt too', async () => {
    const history = before(after(read(0, 90), publish([130]), read(90, 180)));
    const strangers = [5, 100].map((second) => ({ id: `stranger ${second}`, second, listed: second, kind: 'a' }));
    const events = new Map([...history.events, ...strangers.map((event) => [event.id, event] as const)]);
    const stored = new Set([...history.stored, ...strangers.map(({ id }) => id)]);
    expect(await verdict({ ...history, events, stored }, { from: 0, to: 60 })).toBe('not provable');
  });

  it('say nothing false of time that was not asked for', async () => {
    const history = before(after(publish([5, 100, 110, 120]), read(0, 95), read(95, 240)));
    expect(await verdict(history, { from: 0, to: 30 })).toBe('complete');
  });
});

it('a gap that was accepted closes its time without data', async () => {
  const history = after(publish([5, 70]), read(60, 240));
  expect(await verdict(history)).toBe('not collected');
  const [entry] = history.entries as [ReadEntry];
  const accepted = { ...entry, from: timeOf(0), to: timeOf(60), status: 'accepted', reading: undefined, reason: 'lost', by: 'li' } as const; // prettier-ignore
  expect(await verdict({ ...history, entries: [entry, accepted] })).toBe('complete but');
});
