/** What the dead letters say to a proof: which documents there would be, and which of them a replay has made. */
import type { estypes } from '@elastic/elasticsearch';
import type { DatedId } from '../../core/proof/evidence.ts';
import type { DatedLetter } from '../../core/proof/findings.ts';
import { iso, type Interval } from '../../core/time/intervals.ts';
import { orUnavailable, type Elasticsearch } from './client.ts';
import { documentsOf } from './evidence.ts';
import { DEAD_LETTERS, streamName } from './names.ts';

/** A letter that names no document; `window`: in which it was read. */
export type UndatedLetter = { readonly type: string; readonly reason: string; readonly window: Interval };

type StoredLetter = {
  readonly error: { readonly type: string };
  readonly shenji: {
    readonly reason: string;
    readonly window: { readonly from: string; readonly to: string; readonly pass: DatedLetter['pass'] };
    readonly document?: { readonly id: string; readonly time: string };
  };
};
type StoredMark = {
  readonly '@timestamp': string;
  readonly shenji: {
    readonly replayed: { readonly letter: string };
    readonly document?: { readonly id: string; readonly time: string };
  };
};

type Replayed = DatedId & { readonly at: number };

export type LetterEvidence = {
  /** Letters whose document is known by id, in this time range. */
  readonly dated: (span: Interval) => Promise<DatedLetter[]>;
  /** Letters without, read in windows over this time range, that were not replayed. */
  readonly undated: (span: Interval) => AsyncIterable<UndatedLetter>;
  /** Documents in this time range that replays have made, or found there, and when that was marked. */
  readonly replayed: (span: Interval) => Promise<Replayed[]>;
};

const PAGE = 200;

/** Which of these letters became documents. */
async function replayedAmong(
  client: Elasticsearch,
  index: string,
  letters: readonly string[],
): Promise<ReadonlySet<string>> {
  const filter = [{ terms: { 'shenji.replayed.letter': [...letters] } }];
  const found = new Set<string>();
  for await (const { source } of documentsOf<StoredMark>(client, index, filter, ['shenji.replayed']))
    found.add(source.shenji.replayed.letter);
  return found;
}

/** Those of these letters that no replay has made documents of, asked page by page: what is marked meanwhile counts. */
export async function* unreplayed<Letter extends { readonly id: string }>(
  client: Elasticsearch,
  index: string,
  letters: AsyncIterable<Letter>,
): AsyncGenerator<Letter> {
  async function* openOf(page: readonly Letter[]): AsyncGenerator<Letter> {
    if (page.length === 0) return;
    // A letter is there twice where its stream rolled over between two reads of its window.
    const distinct = new Map(page.map((letter) => [letter.id, letter]));
    const replayed = await replayedAmong(client, index, [...distinct.keys()]);
    for (const [id, letter] of distinct) if (!replayed.has(id)) yield letter;
  }
  let page: Letter[] = [];
  for await (const letter of letters) {
    page.push(letter);
    if (page.length < PAGE) continue;
    yield* openOf(page);
    page = [];
  }
  yield* openOf(page);
}

export function createLetterEvidence(
  client: Elasticsearch,
  namespace: string,
  of: { readonly tenant: string; readonly source: string },
): LetterEvidence {
  const index = streamName(DEAD_LETTERS, namespace);
  const ours: estypes.QueryDslQueryContainer[] = [
    { term: { 'shenji.window.tenant': of.tenant } },
    { term: { 'shenji.window.source': of.source } },
  ];
  const areLetters = { term: { 'event.kind': 'pipeline_error' } };
  const timeIn = ({ from, to }: Interval) => ({ range: { 'shenji.document.time': { gte: iso(from), lt: iso(to) } } });

  async function* found<T>(filter: readonly estypes.QueryDslQueryContainer[], fields: readonly string[]) {
    if (!(await orUnavailable('looking for dead letters', client.indices.exists({ index })))) return;
    yield* documentsOf<T>(client, index, [...ours, ...filter], fields);
  }

  async function dated(span: Interval): Promise<DatedLetter[]> {
    // A letter is there twice where its stream rolled over between two reads of its window.
    const letters = new Map<string, DatedLetter>();
    for await (const { source } of found<StoredLetter>([areLetters, timeIn(span)], ['error.type', 'shenji'])) {
      const { document, reason, window } = source.shenji;
      if (document === undefined) continue;
      const { id, time } = document;
      letters.set(id, { id, time: Date.parse(time), type: source.error.type, reason, pass: window.pass });
    }
    return [...letters.values()];
  }

  async function* undated({ from, to }: Interval): AsyncGenerator<UndatedLetter> {
    const filter = [
      areLetters,
      { bool: { must_not: [{ exists: { field: 'shenji.document.id' } }] } },
      { range: { 'shenji.window.from': { lt: iso(to) } } },
      { range: { 'shenji.window.to': { gt: iso(from) } } },
    ];
    const known = new Set<string>();
    for await (const { id, source } of unreplayed(
      client,
      index,
      found<StoredLetter>(filter, ['error.type', 'shenji']),
    )) {
      if (known.has(id)) continue;
      known.add(id);
      const { window, reason } = source.shenji;
      yield { type: source.error.type, reason, window: { from: Date.parse(window.from), to: Date.parse(window.to) } };
    }
  }

  async function replayed(span: Interval): Promise<Replayed[]> {
    const marks = new Map<string, Replayed>();
    const areMarks = { exists: { field: 'shenji.replayed.letter' } };
    for await (const { source } of found<StoredMark>([areMarks, timeIn(span)], ['@timestamp', 'shenji.document'])) {
      const { document } = source.shenji;
      if (document === undefined) continue;
      const at = Date.parse(source['@timestamp']);
      marks.set(document.id, { id: document.id, time: Date.parse(document.time), at });
    }
    return [...marks.values()];
  }

  return { dated, undated, replayed };
}
