/**
 * What a run of a window claims, minute by minute: how many distinct ids it saw and their sum, and the same of those that
 * it created. Minutes are cut where the window cuts them, and minutes without events cost nothing.
 */
import type { Interval } from '../time/intervals.ts';
import {
  addWords,
  createAdder,
  NO_IDS,
  sumOf,
  sumOfText,
  textOfSum,
  wordsOf,
  type IdAdder,
  type IdSum,
} from './id-words.ts';
import { createIdSet } from './id-set.ts';

export const MINUTE = 60_000;
export const minuteOf = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

/**
 * One cell of a claim. Outside its window a run claims nothing by what it saw (whether a vendor's bounds are inclusive is
 * unknown, so a second more is asked for on both sides), but what it created there is there.
 */
export type Cell = Interval & { readonly outside: boolean; readonly seen: IdSum; readonly created: IdSum };

export type ClaimTally = {
  /** A record with this id was read. However often: it counts once. */
  see(id: string, time: number): void;
  /** This run created its document. */
  create(id: string, time: number): void;
  /** Distinct ids inside the window so far. */
  readonly events: number;
  /** What goes into the ledger. */
  claim(): Claim;
};

/** As the ledger keeps it; `minutes` undefined where a source dates so many records elsewhere that naming them costs too much. */
export type Claim = {
  readonly minutes: readonly string[] | undefined;
  /** Minutes that do not touch the window and in which something was created, in epoch milliseconds: to be found by. */
  readonly elsewhere: readonly number[];
};

/** Of one run; a record dated elsewhere is odd, so many of them are a vendor gone wrong. */
const MOST_OUTSIDE = 1_000;
const SEEN = 1;
const CREATED = 2;

/** Where a cell lies: in the window, or in the part of a minute that is before or after it. */
const SIDES = ['+', '<', '>'] as const;
type Side = (typeof SIDES)[number];
/** The only cell of a window that cannot be cut. */
const WHOLE = '*';

/** `key` numbers the minutes from the window's first one. */
type Place = { readonly side: Side; readonly minute: number };
const keyOf = ({ side, minute }: Place): number => minute * SIDES.length + SIDES.indexOf(side);
const placeOf = (key: number): Place => {
  const minute = Math.floor(key / SIDES.length);
  return { side: SIDES[key - minute * SIDES.length] ?? '+', minute };
};

function spanOf({ side, minute }: Place, window: Interval): Interval {
  const from = minuteOf(window.from) + minute * MINUTE;
  const to = from + MINUTE;
  if (side === '<') return { from, to: Math.min(to, window.from) };
  if (side === '>') return { from: Math.max(from, window.to), to };
  return { from: Math.max(from, window.from), to: Math.min(to, window.to) };
}

function sideOf(time: number, window: Interval): Side {
  if (time < window.from) return '<';
  return time >= window.to ? '>' : '+';
}

type Adders = { readonly seen: IdAdder; readonly created: IdAdder };

