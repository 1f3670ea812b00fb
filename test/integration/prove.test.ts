/** What a proof says on real servers: each verdict, and that it is true whatever operators have changed. */
import { describe, expect, it } from 'vitest';
import { createDeadLetters } from '../../src/adapters/elasticsearch/dead-letters.ts';
import { backingNames } from '../../src/adapters/elasticsearch/backing-indices.ts';
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import { preparer } from '../../src/core/documents/prepare.ts';
import { documentWriters, preparationOf } from '../../src/app/preparation.ts';
import { proofPorts } from '../../src/app/proof-ports.ts';
import { isProven, prove, type Proof } from '../../src/app/prove.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { live, readWindow, sourceOf } from '../support/pipeline.ts';
import { inFrontOf } from '../support/elasticsearch.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = Date.parse('2026-03-01T00:00:00Z');
const AUDIT = 'feishu.openapi_audit';
const REPORT = { name: 'dingtalk.report', pass: 'live' } as const;
/** Three days of Shanghai. */
const DAYS = [0, 1, 2].map((day) => Date.parse('2026-03-01T00:00:00+08:00') + day * 24 * HOUR);
const signal = new AbortController().signal;

type Raw = Record<string, unknown>;

const proofOf = (world: Runtime, from = FROM, to = FROM + 3 * HOUR, options = {}): Promise<Proof> =>
  prove(world, sourceOf(world), { from, to }, options);
const proofOfDays = (world: Runtime): Promise<Proof> =>
  prove(world, sourceOf(world, REPORT.name), { from: DAYS[0] ?? 0, to: (DAYS[2] ?? 0) + 24 * HOUR });
const listed = <T>(places: readonly T[]) => ({ listed: places, more: 0 });
const COMPLETE = { verdict: 'complete', missing: listed([]), unclear: listed([]), uncollected: listed([]) };

const indexOf = ({ config }: Runtime): string => `logs-${AUDIT}-${config.namespace}`;

/** Three hundred events in three hours. */
async function threeHours(more: Parameters<typeof rawConfig>[1] = {}) {
  const vendor = await simulator({ seed: 'evidence', events: 300, from: FROM, to: FROM + 3 * HOUR });
  const raw = rawConfig(vendor, more);
  return { vendor, raw, world: await openWorld(raw) };
}

/** The vendor's clock tells whole seconds: readings of one second stand beside each other, and neither replaces the other. */
async function nextSecond(): Promise<void> {
  const before = Math.floor(Date.now() / 1_000);
  // What the vendor took to answer is taken off the beginning of a reading: one second would be too little.
  await until('the second after the next', () => Math.floor(Date.now() / 1_000) > before + 1);
}

async function readHours(world: Runtime): Promise<void> {
  for (const hour of [0, 1, 2]) await readWindow(world, FROM + hour * HOUR, FROM + (hour + 1) * HOUR);
}

/** The same world after its configuration was changed. */
const changed = (
  raw: Raw,
  vendor: Parameters<typeof rawConfig>[0],
  more: Parameters<typeof rawConfig>[1],
): Promise<Runtime> => openWorld({ ...rawConfig(vendor, more), namespace: raw['namespace'] });

/** Deletes what lies at such times, at most so many, and says how many they were. */
async function deleteWhere(world: Runtime, isMeant: (time: number) => boolean, most = Infinity): Promise<number> {
  const index = indexOf(world);
  await world.elasticsearch.indices.refresh({ index });
  let deleted = 0;
  const documents = documentsOf<{ '@timestamp': string }>(world.elasticsearch, index, [], ['@timestamp']);
  for await (const { id, index: lies, source } of documents) {
    if (deleted >= most || !isMeant(Date.parse(source['@timestamp']))) continue;
    await world.elasticsearch.delete({ index: lies, id });
    deleted += 1;
  }
  return deleted;
}

