/** Elasticsearch 8 answers some questions and refuses others in words that nobody could read: it is named instead. */
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { createBulkWriter } from '../../../src/adapters/elasticsearch/bulk.ts';
import { createElasticsearch, type Elasticsearch } from '../../../src/adapters/elasticsearch/client.ts';
import { requireSupportedVersion } from '../../../src/adapters/elasticsearch/version.ts';
import { kibanaStandIn } from '../kibana/stand-in.ts';
import { elasticsearch8, type Telling } from '../../support/elasticsearch-8.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { openWorld, rawConfig, shenji } from '../../support/world.ts';

const REAL = { root: { number: '8.19.21', build_flavor: 'default' } };
const NAMED = /this is Elasticsearch 8\.19\.21; shenji works with Elasticsearch 9 \(tried with 9\.5\): upgrade it/;

function clientOf(url: string): Elasticsearch {
  const client = createElasticsearch({ url });
  onTestFinished(() => client.close());
  return client;
}

async function configFor(telling: Telling): Promise<Record<string, unknown>> {
  const { url } = await elasticsearch8(telling);
  return rawConfig(await simulator({ events: 0 }), { top: { elasticsearch: { url } } });
}

describe('an Elasticsearch 8', () => {
  it.each<[string, readonly string[]]>([
    ['setup', []],
    ['status', []],
    ['prove', ['feishu.openapi_audit', '--from', '2026-01-01', '--to', '2026-01-02']],
    ['replay', ['--dry-run']],
  ])('is named, with what is supported, by %s', async (command, args) => {
    const program = shenji([command, ...args], await configFor(REAL));
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(NAMED);
    expect(program.output().stderr).not.toMatch(/media_type|waiting for/);
  });

  it('is a fault for check, in each line that it is the reason of', async () => {
    const program = shenji(['check'], await configFor(REAL));
    expect(await program.ended).toBe(1);
    for (const what of ['Elasticsearch', 'Elasticsearch templates', 'Elasticsearch privileges'])
      expect(program.output().stdout).toMatch(new RegExp(`fault +${what}: ${NAMED.source}`));
  });

  it('is named in the logs of scheduler and worker, which wait for another', async () => {
    const program = shenji(['run'], await configFor(REAL));
    for (const line of ['no window is taken yet: ', 'planning acme/feishu.openapi_audit did not succeed and is tried again: '])
      await until(line, () => new RegExp(line + NAMED.source).test(program.output().stderr));
  }); // prettier-ignore

  it('turns no record into a dead letter', async () => {
    const { url, calls } = await elasticsearch8(REAL);
    const backoff = { baseMs: 1, maxMs: 1 };
    const writer = createBulkWriter({ client: clientOf(url), index: 'logs-x-y', backoff, tries: 2 });
    const items = ['a', 'b', 'c'].map((id) => ({ id, document: '{}' }));
    const writing = writer.write(items, new AbortController().signal);
    await expect(writing).rejects.toThrow(NAMED);
    expect(calls.filter(({ path }) => path.includes('_bulk'))).toHaveLength(2);
  });
});

describe('the version', () => {
  it.each<[string, Telling, string | RegExp]>([
    ['of a whole server', REAL, /this is Elasticsearch 8\.19\.21;/],
    ['of one without GET /', { nodes: ['8.19.21'] }, /this is Elasticsearch 8\.19\.21;/],
    ['in the middle of an upgrade', { nodes: ['9.5.3', '8.19.21', '10.0.0'] }, /this is Elasticsearch 8\.19\.21;/],
    ['of 7', { nodes: ['7.17.28'] }, /this is Elasticsearch 7\.17\.28;/],
    ['of 9', { root: { number: '9.0.0', build_flavor: 'default' } }, '9.0.0'],
    ['of what comes after', { nodes: ['10.1.0'] }, '10.1.0'],
    ['of serverless, which names one that stands for nothing', { root: { number: '8.11.0', build_flavor: 'serverless' } }, 'untold'],
    ['of one that does not tell', {}, 'untold'],
  ])('%s', async (_, telling, expected) => {
    const found = requireSupportedVersion(clientOf((await elasticsearch8(telling)).url));
    if (typeof expected === 'string') expect((await found) ?? 'untold').toBe(expected);
    else await expect(found).rejects.toThrow(expected);
  }); // prettier-ignore

  it('is what the server says that the tests run on', async () => {
    expect(await requireSupportedVersion(clientOf(inject('elasticsearchUrl')))).toMatch(/^9\.\d+\.\d+/);
  });

  it('that nobody tells is no secret once a body is refused', async () => {
    const program = shenji(['setup'], await configFor({}));
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(/this is Elasticsearch of a major before ours; shenji works with/);
  });
});

describe('a Kibana 8', { timeout: 120_000 }, () => {
  const doubt =
    /this is Kibana 8\.12\.2; shenji's dashboards and rules are for Kibana 9, which belongs to Elasticsearch 9/;

  it('is a warning for check and setup, which imports all the same', async () => {
    const { url, objects } = await kibanaStandIn({ version: '8.12.2' });
    const config = rawConfig(await simulator({ events: 0 }), { top: { kibana: { url } } });
    await openWorld(config);
    const check = shenji(['check'], config);
    expect(await check.ended).toBe(0);
    expect(check.output().stdout).toMatch(new RegExp(`warning Kibana: space default is there, but ${doubt.source}`));
    const setup = shenji(['setup'], config);
    expect(await setup.ended).toBe(0);
    expect(setup.output().stderr).toMatch(doubt);
    expect(objects.size).toBeGreaterThan(5);
  });

  it('is not what a Kibana 9 is taken for: both versions are named', async () => {
    const { url } = await kibanaStandIn();
    const config = rawConfig(await simulator({ events: 0 }), { top: { kibana: { url } } });
    const setup = shenji(['setup'], config);
    expect(await setup.ended).toBe(0);
    expect(setup.output().stderr).toMatch(/^Elasticsearch 9\.\d+\.\d+\nKibana 9\.5\.3\n/);
    const check = shenji(['check'], config);
    await check.ended;
    expect(check.output().stdout).toMatch(/ok +Kibana: space default is there; version 9\.5\.3/);
    expect(check.output().stdout).toMatch(/ok +Elasticsearch: answers; version 9\.\d/);
  });
});
