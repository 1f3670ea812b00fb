/** Findings minute by minute, told as stretches: neighbours of one kind are one, and of very many the first are listed. */
import { iso, type Span } from '../spans.ts';

export type Place<Kind> = Span & Kind;
/** `more` stretches beyond those listed. */
export type Places<Kind> = { readonly listed: readonly Place<Kind>[]; readonly more: number };

const MOST_LISTED = 200;

/** `join` gives what two neighbours are together, undefined where they are not of one kind. */
export function createPlaces<Kind>(join: (a: Kind, b: Kind) => Kind | undefined) {
  const listed: Place<Kind>[] = [];
  let last: Place<Kind> | undefined;
  let more = 0;

  function add(place: Place<Kind>): void {
    const together = last !== undefined && last.to === place.from ? join(last, place) : undefined;
    if (last !== undefined && together !== undefined) {
      last = { ...last, ...together, from: last.from, to: place.to };
      if (more === 0) listed[listed.length - 1] = last;
      return;
    }
    last = place;
    if (listed.length < MOST_LISTED) listed.push(place);
    else more += 1;
  }
  return { add, result: (): Places<Kind> => ({ listed, more }) };
}

export const spanText = ({ from, to }: Span): string => `${iso(from)} – ${iso(to)}`;
