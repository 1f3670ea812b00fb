import { describe, expect, it, onTestFinished } from 'vitest';
import { createLedger } from '../../../src/adapters/elasticsearch/ledger/index.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { openRuntime } from '../../../src/app/runtime.ts';
import { NO_COUNTS, type WindowEntry } from '../../../src/core/ledger.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { silent } from '../../support/silent.ts';
import { simulator } from '../../support/simulator.ts';
import { countOf, freshNamespace, openWorld, rawConfig } from '../../support/world.ts';

const MINUTE = 60_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const stream: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };
const counts = { ...NO_COUNTS, pages: 1, fetched: 3, events: 2, created: 2, duplicates: 1, late: 1, lateness: 70 };
const span = (minute: number) => ({ from: T0 + minute * MINUTE, to: T0 + (minute + 1) * MINUTE });
const common = { stream, run: 'r1', attempts: 1, startedAt: T0, endedAt: T0 + 1_500 };
const done = (minute: number, run = 'r1'): WindowEntry => ({
  ...common,
  run,
  span: span(minute),
  status: 'done',
  counts,
});
const failed = (minute: number, run = 'r1'): WindowEntry => ({
  ...common,
  run,
  span: span(minute),
  status: 'failed',
  error: { type: 'PermanentError', message: 'no', retryable: false, details: { httpStatus: 400 } },
});

const world = async () => openWorld(rawConfig(await simulator({ events: 1 })));

