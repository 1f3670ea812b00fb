/** Done runs as the proof sees them: what each says of each part of time, and which gives way to which. */
import type { Question } from '../../sdk/source.ts';
import type { ReadEntry } from '../ledger.ts';
import { overlaps, subtract, type Interval } from '../time/intervals.ts';
import { isElsewhere, MINUTE, minuteOf, parseClaim, type Cell } from './claims.ts';
import { NO_IDS, type IdSum } from './id-words.ts';
import { covers } from './question.ts';

/** A `Date` header tells whole seconds. */
const CLOCK_GRAIN_MS = 1_000;
export const EVERYTHING: Question = {};
/** The field by which documents are told apart where the ledger does not know their reading. */
export const STREAM_FIELD = 'shenji.stream';

export type Reader = {
  readonly entry: ReadEntry;
  /** What narrowed it; undefined where that was not recorded, or cannot be read. */
  readonly question: Question | undefined;
  readonly isQuestionDamaged: boolean;
  /** Where passes make documents of their own: what all of its documents have in a field; else empty. */
  readonly own: Question;
  /** Between these moments it was read, by the vendor's clock, or by the worker's before that was recorded. */
  readonly from: number;
  readonly until: number;
  /** What it claims by the minute; undefined where all that it says is a total. */
  readonly cells: readonly Cell[] | undefined;
  /** Why there is a total only: its claim cannot be read, or would have named too many minutes beside its window. */
  readonly isDamaged: boolean;
  readonly isOmitted: boolean;
};

/** What one reading says of one time range that lies in one minute, or is a whole window. */
export type Part = Interval & {
  readonly reader: Reader;
  readonly seen: IdSum;
  /** False where only the number is known, from before claims were by the minute. */
  readonly hasSum: boolean;
  readonly created: IdSum;
};

/** What a reading created beside its window. */
export type Outside = Interval & { readonly reader: Reader; readonly created: IdSum; readonly isElsewhere: boolean };

export type ProvenSource = {
  readonly indivisible: boolean;
  /** As in the contract of a source. */
  readonly readings: { readonly field: string; readonly of: (pass: ReadEntry['pass']) => string } | undefined;
  /** The stream of a pass, as documents name it. */
  readonly streamOf: (pass: ReadEntry['pass']) => string;
};

/** The dimension by which readings are told apart, out of what narrows. */
function split(question: Question | undefined, field: string): { narrowing: Question | undefined; own: Question } {
  const values = question?.[field];
  if (question === undefined || values === undefined) return { narrowing: question, own: {} };
  const { [field]: _, ...narrowing } = question;
  return { narrowing, own: { [field]: values } };
}

/** What documents of a pass hold in the fields by which its reading is told from others. */
export const ownOf = (pass: ReadEntry['pass'], { readings, streamOf }: ProvenSource): Question =>
  readings === undefined ? {} : { [readings.field]: [readings.of(pass)], [STREAM_FIELD]: [streamOf(pass)] };

/** The minutes of a claim; undefined where they are not there, not readable, or do not add up to the number that the entry says. */
function cellsOf({ reading, counts, from, to }: ReadEntry): Cell[] | undefined {
  const cells = reading === undefined ? undefined : parseClaim(reading.minutes, { from, to });
  const events = cells?.filter(({ outside }) => !outside).reduce((sum, { seen }) => sum + seen.count, 0);
  return events === counts.events ? cells : undefined;
}

export function readerOf(entry: ReadEntry, source: ProvenSource): Reader {
  const { reading } = entry;
  const cells = cellsOf(entry);
  const { narrowing, own } = split(reading?.question, source.readings?.field ?? '');
  const from = reading?.readFrom ?? entry.startedAt;
  const until = reading === undefined ? entry.at : (reading.readUntil ?? Infinity);
  const isNamed = source.readings === undefined || Object.keys(own).length > 0;
  return {
    entry,
    question: narrowing,
    own: isNamed ? own : { [STREAM_FIELD]: [source.streamOf(entry.pass)] },
    isQuestionDamaged: reading !== undefined && reading.question === undefined,
    // A clock that went back meanwhile: else two readings could each lie before the other.
    from: Math.min(from, until),
    until: Math.max(from, until),
    cells,
    isDamaged: reading !== undefined && cells === undefined && reading.minutes !== undefined,
    isOmitted: reading !== undefined && reading.minutes === undefined,
  };
}

