import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/core/documents/redact.ts';
import type { Geo } from '../../../src/sdk/geo.ts';
import { auditRecordMapper } from '../../../src/sources/feishu/mapping.ts';
import { unreviewedApi } from '../../../src/sources/feishu/unreviewed.ts';

const geo: Geo = (address) => (address === '223.5.5.5' ? { as: { number: 37963 } } : {});
const map = auditRecordMapper({ timeZone: 'Asia/Shanghai', provider: 'feishu', nameOf: () => undefined, geo });
const redactor = createRedactor({ keys: [], mode: 'remove' });

type Own = { readonly api?: object; readonly request?: string; readonly network?: string; readonly made?: object };

function ownOf(record: object): Own {
  const { value, json } = redactor.record({ id: '1', event_time: 1_767_650_000, ...record });
  return (map(value, json)['feishu'] as { openapi_audit: Own }).openapi_audit;
}

const DOWNLOAD = 'GET/open-apis/drive/v1/files/:file_token/download';
const SEARCH = 'POST/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search';
const download = (file: string, query = '{}') =>
  ownOf({ api_key: DOWNLOAD, log_detail: { path: `/open-apis/drive/v1/files/${file}/download`, method: 'GET', query_param: query } }).request; // prettier-ignore
const search = (payload: unknown) => ownOf({ api_key: SEARCH, log_detail: { payload } }).request;

describe('the request of a call that takes something out', () => {
  it('is 16 characters, the same where the same is asked again', () => {
    expect(download('a')).toMatch(/^[0-9a-f]{16}$/);
    expect(download('a')).toBe(download('a'));
    expect(search('{"filter":{"name":"a"}}')).toBe(search('{"filter":{"name":"a"}}'));
  });

  it('is another for each thing, each page and each question', () => {
    const requests = [
      download('a'),
      download('b'),
      download('a', '{"page_token":"1"}'),
      download('a', '{"page_token":"2"}'),
      search('{"filter":{"name":"a"}}'),
      search('{"filter":{"name":"b"}}'),
      search({ filter: { name: 'a' }, page: 1 }),
      search(undefined),
    ];
    expect(new Set(requests).size).toBe(requests.length);
  });

  it('is not told by a secret', () => {
    expect(search('{"app_secret":"one-secret-value"}')).toBe(search('{"app_secret":"another-secret"}'));
  });

  it('is told of no other call, nor of one that nobody reviewed', () => {
    expect(ownOf({ api_key: 'POST/open-apis/im/v1/messages' }).request).toBeUndefined();
    expect(ownOf({ api_key: 'GET/open-apis/contact/v9/wonders' })).toMatchObject({ api: { reviewed: false } });
    expect(ownOf({ api_key: 'GET/open-apis/contact/v9/wonders' }).request).toBeUndefined();
  });
});

it.each([
  // The names of the path say it.
  ['GET/open-apis/drive/v1/files/:file_token/comments/:comment_id', 'file:a'],
  // They do not, and the catalogue knows what the API touches.
  ['GET/open-apis/hire/v1/talents/:talent_id', 'hr:a'],
  ['GET/open-apis/corehr/v1/files/:id', 'hr:a'],
  ['GET/open-apis/apaas/v1/applications/:namespace/roles/:role_api_name/member', 'role:b'],
  // Nothing does.
  ['GET/open-apis/im/v2/tags/:tag_id', undefined],
  ['GET/open-apis/contact/v9/wonders/:wonder_id', undefined],
  ['GET/open-apis/wonders/v9/any/:id', 'wonders:a'],
])('the object of %s is %s', (apiKey, ref) => {
  const values = ['a', 'b'];
  const path = apiKey.slice(3).replaceAll(/:\w+/g, () => values.shift() ?? '');
  const { target } = ownOf({ api_key: apiKey, log_detail: { path } }) as { target?: { ref: string[] } };
  expect(target?.ref).toEqual(ref === undefined ? undefined : [ref]);
});

it('nothing is said of an API where the record names none', () => {
  expect(ownOf({}).api).toBeUndefined();
});

it.each([
  ['223.5.5.5', 'AS37963'],
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['10.1.2.3', '10.1.2.0/24'],
  ['2001:db8:1:2::5', '2001:db8:1::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['unknown', undefined],
  ['', undefined],
])('the network of %s is %s', (ip, network) => {
  expect(ownOf({ ip }).network).toBe(network);
});

describe('a document that was guessed', () => {
  const unreviewed = (record: object) => unreviewedApi(map({ event_time: 1_767_650_000, ...record }, () => undefined));

  it('names its API, never the path that was called', () => {
    const path = '/open-apis/contact/v9/wonders/ou_1';
    expect(unreviewed({ api_key: 'GET/open-apis/contact/v9/wonders/:id', log_detail: { path } })).toBe(
      'GET/open-apis/contact/v9/wonders/:id',
    );
    expect(unreviewed({ log_detail: { path, method: 'GET' } })).toBe('an API that its records do not name');
  });

  it('is none where the API is known, or the record names none', () => {
    expect(unreviewed({ api_key: DOWNLOAD })).toBeUndefined();
    expect(unreviewed({})).toBeUndefined();
  });
});

describe('the account that a call made', () => {
  const made = (method: string, payload: object, response: object) =>
    ownOf({
      api_key: `${method}/open-apis/contact/v3/users`,
      log_detail: { method, payload: JSON.stringify(payload), response: JSON.stringify(response) },
    }).made;

  it('goes by the id that the caller chose, and by those that the vendor answered with; a superior is none of them', () => {
    const answer = { code: 0, data: { user: { open_id: 'ou_new', union_id: 'on_new' } } };
    expect(made('POST', { user_id: 'chosen', leader_user_id: 'ou_boss' }, answer)).toEqual({
      id: ['chosen', 'ou_new', 'on_new'],
    });
  });

  it('is none where nothing is made, or nobody says which', () => {
    expect(made('GET', {}, { code: 0, data: { user: { open_id: 'ou_old' } } })).toBeUndefined();
    expect(made('POST', { name: 'New' }, { code: 0 })).toBeUndefined();
  });
});
