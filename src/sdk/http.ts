/** HTTP to vendors as a source sees it: one request is lent, and the few things that every client does around it. */
import { waitBackoff, type Backoff } from './backoff.ts';
import { RetryableError } from './errors.ts';

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

export type VendorReply = {
  readonly status: number;
  /** By lower-case name; the first where one came twice. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** The vendor's clock. */
  readonly date: Date | undefined;
};

/** One call as it ended; `error` is what it threw. */
export type VendorCall = {
  readonly vendor: string;
  readonly api: string;
  readonly seconds: number;
  readonly error: unknown;
};

export type VendorHttp = {
  /**
   * One request, no retry; resolves with what `read` makes of the reply.
   * @throws UnansweredError for everything below HTTP; whatever `read` throws; the signal's reason when aborted.
   */
  send<T>(call: VendorRequest, read: (reply: VendorReply) => T): Promise<T>;
  /** Cuts off what is under way: whoever closes waits for no answer any more. */
  close(): Promise<void>;
};

const QUICK: Backoff = { baseMs: 300, maxMs: 3_000 };
const QUICK_TRIES = 3;

/** A few quick tries inside one request, before the whole window goes back to the queue. */
export async function withQuickTries<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RetryableError) || tries >= QUICK_TRIES) throw error;
      await waitBackoff(tries, QUICK, signal);
    }
  }
}

/** A base URL and a path that begins with a slash, with exactly one slash between them. */
export const joinUrl = (base: string, path: string): string => base.replace(/\/+$/, '') + path;