/** Every part of its claim that lies in the time range: minutes without events too, since it saw that there were none. */
export function partsOf(reader: Reader, within: Interval, indivisible: boolean): Part[] {
  const { entry, cells } = reader;
  const window = { from: entry.from, to: entry.to };
  if (window.from >= within.to || window.to <= within.from) return [];
  if (cells === undefined || indivisible) {
    const cell = cells?.find(({ outside }) => !outside);
    const { events, created } = entry.counts;
    if (cells === undefined)
      return [
        { ...window, reader, hasSum: false, seen: { count: events, sum: 0n }, created: { count: created, sum: 0n } },
      ];
    return [{ ...window, reader, hasSum: true, seen: cell?.seen ?? NO_IDS, created: cell?.created ?? NO_IDS }];
  }
  const cellAt = new Map(cells.filter(({ outside }) => !outside).map((cell) => [minuteOf(cell.from), cell]));
  const parts: Part[] = [];
  const end = Math.min(window.to, within.to);
  for (let minute = minuteOf(Math.max(window.from, within.from)); minute < end; minute += MINUTE) {
    const cell = cellAt.get(minute);
    const span = { from: Math.max(minute, window.from), to: Math.min(minute + MINUTE, window.to) };
    parts.push({ ...span, reader, hasSum: true, seen: cell?.seen ?? NO_IDS, created: cell?.created ?? NO_IDS });
  }
  return parts;
}

export function outsidesOf(reader: Reader, within: Interval): Outside[] {
  const beside = (reader.cells ?? []).filter(
    ({ outside, from, to }) => outside && from < within.to && to > within.from,
  );
  return beside.map(({ from, to, created }) => ({
    from,
    to,
    created,
    reader,
    isElsewhere: isElsewhere({ from, to }, reader.entry),
  }));
}

/** Whether the first had ended before the second began, whatever second each `Date` was cut to. */
export const isBefore = (a: Reader, b: Reader): boolean => a.until + CLOCK_GRAIN_MS <= b.from;

const sameValues = (a: Question, b: Question): boolean => covers(a, b) && covers(b, a);

export const isByStream = ({ own }: Reader): boolean => own[STREAM_FIELD] !== undefined;

/** Whether both make the same documents: always in a log, within one reading of statistics. */
export function areAlike(a: Reader, b: Reader): boolean {
  return isByStream(a) || isByStream(b) ? a.entry.pass === b.entry.pass : sameValues(a.own, b.own);
}

/**
 * Whether a reading's word is an answer to the question. One that was not recorded is taken for the one asked: an upgrade
 * unproves nothing. One that is damaged answers nothing.
 */
export const isAnswer = ({ question, isQuestionDamaged }: Reader, asked: Question): boolean =>
  !isQuestionDamaged && (question === undefined || covers(question, asked));

/** Whether the first asked for all that the second may have asked for. */
export const asksAll = (a: Reader, b: Reader, asked: Question): boolean =>
  isAnswer(a, b.isQuestionDamaged ? EVERYTHING : (b.question ?? asked));

/** Whether the second saw all that the first saw, where both read: later, of the same documents, and asking for as much. */
function supersedes(later: Reader, earlier: Reader, asked: Question): boolean {
  if (later.cells === undefined && earlier.cells !== undefined) return false;
  return areAlike(later, earlier) && isBefore(earlier, later) && asksAll(later, earlier, asked);
}

/** Whether later parts cover the time range whole: only then does an earlier reading of it give way. */
export function givesWay(range: Interval, reader: Reader, parts: readonly Part[], asked: Question): boolean {
  const later = parts.filter(
    (part) => part.reader !== reader && overlaps(part, range) && supersedes(part.reader, reader, asked),
  );
  return subtract([range], later).length === 0;
}
