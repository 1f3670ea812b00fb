/** `setup` begins while the servers still start: it waits for them, but not for ever, and not for what does not pass. */
import { createServer, connect } from 'node:net';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { freePort } from '../../../src/dev/embedded/server-process.ts';
import { createKibana, requireReady } from '../../../src/adapters/kibana/client.ts';
import { openRuntime } from '../../../src/app/runtime.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { templateFaults } from '../../../src/adapters/elasticsearch/setup.ts';
import { standInVendor } from '../../../src/testing/stand-in.ts';
import { silent } from '../../support/silent.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { rawConfig, shenji } from '../../support/world.ts';
import { kibanaStandIn } from './stand-in.ts';

async function configWith(top: object): Promise<Record<string, unknown>> {
  return rawConfig(await simulator({ events: 0 }), { top: { ...top } });
}

/** What a real Elasticsearch answers, at a port where nobody has listened before. */
async function openPort(port: number, target: URL): Promise<void> {
  const server = createServer((socket) => {
    const onwards = connect(Number(target.port), target.hostname);
    for (const end of [socket, onwards]) end.on('error', () => socket.destroy());
    socket.pipe(onwards).pipe(socket);
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

describe('setup', { timeout: 120_000 }, () => {
  it('waits for an Elasticsearch and a Kibana that still start, says for what, and goes on', async () => {
    const port = await freePort();
    const standIn = await kibanaStandIn({
      starting: [503, { status: 503, level: 'unavailable', summary: '7 services are unavailable' }],
    });
    const elasticsearch = { url: `http://127.0.0.1:${port}` };
    const program = shenji(['setup'], await configWith({ elasticsearch, kibana: { url: standIn.url } }));
    const waiting = new RegExp(
      String.raw`^waiting for Elasticsearch at ${elasticsearch.url}, 5 m at most: .*ECONNREFUSED.*check elasticsearch\.url`,
    );
    await until('it waits', () => waiting.test(program.output().stderr));
    await openPort(port, new URL(inject('elasticsearchUrl')));
    expect(await program.ended, program.output().stderr).toBe(0);
    const { stdout, stderr } = program.output();
    expect(stderr).toMatch(/waiting for Kibana at .* is not ready: 503; if it does not pass, see its log/);
    expect(stderr).toMatch(/waiting for Kibana at .* is not ready: 503 7 services are unavailable/);
    expect(stdout).toMatch(/created {2}index template .*\n(.*\n)*created {2}dashboard /);
  });

  it('fills Elasticsearch also where Kibana never comes, and exits with code 1 when the time is over', async () => {
    const config = await configWith({ kibana: { url: 'http://127.0.0.1:9' } });
    const program = shenji(['setup', '--json', '--wait', '1500ms'], config);
    expect(await program.ended).toBe(1);
    const { stdout, stderr } = program.output();
    expect(stderr).toMatch(/^waiting for Kibana at http:\/\/127\.0\.0\.1:9, /m);
    const problem =
      /^Kibana at \S+ was not ready within 1\.5 s: .*does not answer: .*; check kibana\.url, kibana\.caFile and the network$/;
    expect(JSON.parse(stdout)).toMatchObject({ kibana: [], kibanaProblem: expect.stringMatching(problem) as string });
    const runtime = await openRuntime(configSchema.parse(config), silent);
    onTestFinished(() => runtime.close());
    const { elasticsearch, definitions } = runtime;
    expect(await templateFaults(elasticsearch, definitions, String(config['namespace']))).toEqual([]);
  });

  it('with --wait 0s asks once', async () => {
    const config = await configWith({ elasticsearch: { url: 'http://127.0.0.1:9' } });
    const program = shenji(['setup', '--wait', '0s'], config);
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(/^Elasticsearch, asking for its health: .*; check elasticsearch\.url/);
  });

  it('does not wait for what does not pass: credentials that are wrong', async () => {
    const refusal = { error: { type: 'security_exception', reason: 'no' }, status: 401 };
    const headers = { 'x-elastic-product': 'Elasticsearch' };
    const { url, calls } = await standInVendor(() => ({ status: 401, headers, body: refusal }));
    const program = shenji(['setup'], await configWith({ elasticsearch: { url } }));
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(/^Elasticsearch, asking for its health: 401 security_exception; check/);
    expect(calls).toHaveLength(1);
  });
});

describe('Kibana is', () => {
  const at = (url: string): Promise<string | undefined> => {
    const kibana = createKibana({ url, space: 'security' });
    onTestFinished(() => kibana.close());
    return requireReady(kibana);
  };

  it.each(['available', 'degraded'])('ready when it is %s', async (level) => {
    expect(await at((await kibanaStandIn({ starting: [{ status: 200, level, summary: '' }] })).url)).toBe('9.5.3');
  });

  it.each<[string, number, unknown, boolean, RegExp]>([
    ['critical', 503, { status: { overall: { level: 'critical', summary: 'Elasticsearch is away' } } }, true, /Elasticsearch is away/],
    ['behind a proxy that has no Kibana yet', 502, '<html>', true, /502 with an invalid JSON response/],
    ['something else', 200, { hello: 'world' }, false, /does not show its status: is kibana\.url/],
    ['somewhere else', 404, 'not found', false, /404 with an invalid JSON response: is kibana\.url/],
    ['closed to us', 401, { message: 'no' }, false, /set kibana\.apiKey, or kibana\.username/],
  ])('not ready when it is %s', async (_, status, body, retryable, message) => {
    const { url } = await standInVendor(() => ({ status, body }));
    const error = (await at(url).catch((problem: unknown) => problem)) as Error;
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ name: 'KibanaError', retryable });
  }); // prettier-ignore
});
