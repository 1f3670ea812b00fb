import { describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../src/sdk/errors.ts';
import { followPages, nextLink } from '../../src/sdk/paging.ts';
import { readAll } from '../../src/testing/open-source.ts';

const api = { vendor: 'acme', api: 'list' };

describe('pages', () => {
  it('are followed until one names no next', async () => {
    const next: Readonly<Record<string, string | undefined>> = { first: 'a', a: 'b', b: undefined };
    const pages = await readAll(followPages(async (at) => ({ at, next: next[at ?? 'first'] }), api));
    expect(pages.map(({ at }) => at)).toEqual([undefined, 'a', 'b']);
  });

  it('that run in a circle are noticed', async () => {
    const circle = followPages(async (at) => ({ next: at === 'a' ? 'b' : 'a' }), api);
    await expect(readAll(circle)).rejects.toThrow(RetryableError);
  });
});

describe('a Link header', () => {
  const asked = 'https://api.acme.example/log?page=1';
  it.each([
    ['<https://api.acme.example/log?page=2>; rel="next", <https://api.acme.example/log?page=9>; rel="last"', 2],
    ['<https://api.acme.example/log?page=0>; rel="prev",</log?page=2>; rel=next', 2],
  ])('%s names the next page', (header, page) => {
    expect(nextLink(header, asked)).toBe(`https://api.acme.example/log?page=${page}`);
  });

  it.each([undefined, '', '<https://api.acme.example/log?page=9>; rel="last"'])('%s names none', (header) => {
    expect(nextLink(header, asked)).toBeUndefined();
  });

  it('to another host is not followed: the token would travel there', () => {
    expect(() => nextLink('<https://elsewhere.example/log>; rel="next"', asked)).toThrow(PermanentError);
  });
});