describe('the ledger', () => {
  it('knows at once what was appended, and only of the time ranges and the stream asked for', async () => {
    const { ledger } = await world();
    await Promise.all([
      ledger.append(done(0)),
      ledger.append(done(5)),
      ledger.append(failed(2)),
      ledger.append({ ...done(1), stream: { ...stream, pass: 'settle-1' } }),
    ]);
    expect(await ledger.over(stream, [span(0), span(1), span(2)])).toEqual({
      done: [span(0)],
      failures: [{ ...span(2), failures: 1, at: T0 + 1_500, retryable: false, isPoison: false, error: 'no' }],
      entries: [{ id: expect.any(String) as string, at: T0 + 1_500 }],
    });
    await Promise.all([ledger.append({ ...failed(2, 'r2'), endedAt: T0 + 9_000 }), ledger.append(failed(4, 'r2'))]);
    expect((await ledger.over(stream, [span(2), span(3), span(4)])).failures).toEqual([
      { ...span(2), failures: 2, at: T0 + 9_000, retryable: false, isPoison: false, error: 'no' },
      { ...span(4), failures: 1, at: T0 + 1_500, retryable: false, isPoison: false, error: 'no' },
    ]);
    const { entries } = await ledger.over(stream, [span(0), span(5)]);
    const [one = '', other = ''] = entries.map(({ id }) => id);
    expect(await ledger.holds([one, 'gone', other])).toEqual(new Set([one, other]));
  });

  it('waits for an index that is just being made, where an answer would be an error', async () => {
    const { elasticsearch } = await world();
    const namespace = freshNamespace();
    const index = `logs-shenji.window-${namespace}`;
    const allocate = (to: string | null) => ({ 'index.routing.allocation.require._name': to });
    // No data stream: nothing else gives it a shard that stays away until it is told to come.
    await elasticsearch.indices.create({ index, settings: allocate('nobody'), wait_for_active_shards: 0 });
    const refused = new Promise<void>((resolve) => {
      elasticsearch.diagnostic.on('response', (error) => {
        if ((error as { statusCode?: number } | null)?.statusCode === 503) resolve();
      });
    });
    const asked = createLedger(elasticsearch, namespace).isRead(stream, span(0));
    await refused;
    await elasticsearch.indices.putSettings({ index, settings: allocate(null) });
    expect(await asked).toBe(false);
  });

  it('finds every entry that it holds, also beside those that lie in several backing indices', async () => {
    const { ledger, elasticsearch, config } = await world();
    for (const _ of [0, 1, 2]) {
      await ledger.append(done(0));
      await elasticsearch.indices.rollover({ alias: `logs-shenji.window-${config.namespace}` });
    }
    await ledger.append(done(1));
    const { entries } = await ledger.over(stream, [span(0), span(1)]);
    const ids = [...new Set(entries.map(({ id }) => id))];
    expect(ids.length).toBe(2);
    expect(await ledger.holds(ids)).toEqual(new Set(ids));
  });

  it('says since when it is whole, once its oldest backing index is deleted, and not before', async () => {
    const { ledger, elasticsearch, config } = await world();
    const alias = `logs-shenji.window-${config.namespace}`;
    expect(await ledger.keptSince()).toBe(-Infinity);
    await ledger.append(done(0));
    const { old_index: oldest } = await elasticsearch.indices.rollover({ alias });
    await ledger.append({ ...done(1), endedAt: T0 + 5 * MINUTE });
    expect(await ledger.keptSince()).toBe(-Infinity);
    await elasticsearch.indices.delete({ index: oldest });
    expect(await ledger.keptSince()).toBe(T0 + 5 * MINUTE);
  });

  it('holds the same run once, however often it is appended, and each run of a window', async () => {
    const world1 = await world();
    const { ledger } = world1;
    await ledger.append(done(0));
    await ledger.append(done(0));
    await ledger.append(done(0, 'r2'));
    expect(await countOf(world1, 'shenji.window')).toBe(2);
    expect(await ledger.totals(stream)).toEqual({
      ...NO_COUNTS,
      windows: 1,
      pages: 2,
      fetched: 6,
      events: 2,
      created: 4,
      duplicates: 2,
      late: 2,
      lateness: 70,
    });
  });

  it('gives back what a run claims, and keeps no credentials of the address that was asked', async () => {
    const { ledger, elasticsearch, config } = await world();
    const reading = {
      claim: { minutes: ['+0 1 AAAAAAAAAAAAAAAAAAAAAQ ='], elsewhere: [T0 - 7 * MINUTE] },
      readFrom: T0 + 1_000,
      readUntil: T0 + 2_000,
      question: { b: ['2', '1'], a: ['x'] },
      asker: { app: 'cli_a', url: 'https://user:secret@open.feishu.cn/?token=secret' },
    };
    await ledger.append({ ...done(0), status: 'done', counts, reading });
    const recorded = { minutes: reading.claim.minutes, readFrom: T0 + 1_000, readUntil: T0 + 2_000, question: { a: ['x'], b: ['1', '2'] } }; // prettier-ignore
    expect(await ledger.entries('acme', stream.source, span(0))).toMatchObject([
      { ...span(0), counts, reading: recorded },
    ]);
    // Also by the minute in which it created something that is dated elsewhere, and by its neighbours.
    for (const minute of [-7, -1, 1]) expect(await ledger.entries('acme', stream.source, span(minute))).toHaveLength(1);
    expect(await ledger.entries('acme', stream.source, span(-5))).toEqual([]);
    const { hits } = await elasticsearch.search({ index: `logs-shenji.window-${config.namespace}` });
    expect(JSON.stringify(hits.hits)).not.toContain('secret');
    expect(hits.hits[0]?._source).toMatchObject({
      shenji: {
        window: { question: '{"a":["x"],"b":["1","2"]}', asker: { app: 'cli_a', url: 'https://open.feishu.cn' } },
      },
    });
  });

  it('reads what versions before 4 wrote under other names', async () => {
    const { ledger, elasticsearch, config } = await world();
    const old = (run: string, more: object) => ({
      '@timestamp': new Date(T0).toISOString(),
      shenji: { window: { stream: 'acme/feishu.openapi_audit/live', ...stream, from: new Date(T0).toISOString(), to: new Date(T0 + MINUTE).toISOString(), run, ...more } },
    }); // prettier-ignore
    const index = `logs-shenji.window-${config.namespace}`;
    const documents = [old('a', { status: 'done', events: 3, doubles: 2 }), old('b', { status: 'failed', error: { message: 'no', hopeless: true } })]; // prettier-ignore
    for (const document of documents)
      await elasticsearch.create({ index, id: document.shenji.window.run, document, refresh: true });
    expect(await ledger.totals(stream)).toMatchObject({ events: 3, crossIndexDuplicates: 2 });
    expect(await ledger.over(stream, [span(0)])).toMatchObject({ failures: [{ retryable: false, error: 'no' }] });
    expect(await ledger.entries('acme', stream.source, span(0))).toMatchObject([
      { counts: { events: 3, crossIndexDuplicates: 2 }, reading: undefined },
      { status: 'failed', error: { message: 'no', retryable: false } },
    ]);
  });

  it('reads more entries than one page holds', async () => {
    const { ledger } = await world();
    const entries = Array.from({ length: 1_100 }, (_, minute) => ledger.append(done(minute)));
    await Promise.all(entries);
    const { done: found } = await ledger.over(stream, [{ from: T0, to: T0 + 2_000 * MINUTE }]);
    expect(found).toHaveLength(1_100);
  });

  it('keeps the origin that a stream was opened with first', async () => {
    const { ledger } = await world();
    await ledger.open({ stream, origin: T0 });
    expect(await ledger.open({ stream, origin: T0 + MINUTE })).toMatchObject({ origin: T0, end: undefined });
    expect(await ledger.opened('acme', 'feishu.openapi_audit')).toHaveLength(1);
  });

  it('remembers the failure that came first, when the same run is done later', async () => {
    const { ledger, elasticsearch, config } = await world();
    await ledger.append(failed(0));
    await ledger.append(done(0));
    await elasticsearch.indices.refresh({ index: `logs-shenji.window-${config.namespace}` });
    const { failures } = await ledger.over(stream, [span(0)]);
    expect(failures).toHaveLength(1);
  });
});

