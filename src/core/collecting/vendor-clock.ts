/** When a window was read, and whether it was over by then: by the vendor's clock alone (law 8). */
import type { Page } from '../../sdk/source.ts';
import { RetryableError, WindowNotOverError } from '../../sdk/errors.ts';
import type { Reading } from '../ledger.ts';

/** A clock may be corrected meanwhile: no window waits longer than this before it looks again. */
const LONGEST_CLOCK_WAIT_MS = 60_000;

function checkVendorClock(vendorTime: Date | undefined, completeAfter: number): void {
  if (vendorTime === undefined) {
    throw new RetryableError(
      'the vendor sent no Date header, so nothing proves that the window is over; a proxy on the way may remove it',
    );
  }
  const ahead = completeAfter - vendorTime.getTime();
  if (ahead <= 0) return;
  throw new WindowNotOverError(
    `by the vendor's clock (${vendorTime.toISOString()}) the window is complete only at ${new Date(completeAfter).toISOString()}`,
    Math.min(Math.max(ahead, 1_000), LONGEST_CLOCK_WAIT_MS),
  );
}

export type VendorClock = {
  /** @throws WindowNotOverError, and RetryableError where nothing tells, at the first page */
  see(page: Pick<Page<unknown>, 'vendorTime'>): void;
  /** Of the pages that were seen, one at least. */
  reading(): Pick<Reading, 'readFrom' | 'readUntil'>;
};

/** For one reading of a window that begins now. `completeAfter`: what the vendor's clock must have reached, in epoch milliseconds. */
export function createVendorClock(completeAfter: number): VendorClock {
  const startedAt = performance.now();
  let last: Date | undefined;
  // It may go back between two pages.
  let [from, until] = [Infinity, -Infinity];
  return {
    see: ({ vendorTime }) => {
      if (from === Infinity) {
        checkVendorClock(vendorTime, completeAfter);
        // The vendor may have looked long before it answered.
        from = (vendorTime?.getTime() ?? 0) - Math.ceil(performance.now() - startedAt);
      }
      last = vendorTime;
      from = Math.min(from, vendorTime?.getTime() ?? from);
      until = Math.max(until, vendorTime?.getTime() ?? until);
    },
    reading: () => ({ readFrom: from, readUntil: last === undefined ? undefined : until }),
  };
}
