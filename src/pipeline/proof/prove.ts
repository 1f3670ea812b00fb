/** Proves a stretch: goes through it region by region, and holds what is stored against what its readings have seen. */
import type { Question } from '../../source.ts';
import type { ReadEntry } from '../ledger.ts';
import { overlaps, subtract, type Span } from '../spans.ts';
import { chunksOf, type Chunk, type Region } from './chunks.ts';
import { createEvidence, type DatedId, type StoredDocument } from './evidence.ts';
import { createIdSet } from './id-set.ts';
import { wordsOf } from './id-words.ts';
import { questionsOf, wantedIn } from './accounts.ts';
import { judge, type Doubt, type Judgement } from './judge.ts';
import { createPlaces, type Places } from './places.ts';
import { covers, describeQuestion } from './question.ts';
import type { Part, ProvenSource } from './reading.ts';

/** A refused record whose document would have this id. */
export type DatedLetter = DatedId & { readonly type: string; readonly reason: string };

/** What the proof asks of ledger, documents and dead letters: each whole, or an error. */
export type ProofPorts = {
  readonly entries: (span: Span) => Promise<readonly ReadEntry[]>;
  /** By time, with the values of these fields; a document that lies in two backing indices comes twice. */
  readonly documents: (span: Span, fields: readonly string[]) => AsyncIterable<StoredDocument>;
  readonly letters: (span: Span) => Promise<readonly DatedLetter[]>;
  /** Documents that a replay has made of letters. */
  readonly replays: (span: Span) => Promise<readonly DatedId[]>;
};

export type Asked = ProvenSource & { readonly span: Span; readonly question: Question };

export type Missing = { readonly claimed: number; readonly stored: number; readonly by: string };
export type Unclear = Pick<Doubt, 'why' | 'claimed' | 'stored'> & {
  /** Of a reading that counts and that asked for more than is asked today: no reading under today's question replaces it. */
  readonly wider: string | undefined;
};
export type Uncollected = { readonly narrower: string | undefined };

export type Findings = {
  /** Distinct documents of the stretch. */
  readonly events: number;
  readonly crossIndexDuplicates: number;
  /** The first of them, by id. */
  readonly duplicateIds: readonly string[];
  /** Windows whose reading counts, and all runs. */
  readonly windows: number;
  readonly runs: number;
  readonly failedRuns: number;
  readonly late: number;
  readonly missing: Places<Missing>;
  readonly unclear: Places<Unclear>;
  readonly uncollected: Places<Uncollected>;
  readonly letters: { readonly listed: readonly DatedLetter[]; readonly count: number };
  readonly accepted: readonly ReadEntry[];
  /** Failed runs whose window is not done since. */
  readonly failed: readonly ReadEntry[];
  /** Until when readings that count did not record their question, and how many claims were damaged. */
  readonly questionSince: number | undefined;
  readonly damaged: number;
};

const MOST_LETTERS = 200;
const MOST_DUPLICATES = 200;
const MOST_FAILED = 1_000;

const sumUp = <T extends { readonly claimed: number; readonly stored: number }>(a: T, b: T): T => ({
  ...a,
  claimed: a.claimed + b.claimed,
  stored: a.stored + b.stored,
});

