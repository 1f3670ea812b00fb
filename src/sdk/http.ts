/** HTTP to vendors as a source sees it: one request is lent, and the few things that every client does around it. */
import { BACKOFF, waitBackoff } from './backoff.ts';
import { RetryableError } from './errors.ts';

/** One request; `vendor` and `api` name it in errors, metrics and traces. */
export type VendorRequest = {
  readonly vendor: string;
  /** The API's name, for errors and metrics. */
  readonly api: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Whatever came back, of any status. */
export type VendorReply = {
  readonly status: number;
  /** By lower-case name; the first where one came twice. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** The vendor's clock. */
  readonly date: Date | undefined;
};

/** The way to a vendor: bounded in time and size, by the operator's proxy, measured and traced. */
export type VendorHttp = {
  /**
   * One request, no retry; resolves with what `read` makes of the reply.
   * @throws UnansweredError for everything below HTTP; whatever `read` throws; the signal's reason when aborted.
   */
  send<T>(call: VendorRequest, read: (reply: VendorReply) => T): Promise<T>;
};

const QUICK_TRIES = 3;

/** A few quick tries inside one request, before the whole window goes back to the queue. */
export async function withQuickTries<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RetryableError) || tries >= QUICK_TRIES) throw error;
      await waitBackoff(tries, BACKOFF.vendorCall, signal);
    }
  }
}

/** A base URL and a path that begins with a slash, with exactly one slash between them. */
export const joinUrl = (base: string, path: string): string => base.replace(/\/+$/, '') + path;
