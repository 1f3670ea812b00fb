/** The equations of one time range: what each reading saw, and what others created, against what is there. */
import { overlaps } from '../time/intervals.ts';
import type { Accounts, ProofRange } from './accounts.ts';
import type { DatedId } from './evidence.ts';
import { findExplanation, type LetterIds, type Option } from './explain.ts';
import { sumOfIds, type IdSum } from './id-words.ts';
import { areAlike, asksAll, givesWay, isBefore, type Outside, type Part } from './reading.ts';

/** Something created in a time range that may be part of what is there. */
type Created = Part | Outside | DatedId;

export type Explanations = {
  /** Readings whose part is exactly what is there, beside what others created: all that they saw is there, and nothing is unknown. */
  readonly explained: ReadonlySet<Part>;
  /** Whether what a reading created beside its window is proven to be there. */
  readonly isProven: (outside: Outside) => boolean;
};

/** What other readings created over a part, in their windows or beside them, that its own may not have seen. */
export function newsOver(part: Part, { parts, outsides }: Pick<ProofRange, 'parts' | 'outsides'>): (Part | Outside)[] {
  const others = [...parts, ...outsides].filter(
    (other) => other.reader !== part.reader && overlaps(other, part) && areAlike(other.reader, part.reader),
  );
  return others.filter(({ reader, created }) => !isBefore(reader, part.reader) && created.count > 0);
}

// oxlint-disable-next-line max-lines-per-function -- steps of one deduction over what is explained so far
export function explanationsOf(range: ProofRange, accounts: Accounts): Explanations {
  const { asked, parts, outsides } = range;
  const used = new Set<Created>();
  const explained = new Set<Part>();

  /** What a part's reading may not have seen: created later, at the same time, for a wider question, or beside a window. */
  function optionsFor(part: Part): Option<Created>[] {
    const { reader } = part;
    const isNews = (other: Part): boolean =>
      other.hasSum && !(isBefore(other.reader, reader) && asksAll(reader, other.reader, asked));
    return optionsOf(
      part,
      [...parts.filter(isNews), ...outsides].filter((other) => other.reader !== reader),
    );
  }

  function optionsOf(one: Part | Outside, others: readonly (Part | Outside)[]): Option<Created>[] {
    const beside = others.filter(
      (other) => other.created.count > 0 && overlaps(other, one) && areAlike(other.reader, one.reader),
    );
    return [
      ...beside.toSorted((a, b) => a.reader.from - b.reader.from).map((other) => ({ ids: other.created, what: other })),
      ...accounts.lettersOf(one).replays.map((replay) => ({ ids: sumOfIds([replay.id]), what: replay })),
    ];
  }

  function lettersIn(one: Part | Outside): LetterIds {
    const sums = (ids: readonly DatedId[]): IdSum[] => ids.map(({ id }) => sumOfIds([id]));
    const { open, replayed } = accounts.lettersOf(one);
    return { open: sums(open), replayed: sums(replayed) };
  }

  function explain(part: Part): readonly Option<Created>[] | undefined {
    const { reader } = part;
    const options = optionsFor(part);
    const letters = lettersIn(part);
    const isNarrowed = Object.keys(reader.question ?? {}).length > 0;
    for (const question of [...(isNarrowed ? [{ ...reader.question, ...reader.own }] : []), reader.own]) {
      const found = findExplanation(accounts.accountedFor(part, question), part.seen, letters, options);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A claim from before has no sum: as many as it says must be there, and nothing may have come over it since, no letter either. */
  function isExplainedByNumber(part: Part): boolean {
    const { open, replayed, replays } = accounts.lettersOf(part);
    const isDisturbed = open.length + replayed.length + replays.length > 0 || newsOver(part, range).length > 0;
    return !isDisturbed && accounts.accountedFor(part).count === part.seen.count;
  }

  for (const part of parts) {
    const explanation = part.hasSum ? explain(part) : isExplainedByNumber(part) ? [] : undefined;
    if (explanation === undefined) continue;
    explained.add(part);
    for (const { what } of explanation) used.add(what);
  }

  /** Whether it and what others created is all of its time range. */
  function isAllThatIsThere(outside: Outside): boolean {
    const others = optionsOf(
      outside,
      [...parts, ...outsides].filter((other) => other !== outside),
    );
    const there = accounts.accountedFor(outside);
    return findExplanation(there, outside.created, lettersIn(outside), others) !== undefined;
  }

  return {
    explained,
    isProven: (outside) =>
      used.has(outside) ||
      // A single one was looked for by its id.
      outside.created.count === 1 ||
      (!outside.isElsewhere && givesWay(edgeOf(outside), outside.reader, parts, asked)) ||
      isAllThatIsThere(outside),
  };
}

/** The second of an outside time range that lies at the window: so far its neighbours ask for the same. */
function edgeOf({ from, to, reader }: Outside): { from: number; to: number } {
  return to === reader.entry.from ? { from: Math.max(from, to - 1_000), to } : { from, to: Math.min(to, from + 1_000) };
}
