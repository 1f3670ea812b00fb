/** Failures, named by what to do next. The queue translates them into its own terms in one place (`adapters/redis/outcome.ts`). */

export type FailureDetails = {
  readonly vendor?: string;
  readonly api?: string;
  readonly httpStatus?: number;
  readonly vendorCode?: string;
  readonly requestId?: string;
  readonly cause?: unknown;
};

const detailKeys = ['vendor', 'api', 'httpStatus', 'vendorCode', 'requestId'] as const;

/** Every failure that shenji can name; the message says what happened, where, and what to do. */
export class CollectionError extends Error {
  override readonly name: string = 'CollectionError';
  readonly details: Omit<FailureDetails, 'cause'>;

  constructor(message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.details = Object.fromEntries(
      detailKeys.filter((key) => details[key] !== undefined).map((key) => [key, details[key]]),
    );
  }
}

/** May pass by itself: a code that the vendor calls temporary, a timeout, a reset, an invalid JSON response. Costs an attempt. */
export class RetryableError extends CollectionError {
  override readonly name: string = 'RetryableError';
}

/** Nothing came back, or not in time: a name that resolves to nothing, a refused connection, a reset, a timeout. */
export class UnansweredError extends RetryableError {
  override readonly name = 'UnansweredError';
}

/**
 * The vendor refused the access token. It is fetched anew once; a second refusal may still be chance (somebody else made
 * it invalid in between), so it costs an attempt rather than all of them. Credentials that are really wrong get no token.
 */
export class RefusedTokenError extends RetryableError {
  override readonly name = 'RefusedTokenError';
}

/** A wait beyond it helps nobody: what it is for is asked again, and says so again where it still holds. */
export const LONGEST_WAIT_MS = 3_600_000;

/** Waiting, not failing: the window goes back to the queue for `waitMs`, an hour at most, and no attempt is spent. */
export class WaitError extends CollectionError {
  override readonly name: string = 'WaitError';
  readonly waitMs: number;

  constructor(message: string, waitMs: number, details: FailureDetails = {}) {
    super(message, details);
    this.waitMs = Math.min(waitMs, LONGEST_WAIT_MS);
  }
}

/** The vendor said how long to wait before the next call. */
export class RateLimitedError extends WaitError {
  override readonly name = 'RateLimitedError';
}

/** The app has no call left for now, and the window has not begun: others have its slot meanwhile. */
export class NoCallLeftError extends WaitError {
  override readonly name = 'NoCallLeftError';
}

/** By the vendor's own clock the window is not over yet (law 8): asked again later. */
export class WindowNotOverError extends WaitError {
  override readonly name = 'WindowNotOverError';
}

/** Elasticsearch is away, blocked, full or not set up: pulling pauses, no attempt is spent. */
export class DestinationUnavailableError extends WaitError {
  override readonly name = 'DestinationUnavailableError';
  /** False where it does not pass by itself, as wrong credentials do not: workers wait for the operator, commands do not. */
  readonly retryable: boolean;

  constructor(message: string, details: FailureDetails = {}, retryable = true) {
    super(message, 5_000, details);
    this.retryable = retryable;
  }
}

/** Wrong credentials or a missing scope: only the operator can put it right; the message says how. */
export class CredentialsError extends CollectionError {
  override readonly name = 'CredentialsError';
}

/** A quota of hours or a month is used up. */
export class QuotaExhaustedError extends CollectionError {
  override readonly name = 'QuotaExhaustedError';
}

/** Never again with these parameters. */
export class PermanentError extends CollectionError {
  override readonly name: string = 'PermanentError';
}

/** The vendor has no such API, or has it no more. */
export class ApiGoneError extends PermanentError {
  override readonly name = 'ApiGoneError';
}

/** Something systemic: more than half of a page was refused. The window fails and shows as a gap. */
export class RejectedPageError extends CollectionError {
  override readonly name = 'RejectedPageError';
}

/** More pages than one run should read: the window is divided in time, and no attempt is spent. */
export class WindowTooBusyError extends CollectionError {
  override readonly name = 'WindowTooBusyError';
  /** About so many. */
  readonly pages: number;

  constructor(message: string, pages: number) {
    super(message);
    this.pages = pages;
  }
}

/** One record that no document can be made of; it goes to the dead letters, its page goes on. */
export class UnmappableRecord extends Error {
  override readonly name = 'UnmappableRecord';
}

/** What something that was thrown says, also where it is no Error. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : `something was thrown that is no Error: ${String(thrown)}`;

/** False where trying again with the same parameters cannot help. */
export function isRetryable(error: unknown): boolean {
  return !(
    error instanceof PermanentError ||
    error instanceof CredentialsError ||
    error instanceof QuotaExhaustedError
  );
}

const SUSPENDING: ReadonlySet<string> = new Set([
  'CredentialsError',
  'QuotaExhaustedError',
  'RefusedTokenError',
  'ApiGoneError',
]);

/** True for the name of an error that concerns the whole source of a tenant: no other window would fare better. */
export const suspends = (errorName: string): boolean => SUSPENDING.has(errorName);
