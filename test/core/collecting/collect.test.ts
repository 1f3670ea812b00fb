import { expect, it } from 'vitest';
import { collectWindow, type Collection } from '../../../src/core/collecting/collect.ts';
import { createRedactor } from '../../../src/core/documents/redact.ts';
import type { Page, SourceContext } from '../../../src/sdk/source.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');

/** Pages without records, each with its `Date`. */
async function readingOf(dates: readonly (number | undefined)[]) {
  async function* fetchPages(): AsyncGenerator<Page<unknown>> {
    for (const date of dates) yield { records: [], vendorTime: date === undefined ? undefined : new Date(date) };
  }
  const source = {
    fetchPages,
    cadence: { indivisible: false },
    question: {},
    asker: { app: 'x', url: 'https://x.test' },
  };
  const collection = {
    stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' },
    span: { from: NOON - 60_000, to: NOON },
    completeAfter: NOON,
    source,
    dataStream: { type: 'logs', dataset: 'x', namespace: 'default' },
    redactor: createRedactor({ keys: [], mode: 'remove' }),
    documents: { begin: async () => ({ rolledOver: async () => false }) },
    now: Date.now,
  };
  const context = { signal: new AbortController().signal };
  const { reading } = await collectWindow(collection as unknown as Collection<unknown>, context as SourceContext);
  return reading;
}

it('was read between the earliest and the latest that the clock of the vendor said, also where it went back', async () => {
  const { readFrom, readUntil } = await readingOf([NOON + 9_000, NOON + 12_000, NOON + 5_000]);
  expect([readFrom, readUntil]).toEqual([NOON + 5_000, NOON + 12_000]);
});

it('was read until nobody knows when where the last page has no clock', async () => {
  expect((await readingOf([NOON, undefined])).readUntil).toBeUndefined();
});

it('tells of a kind that the source does not know for each document that is new, not for one that was there', async () => {
  const told: string[] = [];
  async function* fetchPages(): AsyncGenerator<Page<string>> {
    yield { records: ['new', 'old', 'known'], vendorTime: new Date(NOON) };
  }
  const source = {
    fetchPages,
    cadence: { indivisible: false },
    passesShareRecords: true,
    question: {},
    asker: { app: 'x', url: 'https://x.test' },
    idOf: (record: string) => record,
    timeOf: () => new Date(NOON - 1_000),
    plainKeys: () => new Set(),
    toDocument: (record: string) => ({ '@timestamp': new Date(NOON - 1_000).toISOString(), record }),
    unreviewed: ({ record }: { readonly record?: unknown }) =>
      record === 'known' ? undefined : `GET/${String(record)}`,
  };
  const write = async (items: readonly { document: string }[]) => ({
    outcomes: items.map(({ document }) => ({ kind: document.includes('"old"') ? 'duplicate' : 'created' })),
    lookups: 0,
    crossIndexDuplicates: 0,
  });
  const collection = {
    stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' },
    source,
    now: Date.now,
    span: { from: NOON - 60_000, to: NOON },
    completeAfter: NOON,
    dataStream: { type: 'logs', dataset: 'x', namespace: 'default' },
    redactor: createRedactor({ keys: [], mode: 'remove' }),
    documents: { begin: async () => ({ rolledOver: async () => false }), write },
    onUnreviewed: (kind: string) => told.push(kind),
  };
  const context = { signal: new AbortController().signal };
  await collectWindow(collection as unknown as Collection<string>, context as SourceContext);
  expect(told).toEqual(['GET/new']);
});
