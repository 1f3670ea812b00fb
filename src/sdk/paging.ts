/** Lists that a vendor hands out page by page, each naming the next. */
import { PermanentError, RetryableError, type FailureDetails } from './errors.ts';

/** `next`: what asks for the page after it (a token, a cursor, an address); undefined on the last one. */
export type ListPage = { readonly next: string | undefined };

/**
 * Asks for page after page, the first with undefined, and yields each. Nothing ends the list but a page without `next`.
 * @throws RetryableError where pages run in a circle, and whatever `ask` throws
 */
export async function* followPages<Page extends ListPage>(
  ask: (next: string | undefined) => Promise<Page>,
  details: FailureDetails & { readonly vendor: string; readonly api: string },
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await ask(next);
    yield page;
    ({ next } = page);
    if (next !== undefined && seen.has(next))
      throw new RetryableError(
        `${details.vendor} ${details.api}: paging runs in a circle, the same page was named twice; the window is read again`,
        details,
      );
    if (next !== undefined) seen.add(next);
  } while (next !== undefined);
}

/**
 * The next page of a `Link` header (RFC 8288), as an address; undefined where there is none. The token travels there, so
 * it must be of the same origin as `asked`. @throws PermanentError for another
 */
export function nextLink(header: string | undefined, asked: string): string | undefined {
  const target = header?.split(/,\s*(?=<)/).find((part) => /;\s*rel="?next"?/i.test(part));
  const address = /^\s*<([^>]*)>/.exec(target ?? '')?.[1];
  if (address === undefined) return undefined;
  const next = new URL(address, asked);
  if (next.origin !== new URL(asked).origin)
    throw new PermanentError(
      `the next page lies at ${next.origin}, not where this one was asked for: it is not followed`,
    );
  return next.href;
}