export async function prove(
  asked: Asked,
  ports: ProofPorts,
  onProgress: (doneMs: number, events: number) => void = () => undefined,
): Promise<Findings> {
  const { span, question } = asked;
  const counts = { events: 0, crossIndexDuplicates: 0, windows: 0, runs: 0, failedRuns: 0, late: 0, damaged: 0 };
  const missing = createPlaces<Missing>((a, b) => (a.by === b.by ? sumUp(a, b) : undefined));
  const unclear = createPlaces<Unclear>((a, b) => (a.why === b.why && a.wider === b.wider ? sumUp(a, b) : undefined));
  const uncollected = createPlaces<Uncollected>((a, b) => (a.narrower === b.narrower ? a : undefined));
  const letters: DatedLetter[] = [];
  const duplicateIds: string[] = [];
  let letterCount = 0;
  const accepted: ReadEntry[] = [];
  let failed: { readonly entry: ReadEntry; readonly left: readonly Span[] }[] = [];
  let questionSince: number | undefined;
  const ids = createIdSet();
  const words = new Uint32Array(4);
  let minute = NaN;

  /** False for a document that was there already: copies lie at the same time, so that only its minute has to be known. */
  function isFirst({ id, time }: StoredDocument): boolean {
    const itsMinute = Math.floor(time / 60_000);
    if (itsMinute !== minute) ids.clear();
    minute = itsMinute;
    return ids.mark(wordsOf(id, words), 1);
  }

  const clip = ({ from, to }: Span): Span => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) });

  /** Each entry where its part of the stretch begins. */
  function countRuns({ entries, ...chunk }: Chunk, kept: ReadonlySet<ReadEntry>): void {
    for (const entry of entries) {
      const begins = Math.max(entry.from, span.from);
      if (!overlaps(entry, span) || begins < chunk.from || begins >= chunk.to) continue;
      if (entry.status === 'failed') counts.failedRuns += 1;
      if (entry.status === 'accepted') accepted.push(entry);
      if (entry.status === 'done') counts.runs += 1;
      if (entry.status === 'done') counts.late += entry.counts.late;
      if (kept.has(entry)) counts.windows += 1;
    }
    noteFailed(chunk, entries);
  }

  /** What was read since may have been read in many windows, of which each chunk sees some. */
  function noteFailed(chunk: Span, entries: readonly ReadEntry[]): void {
    const isNew = ({ from }: Span): boolean => Math.max(from, span.from) >= chunk.from;
    const added = entries.filter((entry) => entry.status === 'failed' && overlaps(entry, span) && isNew(entry));
    const closing = Map.groupBy(
      entries.filter(({ status }) => status !== 'failed'),
      ({ pass }) => pass,
    );
    const known = [...failed, ...added.map((entry) => ({ entry, left: [clip(entry)] }))];
    failed = known
      .map(({ entry, left }) => ({ entry, left: subtract(left, closing.get(entry.pass) ?? []) }))
      .filter(({ left }) => left.length > 0)
      .slice(0, MOST_FAILED);
  }

  function note(judgement: Judgement, dated: readonly DatedLetter[]): void {
    for (const { reader, ...lack } of judgement.lacks) {
      const by = reader === undefined ? 'a replay' : reader.entry.pass;
      missing.add({ from: lack.from, to: lack.to, claimed: lack.claimed, stored: lack.stored, by });
    }
    const wider = judgement.kept.find(
      ({ reader }) => reader.question !== undefined && !covers(question, reader.question),
    );
    // What is not clear where something is missing becomes clear with it.
    for (const doubt of judgement.lacks.length > 0 ? [] : judgement.doubts)
      unclear.add({ ...doubt, wider: wider?.reader.question && describeQuestion(wider.reader.question) });
    const open = new Set(judgement.open.map(({ id }) => id));
    for (const letter of dated.filter(({ id, time }) => open.has(id) && time >= span.from && time < span.to)) {
      letterCount += 1;
      if (letters.length < MOST_LETTERS) letters.push(letter);
    }
    for (const { reader } of judgement.kept) {
      if (reader.question === undefined) questionSince = Math.max(questionSince ?? 0, reader.entry.at);
    }
  }

  function noteUncollected(region: Region, entries: readonly ReadEntry[]): void {
    const wanted = clip(region);
    const isAnswer = ({ reader }: Part): boolean => reader.question === undefined || covers(reader.question, question);
    const closed = entries.filter(({ status }) => status === 'accepted');
    for (const rest of subtract([wanted], [...region.parts.filter(isAnswer), ...closed])) {
      const narrower = region.parts.find((part) => overlaps(part, rest))?.reader.question;
      uncollected.add({ ...rest, narrower: narrower && describeQuestion(narrower) });
    }
  }

  for await (const chunk of chunksOf(span, ports.entries, asked)) {
    counts.damaged += chunk.readers.filter(({ isDamaged }) => isDamaged).length;
    const kept = new Set<ReadEntry>();
    const dated = (await ports.letters(chunk)).toSorted((a, b) => a.time - b.time);
    const replays = await ports.replays(chunk);
    const fields = new Set(
      chunk.readers.flatMap(({ own, question: narrowed }) => Object.keys({ ...own, ...narrowed })),
    );
    const documents = ports.documents(chunk, [...fields])[Symbol.asyncIterator]();
    let next = await documents.next();
    const inRegion = <T extends DatedId>(all: readonly T[], { from, to }: Span): T[] =>
      all.filter(({ time }) => time >= from && time < to);
    try {
      for (const region of chunk.regions) {
        const known = { ...region, letters: inRegion(dated, region), replays: inRegion(replays, region) };
        const evidence = createEvidence({
          span: region,
          bounds: [...region.parts, ...region.outsides].flatMap(({ from, to }) => [from, to]),
          questions: questionsOf(region.parts),
          wanted: wantedIn(known),
        });
        for (; next.done !== true && next.value.time < region.to; next = await documents.next()) {
          const isIn = next.value.time >= span.from && next.value.time < span.to;
          if (isFirst(next.value)) {
            evidence.add(next.value, words);
            counts.events += isIn ? 1 : 0;
          } else if (isIn) {
            counts.crossIndexDuplicates += 1;
            if (duplicateIds.length < MOST_DUPLICATES) duplicateIds.push(next.value.id);
          }
        }
        if (!overlaps(region, span)) continue;
        noteUncollected(region, chunk.entries);
        const judgement = judge({ ...known, span: region, asked: question, evidence });
        for (const { reader } of judgement.kept) kept.add(reader.entry);
        note(judgement, known.letters);
      }
    } finally {
      await documents.return?.();
    }
    countRuns(chunk, kept);
    onProgress(Math.min(chunk.to, span.to) - span.from, counts.events);
  }
  return {
    ...counts,
    duplicateIds,
    missing: missing.result(),
    unclear: unclear.result(),
    uncollected: uncollected.result(),
    letters: { listed: letters, count: letterCount },
    accepted,
    failed: failed.map(({ entry }) => entry),
    questionSince,
  };
}
