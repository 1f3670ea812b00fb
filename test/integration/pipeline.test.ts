/** The parts together, on real servers: what a window's way through them guarantees. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeadLetters } from '../../src/adapters/elasticsearch/dead-letters.ts';
import { collectWindow } from '../../src/core/collecting/collect.ts';
import { parseClaim } from '../../src/core/proof/claims.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { RejectedPageError, RetryableError, WindowNotOverError } from '../../src/sdk/errors.ts';
import { subtract } from '../../src/core/time/intervals.ts';
import { streamKey, type Stream } from '../../src/core/stream.ts';
import type { DocumentWriter } from '../../src/core/collecting/writer.ts';
import { startCollector } from '../../src/app/collector.ts';
import { documentWriters } from '../../src/app/preparation.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import type { Page, Source } from '../../src/sdk/source.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, countOf, openWorld, rawConfig, trueIds } from '../support/world.ts';
import { live, minutesAgo, watermark, work } from '../support/pipeline.ts';
import { sourceContext } from '../../src/testing/stand-in.ts';

/** Collects records that a vendor would have served in one page, with the real mapping, into the real Elasticsearch. */
async function collectPage(
  records: readonly unknown[],
  page: Partial<Page<unknown>> = {},
  replace: Partial<Source> = {},
  keepOriginal = true,
) {
  const vendor = await simulator({ events: 1 });
  const world = await openWorld(rawConfig(vendor));
  const source = { ...(world.sources[0]?.instance.source as Source), ...replace };
  const { elasticsearch: client, config, redactor } = world;
  const dataStream = { type: 'logs', dataset: live.source, namespace: config.namespace };
  const span = { from: Date.parse('2026-01-01T00:00:00Z'), to: Date.parse('2026-01-02T00:00:00Z') };
  async function* fetchPages(): AsyncGenerator<Page<unknown>> {
    yield { records, vendorTime: new Date(), ...page };
  }
  const { counts, reading } = await collectWindow(
    {
      stream: live, span, source: { ...source, fetchPages }, completeAfter: span.to + 120_000,
      mostPages: undefined, organizationName: 'Acme', dataStream, keepOriginal, redactor,
      documents: documentWriters(world).get(live.source) as DocumentWriter,
      deadLetters: createDeadLetters(client, config.namespace), now: Date.now,
    },
    sourceContext(),
  ); // prettier-ignore
  return { counts, reading, world };
}

const TIME = Date.parse('2026-01-01T12:00:00Z') / 1_000;
const ordinary = Array.from({ length: 30 }, (_, index) => ({
  id: `ok-${index}`,
  event_time: TIME + index,
  app_id: 'cli_x',
}));

