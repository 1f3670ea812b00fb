import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CheckResult } from '../../src/app/check/run-check.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { configSchema } from '../../src/config/schema.ts';
import { missingPrivileges } from '../../src/adapters/elasticsearch/privileges.ts';
import { rolesOf } from '../../src/adapters/elasticsearch/roles.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { runChecks } from '../../src/app/check/index.ts';
import { openRuntime } from '../../src/app/runtime.ts';
import type { Simulator } from '../../src/dev/simulator/index.ts';
import { live, watermark, work } from '../support/pipeline.ts';
import { startSecured, type Secured } from '../support/secured.ts';
import { PASSWORD } from '../support/users.ts';
import { symptoms } from '../support/troubleshooting.ts';
import { silent } from '../support/silent.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { freshNamespace, install, rawConfig, shenji, trueIds } from '../support/world.ts';

const roles = rolesOf(sourceDefinitions);

const MINUTE = 60_000;
let secured: Secured;
beforeAll(async () => {
  secured = await startSecured();
}, 180_000);
afterAll(() => secured.stop());

type Raw = Record<string, unknown>;

/** The configuration of one user of one namespace; `password` and `caFile` where they are to be wrong. */
function configFor(
  vendor: Simulator,
  username: string,
  namespace: string,
  more: { password?: string; caFile?: string; repair?: Raw } = {},
): Raw {
  const { elasticsearchUrl: url, redisUrl, caFile } = secured;
  return rawConfig(vendor, {
    audit: { since: '12m' },
    top: {
      namespace,
      elasticsearch: { url, username, password: PASSWORD, caFile, ...more },
      redis: { url: redisUrl, caFile },
    },
  });
}

async function openAs(
  vendor: Simulator,
  username: string,
  namespace: string,
  more: { repair?: Raw } = {},
): Promise<Runtime> {
  const runtime = await openRuntime(configSchema.parse(configFor(vendor, username, namespace, more)), silent);
  onTestFinished(() => runtime.close());
  return runtime;
}

async function company(): Promise<Simulator> {
  const to = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
  return simulator({ seed: 'secured', events: 120, from: to - 8 * MINUTE, to, odd: 0.05 });
}

const printed: string[] = [];

/** The status that Elasticsearch answers with; 200 where it does as asked. */
async function answerTo(request: Promise<unknown>): Promise<number> {
  return request.then(
    () => 200,
    (error: { statusCode?: number }) => error.statusCode ?? 0,
  );
}

async function checksOf(runtime: Runtime): Promise<Map<string, CheckResult>> {
  const found = await Promise.all(runChecks(runtime));
  printed.push(...found.map(({ message }) => message));
  return new Map(found.map((result) => [result.check, result]));
}

/** The indices of an event, a ledger entry and a dead letter, each with the id `x`. */
async function oneOfEach({ elasticsearch }: Runtime, namespace: string): Promise<string[]> {
  const document = { '@timestamp': new Date().toISOString() };
  const indices: string[] = [];
  for (const dataset of ['feishu.openapi_audit', 'shenji.window', 'shenji.dead_letter'])
    indices.push((await elasticsearch.create({ index: `logs-${dataset}-${namespace}`, id: 'x', document }))._index);
  return indices;
}

const erasures = (client: Runtime['elasticsearch'], indices: readonly string[]) =>
  Object.fromEntries(indices.map((index) => [`delete from ${index}`, client.delete({ index, id: 'x' })]));

const refusals = (tried: Readonly<Record<string, Promise<unknown>>>) =>
  Promise.all(Object.entries(tried).map(async ([what, request]) => [what, await answerTo(request)] as const)).then(
    Object.fromEntries,
  );

const allRefused = (tried: object) => Object.fromEntries(Object.keys(tried).map((what) => [what, 403]));

