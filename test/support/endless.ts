/** A vendor with as many events as one likes: pages are made when they are asked for, so that nobody has to hold them. */
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { renderPage, windowAt } from '../../bench/records.ts';
import { listening } from './listening.ts';

/** Every hour from `windowSpan(0)` on has so many pages. Closed with the test. */
export async function endlessVendor(pages: number): Promise<{ readonly url: string }> {
  const answer = async (request: IncomingMessage): Promise<string> => {
    // The list of apps, which it does not have.
    if (request.method === 'GET') return '{}';
    const { start_time: start = 0, page_token: token = '0' } = (await json(request)) as Record<string, number & string>;
    if (request.url?.includes('tenant_access_token') === true)
      return JSON.stringify({ code: 0, tenant_access_token: 't-endless', expire: 7_200 });
    return renderPage(windowAt(start), Number(token), pages);
  };
  const server = createServer((request, response) => {
    void answer(request).then((body) => response.setHeader('content-type', 'application/json').end(body));
  });
  return { url: await listening(server) };
}
