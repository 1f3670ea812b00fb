import { describe, expect, it, vi } from 'vitest';
import { wideningsOf } from '../../../src/core/proof/widening.ts';
import { questionText } from '../../../src/core/proof/question.ts';
import { areMostRefused, refusalsOf } from '../../../src/core/planning/refusals.ts';
import type { Interval } from '../../../src/core/time/intervals.ts';
import { createAttention } from '../../../src/app/attention.ts';
import type { Pass } from '../../../src/sdk/pass.ts';
import type { Question } from '../../../src/sdk/source.ts';

type Read = Interval & { readonly question: Question; readonly pass?: Pass };

/** A ledger that was written in this order. */
const ledgerOf = (reads: readonly Read[]) => ({
  questions: async () => {
    const texts = [...new Set(reads.map(({ question }) => questionText(question)))];
    return texts.map((text) => {
      const under = reads.filter(({ question }) => questionText(question) === text);
      const span = { from: Math.min(...under.map(({ from }) => from)), to: Math.max(...under.map(({ to }) => to)) };
      return { text, question: JSON.parse(text) as Question, span };
    });
  },
  readUnder: async function* (
    _tenant: string,
    _source: string,
    span: Interval,
    texts: readonly (string | undefined)[],
  ) {
    const inOrder = reads.map((read, at) => ({ ...read, at })).toSorted((a, b) => a.from - b.from);
    for (const { from, to, question, pass = 'live', at } of inOrder)
      if (texts.includes(questionText(question)) && from < span.to && to > span.from) yield { from, to, pass, at };
  },
});
const widenings = (reads: readonly Read[], question: Question, field?: string) =>
  wideningsOf(ledgerOf(reads), { tenant: 'acme', source: 'x', question, readings: field === undefined ? undefined : { field } }); // prettier-ignore

describe('what was collected under a narrower question', () => {
  const narrow = { app: ['a'] };
  it('is what has to be read again, and no longer once it was', async () => {
    const before = [{ from: 0, to: 50, question: narrow }, { from: 50, to: 90, question: narrow }]; // prettier-ignore
    const since = { from: 90, to: 100, question: {} };
    expect(await widenings([...before, since], {})).toEqual([{ from: 0, to: 90, question: narrow }]);
    expect(await widenings([...before, since, { from: 20, to: 60, question: {} }], {})).toEqual([
      { from: 0, to: 20, question: narrow },
      { from: 60, to: 90, question: narrow },
    ]);
    expect(await widenings([...before, since, { from: 0, to: 95, question: {} }], {})).toEqual([]);
  });

  it('is also what only a settle pass has read under it, and nobody for all since: what came late was not looked for', async () => {
    const settle = { from: 20, to: 60, question: narrow, pass: 'settle-1h' } as const;
    const live = { from: 0, to: 90, question: {} };
    const told = [{ from: 20, to: 60, question: narrow }];
    expect(await widenings([live, settle], {})).toEqual(told);
    expect(await widenings([settle, live], {})).toEqual([]);
    expect(await widenings([live, settle, { from: 30, to: 40, question: {} }], {})).toEqual([
      { from: 20, to: 30, question: narrow },
      { from: 40, to: 60, question: narrow },
    ]);
    // Reading a part for one app takes nothing from the whole.
    expect(await widenings([live, { ...settle, pass: 'backfill-x' }], {})).toEqual([]);
  });

  it('is what was read under it, not all between the first and the last of it', async () => {
    const apart = [{ from: 0, to: 10, question: narrow }, { from: 80, to: 90, question: narrow }]; // prettier-ignore
    expect(await widenings(apart, {})).toEqual(apart);
    expect(await widenings([...apart, { from: 5, to: 85, question: {} }], {})).toEqual([
      { from: 0, to: 5, question: narrow },
      { from: 85, to: 90, question: narrow },
    ]);
  });

  it('is found in tens of thousands of windows that do not touch', { timeout: 5_000 }, async () => {
    const apart = Array.from({ length: 30_000 }, (_, index) => ({ from: index * 10, to: index * 10 + 5 }));
    const before = { from: 300_000, to: 300_005, question: narrow };
    const wide = apart.map((window) => ({ ...window, question: {} }));
    expect(await widenings([{ from: 0, to: 5, question: narrow }, ...wide, before], {})).toEqual([before]);
  });

  it('is nothing where less is asked today, or the same', async () => {
    expect(await widenings([{ from: 0, to: 50, question: {} }], narrow)).toEqual([]);
    expect(await widenings([{ from: 0, to: 50, question: narrow }], narrow)).toEqual([]);
    expect(await widenings([], narrow)).toEqual([]);
  });

  it('takes no account of which reading it was', async () => {
    const reading = (label: string, set: string[]) => ({ from: 0, to: 50, question: { set, reading: [label] } });
    const before = [reading('D-1', ['a']), reading('D-2', ['a'])];
    const wide = { set: ['a', 'b'] };
    expect(await widenings(before, wide, 'reading')).toEqual([{ from: 0, to: 50, question: { set: ['a'] } }]);
    expect(await widenings([...before, reading('backfill-x', ['a', 'b'])], wide, 'reading')).toEqual([]);
  });
});

describe('the newest records of a source', () => {
  const run = (fetched: number, rejected: number) => ({ fetched, rejected });
  it('speak once they are twenty', () => {
    expect(refusalsOf([run(9, 9), run(9, 9)])).toBeUndefined();
    expect(refusalsOf([run(9, 9), run(9, 9), run(9, 0), run(100, 0)])).toEqual({ records: 27, refused: 18 });
  });

  it('alarm where most of them were refused', () => {
    expect(areMostRefused({ records: 20, refused: 11 })).toBe(true);
    expect(areMostRefused({ records: 20, refused: 10 })).toBe(false);
  });
});

it('a ledger that cannot be read is told of once a minute, not at every tick', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const warn = vi.fn<(text: string) => void>();
    const questions = async (): Promise<never> => Promise.reject(new Error('it is away'));
    const runtime = { log: { warn }, scrub: (text: string) => text, ledger: { questions } };
    const source = { tenant: { id: 'acme' }, definition: { name: 'x' }, instance: { source: { question: {} } } };
    const attention = createAttention(runtime as never, { look: async () => undefined });
    for (let tick = 0; tick < 13; tick += 1) {
      await attention(source as never);
      vi.setSystemTime(Date.now() + 5_000);
    }
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining('it is away'),
      expect.stringContaining('it is away'),
    ]);
  } finally {
    vi.useRealTimers();
  }
});
