/** Findings minute by minute, told as time ranges: neighbours of one kind are one, and of very many the first are listed. */
import { iso, type Interval } from '../time/intervals.ts';

export type Place<Kind> = Interval & Kind;
/** `more` time ranges beyond those listed. */
export type Places<Kind> = { readonly listed: readonly Place<Kind>[]; readonly more: number };

/** Of time ranges, of letters, and of ids. */
export const MOST_LISTED = 200;

/** `kindOf` names what may be told together, `join` gives what two neighbours of a kind are together. Kinds may alternate. */
export function createPlaces<Kind>(kindOf: (kind: Kind) => string, join: (a: Kind, b: Kind) => Kind) {
  const listed: Place<Kind>[] = [];
  const last = new Map<string, { readonly place: Place<Kind>; readonly at: number }>();
  let count = 0;

  function add(place: Place<Kind>): void {
    const before = last.get(kindOf(place));
    if (before?.place.to === place.from) {
      const { place: first, at } = before;
      const together = { ...join(first, place), from: first.from, to: place.to };
      last.set(kindOf(place), { place: together, at });
      if (at < listed.length) listed[at] = together;
      return;
    }
    last.set(kindOf(place), { place, at: count });
    if (listed.length < MOST_LISTED) listed.push(place);
    count += 1;
  }
  return { add, result: (): Places<Kind> => ({ listed, more: count - listed.length }) };
}

type Claimed = Interval & { readonly claimed: number };

/** Of what several readings say of one time range, the one that claims most of it: nothing that lies within another of its kind. */
export function widest<T extends Claimed>(places: readonly T[], kindOf: (place: T) => string): T[] {
  const holds = (other: T, otherAt: number, place: T, at: number): boolean =>
    other.from <= place.from &&
    other.to >= place.to &&
    (other.claimed > place.claimed || (other.claimed === place.claimed && otherAt < at)) &&
    kindOf(other) === kindOf(place);
  return places
    .filter((place, at) => !places.some((other, otherAt) => holds(other, otherAt, place, at)))
    .toSorted((a, b) => a.from - b.from);
}

export const spanText = ({ from, to }: Interval): string => `${iso(from)} – ${iso(to)}`;
