import { describe, expect, it } from 'vitest';
import {
  CredentialsError,
  PermanentError,
  QuotaExhaustedError,
  RateLimitedError,
  RetryableError,
  type CollectionError,
} from '../../../src/sdk/errors.ts';
import { sourceContext, openBudget, standInVendor, type Answer } from '../../../src/testing/stand-in.ts';
import { make } from '../made.ts';
import { readAll } from '../../../src/testing/open-source.ts';

const TOKEN = { body: { code: 0, tenant_access_token: 't-0123456789abcdef0123', expire: 7200 } };
const EMPTY = { body: { code: 0, msg: 'success', data: { has_more: false } } };
const WINDOW = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-01T00:01:00Z') };

/** Reads a window from a vendor whose list API answers so; `nth` counts calls to it from 0. */
async function read(answer: (nth: number) => Answer, token: Answer = TOKEN) {
  const vendor = await standInVendor(({ path }, nth) => (path.endsWith('/internal') ? token : answer(nth)));
  const budget = openBudget();
  const { source } = make('feishu', vendor.url);
  const reading = readAll(source.fetchPages(WINDOW, sourceContext({ budget })));
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown as CollectionError,
  );
  const lists = vendor.calls.filter(({ path }) => path.endsWith('list_data'));
  return { error, lists, vendor, budget };
}

const failing = (status: number, code: number, more: object = {}): Answer => ({
  status,
  headers: { 'X-Tt-Logid': 'log-id-1' },
  body: { code, msg: 'what the vendor says', ...more },
});

describe('Feishu: what may pass is retried a few times, then left to the job', () => {
  it.each<[string, Answer]>([
    ['HTTP 500 with code 1780001', failing(500, 1780001)],
    ['an unknown HTTP 500', failing(500, 4242)],
    ['a failure inside HTTP 200', failing(200, 1780001)],
    ['an unknown failure inside HTTP 200', failing(200, 4242)],
    ['HTTP 408', failing(408, 4242)],
    ['an invalid JSON response', { body: '<html>bad gateway</html>', status: 502 }],
    ['an answer without a code', { body: { hello: 1 } }],
    ['an empty answer', { body: '' }],
    ['items that are no list', { body: { code: 0, data: { items: 'x', has_more: false } } }],
    ['has_more without a page_token', { body: { code: 0, data: { items: [], has_more: true } } }],
    ['a reset', (response) => void response.socket?.resetAndDestroy()],
    [
      'a body that is cut',
      (response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('{"code":0');
        setImmediate(() => response.socket?.destroy());
      },
    ],
    ['an answer that never comes', () => undefined],
  ])('%s', async (_, answer) => {
    const { error, lists } = await read(() => answer);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error?.details.vendor).toBe('feishu');
    expect(lists.length).toBeGreaterThanOrEqual(1);
  });

  it('and succeeds when a later try does', async () => {
    const { error, lists } = await read((nth) => (nth < 2 ? failing(500, 1780001) : EMPTY));
    expect(error).toBeUndefined();
    expect(lists).toHaveLength(3);
  });
});

describe('Feishu: a wrong parameter is permanent', () => {
  it("fails at once, naming what was sent and the vendor's request id", async () => {
    const { error, lists } = await read(() => failing(400, 1780103));
    expect(error).toBeInstanceOf(PermanentError);
    expect(lists).toHaveLength(1);
    expect(error?.message).toContain('start_time=1772323199, end_time=1772323261, page_size=100');
    expect(error?.message).toContain('what the vendor says');
    expect(error?.details).toMatchObject({ httpStatus: 400, vendorCode: '1780103', requestId: 'log-id-1' });
  });

  it('unless a page token was sent, which may only be too old', async () => {
    const page = { body: { code: 0, data: { items: [], has_more: true, page_token: 'next' } } };
    const { error } = await read((nth) => (nth === 0 ? page : failing(400, 1780103)));
    expect(error).toBeInstanceOf(RetryableError);
  });

  it('an unknown path names the base URL', async () => {
    const { error } = await read(() => ({
      status: 404,
      headers: { 'content-type': 'text/plain' },
      body: '404 page not found',
    }));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error?.message).toContain('feishu.baseUrl');
  });
});

