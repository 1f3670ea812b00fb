/** Windows with more pages than one run should read: noticed soon, and divided into as many as it takes. */
import { WindowTooBusyError } from '../../sdk/errors.ts';
import { lengthOf, type Interval } from '../time/intervals.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Pages that one run reads at most: six minutes of an app's calls, which a run that fails has to read again. */
export const MOST_PAGES = 600;
/** By then the records' times show how much of the window they took: of a sorted answer a part, of any other all of it. */
const SAMPLE_PAGES = 30;
/** A burst at one end of a window makes it look busier than it is: a part that still is too busy is divided again. */
const MOST_PARTS = 60;

export type PageCount = {
  /** So far. */
  readonly pages: number;
  /** A record of this time was read. */
  readonly see: (time: number) => void;
  /** One more page. @throws WindowTooBusyError where there are, or by what was seen will be, more than `most` */
  turn(): void;
};

export function createPageCount(span: Interval, most: number): PageCount {
  let pages = 0;
  let [first, last] = [span.to, span.from];
  const whole = lengthOf([span]);

  function expected(): number {
    const covered = Math.max(SECOND, last - first);
    const isKnown = first <= last;
    return !isKnown || covered >= whole ? pages : Math.ceil((pages * whole) / covered);
  }

  return {
    get pages() {
      return pages;
    },
    see: (time) => {
      first = Math.min(first, Math.max(time, span.from));
      last = Math.max(last, Math.min(time, span.to));
    },
    turn: () => {
      pages += 1;
      if (pages > most || (pages === SAMPLE_PAGES && expected() > most))
        throw new WindowTooBusyError(`the window has about ${expected()} pages`, expected());
    },
  };
}

/** Whether there are parts that a vendor could be asked for, which knows whole seconds. */
export const isDivisible = (span: Interval): boolean => lengthOf([span]) > SECOND;

/**
 * Parts of about the same length for so many pages, cut at whole minutes where they are that long, else at whole seconds.
 * Each should have half of the most, so that a busier one is read to its end too.
 */
export function divide(span: Interval, pages: number, most: number): Interval[] {
  const share = lengthOf([span]) / Math.min(MOST_PARTS, Math.max(2, Math.ceil((2 * pages) / most)));
  const unit = share >= MINUTE ? MINUTE : SECOND;
  const step = Math.ceil(share / unit) * unit;
  const parts: Interval[] = [];
  for (let { from } = span; from < span.to;) {
    const to = Math.min(span.to, Math.floor((from + step) / unit) * unit);
    parts.push({ from, to });
    from = to;
  }
  return parts;
}