describe('a proof says complete', () => {
  it('where all is there, also by asking the vendor again', async () => {
    const { world } = await threeHours();
    await readHours(world);
    expect(await proofOf(world, FROM, FROM + 3 * HOUR, { recount: true })).toMatchObject({
      ...COMPLETE,
      events: 300,
      windows: 3,
      crossIndexDuplicates: 0,
      vendor: { events: 300, missing: { count: 0 }, foreign: { count: 0 } },
    });
  });

  it('where late events came in part of a window that was read again', async () => {
    const { vendor, world } = await threeHours();
    const late = vendor.truth.records.filter(
      ({ listedAt }) => listedAt * 1_000 < FROM + 15 * MINUTE && listedAt % 2 === 0,
    ) as { publishedAt: number }[];
    expect(late.length).toBeGreaterThan(3);
    for (const record of late) record.publishedAt += 10 ** 9;
    await readHours(world);
    for (const record of late) record.publishedAt -= 10 ** 9;
    await readWindow(world, FROM, FROM + 15 * MINUTE);
    expect(await proofOf(world)).toMatchObject({ ...COMPLETE, events: 300 });
  });

  it('of statistics whichever reading collected them, and judges each by itself', async () => {
    const { world } = await threeHours({ dingtalk: {} });
    const read = async (pass: 'backfill-a' | 'backfill-b'): Promise<void> => {
      for (const day of DAYS) await readWindow(world, day, day + 24 * HOUR, { ...REPORT, pass });
    };
    await read('backfill-a');
    await read('backfill-b');
    expect(await proofOfDays(world)).toMatchObject({ ...COMPLETE, events: 18 });
    const index = `metrics-dingtalk.report-${world.config.namespace}`;
    const { hits } = await world.elasticsearch.search({ index, size: 1 });
    await world.elasticsearch.delete({ index: hits.hits[0]?._index ?? '', id: hits.hits[0]?._id ?? '' });
    // The figures of the other reading do not stand for the one that is gone.
    expect(await proofOfDays(world)).toMatchObject({
      verdict: 'incomplete',
      missing: listed([
        expect.objectContaining({ claimed: 3, stored: 2, cure: expect.stringMatching(/^no other reading/) }),
      ]),
    });
  });

  it('of statistics that only a backfill has read, without holding them against what a daily reading would be', async () => {
    const { world } = await threeHours({ dingtalk: {} });
    const [first = 0, ...others] = DAYS;
    await readWindow(world, first, first + 24 * HOUR, REPORT);
    for (const day of others) await readWindow(world, day, day + 24 * HOUR, { ...REPORT, pass: 'backfill-a' });
    const span = { from: first, to: first + 72 * HOUR };
    expect(await prove(world, sourceOf(world, REPORT.name), span, { recount: true })).toMatchObject({
      ...COMPLETE,
      vendor: { events: 3, missing: { count: 0 }, notAsked: listed([{ from: first + 24 * HOUR, to: span.to }]) },
    });
  });
});

describe('a proof says nothing at all', () => {
  it('where an index that it needs is closed, since what nobody can read is not empty', async () => {
    const { world } = await threeHours();
    const { elasticsearch: client, config } = world;
    await readHours(world);
    const ledger = `logs-shenji.window-${config.namespace}`;
    await client.indices.rollover({ alias: ledger });
    const [oldest] = await backingNames(client, ledger);
    await client.indices.close({ index: oldest ?? '' });
    await expect(proofOf(world)).rejects.toThrow(/index_closed_exception; open the index again/);
    const planned = sourceOf(world).planned;
    await expect(world.planner.inspect(planned)).rejects.toThrow(/index_closed_exception/);
    await client.indices.open({ index: oldest ?? '' });
    expect(await proofOf(world)).toMatchObject({ ...COMPLETE, events: 300 });
  });
});