describe('Feishu: "wait" is waited for, by everybody', () => {
  it.each<[string, Answer]>([
    [
      'HTTP 429',
      { status: 429, headers: { 'x-ogw-ratelimit-reset': '1' }, body: { code: 99991400, msg: 'frequency limit' } },
    ],
    [
      'HTTP 400 with code 99991400',
      { status: 400, headers: { 'x-ogw-ratelimit-reset': '1' }, body: { code: 99991400, msg: 'frequency limit' } },
    ],
    ['HTTP 429 without a body', { status: 429, headers: { 'x-ogw-ratelimit-reset': '1' }, body: '' }],
  ])('%s', async (_, answer) => {
    const { error, budget } = await read((nth) => (nth === 0 ? answer : EMPTY));
    expect(error).toBeUndefined();
    expect(budget.holds).toEqual([1_000]);
    expect(budget.taken).toHaveLength(2);
  });

  it('a wait of more than a minute gives the window back', async () => {
    const { error } = await read(() => ({
      status: 429,
      headers: { 'x-ogw-ratelimit-reset': '90' },
      body: { code: 99991400 },
    }));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ waitMs: 90_000 });
  });

  it('a quota that is used up is asked for once, and holds nobody else back', async () => {
    const { error, budget, lists } = await read(() => failing(400, 99991403));
    expect(error).toBeInstanceOf(QuotaExhaustedError);
    expect(budget.holds).toEqual([]);
    expect(lists).toHaveLength(1);
  });
});

describe('Feishu: credentials', () => {
  it.each([99991661, 99991663, 99991664, 99991668, 99991671])(
    'token error %i: the token is fetched anew once, also in the middle of paging',
    async (code) => {
      const pages: Answer[] = [
        { body: { code: 0, data: { items: [], has_more: true, page_token: 'p2' } } },
        failing(400, code),
        EMPTY,
      ];
      const { error, vendor, lists } = await read((nth) => pages[nth] ?? EMPTY);
      expect(error).toBeUndefined();
      expect(vendor.calls.filter(({ path }) => path.endsWith('/internal'))).toHaveLength(2);
      expect(JSON.parse(lists[2]?.body ?? '{}')).toMatchObject({ page_token: 'p2' });
    },
  );

  it('a fresh token that is refused too costs an attempt and tells the operator', async () => {
    const { error, lists } = await read(() => failing(400, 99991663));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error?.message).toContain('check feishu.appId and feishu.appSecret');
    expect(lists.length).toBeGreaterThanOrEqual(2);
  });

  it.each([10003, 10014])('code %i for the token request, inside HTTP 200', async (code) => {
    const { error, lists } = await read(() => EMPTY, failing(200, code));
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error?.message).toContain('check feishu.appId and feishu.appSecret');
    expect(lists).toHaveLength(0);
  });

  it('a missing scope says which one to grant and where', async () => {
    const { error } = await read(() =>
      failing(400, 99991672, { error: { troubleshooter: 'https://open.feishu.cn/search?code=99991672' } }),
    );
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error?.message).toContain('security_and_compliance:audit_log.openapi_log:readonly');
    expect(error?.message).toContain('https://open.feishu.cn/search?code=99991672');
  });

  it('no error ever repeats a secret or a token', async () => {
    const echo = (nth: number): Answer => ({
      status: 400,
      body: { code: 1, msg: `Bearer t-0123456789abcdef0123 and an-app-secret ${nth}` },
    });
    const { error } = await read(echo);
    expect(error?.message).not.toContain('t-0123456789abcdef0123');
  });
});