describe('collecting a window', () => {
  it('counts distinct events inside it, and leaves neighbours and repeated records to their ids', async () => {
    const { counts, reading, world } = await collectPage([
      ...ordinary,
      ordinary[0],
      { id: 'before', event_time: TIME - 86_400 },
    ]);
    expect(counts).toEqual({ ...NO_COUNTS, pages: 1, fetched: 32, events: 30, created: 31, duplicates: 1 });
    expect(await collectedIds(world)).toHaveLength(31);
    const window = { from: Date.parse('2026-01-01T00:00:00Z'), to: Date.parse('2026-01-02T00:00:00Z') };
    const noon = { from: TIME * 1_000, to: TIME * 1_000 + 60_000, outside: false };
    // The record of the day before lies outside: what it was is claimed by whoever reads that day, that it was created is not.
    expect(parseClaim(reading.claim.minutes, window)).toMatchObject([
      { outside: true, seen: { count: 0 }, created: { count: 1 } },
      { ...noon, seen: { count: 30 }, created: { count: 30 } },
    ]);
    expect(reading.claim.elsewhere).toEqual([TIME * 1_000 - 86_400_000]);
    expect(reading).toMatchObject({ question: {}, asker: { app: expect.stringMatching(/^cli_/) as string } });
    expect(reading.readUntil).toBeGreaterThanOrEqual(reading.readFrom);
  });

  it('keeps apart two records that share an id but not the time', async () => {
    const { counts } = await collectPage([
      { id: 'same', event_time: TIME },
      { id: 'same', event_time: TIME + 1 },
    ]);
    expect(counts).toMatchObject({ created: 2, duplicates: 0 });
  });

  it("is not over before the vendor's own clock says so", async () => {
    const early = { vendorTime: new Date('2026-01-02T00:01:59Z') };
    await expect(collectPage(ordinary, early)).rejects.toThrow(WindowNotOverError);
    await expect(collectPage(ordinary, { vendorTime: undefined })).rejects.toThrow(RetryableError);
    expect((await collectPage(ordinary, { vendorTime: new Date('2026-01-02T00:02:00Z') })).counts.created).toBe(30);
  });

  it('keeps a bad record as a dead letter with its reason, once, and loses nothing else', async () => {
    const { counts, world } = await collectPage([
      ...ordinary,
      { id: 'bad', app_secret: 'x' },
      { id: 'bad', app_secret: 'x' },
    ]);
    expect(counts).toMatchObject({ created: 30, rejected: 2 });
    expect(await countOf(world, 'shenji.dead_letter')).toBe(1);
    const { hits } = await world.elasticsearch.search({ index: `logs-shenji.dead_letter-${world.config.namespace}` });
    expect(hits.hits[0]?._source).toMatchObject({
      error: { type: 'mapping', message: 'event_time is missing or no whole number of seconds' },
      event: { original: '{"id":"bad","app_secret":"[redacted]"}' },
      shenji: { window: { stream: streamKey(live), from: '2026-01-01T00:00:00.000Z' } },
    });
  });

  it.each([true, false])(
    "keeps what Elasticsearch refuses, with its words; documents' originals kept: %s",
    async (kept) => {
      const toDocument = (record: unknown) => ({
        '@timestamp': new Date((record as { event_time: number }).event_time * 1_000).toISOString(),
        source: { ip: (record as { id: string }).id === 'ok-3' ? 'nowhere' : '1.2.3.4' },
      });
      const { counts, world } = await collectPage(ordinary, {}, { toDocument }, kept);
      expect(counts).toMatchObject({ created: 29, rejected: 1 });
      expect(await countOf(world, 'shenji.dead_letter')).toBe(1);
      const { hits } = await world.elasticsearch.search({ index: `logs-shenji.dead_letter-${world.config.namespace}` });
      expect(JSON.stringify(hits.hits[0]?._source)).toContain('document_parsing_exception');
      expect(hits.hits[0]?._source).toMatchObject({ event: { original: JSON.stringify(ordinary[3]) } });
    },
  );

  it.each([true, false])(
    "shortens a value that is too long for its field, keeps all of it, and marks the document; documents' originals kept: %s",
    async (kept) => {
      const path = `/${'日'.repeat(40_000)}`;
      const text = 'why it failed '.repeat(1_000).trim();
      const record = {
        id: 'long',
        event_time: TIME,
        app_id: 'a'.repeat(50_000),
        log_detail: { path, method: 'GET', status_code: 500, response: JSON.stringify({ code: 1, msg: text }) },
      };
      const { counts, world } = await collectPage([record, ordinary[0]], {}, {}, kept);
      expect(counts).toMatchObject({ created: 2, rejected: 0 });
      const index = `logs-${live.source}-${world.config.namespace}`;
      await world.elasticsearch.indices.refresh({ index });
      const { hits } = await world.elasticsearch.search<Record<string, unknown>>({
        index,
        query: { term: { 'shenji.shortened': 'url.path' } },
      });
      expect(hits.hits).toHaveLength(1);
      const { url, event, shenji, error } = (hits.hits[0]?._source ?? {}) as Record<string, Record<string, unknown>>;
      expect(url?.['path']).toBe(path.slice(0, 8_191));
      // Full text has no such limit.
      expect(error?.['message']).toBe(text);
      expect(event?.['original']).toBe(JSON.stringify(record));
      expect(shenji).toMatchObject({ pass: 'live', shortened: expect.arrayContaining(['user.id']) as string[] });
    },
  );

  it('fails as a whole, dead-lettering nothing, where more than half of a page is refused', async () => {
    const broken = ordinary.map(({ id }, index) => ({ id, event_time: index < 16 ? 'broken' : TIME }));
    await expect(collectPage(broken)).rejects.toThrow(RejectedPageError);
    await expect(collectPage(broken)).rejects.toThrow(/16 of a page's 30 records were refused/);
  });

  it('makes of any JSON value a document that Elasticsearch takes, or a dead letter', async () => {
    const anything = fc.sample(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), { numRuns: 150, seed: 7 });
    const inFields = fc.sample(
      fc.record(
        {
          api_key: fc.jsonValue(),
          app_id: fc.jsonValue(),
          ip: fc.jsonValue(),
          log_detail: fc.oneof(
            fc.jsonValue(),
            fc.record({
              path: fc.jsonValue(),
              method: fc.jsonValue(),
              query_param: fc.json({ stringUnit: 'binary' }),
              payload: fc.json({ stringUnit: 'binary' }),
              status_code: fc.jsonValue(),
              response: fc.json(),
            }),
          ),
        },
        { requiredKeys: [] },
      ),
      { numRuns: 400, seed: 7 },
    );
    // Ten values that cannot be mapped in a row would be a systemic fault; spread among good ones they are what they are.
    const good = inFields.map((record, index) => ({ ...record, id: `any-${index}`, event_time: TIME + index }));
    const { counts } = await collectPage([...good, ...anything]);
    expect(counts.created + counts.duplicates).toBe(400);
    expect(counts.rejected).toBe(150);
  });
});

