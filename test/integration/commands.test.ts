/** The program as its users run it. */
import { request } from 'undici';
import { describe, expect, inject, it } from 'vitest';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji, trueIds, type Program } from '../support/world.ts';

const MINUTE = 60_000;
const minutesAgo = (minutes: number): number => Math.floor(Date.now() / MINUTE) * MINUTE - minutes * MINUTE;

async function ended(program: Program): Promise<{ code: number | string; stdout: string; stderr: string }> {
  return { code: await program.ended, ...program.output() };
}

async function raw() {
  const vendor = await simulator({ events: 300, from: minutesAgo(20), to: minutesAgo(2) });
  return {
    vendor,
    config: rawConfig(vendor, { audit: { since: '25m' }, dingtalk: { report: { since: '2d', settle: [] } } }),
  };
}

describe('shenji', () => {
  it.each(['demo', 'setup', 'run', 'scheduler', 'worker', 'backfill', 'status', 'check', 'simulator', 'rules'])(
    '%s --help says what it does',
    async (command) => {
      const { code, stdout } = await ended(shenji([command, '--help']));
      expect(code).toBe(0);
      expect(stdout.length).toBeGreaterThan(250);
    },
  );

  it.each([
    [['nothing'], /unknown command 'nothing'/],
    [['run', '--concurrency', 'many'], /It must be a whole number above 0/],
    [['simulator', '--faults', 'boredom:0.1'], /there is no fault "boredom"; there are: all, internal/],
    [['simulator', '--faults', 'reset:7'], /must lie between 0 and 1/],
    [['status'], /ELASTICSEARCH_URL \(elasticsearch.url\): is missing|needs a URL/],
    [['status', '--config', '/nowhere.yml'], /cannot read it/],
  ])('%s exits with code 2 and says why', async (args, message) => {
    const { code, stderr, stdout } = await ended(shenji(args));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });

  it('exits with code 1 where something of its own or of a library breaks', async () => {
    const breaking = "Date.prototype.toISOString = () => { throw new RangeError('Invalid time value') }";
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(breaking)}`;
    const { config } = await raw();
    const bounds = ['--from', '2026-03-01', '--to', '2026-03-02'];
    const { code, stderr } = await ended(
      shenji(['prove', 'feishu.openapi_audit', ...bounds], config, { NODE_OPTIONS }),
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('Invalid time value')]);
  });

  it(
    'sets up, checks, runs, shows its status and stops within its deadline on SIGTERM',
    { timeout: 90_000 },
    async () => {
      const { vendor, config } = await raw();
      const before = await ended(shenji(['check'], config));
      expect(before.code).toBe(1);
      expect(before.stdout).toMatch(
        /fault .*Elasticsearch templates: the index template .* is missing; .*run "shenji setup"/,
      );
      const setup = await ended(shenji(['setup', '--json'], config));
      expect(JSON.parse(setup.stdout)).toMatchObject({
        changes: expect.arrayContaining([expect.objectContaining({ change: 'created' })]) as unknown,
      });
      const check = await ended(shenji(['check', '--json'], config));
      expect(check.code, check.stdout).toBe(0);
      expect((JSON.parse(check.stdout) as { check: string }[]).map(({ check }) => check)).toContain(
        'acme/dingtalk.report',
      );

      const world = await openWorld(config);
      const running = shenji(['run'], config);
      const address = await until(
        'the address of /healthz',
        () => /listen at (http:\/\/[\d.:]+)/.exec(running.output().stderr)?.[1],
      );
      const health = await request(`${address}/healthz`);
      expect([health.statusCode, await health.body.json()]).toEqual([200, { status: 'ok' }]);
      await until(
        'all records',
        () => collectedIds(world),
        (ids) => ids.length >= trueIds(vendor).length,
      );
      const status = await until(
        'no lag',
        async () => await ended(shenji(['status', '--json'], config)),
        ({ code, stdout }) => code === 0 && (JSON.parse(stdout) as unknown[]).length === 2,
      );
      expect(JSON.parse(status.stdout)).toMatchObject([
        { stream: 'acme/feishu.openapi_audit/live', gaps: [] },
        { stream: 'acme/dingtalk.report/live', gaps: [] },
      ]);
      const table = await ended(shenji(['status'], config));
      expect(table.stdout).toMatch(/acme\/feishu.openapi_audit\/live\s+20\d\d-/);
      const proof = await ended(
        shenji(['prove', 'dingtalk.report', '--from', '2026-01-01', '--to', '2026-01-02'], config),
      );
      expect(proof.stdout).toContain('distinct events in Elasticsearch, by id, of all readings');
      expect(running.output().stderr).toContain('8 windows at once, 7 of them of later readings and backfills at most');
      running.child.kill('SIGTERM');
      expect(await running.ended).toBe(0);
    },
  );

  it('status shows what windows ran into that are tried again, before any attempt is the last', async () => {
    const { vendor, config } = await raw();
    vendor.setFaults({ internal: 1 });
    const slowRetries = { ...config, retries: { attempts: 10, base: '60s', max: '60s' } };
    await openWorld(slowRetries);
    shenji(['run'], slowRetries);
    // Two sources fail here, one before the other; what is said of Feishu's is waited for.
    await until(
      'a window that is tried again',
      async () => ended(shenji(['status'], slowRetries)),
      ({ stdout }) =>
        /acme\/feishu.openapi_audit\/live: \d+ windows? (is|are) tried again, the last after \d failed attempts?: Feishu .*/.test(
          stdout,
        ),
    );
    const [live] = JSON.parse((await ended(shenji(['status', '--json'], slowRetries))).stdout) as {
      lastError: string;
    }[];
    expect(live).toMatchObject({
      gaps: [],
      retrying: { attempts: expect.any(Number) as number, error: live?.lastError },
    });
  });

  it(
    'gives running windows back when the deadline comes, and another worker finishes them',
    { timeout: 90_000 },
    async () => {
      const { vendor, config } = await raw();
      const world = await openWorld({
        ...config,
        tenants: [
          {
            id: 'acme',
            feishu: {
              baseUrl: vendor.url,
              ...vendor.feishu,
              requestsPerMinute: 100_000,
              timeout: '60s',
              openapi_audit: { since: '25m', lag: '1s', settle: [] },
            },
          },
        ],
      });
      const slow = {
        ...config,
        namespace: world.config.namespace,
        tenants: world.config.tenants.map(({ id }) => ({
          id,
          feishu: {
            baseUrl: vendor.url,
            ...vendor.feishu,
            requestsPerMinute: 100_000,
            timeout: '60s',
            openapi_audit: { since: '25m', lag: '1s', settle: [] },
          },
        })),
      };
      vendor.setFaults({ hang: 1 });
      const running = shenji(['run'], slow);
      await until(
        'windows under way',
        () => world.sources[0]?.queue.counts(),
        (counts) => (counts?.active ?? 0) > 0,
      );
      running.child.kill('SIGTERM');
      expect(await running.ended).toBe(0);
      expect((await world.sources[0]?.queue.counts())?.active).toBe(0);
      vendor.setFaults({});
      shenji(['run'], slow);
      await until(
        'all records',
        () => collectedIds(world),
        (ids) => ids.length >= trueIds(vendor).length,
      );
      expect(await collectedIds(world)).toEqual(trueIds(vendor));
    },
  );

  it('keeps working where the port for /healthz is taken, and says so', async () => {
    const { config } = await raw();
    const taken = new URL(inject('elasticsearchUrl')).port;
    const running = shenji(['scheduler'], { ...config, http: { port: Number(taken) } });
    await until(
      'the warning',
      () => running.output().stderr,
      (stderr) => stderr.includes(`port ${taken} is taken`),
    );
    await until(
      'work',
      () => running.output().stderr,
      (stderr) => stderr.includes('running: scheduler'),
    );
  });

  it('worker --streams takes only what it is told to, and explains a name that does not exist', async () => {
    const { config } = await raw();
    await openWorld(config);
    const { code, stderr } = await ended(shenji(['worker', '--streams', 'acme/nothing'], config));
    expect(code).toBe(2);
    expect(stderr).toContain('there is no "acme/nothing"; there are: acme/feishu.openapi_audit, acme/dingtalk.report');
  });

  it('check names what is away and what to do, and never hangs', async () => {
    const { config } = await raw();
    const away = { ...config, elasticsearch: { url: 'http://127.0.0.1:1' }, redis: { url: 'redis://127.0.0.1:1' } };
    const { code, stdout } = await ended(shenji(['check'], away));
    expect(code).toBe(1);
    expect(stdout).toMatch(/fault .*Redis: .*check redis.url and that it runs/);
    expect(stdout).toMatch(/fault .*Elasticsearch: .*check elasticsearch.url and the network/);
  });

  it('simulator prints address and credentials as its first line', async () => {
    const running = shenji(['simulator', '--json', '--events', '10']);
    const line = await until('the first line', () => running.output().stdout.split('\n')[0]);
    const { url, feishu, dingtalk } = JSON.parse(line ?? '') as {
      url: string;
      feishu: { appId: string; appSecret: string };
      dingtalk: object;
    };
    expect(dingtalk).toMatchObject({ appKey: expect.any(String) as string, appSecret: expect.any(String) as string });
    const reply = await request(`${url}/open-apis/auth/v3/tenant_access_token/internal`, {
      method: 'POST',
      body: JSON.stringify({ app_id: feishu.appId, app_secret: feishu.appSecret }),
    });
    expect(await reply.body.json()).toMatchObject({ code: 0, expire: 7200 });
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });
});
