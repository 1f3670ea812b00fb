/** How long a vendor asks to wait, from its header: seconds, seconds since 1970, or an HTTP date (RFC 9110, Retry-After). */
import { formatDuration } from './duration.ts';
import { LONGEST_WAIT_MS } from './errors.ts';

/** Nobody means eleven days from now by a number of seconds so large: it is a moment. */
const EPOCH_SECONDS = 1_000_000;
/** The same, in milliseconds. */
const EPOCH_MILLISECONDS = 1e11;

/** `waitMs` is at most an hour; `remark` tells what was asked for where that was not taken at its word, else is empty. */
export type AskedWait = { readonly waitMs: number; readonly remark: string };

/** Milliseconds from `now` (epoch milliseconds); NaN for what is none of the three. */
function askedMs(header: string, now: number): number {
  const number = Number(header);
  if (Number.isNaN(number)) return Date.parse(header) - now;
  if (number >= EPOCH_MILLISECONDS) return number - now;
  return number >= EPOCH_SECONDS ? number * 1_000 - now : number * 1_000;
}

/** `header` undefined or empty: the vendor names no time, and `defaultMs` is waited. */
export function askedWait(header: string | undefined, defaultMs: number, now: number): AskedWait {
  const text = header?.trim() ?? '';
  if (text === '') return { waitMs: defaultMs, remark: '' };
  const asked = askedMs(text, now);
  const said = `it asks to wait "${text.slice(0, 60)}"`;
  if (asked === 0) return { waitMs: defaultMs, remark: '' };
  if (!(asked > 0))
    return {
      waitMs: defaultMs,
      remark: `; ${said}, which is no time to come: ${formatDuration(defaultMs)} are waited`,
    };
  if (asked > LONGEST_WAIT_MS)
    return { waitMs: LONGEST_WAIT_MS, remark: `; ${said}: an hour is waited, the longest there is` };
  return { waitMs: asked, remark: '' };
}
