/**
 * Whether what is stored in a time range is exactly what one reading saw and what others created. Sums of random 128-bit
 * numbers are equal only where the sets are: an equation that holds proves that each of its sets is there, whole and once.
 */
import { minus, NO_IDS, plus, type IdSum } from './id-words.ts';

/** A set that may, or may not, be among what is stored. */
export type Option<T> = { readonly ids: IdSum; readonly what: T };

/** All subsets of so many options are tried; of more only the likely ones, and of very many none or all. */
const ALL_SUBSETS_OF = 8;
const LIKELY_SUBSETS_OF = 64;

/** The empty one first, then all, then whatever is left. */
function* subsets<T>(options: readonly Option<T>[]): Generator<readonly Option<T>[]> {
  yield [];
  if (options.length === 0) return;
  yield options;
  if (options.length <= ALL_SUBSETS_OF) {
    for (let bits = 1; bits + 1 < 2 ** options.length; bits += 1)
      yield options.filter((_, position) => (bits & (1 << position)) !== 0);
    return;
  }
  if (options.length > LIKELY_SUBSETS_OF) return;
  for (const option of options) yield [option];
  for (const option of options) yield options.filter((other) => other !== option);
  // What was created after some moment, or before it.
  for (let position = 2; position < options.length - 1; position += 1) {
    yield options.slice(position);
    yield options.slice(0, position);
  }
}

const total = <T>(options: readonly Option<T>[]): IdSum => options.reduce((sum, { ids }) => plus(sum, ids), NO_IDS);

/** Finds the first of the subsets whose ids together are a target; each is added up once, however many targets are asked for. */
function createSubsetSearch<T>(options: readonly Option<T>[]) {
  const found = new Map<bigint, readonly Option<T>[]>();
  const rest = subsets(options);
  return (target: IdSum): readonly Option<T>[] | undefined => {
    if (target.count < 0) return undefined;
    const isIt = (chosen: readonly Option<T>[]): boolean =>
      chosen.reduce((sum, { ids }) => sum + ids.count, 0) === target.count;
    const known = found.get(target.sum);
    if (known !== undefined) return isIt(known) ? known : undefined;
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      const { sum } = total(next.value);
      if (!found.has(sum)) found.set(sum, next.value);
      if (sum === target.sum && isIt(next.value)) return next.value;
    }
    return undefined;
  };
}

/** Letters of a time range: each stands for one id. */
export type LetterIds = {
  /** Without a document: among what is accounted for, and perhaps not among what this reading has seen. */
  readonly open: readonly IdSum[];
  /** With one by now: seen as a letter, and created by somebody later, it would count twice. */
  readonly replayed: readonly IdSum[];
};

/**
 * The options whose ids together are what is accounted for in a time range beside what one reading has seen of it, in the order
 * of `subsets`; undefined where none of those tried are.
 */
export function findExplanation<T>(
  accountedFor: IdSum,
  seen: IdSum,
  { open, replayed }: LetterIds,
  options: readonly Option<T>[],
): readonly Option<T>[] | undefined {
  const search = createSubsetSearch(options);
  const signed = [...open.map((ids) => minus(NO_IDS, ids)), ...replayed];
  for (const chosen of subsets(signed.map((ids) => ({ ids, what: undefined })))) {
    const found = search(minus(plus(accountedFor, total(chosen)), seen));
    if (found !== undefined) return found;
  }
  return undefined;
}
