/** What can be told of one time range: what its readings say, and what there is. */
import type { Question } from '../../sdk/source.ts';
import { isWithin, type Interval } from '../time/intervals.ts';
import { answers, keyOfId, keyOfSum, type DatedId, type Evidence, type StoredDocument } from './evidence.ts';
import { plus, sumOfIds, type IdSum } from './id-words.ts';
import { EVERYTHING, type Outside, type Part, type Reader } from './reading.ts';

export type ProofRange = {
  readonly span: Interval;
  /** What the verdict is about: today's question. */
  readonly asked: Question;
  readonly parts: readonly Part[];
  readonly outsides: readonly Outside[];
  /** Refused records whose document is known by id, with the values that tell whose document it would be. */
  readonly letters: readonly StoredDocument[];
  /** Documents that `replay` made, or found there. */
  readonly replays: readonly DatedId[];
  readonly evidence: Evidence;
};

/** The questions that documents will be counted by, for `createEvidence`. */
export const questionsOf = ({ parts, outsides }: Pick<ProofRange, 'parts' | 'outsides'>): Question[] => [
  EVERYTHING,
  ...outsides.map(({ reader }) => reader.own),
  ...parts.flatMap(({ reader }) => [reader.own, { ...reader.question, ...reader.own }]),
];

/** The documents to look for one by one. */
export function wantedIn({
  letters,
  replays,
  parts,
  outsides,
}: Pick<ProofRange, 'letters' | 'replays' | 'parts' | 'outsides'>): string[] {
  const single = [...parts, ...outsides]
    .filter(({ created }) => created.count === 1)
    .map(({ created }) => keyOfSum(created));
  return [...[...letters, ...replays].map(({ id }) => keyOfId(id)), ...single];
}

/** A time range as one reading has it. */
type Of = Interval & { readonly reader: Reader };

export type Accounts = {
  /** Letters without a document. */
  readonly open: readonly DatedId[];
  /** What replays had made, and is gone. */
  readonly goneReplays: readonly DatedId[];
  /** Letters of a reading's own records: without a document, and with one by now; and what replays made of them. */
  lettersOf(one: Of): {
    readonly open: readonly DatedId[];
    readonly replayed: readonly DatedId[];
    readonly replays: readonly DatedId[];
  };
  /** Documents that answer the question, and the reading's letters that have none: whatever it saw must be one or the other. */
  accountedFor(one: Of, question?: Question): IdSum;
  /** The same of all readings together. */
  everythingIn(span: Interval): IdSum;
};

export function accountsOf({ letters, replays, evidence }: ProofRange): Accounts {
  const isThere = ({ id }: DatedId): boolean => evidence.holds(keyOfId(id));
  const replayed = new Set(replays.map(({ id }) => id));
  const letterOf = new Map(letters.map((letter) => [letter.id, letter]));
  const open = letters.filter((letter) => !isThere(letter) && !replayed.has(letter.id));
  const withDocument = letters.filter(isThere);
  const present = replays.filter(isThere);
  /** Where passes make documents of their own, a letter of one is nothing to another. */
  const isOf = (one: Of) => {
    const isIn = isWithin(one);
    return (letter: StoredDocument): boolean => isIn(letter) && answers(letter, one.reader.own);
  };

  function lettersOf(one: Of): ReturnType<Accounts['lettersOf']> {
    const isOwn = isOf(one);
    const isIn = isWithin(one);
    const isOwnReplay = (replay: DatedId): boolean => {
      const letter = letterOf.get(replay.id);
      return letter === undefined ? isIn(replay) : isOwn(letter);
    };
    return { open: open.filter(isOwn), replayed: withDocument.filter(isOwn), replays: present.filter(isOwnReplay) };
  }
  const sumOfAll = (some: readonly DatedId[]): IdSum => sumOfIds(some.map(({ id }) => id));

  return {
    open,
    goneReplays: replays.filter((replay) => !isThere(replay)),
    lettersOf,
    accountedFor: (one, question = one.reader.own) =>
      plus(evidence.stored(one, question), sumOfAll(open.filter(isOf(one)))),
    everythingIn: (span) => plus(evidence.stored(span, EVERYTHING), sumOfAll(open.filter(isWithin(span)))),
  };
}