export function createClaimTally(window: Interval, indivisible: boolean): ClaimTally {
  const cells = new Map<number, Adders>();
  const ids = createIdSet();
  const words = new Uint32Array(4);
  const first = minuteOf(window.from);
  let events = 0;
  // Records come by time, so that the next one belongs to the cell of the one before.
  let lastKey = NaN;
  let last: Adders | undefined;

  function addersAt(key: number): Adders {
    if (last !== undefined && key === lastKey) return last;
    lastKey = key;
    last = cells.get(key);
    if (last === undefined) {
      last = { seen: createAdder(), created: createAdder() };
      cells.set(key, last);
    }
    return last;
  }

  function keyAt(time: number, side: Side): number {
    const minute = side === '+' && indivisible ? 0 : (minuteOf(time) - first) / MINUTE;
    return keyOf({ side, minute });
  }

  return {
    see: (id, time) => {
      if (!ids.mark(wordsOf(id, words), SEEN)) return;
      const side = sideOf(time, window);
      if (side !== '+') return;
      events += 1;
      addWords(addersAt(keyAt(time, side)).seen, words);
    },
    create: (id, time) => {
      if (!ids.mark(wordsOf(id, words), CREATED)) return;
      addWords(addersAt(keyAt(time, sideOf(time, window))).created, words);
    },
    get events() {
      return events;
    },
    claim: () => {
      const places = [...cells].map(([key, adders]) => ({ place: placeOf(key), ...adders }));
      const outside = places.filter(({ place }) => place.side !== '+');
      const elsewhere = outside.map(({ place }) => spanOf(place, window)).filter((span) => isElsewhere(span, window));
      if (outside.length > MOST_OUTSIDE) return { minutes: undefined, elsewhere: [] };
      const minutes = places
        .toSorted((a, b) => keyOf(a.place) - keyOf(b.place))
        .map(({ place, seen, created }) => {
          const at = indivisible && place.side === '+' ? WHOLE : `${place.side}${place.minute}`;
          return textOf(at, place.side === '+' ? sumOf(seen) : NO_IDS, sumOf(created));
        });
      return { minutes, elsewhere: elsewhere.map(({ from }) => minuteOf(from)) };
    },
  };
}

/** Dated further away than any overlap reaches: another reading of that time will not have it. */
export const isElsewhere = (cell: Interval, window: Interval): boolean =>
  cell.to < window.from || cell.from > window.to;

const pair = ({ count, sum }: IdSum): string => `${count} ${textOfSum(sum)}`;

/** `+3 118 <sum>`: the fourth minute's 118 ids, all known before; `=` where this run created them all, else how many and their sum. */
function textOf(at: string, seen: IdSum, created: IdSum): string {
  if (seen.count === 0) return `${at} ${pair(created)}`;
  if (created.count === 0) return `${at} ${pair(seen)}`;
  const all = created.count === seen.count && created.sum === seen.sum;
  return `${at} ${pair(seen)} ${all ? '=' : pair(created)}`;
}

function parsePair(count: string | undefined, sum: string | undefined): IdSum | undefined {
  const value = sum === undefined ? undefined : sumOfText(sum);
  return value === undefined || !/^[1-9]\d{0,14}$/.test(count ?? '') ? undefined : { count: Number(count), sum: value };
}

function parseCell(text: unknown, window: Interval): Cell | undefined {
  if (typeof text !== 'string') return undefined;
  const [at = '', ...rest] = text.split(' ');
  const match = /^([+<>])(-?\d{1,9})$/.exec(at);
  if (match === null && at !== WHOLE) return undefined;
  const place: Place = { side: (match?.[1] ?? '+') as Side, minute: Number(match?.[2] ?? 0) };
  const span = match === null ? window : spanOf(place, window);
  const first = parsePair(rest[0], rest[1]);
  if (span.from >= span.to || first === undefined) return undefined;
  if (place.side !== '+')
    return rest.length === 2 ? { ...span, outside: true, seen: NO_IDS, created: first } : undefined;
  const inside = (created: IdSum | undefined): Cell | undefined =>
    created === undefined || created.count > first.count
      ? undefined
      : { from: span.from, to: span.to, outside: false, seen: first, created };
  if (rest.length === 2) return inside(NO_IDS);
  if (rest.length === 3) return inside(rest[2] === '=' ? first : undefined);
  return rest.length === 4 ? inside(parsePair(rest[2], rest[3])) : undefined;
}

/** The cells of a window's claim, those with events; undefined for a column that is missing or damaged. */
export function parseClaim(minutes: unknown, window: Interval): Cell[] | undefined {
  if (!Array.isArray(minutes)) return undefined;
  const cells = minutes.map((text: unknown) => parseCell(text, window));
  const starts = new Set(cells.map((cell) => `${cell?.outside} ${cell?.from}`));
  return cells.some((cell) => cell === undefined) || starts.size < cells.length ? undefined : (cells as Cell[]);
}