it('a ledger that is away is an error of whoever asks, and of nobody else', async () => {
  const raw = rawConfig(await simulator({ events: 1 }), { top: { elasticsearch: { url: 'http://127.0.0.1:1' } } });
  const runtime = await openRuntime(configSchema.parse(raw), silent);
  onTestFinished(() => runtime.close());
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  await expect(runtime.ledger.over(stream, [span(0)])).rejects.toThrow(/ECONNREFUSED/);
  await new Promise(setImmediate);
  expect(unhandled).toEqual([]);
});

describe('checkpoints', () => {
  it('are changed only by whoever saw the last version', async () => {
    const { checkpoints } = await world();
    const created = await checkpoints.create({ stream, origin: T0 });
    expect(await checkpoints.update(created, { done: [span(0)], watermark: T0 + MINUTE })).toBe(true);
    expect(await checkpoints.update(created, { done: [] })).toBe(false);
    expect(await checkpoints.read(stream)).toMatchObject({ origin: T0, watermark: T0 + MINUTE, done: [span(0)] });
  });

  it('are created once, whoever comes second', async () => {
    const { checkpoints } = await world();
    await checkpoints.create({ stream, origin: T0 });
    expect(await checkpoints.create({ stream, origin: T0 + MINUTE })).toMatchObject({ origin: T0 });
  });

  it('list backfills until they are complete', async () => {
    const { checkpoints } = await world();
    const backfill: Stream = { ...stream, pass: 'backfill-x' };
    const created = await checkpoints.create({ stream: backfill, origin: T0, end: T0 + MINUTE, requestedBy: 'li' });
    expect(await checkpoints.list({ tenant: 'acme', unfinished: true })).toMatchObject([{ requestedBy: 'li' }]);
    await checkpoints.update(created, { done: [span(0)], watermark: T0 + MINUTE });
    await expect.poll(() => checkpoints.list({ unfinished: true }), { timeout: 5_000 }).toEqual([]);
    expect(await checkpoints.list({})).toHaveLength(1);
  });
});
