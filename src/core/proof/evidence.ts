/** What lies in Elasticsearch over one time range, reduced to sums while its documents stream by: no id is kept but those asked for. */
import type { Question } from '../../sdk/source.ts';
import type { Interval } from '../time/intervals.ts';
import {
  addWords,
  createAdder,
  NO_IDS,
  plus,
  sumOf,
  textOfSum,
  wordsOf,
  type IdAdder,
  type IdSum,
} from './id-words.ts';
import { questionText } from './question.ts';

/** A document, with the values of the fields that a question may ask for. */
export type StoredDocument = {
  readonly id: string;
  readonly time: number;
  readonly values: Readonly<Record<string, readonly string[]>>;
};

/** An id with its time, known by itself. */
export type DatedId = { readonly id: string; readonly time: number };

export type Evidence = {
  /** Distinct documents of a time range whose bounds are among those it was made with, that answer one of the questions it was made with. */
  stored(span: Interval, question: Question): IdSum;
  /** Whether this one document, of those asked for, is there. */
  holds(key: string): boolean;
};

export type EvidenceOptions = {
  readonly span: Interval;
  /** Where time ranges begin and end that will be asked for. */
  readonly bounds: Iterable<number>;
  readonly questions: Iterable<Question>;
  readonly wanted: Iterable<string>;
};

export type EvidenceUnderWay = Evidence & {
  /** Documents come by time; `words` are the id's. A document that is there twice must come once. */
  add(document: StoredDocument, words: Uint32Array): void;
};

/** By 126 of the 128 bits that a sum holds: a sum of one id is known by it too. */
const KEY_CHARACTERS = 21;
const KEY_SHAPE = /^[\w-]{43}$/;
const scratch = new Uint32Array(4);

export const keyOfSum = ({ sum }: IdSum): string => textOfSum(sum).slice(0, KEY_CHARACTERS);
export function keyOfId(id: string): string {
  if (KEY_SHAPE.test(id)) return id.slice(0, KEY_CHARACTERS);
  const adder = createAdder();
  addWords(adder, wordsOf(id, scratch));
  return keyOfSum(sumOf(adder));
}

/** Whether a document is what the question asks for. */
export const answers = (document: StoredDocument, question: Question): boolean =>
  Object.entries(question).every(([field, values]) => document.values[field]?.some((value) => values.includes(value)));

export function createEvidence({ span, bounds, questions, wanted }: EvidenceOptions): EvidenceUnderWay {
  const starts = [...new Set([span.from, ...bounds])]
    .filter((bound) => bound >= span.from && bound < span.to)
    .toSorted((a, b) => a - b);
  const byText = new Map([...questions].map((question) => [questionText(question), question]));
  const columns = [...byText].map(([text, question]) => ({
    text,
    question,
    all: Object.keys(question).length === 0,
    adders: [] as (IdAdder | undefined)[],
  }));
  const asked = new Set(wanted);
  const found = new Set<string>();
  let at = 0;

  return {
    add: (document, words) => {
      while (at + 1 < starts.length && document.time >= (starts[at + 1] ?? Infinity)) at += 1;
      for (const column of columns)
        if (column.all || answers(document, column.question)) addWords((column.adders[at] ??= createAdder()), words);
      if (asked.size === 0) return;
      const key = keyOfId(document.id);
      if (asked.has(key)) found.add(key);
    },
    stored: ({ from, to }, question) => {
      const text = questionText(question);
      const column = columns.find((known) => known.text === text);
      if (column === undefined) throw new TypeError(`nobody counted what answers ${text}`);
      let sum = NO_IDS;
      for (const [position, adder] of column.adders.entries()) {
        const start = starts[position] ?? Infinity;
        if (adder !== undefined && start >= from && start < to) sum = plus(sum, sumOf(adder));
      }
      return sum;
    },
    holds: (key) => found.has(key),
  };
}
