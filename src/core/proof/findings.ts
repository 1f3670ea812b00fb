/** What a proof has found, gathered region by region and told as time ranges. */
import type { Question } from '../../sdk/source.ts';
import type { ReadEntry } from '../ledger.ts';
import { isWithin, overlaps, type Interval } from '../time/intervals.ts';
import type { Chunk, Region } from './chunks.ts';
import { MINUTE, minuteOf } from './claims.ts';
import type { DatedId } from './evidence.ts';
import type { Doubt, Judgement } from './judge.ts';
import type { Lack } from './lacks.ts';
import { createPlaces, MOST_LISTED, widest, type Places } from './places.ts';
import { covers, describeQuestion } from './question.ts';
import type { ProvenSource } from './reading.ts';
import { createRuns, type RunFindings } from './runs.ts';
import { createUncollected, type Uncollected } from './uncollected.ts';

/** A refused record whose document would have this id, and the pass that read it. */
export type DatedLetter = DatedId & {
  readonly type: string;
  readonly reason: string;
  readonly pass: ReadEntry['pass'];
};

/** Of one id: the first document there is, and copies of it in other indices. */
export type Copy = 'first' | 'second' | 'further';

export type Asked = ProvenSource & { readonly span: Interval; readonly question: Question };

export type Missing = Pick<Lack, 'what' | 'claimed' | 'stored'> & {
  /** The pass that saw or created it, or a replay. */
  readonly by: string;
  /** As below: no reading under today's question would see it. */
  readonly wider: string | undefined;
};
export type Unclear = Pick<Doubt, 'why' | 'claimed' | 'stored'> & {
  /** Of a reading that counts and that asked for more than is asked today: no reading under today's question replaces it. */
  readonly wider: string | undefined;
};

export type Findings = RunFindings & {
  /** Distinct documents of the time range. */
  readonly events: number;
  /** Distinct documents that lie in more than one index. */
  readonly crossIndexDuplicates: number;
  /** The first of them, by id. */
  readonly duplicateIds: readonly string[];
  readonly missing: Places<Missing>;
  readonly unclear: Places<Unclear>;
  readonly uncollected: Places<Uncollected>;
  readonly letters: { readonly listed: readonly DatedLetter[]; readonly count: number };
  /** Time ranges that were given up and not collected since, each with the entry that says so. */
  readonly accepted: readonly ReadEntry[];
  /** Until when readings that count did not record their question. */
  readonly questionSince: number | undefined;
};

const sumUp = <T extends { readonly claimed: number; readonly stored: number }>(a: T, b: T): T => ({
  ...a,
  claimed: a.claimed + b.claimed,
  stored: a.stored + b.stored,
});
const readingOf = ({ by, what, wider }: Missing): string => `${by} ${what} ${wider ?? ''}`;
const causeOf = ({ why, wider }: Unclear): string => `${why} ${wider ?? ''}`;

// oxlint-disable-next-line max-lines-per-function -- one place for each kind of finding, and one method that fills them
export function createFindings(asked: Asked) {
  const { span, question } = asked;
  const missing = createPlaces<Missing>(readingOf, sumUp);
  const unclear = createPlaces<Unclear>(causeOf, sumUp);
  const unread = createUncollected(asked);
  const runs = createRuns(span);
  const letters = { listed: [] as DatedLetter[], count: 0 };
  const documents = { events: 0, crossIndexDuplicates: 0, duplicateIds: [] as string[] };
  let questionSince: number | undefined;
  // Minutes are judged whole, and what can only be judged with them may lie wholly outside.
  const minutes = { from: minuteOf(span.from), to: minuteOf(span.to + MINUTE - 1) };
  const isIn = isWithin(span);

  /** What was asked, where that is more than is asked today. */
  const wideningOf = (before: Question | undefined): string | undefined =>
    before === undefined || covers(question, before) ? undefined : describeQuestion(before);

  function noteDoubts({ kept }: Judgement, doubts: readonly Doubt[]): void {
    const [text] = kept.flatMap(({ reader }) => wideningOf(reader.question) ?? []);
    for (const doubt of widest(
      doubts.map((one) => ({ ...one, wider: text })),
      causeOf,
    ))
      unclear.add(doubt);
  }

  function noteLetters(open: readonly DatedId[], known: readonly DatedLetter[]): void {
    const ids = new Set(open.map(({ id }) => id));
    for (const { id, time, type, reason, pass } of known.filter((letter) => ids.has(letter.id) && isIn(letter))) {
      letters.count += 1;
      if (letters.listed.length < MOST_LISTED) letters.listed.push({ id, time, type, reason, pass });
    }
  }

  return {
    document: (document: DatedId, copy: Copy): void => {
      if (!isIn(document)) return;
      if (copy === 'first') documents.events += 1;
      if (copy !== 'second') return;
      documents.crossIndexDuplicates += 1;
      if (documents.duplicateIds.length < MOST_LISTED) documents.duplicateIds.push(document.id);
    },
    region: (
      region: Region,
      judgement: Judgement,
      known: readonly DatedLetter[],
      entries: readonly ReadEntry[],
    ): void => {
      unread.add(region, entries);
      const lacks = judgement.lacks
        .filter((lack) => overlaps(lack, minutes))
        .map(({ reader, ...lack }) => ({
          ...lack,
          by: reader?.entry.pass ?? 'a replay',
          wider: wideningOf(reader?.question),
        }));
      for (const lack of widest(lacks, readingOf)) missing.add(lack);
      // What is not clear where something is missing becomes clear with it.
      if (lacks.length === 0)
        noteDoubts(
          judgement,
          judgement.doubts.filter((doubt) => overlaps(doubt, minutes)),
        );
      noteLetters(judgement.open, known);
      for (const { reader } of judgement.kept)
        if (reader.entry.reading === undefined) questionSince = Math.max(questionSince ?? 0, reader.entry.at);
    },
    chunk: (chunk: Chunk, kept: ReadonlySet<ReadEntry>): void => runs.add(chunk, kept),
    get events() {
      return documents.events;
    },
    result: (): Findings => ({
      ...documents,
      ...runs.result(),
      missing: missing.result(),
      unclear: unclear.result(),
      uncollected: unread.uncollected(),
      letters,
      accepted: unread.accepted(),
      questionSince,
    }),
  };
}
