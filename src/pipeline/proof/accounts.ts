/** What can be told of one stretch: what its readings say, and what there is. */
import type { Question } from '../../source.ts';
import { type Span } from '../spans.ts';
import { keyOfId, keyOfSum, type DatedId, type Evidence } from './evidence.ts';
import { plus, sumOfIds, type IdSum } from './id-words.ts';
import type { Outside, Part } from './reading.ts';

export type Stretch = {
  readonly span: Span;
  /** What the verdict is about: today's question. */
  readonly asked: Question;
  readonly parts: readonly Part[];
  readonly outsides: readonly Outside[];
  /** Refused records whose document is known by id. */
  readonly letters: readonly DatedId[];
  /** Documents that `replay` made, or found there. */
  readonly replays: readonly DatedId[];
  readonly evidence: Evidence;
};

export const EVERYTHING: Question = {};

/** The questions that documents will be counted by, for `createEvidence`. */
export const questionsOf = (parts: readonly Part[]): Question[] => [
  EVERYTHING,
  ...parts.flatMap(({ reader }) => [reader.own, { ...reader.question, ...reader.own }]),
];

/** The documents to look for one by one. */
export function wantedIn({ letters, replays, outsides }: Pick<Stretch, 'letters' | 'replays' | 'outsides'>): string[] {
  const single = outsides.filter(({ created }) => created.count === 1).map(({ created }) => keyOfSum(created));
  return [...[...letters, ...replays].map(({ id }) => keyOfId(id)), ...single];
}

export const isWithin =
  ({ from, to }: Span) =>
  ({ time }: { readonly time: number }): boolean =>
    time >= from && time < to;

export type Accounts = {
  /** Letters without a document, and with one by now. */
  readonly open: readonly DatedId[];
  readonly mended: readonly DatedId[];
  /** What replays made, as far as it is there, and what is gone. */
  readonly replays: readonly DatedId[];
  readonly goneReplays: readonly DatedId[];
  /** Documents, and letters that have none: whatever was seen must be one or the other. */
  accountedFor(span: Span, question: Question): IdSum;
};

export function accountsOf({ letters, replays, evidence }: Stretch): Accounts {
  const isThere = ({ id }: DatedId): boolean => evidence.holds(keyOfId(id));
  const replayed = new Set(replays.map(({ id }) => id));
  const open = letters.filter((letter) => !isThere(letter) && !replayed.has(letter.id));
  return {
    open,
    mended: letters.filter(isThere),
    replays: replays.filter(isThere),
    goneReplays: replays.filter((replay) => !isThere(replay)),
    accountedFor: (span, question) =>
      plus(evidence.stored(span, question), sumOfIds(open.filter(isWithin(span)).map(({ id }) => id))),
  };
}
