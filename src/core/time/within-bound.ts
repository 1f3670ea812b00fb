/** Waits for work that may take longer than anybody wants to wait. */

/**
 * What the work gives where it ends within so many milliseconds; undefined where it does not: it goes on, and what comes of
 * it then is nobody's. Rejects as the work does.
 */
export async function withinBound<T>(work: Promise<T>, boundMs: number): Promise<{ readonly value: T } | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), boundMs);
  try {
    return await Promise.race([work.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
