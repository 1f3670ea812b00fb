/** The simulator as a vendor that stays up: it goes on, is the same after a restart, and is reached from elsewhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressesOf } from '../../../src/dev/simulator/addresses.ts';
import { createCompany } from '../../../src/dev/simulator/company.ts';
import { createLive } from '../../../src/dev/simulator/live.ts';
import { createRandom } from '../../../src/dev/simulator/random.ts';
import { watermark, work } from '../../support/pipeline.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji } from '../../support/world.ts';

const WEDNESDAY_NOON = Date.UTC(2026, 2, 4, 4) / 1_000;
const HOUR = 3_600;

function live(perMinute: number, since = WEDNESDAY_NOON - 48 * HOUR) {
  return createLive({ seed: 'live', apps: createCompany(createRandom('live')), perMinute, since });
}

describe('live traffic', () => {
  it('of a minute is the same whoever asks for it, whenever, and in whatever pieces', () => {
    const [start, end] = [WEDNESDAY_NOON - 600, WEDNESDAY_NOON + 599];
    const whole = live(30).between(start, end);
    const pieces = live(30);
    const later = pieces.between(WEDNESDAY_NOON + 7, end);
    expect([...pieces.between(start, WEDNESDAY_NOON + 6), ...later]).toEqual(whole);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
    expect(whole.map(({ listedAt }) => listedAt)).toEqual(
      whole.map(({ listedAt }) => listedAt).toSorted((a, b) => a - b),
    );
  });

  it('is as much as was asked for in office hours, and less at night, when no office app works', () => {
    const day = live(30).between(WEDNESDAY_NOON, WEDNESDAY_NOON + HOUR - 1);
    const night = live(30).between(WEDNESDAY_NOON - 12 * HOUR, WEDNESDAY_NOON - 11 * HOUR - 1);
    expect(day).toHaveLength(30 * 60);
    expect(night.length).toBeGreaterThan(100);
    expect(night.length).toBeLessThan(900);
    const office = createCompany(createRandom('live')).filter(({ hours }) => hours === 'office').map(({ id }) => id);
    expect(night.filter(({ served }) => office.includes(String(served['app_id'])))).toEqual([]);
  }); // prettier-ignore

  it('begins where the written past ends', () => {
    const since = WEDNESDAY_NOON + 17;
    const [first] = live(600, since).between(0, WEDNESDAY_NOON + 120);
    expect(first?.listedAt).toBeGreaterThanOrEqual(since);
    expect(live(0).between(0, WEDNESDAY_NOON)).toEqual([]);
  });

  it('reaches a collection that stays up, all of it', { timeout: 120_000 }, async () => {
    const vendor = await simulator({ seed: 'stays', events: 20, live: 600, to: Date.now() - 30_000 });
    const audit = { since: '1m', window: '2s', backlog: '10s' };
    const world = await openWorld(rawConfig(vendor, { audit }));
    const startedAt = Date.now();
    const { stop } = await work(world);
    await until('what happened after its start', () => watermark(world), (seen) => seen > startedAt + 5_000); // prettier-ignore
    await stop();
    const [from, to] = [Math.ceil(startedAt / 1_000) - 20, Math.floor((await watermark(world)) / 1_000) - 1];
    const truth = vendor.truth.listed(from, to).map(({ id }) => id);
    expect(truth.length).toBeGreaterThan(20);
    const collected = new Set(await collectedIds(world));
    expect(truth.filter((id) => !collected.has(id))).toEqual([]);
  });
});

it('the command serves the same company and the same past after a restart, and answers a health check', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-simulator-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const args = [
    'simulator',
    '--json',
    '--seed',
    'acme',
    '--story',
    '--live',
    '5',
    '--state',
    path.join(directory, 's'),
  ];
  async function seen(): Promise<object> {
    const program = shenji(args);
    const line = await until('the first line', () => program.output().stdout.split('\n')[0]);
    const { url, urlsFromElsewhere, ...same } = JSON.parse(line ?? '') as {
      url: string;
      urlsFromElsewhere: string[];
      feishu: { appId: string; appSecret: string };
    };
    const post = async (to: string, body: object, token = ''): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await request(url + to, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await reply.body.json()) as Record<string, unknown>;
    };
    const { appId, appSecret } = same.feishu;
    const credentials = { app_id: appId, app_secret: appSecret };
    const { tenant_access_token: token } = await post('/open-apis/auth/v3/tenant_access_token/internal', credentials);
    const list = '/open-apis/security_and_compliance/v1/openapi_logs/list_data';
    const past = await post(list, { start_time: 0, page_size: 100 }, String(token));
    const health = await request(`${url}/healthz`);
    expect([health.statusCode, await health.body.json()]).toEqual([200, { status: 'ok' }]);
    expect(urlsFromElsewhere).toEqual([]);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    return { ...same, past: (past['data'] as { items: object[] }).items };
  }
  const first = await seen();
  expect(first).toMatchObject({
    rules: { homeCountries: ['CN'], adminApps: [expect.stringMatching(/^cli_/) as string] },
    apps: expect.objectContaining({}) as object,
  });
  expect(await seen()).toEqual(first);
});

it('the command says where it is reached from elsewhere when it listens everywhere, and is', async () => {
  const program = shenji(['simulator', '--json', '--host', '0.0.0.0', '--events', '1']);
  const line = await until('the first line', () => program.output().stdout.split('\n')[0]);
  const { url, urlsFromElsewhere } = JSON.parse(line ?? '') as { url: string; urlsFromElsewhere: string[] };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const address of [url, ...urlsFromElsewhere])
    expect((await request(`${address}/healthz`)).statusCode, address).toBe(200);
});

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80', []],
  ['::1', 'http://[::1]:80', []],
  ['10.0.0.5', 'http://10.0.0.5:80', ['http://10.0.0.5:80']],
  ['0.0.0.0', 'http://127.0.0.1:80', ['http://10.0.0.5:80']],
  ['::', 'http://127.0.0.1:80', ['http://10.0.0.5:80', 'http://[2001:db8::5]:80']],
])('a server bound to %s is reached at %s here', (address, url, urlsFromElsewhere) => {
  const one = (own: string, internal: boolean) =>
    ({ address: own, internal, netmask: '', mac: '', cidr: null, family: 'IPv4' }) as const;
  const eth0 = [one('10.0.0.5', false), one('2001:db8::5', false), one('fe80::5', false)];
  expect(addressesOf({ address, port: 80 }, { lo: [one('127.0.0.1', true)], eth0 })).toEqual({
    url,
    urlsFromElsewhere,
  });
});

it('a story that has not enough days is refused', async () => {
  const program = shenji(['simulator', '--story', '--days', '10']);
  expect(await program.ended).toBe(2);
  expect(program.output().stderr).toContain('--story needs --days 16 or more, not 10');
});