describe('a proof says incomplete', () => {
  it('where documents are gone that only the rest of a replaced reading had seen', async () => {
    const { world } = await threeHours();
    await readHours(world);
    for (const hour of [0, 1, 2]) await readWindow(world, FROM + hour * HOUR, FROM + hour * HOUR + 15 * MINUTE);
    const isRest = (time: number): boolean => (time - FROM) % HOUR >= 15 * MINUTE;
    expect(await deleteWhere(world, isRest, 154)).toBe(154);
    const { verdict, missing } = await proofOf(world);
    expect(verdict).toBe('incomplete');
    for (const { from, to } of missing.listed) expect([isRest(from), isRest(to - 1)]).toEqual([true, true]);
    // What is still whole is still proven.
    expect(await proofOf(world, FROM, FROM + 15 * MINUTE)).toMatchObject(COMPLETE);
  });

  it('where one is gone, whatever is there twice', async () => {
    const { world } = await threeHours();
    await readHours(world);
    const index = indexOf(world);
    await world.elasticsearch.indices.refresh({ index });
    const { hits } = await world.elasticsearch.search<object>({ index, size: 2 });
    const [gone, twice] = hits.hits;
    await world.elasticsearch.indices.rollover({ alias: index });
    await world.elasticsearch.create({ index, id: twice?._id ?? '', document: twice?._source ?? {} });
    expect(await proofOf(world)).toMatchObject({ verdict: 'complete', crossIndexDuplicates: 1, events: 300 });
    expect(isProven(await proofOf(world))).toBe(false);
    await world.elasticsearch.delete({ index: gone?._index ?? '', id: gone?._id ?? '' });
    expect(await proofOf(world, FROM, FROM + 3 * HOUR, { recount: true })).toMatchObject({
      verdict: 'incomplete',
      crossIndexDuplicates: 1,
      vendor: { missing: { count: 1, listed: [{ id: gone?._id }] } },
    });
  });
});