describe('with security on, TLS with a private authority, and a Redis user', () => {
  it('the setup role installs and no more is needed; the writer role collects everything, in a process of its own', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    const setup = shenji(['setup'], configFor(vendor, 'setup', namespace));
    expect(await setup.ended, setup.output().stderr).toBe(0);
    const running = shenji(['run'], configFor(vendor, 'writer', namespace));
    const reader = await openAs(vendor, 'reader', namespace);
    const expected = trueIds(vendor);
    const index = `logs-feishu.openapi_audit-${namespace}`;
    await until(
      `all records; it says: ${running.output().stderr.slice(-300)}`,
      async () => {
        await reader.elasticsearch.indices.refresh({ index });
        return (await reader.elasticsearch.count({ index })).count;
      },
      (count) => count === expected.length,
    );
    const { output } = running;
    expect(output().stderr).not.toMatch(/security_exception|NOPERM|: 403/);
    expect(output().stderr).not.toContain(PASSWORD);
    const status = shenji(['status', '--json'], configFor(vendor, 'reader', namespace));
    await status.ended;
    expect(JSON.parse(status.output().stdout)).toMatchObject([{ stream: 'acme/feishu.openapi_audit/live', gaps: [] }]);
    // What a role may not see is not empty.
    for (const [username, what] of [
      ['reader_without_checkpoints', 'listing checkpoints'],
      ['reader_without_ledger', '(reading|asking) the ledger.*'],
    ] as const) {
      const blind = shenji(['gaps', 'list'], configFor(vendor, username, namespace));
      expect([await blind.ended, blind.output().stdout]).toEqual([1, '']);
      expect(blind.output().stderr).toMatch(new RegExp(`Elasticsearch, ${what}: 403 security_exception`));
    }
  });

  it.each([
    ['writer', 'installing component template '],
    ['setup_without_indices', 'reading what is installed: '],
    ['stranger', 'asking for its health: '],
  ])('setup as %s says that the setup role is missing', async (username, doing) => {
    const setup = shenji(['setup'], configFor(await company(), username, freshNamespace()));
    expect(await setup.ended).toBe(1);
    const { stderr } = setup.output();
    expect(stderr).toContain(`Elasticsearch, ${doing}`);
    expect(stderr).toMatch(/403( security_exception)?; grant the privileges of the setup role/);
    expect(stderr).not.toContain('writer role');
  });

  it('the writer is refused whatever is not its work', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    const index = `logs-feishu.openapi_audit-${namespace}`;
    await install(await openAs(vendor, 'setup', namespace));
    const writer = await openAs(vendor, 'writer', namespace);
    await work(writer);
    const { elasticsearch: client } = writer;
    const [backing = ''] = await until(
      'the data stream',
      async () => {
        const { data_streams: [found] } = await client.indices.resolveIndex({ name: index }); // prettier-ignore
        return [found?.backing_indices ?? []].flat();
      },
      (indices) => indices.length > 0,
    );
    const document = { '@timestamp': new Date().toISOString() };
    const indices = await oneOfEach(await openAs(vendor, 'admin', namespace), namespace);
    const tried = {
      'change a template': client.indices.putIndexTemplate({ name: 'other', index_patterns: ['other-*'] }),
      'change a mapping': client.indices.putMapping({ index, properties: { x: { type: 'keyword' } } }),
      'roll over': client.indices.rollover({ alias: index }),
      'delete an index': client.indices.delete({ index: backing }),
      ...erasures(client, indices),
      'overwrite a document': client.index({ index: backing, id: 'x', document, if_seq_no: 0, if_primary_term: 1 }),
      'write elsewhere': client.create({ index: `logs-other-${namespace}`, id: 'x', document }),
      'read elsewhere': client.search({ index: '.security' }),
      'create a user': client.security.putUser({ username: 'x', password: PASSWORD, roles: ['superuser'] }),
      'change the cluster': client.cluster.putSettings({ persistent: { 'action.auto_create_index': 'true' } }),
      'stop a node': client.transport.request({ method: 'POST', path: '/_nodes/reload_secure_settings' }),
    };
    expect(await refusals(tried)).toEqual(allRefused(tried));
  });

  it('a copy behind a rollover is counted by workers, told as a pending repair, and taken away with the key for it alone', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    const index = `logs-feishu.openapi_audit-${namespace}`;
    const admin = await openAs(vendor, 'admin', namespace);
    await install(admin);
    const writer = await openAs(vendor, 'writer', namespace);
    const { stop } = await work(writer);
    const last = Math.max(...vendor.truth.records.map(({ listedAt }) => listedAt)) * 1_000;
    await until('all of it', () => watermark(writer), (seen) => seen > last); // prettier-ignore
    await stop();
    await admin.elasticsearch.indices.refresh({ index });
    const { hits } = await admin.elasticsearch.search<object>({ index, size: 1 });
    const [hit] = hits.hits;
    const [id, document] = [String(hit?._id), hit?._source ?? {}];
    await admin.elasticsearch.indices.rollover({ alias: index });
    const { _index: younger } = await admin.elasticsearch.create({ index, id, document });

    const pass = 'backfill-again' as const;
    const span = { from: last - 20 * MINUTE, to: last + MINUTE };
    const opened = await writer.ledger.open({ stream: { ...live, pass }, origin: span.from, end: span.to });
    await writer.checkpoints.create(opened);
    await work(writer);
    await until('the second reading', () => watermark(writer, { ...live, pass }), (seen) => seen >= span.to); // prettier-ignore
    expect(await writer.ledger.totals({ ...live, pass })).toMatchObject({ crossIndexDuplicates: 1, created: 0 });

    const said = async (args: string[], username: string, more: { repair?: Raw } = {}) => {
      const ran = shenji(args, configFor(vendor, username, namespace, more));
      return { code: await ran.ended, ...ran.output() };
    };
    const bounds = ['--from', new Date(span.from).toISOString(), '--to', new Date(last + 1_000).toISOString()];
    const prove = ['prove', 'feishu.openapi_audit', ...bounds];
    const pending = await said(prove, 'reader');
    expect(pending).toMatchObject({ code: 1, stdout: expect.stringMatching(/complete.*, repair pending: .*some of it twice/) as string }); // prettier-ignore
    expect(pending.stdout).toContain(`lies in more than one index: ${id}`);
    expect(JSON.parse((await said([...prove, '--json'], 'reader')).stdout)).toMatchObject({
      verdict: expect.stringMatching(/^complete/) as string,
      repairPending: true,
      proven: false,
    });
    expect((await said(['status'], 'reader')).stdout).toContain(
      `1 document of ${index} lies in more than one index: repair pending`,
    );

    expect(await said(['repair'], 'writer')).toMatchObject({
      code: 1,
      stdout: `1 document of ${index} lies in more than one index: repair pending; Elasticsearch, deleting a copy from ${younger}: 403 security_exception; grant deploy/elasticsearch/repair.json, to elasticsearch.repair alone\n`,
    });
    const repair = { username: 'repair', password: PASSWORD };
    expect(await said(['repair', '--dry-run'], 'writer', { repair })).toMatchObject({ code: 1 });
    expect(await said(['repair', '--json'], 'writer', { repair })).toMatchObject({ code: 0 });
    expect((await said(['repair'], 'writer', { repair })).stdout).toBe(
      `${index}: nothing lies in more than one index\n`,
    );
    const { hits: left } = await admin.elasticsearch.search({ index, query: { ids: { values: [id] } } });
    expect(left.hits.map(({ _index }) => _index)).toEqual([hit?._index]);
    expect(await said(prove, 'reader')).toMatchObject({ code: 0 });
  });

  it(
    'a writer that loses its right to write pauses and asks the vendor for nothing, until it has it back',
    { timeout: 180_000 },
    async () => {
      const to = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
      const vendor = await simulator({ seed: 'revoked', events: 400, from: to - 8 * MINUTE, to });
      const namespace = freshNamespace();
      const admin = await openAs(vendor, 'admin', namespace);
      await install(admin);
      const mayRead = roles.writer.indices.map(({ names }) => ({ names, privileges: ['read', 'view_index_metadata'] }));
      const lines: string[] = [];
      const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
      const config = configSchema.parse(configFor(vendor, 'changing', namespace));
      const writer = await openRuntime(config, log);
      onTestFinished(() => writer.close());
      vendor.setFaults({ slow: 1 });
      await work(writer);
      await until('the first documents', () => admin.elasticsearch.indices.exists({ index: `logs-feishu.openapi_audit-${namespace}` })); // prettier-ignore
      const lacking = async () => (await missingPrivileges(writer.elasticsearch, roles.writer, namespace))?.length ?? 0;
      await secured.changeRole({ ...roles.writer, indices: mayRead });
      await until('the change', lacking, (count) => count > 0);
      const again = { from: to - 9 * MINUTE, to: to + MINUTE };
      await writer.sources[0]?.queue.add({ ...live, pass: 'backfill-again' }, [again]);
      await until('a pause', () => lines.some((line) => /workers are paused for .*403/.test(line)));
      await until('windows under way to go back', async () => (await writer.sources[0]?.queue.counts())?.active === 0);
      const asked = JSON.stringify(vendor.answers());
      let answers = 0;
      writer.elasticsearch.diagnostic.on('response', () => void (answers += 1));
      await until('ten looks whether it takes documents again', () => answers >= 10);
      expect(JSON.stringify(vendor.answers())).toBe(asked);
      await secured.changeRole(roles.writer);
      vendor.setFaults({});
      await until('all of it', () => watermark(writer), (seen) => seen >= to); // prettier-ignore
      const index = `logs-feishu.openapi_audit-${namespace}`;
      await admin.elasticsearch.indices.refresh({ index });
      expect((await admin.elasticsearch.count({ index })).count).toBe(trueIds(vendor).length);
    },
  );

  it('the repair role is refused whatever is not its work', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    const index = `logs-feishu.openapi_audit-${namespace}`;
    const admin = await openAs(vendor, 'admin', namespace);
    await install(admin);
    const document = { '@timestamp': new Date().toISOString() };
    const [backing = '', ...evidence] = await oneOfEach(admin, namespace);
    const { elasticsearch: client } = await openAs(vendor, 'repair', namespace);
    const tried = {
      ...erasures(client, evidence),
      'write an event': client.create({ index, id: 'y', document }),
      'overwrite an event': client.index({ index: backing, id: 'x', document, if_seq_no: 0, if_primary_term: 1 }),
      'write into the ledger': client.create({ index: `logs-shenji.window-${namespace}`, id: 'y', document }),
      'read the ledger': client.search({ index: `logs-shenji.window-${namespace}` }),
      'set a checkpoint back': client.index({ index: `shenji-checkpoints-${namespace}`, id: 'x', document }),
      'delete an index': client.indices.delete({ index: backing }),
      'roll over': client.indices.rollover({ alias: index }),
    };
    expect(await refusals(tried)).toEqual(allRefused(tried));
  });

  it('check says what a role lacks, and names the file that grants it', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    await install(await openAs(vendor, 'setup', namespace));
    const complete = await checksOf(await openAs(vendor, 'writer', namespace));
    expect(complete.get('Elasticsearch privileges')).toMatchObject({ state: 'ok' });
    expect([...complete.values()].filter(({ state }) => state === 'fault')).toEqual([]);
    const setup = await checksOf(await openAs(vendor, 'setup', namespace));
    const tooMuch = {
      state: 'warning',
      message:
        'all of the setup role, which is for shenji setup alone; give scheduler and workers only deploy/elasticsearch/writer.json',
    };
    expect(setup.get('Elasticsearch privileges')).toMatchObject(tooMuch);
    const superuser = await checksOf(await openAs(vendor, 'admin', namespace));
    expect(superuser.get('Elasticsearch privileges')).toMatchObject(tooMuch);
    const both = await checksOf(await openAs(vendor, 'writer_and_templates', namespace));
    expect(both.get('Elasticsearch privileges')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(
        /^more than the writer role: .*grant only deploy\/elasticsearch\/writer\.json$/,
      ) as string,
    });
    expect([...setup.values()].filter(({ state }) => state === 'fault')).toEqual([]);
    const half = await checksOf(await openAs(vendor, 'setup_without_indices', namespace));
    expect(half.get('Elasticsearch privileges')).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(
        /setup role: logs-.*: manage.*; grant deploy\/elasticsearch\/setup\.json/,
      ) as string,
    });
    const erasing = await checksOf(await openAs(vendor, 'writer_with_delete', namespace));
    expect(erasing.get('Elasticsearch privileges')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^more than the writer role: they may erase .*audit-\S+: delete; .*writer\.json$/) as string, // prettier-ignore
    });
    const repairAs = async (username: string) =>
      (await checksOf(await openAs(vendor, 'writer', namespace, { repair: { username, password: PASSWORD } }))).get('Elasticsearch repair'); // prettier-ignore
    expect(complete.get('Elasticsearch repair')).toMatchObject({ state: 'ok', message: expect.stringMatching(/^no elasticsearch.repair here/) as string }); // prettier-ignore
    expect(await repairAs('repair_that_overwrites')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^more than the repair role: .*audit-\S+: delete_index, index, manage/) as string,
    });
    expect(await repairAs('repair')).toMatchObject({ state: 'ok', message: 'all of the repair role' });
    expect(await repairAs('writer')).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(/^missing of the repair role: .*delete.*repair\.json$/) as string,
    });
    expect(await repairAs('repair_of_all')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^more than the repair role: .*logs-shenji.window-\S+: delete/) as string,
    });
    const reader = await checksOf(await openAs(vendor, 'reader', namespace));
    expect(reader.get('Elasticsearch privileges')).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(/create_doc.*deploy\/elasticsearch\/writer\.json/) as string,
    });
    const stranger = await checksOf(await openAs(vendor, 'stranger', namespace));
    expect(stranger.get('Elasticsearch')).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('grant the privileges of the writer role') as string,
    });
  });

  it('a wrong password, and a certificate that nobody trusts, are named with their remedy', async () => {
    const vendor = await company();
    const namespace = freshNamespace();
    const wrong = shenji(['check'], configFor(vendor, 'writer', namespace, { password: 'not-the-password' }));
    expect(await wrong.ended).toBe(1);
    expect(wrong.output().stdout).toMatch(
      /fault .*Elasticsearch: .*401.*check elasticsearch.apiKey, or username and password/,
    );
    expect(wrong.output().stdout).not.toContain('not-the-password');
    const untrusted = shenji(['check'], configFor(vendor, 'writer', namespace, { caFile: secured.otherCaFile }));
    expect(await untrusted.ended).toBe(1);
    printed.push(...wrong.output().stdout.split('\n'), ...untrusted.output().stdout.split('\n'));
    expect(untrusted.output().stdout).toMatch(/fault .*Elasticsearch: .*elasticsearch\.caFile/);
  });
});

it('the handbook names each symptom of security as the program prints it', () => {
  const rows = symptoms(1);
  expect(rows.length).toBeGreaterThan(4);
  for (const { says, pattern } of rows)
    expect(
      printed.some((line) => pattern.test(line)),
      says,
    ).toBe(true);
});
