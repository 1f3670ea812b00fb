/** How Feishu's lists are paged: `data` holds the list, `has_more` and `page_token`. */
import { RetryableError } from '../../sdk/errors.ts';
import { followPages } from '../../sdk/paging.ts';
import type { FeishuApi } from './apis.ts';
import type { FeishuReply } from './client.ts';

export type ListPage = { readonly items: readonly unknown[]; readonly vendorTime: Date | undefined };

type Paged = { readonly [list: string]: unknown; readonly has_more?: unknown; readonly page_token?: unknown };

/**
 * Only an explicit `has_more: false` ends a list: where the flag is missing, a token says that there is another page. `list`
 * is the name of the list in `data`, `ask` one call.
 * @throws RetryableError for pages that cannot be followed, and whatever `ask` throws.
 */
export async function* listPages(
  { name }: FeishuApi,
  list: string,
  ask: (page: { readonly page_token?: string }) => Promise<FeishuReply>,
): AsyncGenerator<ListPage> {
  const fail = (what: string): RetryableError =>
    new RetryableError(`Feishu ${name}: ${what}`, { vendor: 'feishu', api: name });
  const pages = followPages(
    async (token) => {
      const { data, vendorTime } = await ask(token === undefined ? {} : { page_token: token });
      const { [list]: items = [], has_more: hasMore, page_token: given } = (data ?? {}) as Paged;
      if (!Array.isArray(items)) throw fail(`data.${list} is no list`);
      const next = typeof given === 'string' && given !== '' ? given : undefined;
      if (hasMore === true && next === undefined) throw fail('has_more without a page_token');
      return { items: items as readonly unknown[], vendorTime, next: hasMore === false ? undefined : next };
    },
    { vendor: 'feishu', api: name },
  );
  for await (const { items, vendorTime } of pages) yield { items, vendorTime };
}