describe('a proof says not provable', () => {
  it('where more is there than the readings tell, until that time is read again', async () => {
    const { vendor, world } = await threeHours();
    const [late] = vendor.truth.records as unknown as { publishedAt: number; served: Raw }[];
    if (late === undefined) throw new Error('the simulator has records');
    late.publishedAt += 10 ** 9;
    await readHours(world);
    late.publishedAt -= 10 ** 9;
    // As a run does that fails half-way.
    const prepared = preparer(preparationOf(world, sourceOf(world), live))(late.served);
    if (prepared.kind !== 'document') throw new Error(prepared.reason);
    const item = { id: prepared.id, document: prepared.line, earliest: prepared.time, time: prepared.time };
    await documentWriters(world).get(AUDIT)?.write([item], signal);
    const { verdict, missing, unclear } = await proofOf(world);
    expect([verdict, missing.listed, unclear.listed]).toMatchObject(['not provable', [], [{ why: 'more' }]]);
    const [{ from, to, cure } = { from: 0, to: 0, cure: '' }] = unclear.listed;
    expect(cure).toMatch(/^shenji backfill feishu.openapi_audit --tenant acme --from 2026-03-01T00:/);
    await nextSecond();
    await readWindow(world, from, to);
    expect(await proofOf(world)).toMatchObject({ ...COMPLETE, events: 300 });
  });

  it('where the vendor has published since what nobody has read, which is no alarm, until that time is read again', async () => {
    const { vendor, raw, world } = await threeHours();
    const [late] = vendor.truth.records as unknown as { publishedAt: number; listedAt: number }[];
    if (late === undefined) throw new Error('the simulator has records');
    late.publishedAt += 10 ** 9;
    await readHours(world);
    late.publishedAt -= 10 ** 9;
    expect(await proofOf(world)).toMatchObject(COMPLETE);
    const { verdict, vendor: again, missing } = await proofOf(world, FROM, FROM + 3 * HOUR, { recount: true });
    expect([verdict, missing.listed, again?.missing.count]).toEqual(['not provable', [], 1]);
    const [{ from, to, cure } = { from: 0, to: 0, cure: '' }] = again?.unread.listed ?? [];
    expect(again?.unread.listed).toMatchObject([{ to: from + MINUTE, events: 1 }]);
    expect([from <= late.listedAt * 1_000, to > late.listedAt * 1_000]).toEqual([true, true]);
    expect(cure).toBe(`shenji backfill ${AUDIT} --tenant acme --from ${new Date(from).toISOString()} --to ${new Date(to).toISOString()} --wait`); // prettier-ignore
    const hour = ['--from', new Date(FROM).toISOString(), '--to', new Date(FROM + 3 * HOUR).toISOString(), '--recount'];
    const [shown, told] = [shenji(['prove', AUDIT, ...hour], raw), shenji(['prove', AUDIT, ...hour, '--json'], raw)];
    expect([await shown.ended, await told.ended]).toEqual([1, 1]);
    expect(shown.output().stdout).toMatch(/asked: everything\n(.*\n)*not here: .* the vendor has 1 event more; run "shenji backfill .*\n(.*\n)*the vendor has 1 event that is not here: .*\n.*NOT PROVABLE/); // prettier-ignore
    expect(JSON.parse(told.output().stdout)).toMatchObject({
      verdict: 'not provable',
      asked: {},
      namespace: raw['namespace'],
      vendor: { missing: { count: 1, listed: [{ time: new Date(late.listedAt * 1_000).toISOString() }] }, notHere: [{ events: 1, cure }] }, // prettier-ignore
    });
    await readWindow(world, from, to);
    expect(await proofOf(world, FROM, FROM + 3 * HOUR, { recount: true })).toMatchObject({ ...COMPLETE, events: 300 });
  });

  it('for a question wider than what was asked when the time was read', async () => {
    const { vendor, raw, world } = await threeHours({ audit: { filter: { appId: 'cli_nobody' } } });
    await readHours(world);
    expect(await proofOf(world)).toMatchObject({ ...COMPLETE, events: 0 });
    const wide = await changed(raw, vendor, {});
    const { verdict, uncollected } = await proofOf(wide);
    expect(verdict).toBe('not provable');
    expect(uncollected.listed).toMatchObject([
      { from: FROM, to: FROM + 3 * HOUR, narrower: 'only where feishu.openapi_audit.app_id is cli_nobody' },
    ]);
    await readHours(wide);
    expect(await proofOf(wide)).toMatchObject({ ...COMPLETE, events: 300 });
    // What was collected for all is proven for less.
    expect(await proofOf(world)).toMatchObject(COMPLETE);
  });

  it('where a dataset was added since', async () => {
    const { vendor, raw, world } = await threeHours({ dingtalk: {} });
    for (const day of DAYS) await readWindow(world, day, day + 24 * HOUR, REPORT);
    expect(await proofOfDays(world)).toMatchObject({ ...COMPLETE, events: 9 });
    const wide = await changed(raw, vendor, { dingtalk: { report: { datasets: ['reportData', 'activeUserData'] } } });
    const { verdict, uncollected } = await proofOfDays(wide);
    expect(verdict).toBe('not provable');
    expect(uncollected.listed).toMatchObject([{ narrower: 'only where dingtalk.report.dataset is reportData' }]);
    for (const day of DAYS) await readWindow(wide, day, day + 24 * HOUR, { ...REPORT, pass: 'backfill-wider' });
    expect(await proofOfDays(wide)).toMatchObject({ ...COMPLETE, events: 21 });
  });
});

/** A vendor with these records, whatever is asked. */
async function vendorWith(records: readonly object[]): Promise<Raw> {
  const token = { code: 0, tenant_access_token: 't-0123456789abcdef0123', expire: 7_200 };
  const list = { code: 0, data: { items: records, has_more: false } };
  const { url } = await standInVendor(({ path }) => ({ body: path.endsWith('/internal') ? token : list }));
  return { feishu: { baseUrl: url } };
}
const record = (index: number, more: object = {}) => ({
  id: `r${index}`,
  api_key: 'GET/x',
  event_time: FROM / 1_000 + index,
  app_id: 'cli_a',
  ...more,
});
const recordsFrom = (first: number, count: number, more = {}) =>
  Array.from({ length: count }, (_, index) => record(first + index, more));
const proofOfHour = (world: Runtime): Promise<Proof> => proofOf(world, FROM, FROM + HOUR);
const readHour = (world: Runtime): Promise<void> => readWindow(world, FROM, FROM + HOUR);

it('what a replay has just made is seen, though its mark is seen first; a role that may not refresh waits for it', async () => {
  const raw = rawConfig(await simulator({ events: 1 }), await vendorWith(recordsFrom(1, 1)));
  const world = await openWorld(raw);
  await readHour(world);
  const { elasticsearch: client, config } = world;
  await client.indices.putSettings({ index: indexOf(world), settings: { refresh_interval: '-1' } });
  const prepared = preparer(preparationOf(world, sourceOf(world), live))(record(3));
  if (prepared.kind !== 'document') throw new Error(prepared.reason);
  const { id, time, line } = prepared;
  await documentWriters(world)
    .get(AUDIT)
    ?.write([{ id, document: line, earliest: time, time }], signal);
  const letter = {
    id: 'a letter',
    tenant: 'acme',
    source: AUDIT,
    original: '',
    type: 'document',
    reason: '',
    document: { id, time },
  } as const;
  await createDeadLetters(client, config.namespace).markReplayed(letter, { id, time }, signal);
  await client.indices.refresh({ index: `logs-shenji.dead_letter-${config.namespace}` });
  const span = { from: FROM, to: FROM + HOUR };

  const mayNotRefresh = { status: 403, body: { error: { type: 'security_exception' }, status: 403 } };
  const front = await inFrontOf(config.elasticsearch.url, ({ path }) =>
    path.endsWith('/_refresh') ? mayNotRefresh : undefined,
  );
  const reader = await openWorld({ ...raw, elasticsearch: { url: front.url } });
  // Setting up puts right what somebody has changed.
  await client.indices.putSettings({ index: indexOf(world), settings: { refresh_interval: '-1' } });
  const replaysSeen = () => proofPorts(reader, sourceOf(reader)).replays(span);
  await expect(replaysSeen()).rejects.toThrow(/too seldom .* use credentials of the reader role/);
  await client.indices.putSettings({ index: indexOf(world), settings: { refresh_interval: '2s' } });
  const before = performance.now();
  expect(await replaysSeen()).toHaveLength(1);
  expect(performance.now() - before).toBeGreaterThan(3_900);
  await client.indices.putSettings({ index: indexOf(world), settings: { refresh_interval: '-1' } });

  const ports = proofPorts(world, sourceOf(world));
  expect((await ports.replays(span)).map((replay) => replay.id)).toEqual([id]);
  const seen: string[] = [];
  for await (const document of ports.documents(span, [])) seen.push(document.id);
  expect(seen).toContain(id);
});

it('what the vendor lists under an app that its document does not name is there, and not missing', async () => {
  const odd = recordsFrom(0, 3, { app_id: 'cli_b' });
  const more = { ...(await vendorWith(odd)), audit: { filter: { appId: 'cli_a' } } };
  const world = await openWorld(rawConfig(await simulator({ events: 1 }), more));
  await readHour(world);
  const { vendor } = await proofOf(world, FROM, FROM + HOUR, { recount: true });
  expect(vendor).toMatchObject({ events: 3, missing: { count: 0 }, unread: { listed: [] }, foreign: { count: 0 } });
});

describe('a proof, of dead letters,', () => {
  it('says complete but for those that became no document, and counts a record once whatever is redacted', async () => {
    const bad = [1, 2, 3, 4].map((index) => ({ id: `bad${index}`, employee_no: `7-${index}` }));
    const raw = rawConfig(await simulator({ events: 1 }), await vendorWith([...recordsFrom(0, 100), ...bad]));
    const world = await openWorld(raw);
    await readHour(world);
    const reason = 'event_time is missing or no whole number of seconds';
    const but = { verdict: 'complete but', events: 100, letters: { count: 4 } };
    const { letters, ...proof } = await proofOfHour(world);
    expect({ ...proof, letters }).toMatchObject(but);
    expect(letters.undated[0]).toEqual({ type: 'mapping', reason, window: { from: FROM, to: FROM + HOUR } });
    const redacting = await openWorld({ ...raw, redact: { keys: ['employee_no'] } });
    await readHour(redacting);
    expect(await proofOfHour(redacting)).toMatchObject(but);
  });

  it('looks the id of a refused record up: absent it is a letter, present it is none', async () => {
    const records = [...recordsFrom(100, 100, { app_id: '5' }), ...recordsFrom(7, 2, { app_id: 'no number' })];
    const raw = rawConfig(await simulator({ events: 1 }), await vendorWith(records));
    const world = await openWorld(raw);
    const { elasticsearch: client, config } = world;
    const name = `shenji-${AUDIT}@mappings-${config.namespace}`;
    const { component_templates: found } = await client.cluster.getComponentTemplate({ name });
    const [installed] = found as unknown as {
      component_template: { template: { mappings: { properties: Raw } }; _meta: Raw };
    }[];
    if (installed === undefined) throw new Error(`${name} is not installed`);
    const { template, _meta } = installed.component_template;
    const properties = { ...template.mappings.properties, 'user.id': { type: 'long' } };
    const odd = { mappings: { ...template.mappings, properties } };
    await client.cluster.putComponentTemplate({ name, _meta, template: odd } as never);
    await readHour(world);
    const but = { verdict: 'complete but', missing: listed([]), events: 100, letters: { count: 2 } };
    const { letters, ...proof } = await proofOfHour(world);
    expect({ ...proof, letters }).toMatchObject(but);
    expect(letters.dated[0]).toMatchObject({ type: 'document', time: FROM + 7_000 });
    await readHour(world);
    expect(await proofOfHour(world)).toMatchObject(but);

    await client.cluster.putComponentTemplate({ name, _meta, template } as never);
    await client.indices.rollover({ alias: indexOf(world) });
    const replay = shenji(['replay', '--json'], raw);
    expect(await replay.ended, replay.output().stderr).toBe(0);
    expect(JSON.parse(replay.output().stdout)).toMatchObject({ created: 2, stillDead: 0 });
    expect(await proofOfHour(world)).toMatchObject({ ...COMPLETE, events: 102, letters: { count: 0 } });
    // What a replay made, and is gone, is missing: not a letter again.
    expect(await deleteWhere(world, (time) => time === FROM + 7_000)).toBe(1);
    expect(await proofOfHour(world)).toMatchObject({ verdict: 'incomplete' });
  });

  it('counts what a replay made of a letter that named no document', async () => {
    const raw = rawConfig(await simulator({ events: 1 }), await vendorWith(recordsFrom(1, 2)));
    const world = await openWorld(raw);
    await readHour(world);
    const letter = {
      stream: live,
      span: { from: FROM, to: FROM + HOUR },
      type: 'mapping',
      reason: 'an older mapping',
      original: JSON.stringify(record(3)),
      document: undefined,
      fingerprint: 'x',
      at: Date.now(),
    } as const;
    await createDeadLetters(world.elasticsearch, world.config.namespace).write([letter], signal);
    expect(await proofOfHour(world)).toMatchObject({ verdict: 'complete but', events: 2, letters: { count: 1 } });
    const replay = shenji(['replay'], raw);
    expect(await replay.ended, replay.output().stderr).toBe(0);
    expect(await proofOfHour(world)).toMatchObject({ ...COMPLETE, events: 3, letters: { count: 0 } });
  });
});

it(
  'shenji prove shows the verdict to people and machines, and its exit code says it too',
  { timeout: 120_000 },
  async () => {
    const { raw, world } = await threeHours();
    await readWindow(world, FROM, FROM + HOUR);
    const between = (from: number, to: number): string[] => [
      '--from',
      new Date(from).toISOString(),
      '--to',
      new Date(to).toISOString(),
    ];
    const [whole, beyond] = [
      shenji(['prove', AUDIT, ...between(FROM, FROM + HOUR)], raw),
      shenji(['prove', AUDIT, ...between(FROM - HOUR, FROM + HOUR), '--json'], raw),
    ];
    expect(await whole.ended, whole.output().stderr).toBe(0);
    expect(whole.output().stdout).toMatch(/complete: every second was collected, and all that was seen is there once/);
    expect(await beyond.ended).toBe(1);
    const [from, to] = ['2026-02-28T23:00:00.000Z', '2026-03-01T00:00:00.000Z'];
    expect(JSON.parse(beyond.output().stdout)).toMatchObject({
      verdict: 'not provable',
      proven: false,
      missing: [],
      notCollected: [{ from, to, cure: `shenji backfill ${AUDIT} --tenant acme --from ${from} --to ${to} --wait` }],
    });
  },
);
