/** The caller's mistake, not a failure: exit code 2. A `RangeError` of JavaScript or of a library is none. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
