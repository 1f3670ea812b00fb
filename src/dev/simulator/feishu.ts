/** Feishu's endpoints, as documented: token and audit log. */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TruthRecord } from './audit-record.ts';
import { strikeBelow, type Fault } from './faults.ts';
import type { Random } from './random.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Tokens } from './tokens.ts';

/** For all calls of the audit log: the app lacks the scope, or is asked to wait, in these words. */
export type Refusal = 'scope' | { readonly wait: string };

/** An app of the tenant that reads the audit log, with a limit of its own. */
export type ReadingApp = {
  readonly appId: string;
  readonly appSecret: string;
  readonly tokens: Tokens;
  readonly limit: RateLimit;
};

export type FeishuOptions = {
  readonly apps: readonly ReadingApp[];
  /** What is listed from `start` up to and with `end`, epoch seconds, in order. */
  readonly listed: (start: number, end: number) => readonly TruthRecord[];
  readonly nextFault: () => Fault | undefined;
  readonly refusal: () => Refusal | undefined;
  readonly random: Random;
  /** The vendor's clock, epoch milliseconds. */
  readonly now: () => number;
  readonly count: (api: string, status: number) => void;
};

type Query = {
  readonly start: number;
  readonly end: number;
  readonly apiKeys?: readonly string[] | undefined;
  readonly appId?: string | undefined;
};

const LIST = '/open-apis/security_and_compliance/v1/openapi_logs/list_data';

function isWholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** The parameters, or what is wrong with them. */
function readQuery(body: Record<string, unknown>, now: number): Query | string {
  const {
    start_time: start = 0,
    end_time: end = Math.floor(now / 1_000),
    api_keys: apiKeys,
    app_id: appId,
    page_size: size = 20,
  } = body;
  if (!isWholeNumber(start) || !isWholeNumber(end)) return 'start_time and end_time must be whole seconds';
  if (start > end) return 'start_time is after end_time';
  if (!isWholeNumber(size) || size < 1 || size > 100) return 'page_size must be 1 to 100';
  if (apiKeys !== undefined && (!Array.isArray(apiKeys) || apiKeys.length > 100))
    return 'api_keys holds at most 100 entries';
  if (appId !== undefined && typeof appId !== 'string') return 'app_id must be a string';
  return { start, end, apiKeys: apiKeys as string[] | undefined, appId };
}

const fingerprint = (query: Query): string =>
  createHash('sha256').update(JSON.stringify(query)).digest('base64').slice(0, 12);

function pageToken(offset: number, query: Query): string {
  return `${fingerprint(query)}%${Buffer.from(String(offset)).toString('base64')}`;
}

function offsetOf(token: unknown, query: Query): number | undefined {
  if (token === undefined || token === '') return 0;
  if (typeof token !== 'string') return undefined;
  const [mark, encoded = ''] = token.split('%');
  const offset = Number(Buffer.from(encoded, 'base64').toString());
  return mark === fingerprint(query) && Number.isInteger(offset) ? offset : undefined;
}

// oxlint-disable-next-line max-lines-per-function -- two endpoints over one list
export function serveFeishu(server: FastifyInstance, options: FeishuOptions): void {
  const { apps, listed, random, now, count } = options;

  function answer(reply: FastifyReply, api: string, status: number, body: Record<string, unknown>): FastifyReply {
    count(api, status);
    return reply
      .code(status)
      .header('X-Tt-Logid', randomBytes(12).toString('hex'))
      .type('application/json; charset=utf-8')
      .send(body);
  }

  server.post('/open-apis/auth/v3/tenant_access_token/internal', (request, reply) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    const app = apps.find(({ appId }) => body['app_id'] === appId);
    if (app === undefined) return answer(reply, 'token', 200, { code: 10003, msg: 'invalid param' });
    if (body['app_secret'] !== app.appSecret)
      return answer(reply, 'token', 200, { code: 10014, msg: 'app secret invalid' });
    const { value, secondsLeft } = app.tokens.issue();
    return answer(reply, 'token', 200, { code: 0, msg: 'ok', tenant_access_token: value, expire: secondsLeft });
  });

  function matching({ start, end, apiKeys = [], appId: wantedApp }: Query): TruthRecord[] {
    const visible = Math.min(end, Math.floor(now() / 1_000));
    return listed(start, visible).filter(({ publishedAt, served }) => {
      const wanted = apiKeys.length === 0 || apiKeys.includes(String(served['api_key']));
      const ofApp = wantedApp === undefined || served['app_id'] === wantedApp;
      return publishedAt * 1_000 <= now() && wanted && ofApp;
    });
  }

  server.post(LIST, async (request, reply) => {
    const fault = options.nextFault();
    if (await strikeBelow(fault, reply, random)) {
      count('list', 0);
      return reply;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (fault === 'token-expiry') for (const { tokens } of apps) tokens.expire();
    if (token === undefined)
      return answer(reply, 'list', 400, { code: 99991661, msg: 'Missing access token for authorization' });
    const app = apps.find(({ tokens }) => tokens.isValid(token));
    if (app === undefined)
      return answer(reply, 'list', 400, {
        code: 99991663,
        msg: 'Invalid access token for authorization',
        error: { log_id: randomBytes(8).toString('hex') },
      });
    const refusal = options.refusal();
    if (refusal === 'scope')
      return answer(reply, 'list', 400, {
        code: 99991672,
        msg: 'Access denied. One of the following scopes is required: [security_and_compliance:audit_log.openapi_log:readonly]',
      });
    const wait = refusal?.wait ?? (fault === 'rate-limit' ? 1 : app.limit.take(now()));
    if (wait !== 0) {
      reply.header('x-ogw-ratelimit-limit', '100').header('x-ogw-ratelimit-reset', String(wait));
      return answer(reply, 'list', 429, { code: 99991400, msg: 'request trigger frequency limit' });
    }
    if (fault === 'internal') return answer(reply, 'list', 500, { code: 1780001, msg: 'Internal Server Error' });
    if (fault === 'hidden-failure') return answer(reply, 'list', 200, { code: 1780001, msg: 'Internal Server Error' });
    const body = (request.body ?? {}) as Record<string, unknown>;
    const query = readQuery(body, now());
    if (typeof query === 'string')
      return answer(reply, 'list', 400, { code: 1780103, msg: `Request Param Error: ${query}` });
    const offset = offsetOf(body['page_token'], query);
    if (offset === undefined)
      return answer(reply, 'list', 400, { code: 1780103, msg: 'Request Param Error: page_token' });
    const size = Number(body['page_size'] ?? 20);
    const found = matching(query);
    const here = fault === 'empty-page' ? [] : found.slice(offset, offset + size);
    const items = [...here, ...(fault === 'repeated-item' ? here.slice(0, 1) : [])].map(({ served }) => served);
    const next = offset + here.length;
    const hasMore = next < found.length;
    // As in the documented sample, a token comes even where nothing follows. An empty page repeats the place, not the token.
    const data = {
      ...(items.length > 0 ? { items } : {}),
      page_token: `${pageToken(next, query)}${fault === 'empty-page' ? `%${random.text(6)}` : ''}`,
      has_more: hasMore,
    };
    return answer(reply, 'list', 200, { code: 0, msg: 'success', data });
  });
}
