/** Plants secrets wherever one can come from, and looks for them wherever one could go. */
import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/app/runtime.ts';
import { standInVendor, type Answer } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const CANARY = 'cAnArY7f1bcd13fc57d46b';
const APP_SECRET = `${CANARY}-app`;
const TENANT_TOKEN = `t-${CANARY}-tenant-token`;
const T0 = Math.floor(Date.now() / 60_000) * 60 - 1_800;

const detail = (more: object): object => ({
  path: '/open-apis/auth/v3/x',
  method: 'POST',
  query_param: '{}',
  payload: '{}',
  status_code: 200,
  response: '{"code":0}',
  ...more,
});
const RECORDS = [
  {
    log_detail: detail({
      payload: JSON.stringify({ app_secret: CANARY, nested: { list: [{ 'Access-Token': CANARY }] } }),
    }),
  },
  { log_detail: detail({ payload: JSON.stringify({ body: JSON.stringify({ password: CANARY }) }) }) },
  { log_detail: detail({ payload: `{"client_secret": "${CANARY}", "cut` }) },
  {
    log_detail: detail({
      query_param: JSON.stringify({ app_ticket: CANARY, redirect: `https://x/?access_token=${CANARY}` }),
    }),
  },
  { log_detail: detail({ query_param: `encrypt_key=${CANARY}&x=1` }) },
  {
    log_detail: detail({
      response: JSON.stringify({
        code: 1,
        msg: `bad token u-${CANARY}${CANARY}`,
        error: { verification_token: CANARY },
      }),
    }),
  },
  { log_detail: detail({ path: `/open-apis/x?token=${CANARY}` }) },
  { log_detail: detail({ payload: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----` }) },
  { cookie: CANARY, authorization: `Bearer ${CANARY}` },
  // Dead letters: no usable time, no id.
  { event_time: undefined, log_detail: detail({ payload: JSON.stringify({ secret: CANARY }) }) },
  { id: undefined, log_detail: detail({ payload: JSON.stringify({ refresh_token: CANARY }) }) },
].map((record, index) => ({
  id: `id-${index}`,
  api_key: 'POST/open-apis/auth/v3/x',
  event_time: T0 + index,
  app_id: 'cli_x',
  ip: '1.2.3.4',
  ...record,
}));

/** Fails in ways that repeat the credentials, then serves the records. */
function answer(path: string, nth: number): Answer {
  if (path.endsWith('/internal')) return { body: { code: 0, tenant_access_token: TENANT_TOKEN, expire: 7200 } };
  if (nth < 16) return { status: 500, body: { code: 4242, msg: `failed for Bearer ${TENANT_TOKEN} of ${APP_SECRET}` } };
  if (nth < 32) return { status: 502, body: `<html>${APP_SECRET} authorization: ${TENANT_TOKEN}</html>` };
  return { body: { code: 0, data: { items: nth === 32 || nth % 5 === 0 ? RECORDS : [], has_more: false } } };
}

async function everythingInElasticsearch({ elasticsearch, config }: Runtime): Promise<string> {
  const index = [`logs-*-${config.namespace}`, `shenji-checkpoints-${config.namespace}`];
  await elasticsearch.indices.refresh({ index });
  const { hits } = await elasticsearch.search({ index, size: 10_000 });
  return JSON.stringify(hits.hits);
}

async function everythingInRedis({ redis, prefix }: Runtime): Promise<string> {
  const keys = await redis.keys(`${prefix}*`);
  // DUMP shows a key's whole content, whatever its type; short strings are stored as they are.
  const dumps = await Promise.all(
    keys.map(
      async (key) =>
        `${key} ${(await redis.dumpBuffer(key))?.toString('latin1') ?? ''} ${JSON.stringify(await redis.hgetall(key).catch(() => ''))}`,
    ),
  );
  return dumps.join('\n');
}

describe('secrets', () => {
  it('reach no document, dead letter, ledger entry, job, key, log or error', { timeout: 120_000 }, async () => {
    const vendor = await standInVendor(({ path }, nth) => answer(path, nth));
    const template = rawConfig(await simulator({ events: 1 }), { audit: { since: '50m' } });
    const raw = {
      ...template,
      elasticsearch: { ...(template['elasticsearch'] as object), username: 'writer', password: `${CANARY}-elastic` },
      http: { port: 0, token: `${CANARY}-http` },
      tenants: [
        {
          id: 'acme',
          feishu: {
            baseUrl: vendor.url,
            appId: 'cli_x',
            appSecret: APP_SECRET,
            requestsPerMinute: 100_000,
            // Many windows, also just after a full hour: the first failures must not use up the attempts of one.
            openapi_audit: { since: '50m', backlog: '60s', lag: '1s', settle: [] },
          },
        },
      ],
    };
    const world = await openWorld(raw);
    const running = shenji(['run'], raw, { LOG_LEVEL: 'trace' });
    // Looked at while jobs fail and wait, and again when all is done.
    await until(
      'failing jobs',
      () => vendor.calls.length,
      (calls) => calls >= 20,
    );
    const duringRedis = await everythingInRedis(world);
    const stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' } as const;
    await until(
      'the watermark',
      () => world.checkpoints.read(stream),
      (checkpoint) => (checkpoint?.watermark ?? 0) > (T0 + 60) * 1_000,
    );
    const check = shenji(['check', '--json'], {
      ...raw,
      tenants: [{ id: 'acme', feishu: { baseUrl: vendor.url, appId: 'cli_x', appSecret: APP_SECRET, timeout: '1s' } }],
    });
    const status = shenji(['status', '--json'], raw);
    await Promise.all([check.ended, status.ended]);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);

    const stored = await everythingInElasticsearch(world);
    const places = {
      Elasticsearch: stored,
      'Redis while jobs fail': duringRedis,
      'Redis afterwards': await everythingInRedis(world),
      ...Object.fromEntries(
        Object.entries({ run: running, check, status }).flatMap(([name, { output }]) => [
          [`${name} stdout`, output().stdout],
          [`${name} stderr`, output().stderr],
        ]),
      ),
    };
    for (const [place, content] of Object.entries(places)) expect(content.includes(CANARY), place).toBe(false);
    // The search would be worth nothing if nothing had been there to find.
    expect(stored.split('[redacted]').length).toBeGreaterThan(RECORDS.length);
    expect(stored.includes('shenji.dead_letter')).toBe(true);
    expect(running.output().stderr.includes('code 4242')).toBe(true);
    expect(running.output().stderr.includes('[redacted]')).toBe(true);
    expect(duringRedis.includes('feishu.openapi_audit')).toBe(true);
  });
});
