/** Every finding of `check`, caused for real; and what the handbook says about it is what the program prints. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startRedis } from '../../src/dev/embedded/redis.ts';
import { createBudget } from '../../src/adapters/redis/budget.ts';
import { kibanaStandIn } from '../adapters/kibana/stand-in.ts';
import { elasticsearch8 } from '../support/elasticsearch-8.ts';
import { inFrontOf, withLifecycles } from '../support/elasticsearch.ts';
import { symptoms } from '../support/troubleshooting.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji, type Program } from '../support/world.ts';

type Raw = Record<string, unknown>;
const printed: string[] = [];

/** What `check` prints, line by line. */
async function check(config: Raw, env: Record<string, string> = {}): Promise<string> {
  const { ended, output } = shenji(['check'], config, env);
  await ended;
  printed.push(output().stdout);
  return output().stdout;
}

async function logged(program: Program, pattern: RegExp): Promise<void> {
  await until(`${String(pattern)} in the log`, () => pattern.test(program.output().stderr));
  printed.push(
    ...program
      .output()
      .stderr.split('\n')
      .map((line) => line.replaceAll(String.raw`\"`, '"')),
  );
}

async function ordinary(more: Parameters<typeof rawConfig>[1] = {}): Promise<Raw> {
  const raw = rawConfig(await simulator({ events: 0 }), more);
  await openWorld(raw);
  return raw;
}

/** A Redis of the test's own, which nobody else must suffer from. */
async function ownRedis(args: readonly string[] = [], files: Record<string, string> = {}): Promise<string> {
  const artifacts = await prepareArtifacts(process.env, (line) => process.stderr.write(`${line}\n`));
  const answers = async (): Promise<boolean> => Promise.resolve(true);
  const redis = await startRedis(artifacts, undefined, {
    scheme: 'redis',
    files,
    args: (port, home) => ['--port', `${port}`, ...args.map((arg) => arg.replace('HOME', home))],
    isReady: answers,
  });
  onTestFinished(() => redis.stop());
  return redis.url;
}

/** A Feishu that gives a token and then answers as told. */
async function toldFeishu(body: object, date = true): Promise<Raw> {
  const vendor = await standInVendor(({ path: asked }) => {
    if (asked.includes('tenant_access_token')) return { body: { code: 0, tenant_access_token: 't-x', expire: 7_200 } };
    return (response) => {
      response.sendDate = date;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    };
  });
  const raw = await ordinary();
  const feishu = { baseUrl: vendor.url, appId: 'cli_told', appSecret: 'told-secret' };
  return { ...raw, tenants: [{ id: 'acme', feishu }] };
}

