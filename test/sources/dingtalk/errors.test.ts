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

const TOKEN = { body: { accessToken: 'abcdef', expireIn: 7200 } };
const FIGURES = { body: { metaList: [], dataList: [] } };
const WINDOW = { from: new Date('2026-03-01T16:00:00Z'), to: new Date('2026-03-02T16:00:00Z') };

async function read(answer: (nth: number) => Answer, token: Answer = TOKEN) {
  const vendor = await standInVendor(({ path }, nth) => (path.endsWith('/accessToken') ? token : answer(nth)));
  const budget = openBudget();
  const { source } = make('dingtalk', vendor.url);
  const error = await readAll(source.fetchPages(WINDOW, sourceContext({ budget }))).then(
    () => undefined,
    (thrown: unknown) => thrown as CollectionError,
  );
  return { error, vendor, budget, calls: vendor.calls.filter(({ path }) => path.includes('/datacenter/')) };
}

const failing = (status: number, code: string, more: object = {}): Answer => ({
  status,
  body: { code, message: 'what the vendor says', requestid: 'request-1', ...more },
});

describe('DingTalk', () => {
  it.each<[string, Answer]>([
    ['HTTP 500 systemError', failing(500, 'systemError')],
    ['HTTP 500 unknownError', failing(500, 'unknownError')],
    ['HTTP 500 service.meta.isNull', failing(500, 'service.meta.isNull')],
    ['an unknown HTTP 500', failing(500, 'somethingNew')],
    ['a failure inside HTTP 200', failing(200, 'unknownError')],
    ['an invalid JSON response', { body: 'oops' }],
  ])('tries again after %s', async (_, answer) => {
    const { error, calls } = await read(() => answer);
    expect(error).toBeInstanceOf(RetryableError);
    expect(calls).toHaveLength(3);
  });

  it.each([
    [500, 'statDate.is.null', 'statDate'],
    [500, 'statDate.format.iserror', 'statDate'],
    [500, 'orgId.is.null', 'orgId'],
    [500, 'serviceId.is.null', 'serviceId'],
    [400, 'IdempotentParameterMismatch', 'IdempotentParameterMismatch'],
  ])('fails at once after HTTP %i %s, naming the parameter', async (status, code, parameter) => {
    const { error, calls } = await read(() => failing(status, code));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error?.message).toContain(`refuses ${parameter}; sent were dataset="reportData", statDate="20260302"`);
    expect(error?.details).toMatchObject({
      vendor: 'dingtalk',
      httpStatus: status,
      vendorCode: code,
      requestId: 'request-1',
    });
    expect(calls).toHaveLength(1);
  });

  it.each(['Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 'Forbidden.AccessDenied.QpsLimitForApi'])(
    'waits a second after 403 %s',
    async (code) => {
      const { error, budget } = await read((nth) => (nth === 0 ? failing(403, code) : FIGURES));
      expect(error).toBeUndefined();
      expect(budget.holds).toEqual([1_000]);
    },
  );

  it('a quota that is used up is asked for once, and holds nobody else back', async () => {
    const { error, budget } = await read(() => failing(403, 'Forbidden.AccessDenied.ApiCountLimitForOrg'));
    expect(error).toBeInstanceOf(QuotaExhaustedError);
    expect(budget.holds).toEqual([]);
  });

  it('stops for five minutes when a page of HTML says that the address is banned', async () => {
    const { error, budget } = await read(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><html></html>',
    }));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(budget.holds).toEqual([300_000]);
  });

  it('shows the missing permission', async () => {
    const { error } = await read(() =>
      failing(403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', {
        accessdenieddetail: { requiredScopes: ['DataCenter.Report.Read'] },
      }),
    );
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error?.message).toContain('DataCenter.Report.Read');
  });

  it('fetches a refused token anew, once', async () => {
    const once = await read((nth) => (nth === 0 ? failing(400, 'InvalidAuthentication') : FIGURES));
    expect(once.error).toBeUndefined();
    const always = await read(() => failing(400, 'InvalidAuthentication'));
    expect(always.error).toBeInstanceOf(RetryableError);
    expect(always.error?.message).toContain('check dingtalk.appKey and dingtalk.appSecret');
  });

  it.each(['AuthenticationFailed.MissingParameter', 'invalidClientIdOrSecret'])(
    'blames the credentials after %s',
    async (code) => {
      const { error, calls } = await read(() => FIGURES, failing(400, code));
      expect(error).toBeInstanceOf(CredentialsError);
      expect(error?.message).toContain('dingtalk.appSecret');
      expect(calls).toHaveLength(0);
    },
  );
});