describe('a stream', () => {
  it('goes on from its origin to now, in one process, and shows no gap', async () => {
    const vendor = await simulator({ events: 400, from: minutesAgo(30), to: minutesAgo(0) });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '35m', settle: ['1m'] } }));
    const { stop } = await work(world);
    await until(
      'the watermark',
      () => watermark(world),
      (time) => time >= minutesAgo(1),
    );
    await stop();
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });

  it(
    'counts as late what the settle pass finds and the live pass could not, and nothing else',
    { timeout: 120_000 },
    async () => {
      // Long enough that also a busy machine is ready before the last of it has happened.
      const to = Date.now() + 20_000;
      const vendor = await simulator({ events: 300, from: to - 32_000, to, late: 0.3, lateSeconds: 6 });
      const audit = { since: '60s', window: '5s', backlog: '5s', settle: ['8s'] };
      const world = await openWorld(rawConfig(vendor, { audit }));
      const { stop } = await work(world);
      const settle: Stream = { ...live, pass: 'settle-8s' };
      await until(
        'both passes',
        () => watermark(world, settle),
        (time) => time >= to,
      );
      await stop();
      expect(await collectedIds(world)).toEqual(trueIds(vendor));
      const [first, second] = await Promise.all([world.ledger.totals(live), world.ledger.totals(settle)]);
      expect(first).toMatchObject({ late: 0, lateness: 0 });
      expect(second.late).toBe(300 - first.created);
      expect(second.late).toBeGreaterThan(0);
      expect(second.lateness).toBeGreaterThan(1_000);
    },
  );

  it('reads again after its delay, not only when a whole window of the backlog is over', async () => {
    const to = Date.now() + 2_000;
    const vendor = await simulator({ events: 100, from: to - 10_000, to });
    const audit = { since: '30s', window: '1s', backlog: '24h', settle: ['4s'] };
    const world = await openWorld(rawConfig(vendor, { audit }));
    const { stop } = await work(world);
    await until(
      'the settle pass',
      () => watermark(world, { ...live, pass: 'settle-4s' }),
      (time) => time >= to,
      30_000,
    );
    await stop();
  });

  it('counts a later reading of statistics, which makes documents of its own, not as late', async () => {
    const vendor = await simulator({ events: 0 });
    const raw = rawConfig(vendor, { dingtalk: { report: { since: '4d', settle: ['1d'] } } });
    const world = await openWorld(raw);
    const { stop } = await work(world);
    const later: Stream = { tenant: 'acme', source: 'dingtalk.report', pass: 'settle-24h' };
    const state = async () => {
      const [, statistics] = world.sources;
      const states = statistics === undefined ? [] : await world.planner.inspect(statistics.planned);
      return states.find(({ stream }) => stream.pass === later.pass);
    };
    await until('the later readings', state, (seen) => seen !== undefined && seen.watermark >= seen.dueUntil);
    await stop();
    const totals = await world.ledger.totals(later);
    expect(totals.created).toBeGreaterThan(0);
    expect(totals).toMatchObject({ late: 0, lateness: 0 });
    expect(await world.metrics.text()).toMatch(/late_events_total\{tenant="acme",source="dingtalk.report"\} 0/);
  });

  it('divides a window with too many pages down to single seconds, which are read whole', async () => {
    const second = Math.floor(Date.parse('2026-03-01T00:00:07Z') / 1_000) * 1_000;
    const vendor = await simulator({ events: 6_000, from: second, to: second + 1_000 });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '1m' } }));
    const [source] = world.sources;
    const workers = await startCollector(world, { concurrency: 4, mostPages: 20 });
    onTestFinished(() => workers.stop(1_000));
    const span = { from: second - 7_000, to: second + 53_000 };
    const backfill: Stream = { ...live, pass: 'backfill-busy' };
    await source?.queue.add(backfill, [span]);
    const { done } = await until(
      'the whole minute',
      () => world.ledger.over(backfill, [span]),
      (known) => subtract([span], known.done).length === 0,
    );
    expect(done).toContainEqual({ from: second, to: second + 1_000 });
    expect(done).not.toContainEqual(span);
    expect(await world.ledger.totals(backfill)).toMatchObject({ events: 6_000 });
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });

  it('keeps its origin when checkpoints are lost, and reads nothing twice that the ledger knows', async () => {
    const vendor = await simulator({ events: 200, from: minutesAgo(20), to: minutesAgo(2) });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '25m' } }));
    const first = await work(world);
    const reached = await until(
      'the watermark',
      () => watermark(world),
      (time) => time >= minutesAgo(2),
    );
    await first.stop();
    const before = await world.checkpoints.read(live);
    const entries = await countOf(world, 'shenji.window');
    await world.elasticsearch.delete({
      index: `shenji-checkpoints-${world.config.namespace}`,
      id: streamKey(live),
      refresh: true,
    });
    const states = await world.planner.tick(world.sources[0]?.planned as never);
    expect(states[0]).toMatchObject({ origin: before?.origin });
    expect(states[0]?.watermark).toBeGreaterThanOrEqual(reached);
    expect(await countOf(world, 'shenji.window')).toBe(entries);
  });

  it('is planned once by two schedulers', async () => {
    const vendor = await simulator({ events: 200, from: minutesAgo(20), to: minutesAgo(2) });
    const raw = rawConfig(vendor, { audit: { since: '25m' } });
    const world = await openWorld(raw);
    const second = startScheduler(await openWorld(raw), { tickMs: 70 });
    onTestFinished(() => second.stop());
    const { stop } = await work(world, 90);
    await until(
      'the watermark',
      () => watermark(world),
      (time) => time >= minutesAgo(2),
    );
    await stop();
    await second.stop();
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    expect(await world.ledger.totals(live)).toMatchObject({ events: 200, created: 200 });
  });

  it('waits, spending no attempt and losing nothing, while Elasticsearch refuses to write', async () => {
    const vendor = await simulator({ events: 200, from: minutesAgo(20), to: minutesAgo(2) });
    const world = await openWorld(rawConfig(vendor, { audit: { since: '25m' }, top: { retries: { attempts: 1 } } }));
    const name = `shenji-logs-feishu.openapi_audit-${world.config.namespace}`;
    const found = await world.elasticsearch.indices.getIndexTemplate({ name });
    const { stop } = await work(world);
    await world.elasticsearch.indices.deleteIndexTemplate({ name });
    await until(
      'windows that wait',
      () => world.sources[0]?.queue.counts(),
      (counts) => (counts?.delayed ?? 0) > 0,
    );
    const { index_patterns, composed_of, template, priority, _meta } = found.index_templates[0]?.index_template ?? {};
    await world.elasticsearch.indices.putIndexTemplate({
      name,
      index_patterns,
      composed_of,
      template,
      priority,
      _meta,
      data_stream: {},
    } as never);
    await until(
      'the watermark',
      () => watermark(world),
      (time) => time >= minutesAgo(2),
    );
    await stop();
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    const { failures } = await world.ledger.over(live, [{ from: 0, to: Date.now() }]);
    expect(failures).toEqual([]);
  });

  it("shows a failed window as a gap with the vendor's words, while the others go on", async () => {
    const vendor = await simulator({ events: 100, from: minutesAgo(20), to: minutesAgo(2), faults: { internal: 0.8 } });
    const retries = { attempts: 1, base: '10ms', max: '10ms' };
    const world = await openWorld(rawConfig(vendor, { audit: { since: '20h' }, top: { retries } }));
    const { stop } = await work(world);
    const [source] = world.sources;
    const inspect = async () => (source === undefined ? [] : world.planner.inspect(source.planned));
    const [state] = await until(
      'gaps and no window left',
      inspect,
      ([seen]) => (seen?.gaps.length ?? 0) > 0 && seen?.queued === 0 && seen.planned === 0,
    );
    await stop();
    expect(state?.gaps[0]).toMatchObject({ failures: 1, error: expect.stringContaining('code 1780001') as string });
    expect(state?.watermark).toBe(state?.gaps[0]?.from);
    const { done } = await world.ledger.over(live, [{ from: state?.watermark ?? 0, to: Date.now() }]);
    expect(done.length).toBeGreaterThan(0);
  });
});