describe('check finds', { timeout: 120_000 }, () => {
  it('nothing to say about a world that is as it should be, scheduler and worker included', async () => {
    const config = await ordinary();
    const before = await check(config);
    expect(before).toMatch(/warning scheduler: none is running/);
    expect(before).toMatch(/warning worker: none is running/);
    shenji(['run'], config);
    shenji(['worker'], config);
    const found = await until('all', () => check(config), (seen) => /ok\s+scheduler: 1 running: /.test(seen) && /ok\s+worker: 2 running: .*, /.test(seen)); // prettier-ignore
    expect(found).not.toMatch(/fault/);
    expect(found).toMatch(/warning Elasticsearch privileges: Elasticsearch has no security/);
  });

  it('workers that all take streams of their own alone, while others have none', async () => {
    const config = await ordinary();
    const [acme] = config['tenants'] as { id: string }[];
    const two = { ...config, tenants: [acme, { ...acme, id: 'globex' }] };
    shenji(['worker', '--streams', 'acme'], two);
    const alone = await until('the worker', () => check(two), (seen) => /worker: 1 running/.test(seen)); // prettier-ignore
    expect(alone).toMatch(
      /warning worker: 1 running.*, but each takes streams of its own alone .*, and none globex\/feishu.openapi_audit/,
    );
    shenji(['worker'], two);
    await until(
      'one for all',
      () => check(two),
      (seen) => /ok +worker: 2 running/.test(seen),
    );
  });

  it('a Redis that may drop windows, and that forgets', async () => {
    const url = await ownRedis(['--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no']);
    const found = await check({ ...(await ordinary()), redis: { url } });
    expect(found).toMatch(/fault +Redis eviction: maxmemory-policy is allkeys-lru/);
    expect(found).toMatch(/warning Redis persistence: no append-only file/);
  });

  it('a Redis that does not show its settings', async () => {
    const acl = { 'users.acl': 'user default on nopass ~* &* +@all -config\n' };
    const url = await ownRedis(['--aclfile', 'HOME/users.acl'], acl);
    expect(await check({ ...(await ordinary()), redis: { url } })).toMatch(/warning Redis eviction: .* cannot be read/);
  });

  it('servers that are away', async () => {
    const away = { elasticsearch: { url: 'http://127.0.0.1:1' }, redis: { url: 'redis://127.0.0.1:1' } };
    const found = await check({ ...(await ordinary()), ...away });
    expect(found).toMatch(/ok +configuration: 1 tenant, 1 source, /);
    expect(found).toMatch(/fault +Redis: .*ECONNREFUSED.*check redis.url and that it runs/);
    for (const what of ['Redis clock', 'worker', 'acme/feishu.openapi_audit'])
      expect(found).toContain(`${what}: could not be tried without Redis`);
    expect(found).toMatch(/fault +Elasticsearch: .*check elasticsearch.url and the network/);
  });

  it('a clock of its own that runs ahead of Redis and of the vendor', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'shenji-clock-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'clock');
    writeFileSync(file, '3600000');
    const clock = path.join(import.meta.dirname, '..', 'faults', 'clock.ts');
    const found = await check(await ordinary(), { NODE_OPTIONS: `--import ${clock}`, FAULTS_CLOCK_FILE: file });
    expect(found).toMatch(/warning Redis clock: this machine's clock is 1 h ahead of Redis/);
    expect(found).toMatch(/warning acme\/feishu.openapi_audit: .* ahead of the vendor's/);
  });

  it('streams of a source that is configured no more', async () => {
    const config = await ordinary();
    expect(await check(config)).toMatch(/ok +Elasticsearch streams: all are of configured sources/);
    const { ended } = shenji(
      ['backfill', 'feishu.openapi_audit', '--from', '2026-03-01', '--to', '2026-03-02'],
      config,
    );
    expect(await ended).toBe(0);
    const [tenant] = config['tenants'] as Raw[];
    expect(await check({ ...config, tenants: [{ ...tenant, id: 'globex' }] })).toMatch(
      /warning Elasticsearch streams: nothing is collected of acme\/feishu\.openapi_audit: /,
    );
  });

  it('a clock of Elasticsearch that is an hour behind', async () => {
    const config = await ordinary();
    expect(await check(config)).toMatch(/ok +Elasticsearch clock: within/);
    const { url } = config['elasticsearch'] as { url: string };
    const front = await inFrontOf(url, async ({ query }, forward) => {
      if (!query.includes('nodes.*.timestamp') && !query.includes('nodes.%2A.timestamp')) return undefined;
      const { status, body } = await forward();
      const shift = (_: string, time: string): string => `"timestamp":${Number(time) - 3_600_000}`;
      return { status, body: JSON.parse(JSON.stringify(body).replaceAll(/"timestamp":(\d+)/g, shift)) as unknown };
    });
    expect(await check({ ...config, elasticsearch: { url: front.url } })).toMatch(
      /warning Elasticsearch clock: this machine's clock is 1 h ahead of Elasticsearch/,
    );
  });

  it('templates that are missing, or of a version before', async () => {
    const config = await ordinary();
    const world = await openWorld(config);
    const name = `shenji-logs-feishu.openapi_audit-${String(config['namespace'])}`;
    const { index_templates: [found] } = await world.elasticsearch.indices.getIndexTemplate({ name }); // prettier-ignore
    const { index_patterns: patterns, composed_of: parts = [], data_stream: stream = {}, priority = 500 } = found?.index_template ?? {}; // prettier-ignore
    await world.elasticsearch.indices.putIndexTemplate({ name, index_patterns: patterns ?? [], composed_of: parts, data_stream: stream, priority, _meta: { version: 1 } }); // prettier-ignore
    expect(await check(config)).toMatch(/fault +Elasticsearch templates: .* has version 1, this program needs/);
    await world.elasticsearch.indices.deleteIndexTemplate({ name });
    expect(await check(config)).toMatch(/fault +Elasticsearch templates: the index template .* is missing/);
    await logged(shenji(['worker'], config), /no window is taken yet: Elasticsearch is not set up/);
  });

  it('a ledger and data that the cluster does not keep as long as they should be', async () => {
    const config = await ordinary();
    const { elasticsearch: client } = await openWorld(config);
    const [data, ledger] = ['feishu.openapi_audit', 'shenji.window'].map((set) => `logs-${set}-${String(config['namespace'])}`) as [string, string]; // prettier-ignore
    for (const index of [data, ledger])
      await client.create({ index, id: 'x', document: { '@timestamp': '2026-01-01T00:00:00Z' } });
    const { url: real } = config['elasticsearch'] as { url: string };
    expect(await check(config)).toMatch(/warning Elasticsearch retention: this server has no data stream lifecycle/);

    const free = await withLifecycles(real);
    free.streams.set(data, { enabled: true, data_retention: '90d' });
    free.streams.set(ledger, { enabled: true, data_retention: '36500d' });
    expect(await check({ ...config, elasticsearch: { url: free.url } })).toMatch(/ok +Elasticsearch retention: 90d/);
    expect(await check({ ...config, retention: '30d', elasticsearch: { url: free.url } })).toMatch(
      /warning Elasticsearch retention: logs-feishu.* is kept for 90d; run "shenji setup" to have it kept for 30d/,
    );

    const bounded = await withLifecycles(real, { max_retention: '60d' });
    for (const [name, lifecycle] of free.streams) bounded.streams.set(name, lifecycle);
    const found = await check({ ...config, elasticsearch: { url: bounded.url } });
    expect(found).toMatch(/fault +Elasticsearch retention: .*the ledger is kept for 60d only \(max_global_retention\)/);
    expect(found).toMatch(/logs-feishu.* is kept for 60d only \(max_global_retention\), not for 90d/);

    // As setup of a version before has left it: the cluster's default holds.
    const standard = await withLifecycles(real, { default_retention: '7d' });
    standard.streams.set(ledger, { enabled: true });
    const byDefault = await check({ ...config, elasticsearch: { url: standard.url } });
    expect(byDefault).toMatch(/fault .*the ledger is kept for 7d only \(default_global_retention\), not for ever; run "shenji setup"/); // prettier-ignore
    expect(byDefault).toMatch(/logs-feishu.* has no lifecycle; run "shenji setup"/);
  });

  it('a wrong secret', async () => {
    const config = await ordinary({ feishu: { appSecret: 'another-secret' } });
    const found = await check(config);
    expect(found).toMatch(/fault +acme\/feishu.openapi_audit: .*check feishu.appId and feishu.appSecret/);
    expect(found).not.toContain('another-secret');
  });

  it('a missing scope', async () => {
    const refusal = { code: 99991672, msg: 'Access denied', error: { log_id: '20261123' } };
    expect(await check(await toldFeishu(refusal))).toMatch(
      /fault +acme\/feishu.openapi_audit: .*grant the app the scope/,
    );
  });

  it('a vendor that is not reached, with what to look at', async () => {
    const found = await check(await ordinary({ feishu: { baseUrl: 'https://open.feishu.invalid' } }));
    expect(found).toMatch(/fault +acme\/feishu.openapi_audit: .*(ENOTFOUND|EAI_AGAIN).*DNS.*HTTPS_PROXY.*baseUrl/);
  });

  it('a budget that leaves nothing for the question of check', async () => {
    const config = await ordinary();
    const { redis, prefix } = await openWorld(config);
    const [{ feishu }] = config['tenants'] as [{ feishu: { appId: string } }];
    await createBudget(redis, prefix, 0).hold(
      { key: `feishu/${feishu.appId}/openapi_logs.list_data`, perMinute: 1 },
      120_000,
    );
    expect(await check(config)).toMatch(
      /fault +acme\/feishu.openapi_audit: waited 10 s for the request budget, and did not ask: windows use all of it/,
    );
  });

  it('a vendor whose answers have lost their date', async () => {
    const config = await toldFeishu({ code: 0, data: { items: [], has_more: false } }, false);
    expect(await check(config)).toMatch(/fault +acme\/feishu.openapi_audit: .*no Date header/);
  });

  it('a space that Kibana does not have', async () => {
    const { url } = await kibanaStandIn();
    const config = { ...(await ordinary()), kibana: { url, space: 'nowhere' } };
    expect(await check(config)).toMatch(/fault +Kibana: Kibana has no space "nowhere"/);
  });

  it('an Elasticsearch and a Kibana of the major before', async () => {
    const elasticsearch = { url: (await elasticsearch8({ nodes: ['8.19.21'] })).url };
    expect(await check({ ...(await ordinary()), elasticsearch })).toMatch(/fault +Elasticsearch: this is .* 8\.19\.21/);
    const kibana = { url: (await kibanaStandIn({ version: '8.12.2' })).url };
    expect(await check({ ...(await ordinary()), kibana })).toMatch(/warning Kibana: .* this is Kibana 8\.12\.2/);
  });

  it('a Kibana that still starts', async () => {
    const { url } = await kibanaStandIn({ starting: [503] });
    const found = await check({ ...(await ordinary()), kibana: { url } });
    expect(found).toMatch(/fault +Kibana: Kibana at .* is not ready: 503; if it does not pass/);
  });

  it('and a port that somebody else has is a line in the log', async () => {
    const config = await ordinary();
    const first = shenji(['scheduler'], config);
    const port = await until(
      'its port',
      () => /listen at http:\/\/127\.0\.0\.1:(\d+)/.exec(first.output().stderr)?.[1],
    );
    await logged(
      shenji(['scheduler'], { ...config, http: { port: Number(port) } }),
      /is taken, so this process has no/,
    );
  });
});

it('the handbook names each symptom as the program prints it', () => {
  const rows = symptoms(0);
  expect(rows.length).toBeGreaterThan(15);
  const lines = printed.flatMap((text) => text.split('\n'));
  for (const { says, pattern } of rows)
    expect(
      lines.some((line) => pattern.test(line)),
      says,
    ).toBe(true);
});
