/** What is said of a proof, for people and in JSON. */
import { many } from '../../core/many.ts';
import type { Unclear } from '../../core/proof/findings.ts';
import type { Place } from '../../core/proof/places.ts';
import { iso } from '../../core/time/intervals.ts';
import type { Proof } from '../../app/prove.ts';
import { PENDING_REMEDY } from '../../app/repairs.ts';

const WHY: Readonly<Record<Unclear['why'], (place: Unclear) => string>> = {
  more: ({ claimed, stored }) =>
    `Elasticsearch holds ${many(stored, 'event')}, a reading saw ${claimed}, and what others created does not explain the rest`,
  rest: ({ claimed }) =>
    `an entry that says only a total tells of ${many(claimed, 'event')} in all of its window, and another reading found events there that it may not have seen`,
  total: ({ claimed, stored }) =>
    `an entry that says only a total tells of ${many(claimed, 'event')}, refused records among them, and ${many(stored, 'is', 'are')} there`,
  mixed: ({ claimed, stored }) =>
    `${many(stored, 'event is', 'events are')} there, a reading saw ${claimed} of this time, and its sum and those of other readings do not add up to what is there`,
};

export const unclearText = (place: Place<Unclear>): string => WHY[place.why](place);

/** As many as were seen, or more, may be there, and not the same ones. */
export function missingText({ by, what, claimed, stored }: Proof['missing']['listed'][number]): string {
  const verb = what === 'seen' ? 'saw' : 'created';
  const others = stored < claimed ? '' : ', and not all of these are among them';
  return `${by} ${verb} ${many(claimed, 'event')}, Elasticsearch holds ${stored}${others}`;
}

/** A reading that comes by itself is told as a sentence, a command as one. */
export const cureText = (cure: string): string => (cure.startsWith('shenji ') ? `run "${cure}"` : cure);

export function notesOf({ questionSince, damaged, omitted, damagedQuestions }: Proof): string[] {
  const notes: readonly (readonly [boolean, string])[] = [
    [
      questionSince !== undefined,
      `question not recorded before ${iso(questionSince ?? 0)}: what was read until then counts as read for all that is asked today`,
    ],
    [
      damaged > 0,
      `${many(damaged, 'claim in the ledger is', 'claims in the ledger are')} damaged, and counted by totals only`,
    ],
    [
      omitted > 0,
      `${many(omitted, 'claim in the ledger is', 'claims in the ledger are')} by totals only, since the vendor dated too much beside the window`,
    ],
    [
      damagedQuestions > 0,
      `${many(damagedQuestions, 'question in the ledger is', 'questions in the ledger are')} damaged, and counted as nothing asked`,
    ],
  ];
  return notes.filter(([isSo]) => isSo).map(([, note]) => note);
}

/** What keeps a time range from being proven beside the places that are listed by themselves, and what changes that. */
export function doubtsOf({ crossIndexDuplicates: twice, vendor }: Proof): string[] {
  const lacking = vendor?.missing.count ?? 0;
  const foreign = vendor?.foreign.count ?? 0;
  return [
    ...(lacking === 0
      ? []
      : [`the vendor has ${many(lacking, 'event')} that ${lacking === 1 ? 'is' : 'are'} not here: published after the last reading, or gone since`]), // prettier-ignore
    ...(twice === 0
      ? []
      : [`repair pending: ${many(twice, 'document lies', 'documents lie')} in more than one index, as after a rollover, and each counts once here; ${PENDING_REMEDY}`]), // prettier-ignore
    ...(foreign === 0
      ? []
      : [`the vendor lists ${many(foreign, 'event')} no more that ${foreign === 1 ? 'is' : 'are'} stored: it has taken them back, lists them at another time, or somebody else wrote them; no reading changes that, look at them by id`]), // prettier-ignore
  ];
}
