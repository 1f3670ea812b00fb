/** What no reading answers for, and what of it an operator has given up. */
import type { ReadEntry } from '../ledger.ts';
import { common, merge, overlaps, subtract, type Interval } from '../time/intervals.ts';
import { keyOf, type Region } from './chunks.ts';
import { createPlaces, type Places } from './places.ts';
import { passRank } from '../../sdk/pass.ts';
import { covers, describeQuestion } from './question.ts';
import { isAnswer, isBefore, type ProvenSource, type Reader } from './reading.ts';
import type { Question } from '../../sdk/source.ts';

/** `narrower`: how it was read all the same, or how a later pass has read it, which was to find what came late. */
export type Uncollected = { readonly narrower: string | undefined };

/** For people; undefined where it was not recorded. */
function questionOf({ question, isQuestionDamaged }: Reader): string | undefined {
  if (isQuestionDamaged) return 'under a question that is damaged in the ledger';
  return question && describeQuestion(question);
}

export function createUncollected({
  span,
  question,
  readings,
}: ProvenSource & { readonly span: Interval; readonly question: Question }) {
  const places = createPlaces<Uncollected>(
    ({ narrower }) => narrower ?? '',
    (a) => a,
  );
  const givenUp = new Map<string, { readonly entry: ReadEntry; spans: readonly Interval[] }>();

  /** What of an accepted gap has not been collected since. */
  function giveUp(entry: ReadEntry, rests: readonly Interval[]): void {
    const key = keyOf(entry);
    const spans = rests.filter((rest) => overlaps(rest, entry)).map((rest) => common(rest, entry));
    if (spans.length > 0) givenUp.set(key, { entry, spans: merge([...(givenUp.get(key)?.spans ?? []), ...spans]) });
  }

  /** For all that is asked today; what a later reading of the same time has missed is not the time itself. */
  function isGivenUp({ pass, reading }: ReadEntry): boolean {
    return passRank(pass) !== 1 && (reading === undefined || covers(reading.question ?? question, question));
  }

  function add({ parts, ...region }: Region, entries: readonly ReadEntry[]): void {
    const answering = parts.filter(({ reader }) => isAnswer(reader, question));
    const within = common(region, span);
    const unread = subtract([within], answering);
    // Where readings make documents of their own, a later one is nothing to the others.
    const later = readings === undefined ? parts.filter(({ reader }) => passRank(reader.entry.pass) === 1) : [];
    for (const part of later.filter(({ reader }) => !isAnswer(reader, question))) {
      const since = answering.filter(({ reader }) => isBefore(part.reader, reader));
      const lacking = overlaps(part, within) ? subtract([common(part, within)], [...since, ...unread]) : [];
      for (const rest of lacking) places.add({ ...rest, narrower: `later ${questionOf(part.reader) ?? ''}` });
    }
    if (unread.length === 0) return;
    const accepted = entries.filter((entry) => entry.status === 'accepted' && isGivenUp(entry));
    for (const entry of accepted) giveUp(entry, unread);
    for (const rest of subtract(unread, accepted)) {
      const reader = parts.find((part) => overlaps(part, rest))?.reader;
      places.add({ ...rest, narrower: reader && questionOf(reader) });
    }
  }

  return {
    add,
    uncollected: (): Places<Uncollected> => places.result(),
    accepted: (): ReadEntry[] =>
      [...givenUp.values()].flatMap(({ entry, spans }) => spans.map((rest) => ({ ...entry, ...rest }))),
  };
}
