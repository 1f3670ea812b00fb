/** What happens to windows when a worker, Redis or Elasticsearch goes away, said one by one; the breaker mixes them. */
import pino from 'pino';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startRedis } from '../../src/dev/embedded/redis.ts';
import { collectWindow } from '../../src/core/collecting/collect.ts';
import { DestinationUnavailableError, WaitError } from '../../src/sdk/errors.ts';
import type { Stream } from '../../src/core/stream.ts';
import { documentWriters, preparationOf } from '../../src/app/preparation.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { createDeadLetters } from '../../src/adapters/elasticsearch/dead-letters.ts';
import type { Page } from '../../src/sdk/source.ts';
import { startProxy, type ProxyMode } from '../faults/proxy.ts';
import { live, minutesAgo, watermark, work, workQueue } from '../support/pipeline.ts';
import { sourceContext } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, countOf, openWorld, rawConfig, shenji, trueIds } from '../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TAKEN_OVER_MS = 15_000;
const BACK_AT_WORK_MS = 3_000;

async function ownRedis() {
  const server = await startRedis(await prepareArtifacts(process.env, () => undefined));
  onTestFinished(() => server.stop());
  return server;
}

async function past(more: Parameters<typeof rawConfig>[1] = {}) {
  const vendor = await simulator({ events: 600, from: minutesAgo(40), to: minutesAgo(3) });
  return { vendor, raw: rawConfig(vendor, { ...more, audit: { since: '45m', ...more.audit } }) };
}

const arrived = (world: Runtime): Promise<number> =>
  until(
    'the watermark to pass the last record',
    () => watermark(world),
    (time) => time >= minutesAgo(3),
  );

describe('a worker that is killed', () => {
  it('leaves windows that another one has done within 15 s', { timeout: 90_000 }, async () => {
    const { vendor, raw } = await past();
    const world = await openWorld(raw);
    vendor.setFaults({ hang: 1 });
    const victim = shenji(['worker'], raw);
    const backfill: Stream = { ...live, pass: 'backfill-killed' };
    const span = { from: minutesAgo(30), to: minutesAgo(20) };
    await world.sources[0]?.queue.add(backfill, [span]);
    await until(
      'the window to be under way',
      () => world.sources[0]?.queue.counts(),
      (counts) => counts?.active === 1,
    );
    const other = shenji(['worker'], raw);
    await until(
      'the other worker',
      () => other.output().stderr,
      (log) => log.includes('running: worker'),
    );
    victim.child.kill('SIGKILL');
    expect(await victim.ended).toBe('SIGKILL');
    vendor.setFaults({});
    await until(
      'the window in the ledger',
      () => world.ledger.over(backfill, [span]),
      ({ done }) => done.length === 1,
      TAKEN_OVER_MS,
    );
  });

  it('again and again by the same window makes it a gap with an error, and the others go on', async () => {
    const { raw } = await past();
    const world = await openWorld(raw);
    const stream: Stream = { ...live, pass: 'live' };
    const [poison, harmless] = [
      { from: minutesAgo(30), to: minutesAgo(20) },
      { from: minutesAgo(20), to: minutesAgo(10) },
    ];
    await world.sources[0]?.queue.add(stream, [poison, harmless]);
    const over = Promise.withResolvers<void>();
    let deaths = 0;
    let done = 0;
    await workQueue(
      world,
      ['acme'],
      async ({ job }) => {
        if (job.from !== poison.from) return void (done += 1);
        deaths += 1;
        // What a dead process leaves behind: a window under way whose lock nobody renews.
        const [lock] = await world.redis.keys(`${world.prefix}:*${job.from}*:lock`);
        await world.redis.del(lock ?? '');
        await over.promise;
      },
      { concurrency: 8, lock: { durationMs: 400, checkMs: 200 } },
    );
    onTestFinished(() => over.resolve());
    const failed = await until(
      'the poisoned window to fail',
      () => world.sources[0]?.queue.failed(),
      (windows) => windows?.length === 1,
    );
    expect(failed?.[0]?.entry).toMatchObject({
      span: poison,
      status: 'failed',
      error: { type: 'WorkerLostError', message: expect.stringMatching(/took its worker down .* times/) as string },
    });
    expect(deaths).toBeGreaterThan(3);
    expect(done).toBe(1);
  });
});

it('where Elasticsearch takes the probe and refuses the documents, one window at a time asks the vendor, with a rest after each', async () => {
  const { raw } = await past();
  const world = await openWorld(raw);
  const windows = Array.from({ length: 8 }, (_, at) => ({ from: minutesAgo(30 - at), to: minutesAgo(29 - at) }));
  await world.sources[0]?.queue.add({ ...live, pass: 'live' }, windows);
  const restMs = 1_500;
  let pauses = 0;
  const resumed: { readonly at: number; asked: number }[] = [];
  await workQueue(
    world,
    ['acme'],
    async () => {
      const last = resumed.at(-1);
      if (last !== undefined) last.asked += 1;
      throw new DestinationUnavailableError('no room for another index');
    },
    {
      restMs,
      onPause: (_, paused) => {
        if (paused) pauses += 1;
        else if (pauses > 0) resumed.push({ at: performance.now(), asked: 0 });
      },
    },
  );
  await until('four turns', () => resumed.length, (count) => count > 4); // prettier-ignore
  const turns = resumed.slice(0, -1);
  expect(turns.map(({ asked }) => asked)).toEqual(turns.map(() => 1));
  for (const [index, { at }] of turns.entries())
    expect((resumed[index + 1]?.at ?? 0) - at).toBeGreaterThanOrEqual(restMs);
});

it('a lost lock stops a window before its next bulk', async () => {
  const { raw } = await past();
  const world = await openWorld(raw);
  const [tenantSource] = world.sources;
  if (tenantSource === undefined) throw new Error('the world has a source');
  const span = { from: minutesAgo(30), to: minutesAgo(20) };
  const outcome = Promise.withResolvers<unknown>();
  await workQueue(
    world,
    ['acme'],
    async ({ job, signal }) => {
      const [lock] = await world.redis.keys(`${world.prefix}:*${job.from}*:lock`);
      await world.redis.set(lock ?? '', 'somebody else');
      async function* fetchPages(): AsyncGenerator<Page<unknown>> {
        yield { records: [{ id: 'one', event_time: span.from / 1_000 }], vendorTime: new Date() };
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }
      const preparation = preparationOf(world, tenantSource, live);
      const collected = collectWindow(
        {
          ...preparation,
          source: { ...preparation.source, fetchPages },
          span,
          completeAfter: span.to,
          mostPages: undefined,
          documents: documentWriters(world).get(live.source) as never,
          deadLetters: createDeadLetters(world.elasticsearch, world.config.namespace),
        },
        { ...sourceContext(), signal },
      );
      outcome.resolve(await collected.catch((error: unknown) => error));
    },
    { lock: { durationMs: 400, checkMs: 200 } },
  );
  await tenantSource.queue.add(live, [span]);
  expect(String(await outcome.promise)).toContain('the lock was lost');
  expect(await collectedIds(world)).toEqual([]);
});

it('a window that is begun again is another run, so that what each of them created is on record', async () => {
  const world = await openWorld((await past()).raw);
  const runs: string[] = [];
  await workQueue(world, ['acme'], async ({ run }) => {
    runs.push(run);
    if (runs.length === 1) throw new WaitError('given back', 10);
  });
  await world.sources[0]?.queue.add(live, [{ from: minutesAgo(30), to: minutesAgo(20) }]);
  await until('the second run', () => runs.length === 2);
  expect(new Set(runs).size).toBe(2);
});

describe('a Redis that', () => {
  it('is away is waited for: work goes on within 3 s of its return', { timeout: 90_000 }, async () => {
    const server = await ownRedis();
    const { vendor, raw } = await past({ top: { redis: { url: server.url } } });
    const world = await openWorld(raw);
    vendor.setFaults({ slow: 1 });
    await work(world);
    const answers = (): number => vendor.answers()['list']?.[200] ?? 0;
    await until('the first pages', answers);
    await server.restart(4_000);
    const before = answers();
    await until('the next page', answers, (count) => count > before, BACK_AT_WORK_MS);
    vendor.setFaults({});
    await arrived(world);
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });

  it('loses everything again and again during live work costs nothing', { timeout: 180_000 }, async () => {
    const server = await ownRedis();
    // Far enough ahead that setting up does not use it up where the machine is busy.
    const to = Date.now() + 20_000;
    const vendor = await simulator({ events: 500, from: to - 50_000, to });
    const raw = rawConfig(vendor, {
      audit: { since: '90s', window: '2s', backlog: '10s' },
      top: { redis: { url: server.url } },
    });
    const world = await openWorld(raw);
    const { stop } = await work(world);
    let seen = 0;
    for (let flush = 0; flush < 4; flush += 1) {
      seen = (
        await until(
          'more documents',
          () => collectedIds(world),
          (ids) => ids.length > seen || ids.length === vendor.truth.records.length,
        )
      ).length;
      await world.redis.flushall();
    }
    await until(
      'the watermark',
      () => watermark(world),
      (time) => time >= to,
    );
    await stop();
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    expect((await world.planner.inspect(world.sources[0]?.planned as never))[0]?.gaps).toEqual([]);
  });
});

describe('an Elasticsearch that', () => {
  type Trouble = {
    readonly begin: (world: Runtime) => Promise<unknown>;
    readonly end: (world: Runtime) => Promise<unknown>;
  };

  const block = (name: string): Trouble => {
    const put = ({ elasticsearch, config }: Runtime, value: true | null): Promise<unknown> =>
      elasticsearch.indices.putSettings({
        index: `logs-feishu.openapi_audit-${config.namespace}`,
        settings: { [`index.blocks.${name}`]: value },
      });
    return { begin: (world) => put(world, true), end: (world) => put(world, null) };
  };

  it.each<[string, ProxyMode | Trouble]>([
    ['answers 429', 429],
    ['closes every connection', 'cut'],
    ['has its disk flooded', block('read_only_allow_delete')],
    ['is write-blocked', block('write')],
    ['is read-only', block('read_only')],
  ])(
    '%s makes workers pause, and ask the vendor for nothing; nothing fails, and everything arrives afterwards',
    { timeout: 120_000 },
    async (_, trouble) => {
      const proxy = await startProxy(inject('elasticsearchUrl'));
      onTestFinished(() => proxy.close());
      const { vendor, raw } = await past({ top: { retries: { attempts: 1, base: '100ms', max: '200ms' } } });
      const eyes = await openWorld(raw);
      const lines: string[] = [];
      const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
      const world = await openWorld({ ...raw, elasticsearch: { url: proxy.url } }, log);
      vendor.setFaults({ slow: 1 });
      // As the program does: a first look that fails is repeated.
      await until('the workers to start', () => work(world));
      await until(
        'the first documents',
        () => collectedIds(eyes),
        (ids) => ids.length > 0,
      );
      if (typeof trouble === 'object') await trouble.begin(eyes);
      else proxy.setMode(trouble);
      // Whatever was collected before the trouble began: something is left to write.
      const again = { from: minutesAgo(60), to: minutesAgo(1) };
      await eyes.sources[0]?.queue.add({ ...live, pass: 'backfill-again' }, [again]);
      await until(
        'workers that pause',
        () => lines,
        (seen) => seen.some((line) => /workers are paused for .* until Elasticsearch is ready again/.test(line)),
      );
      const counts = async () => eyes.sources[0]?.queue.counts();
      await until('windows under way to go back', counts, (seen) => seen?.active === 0); // prettier-ignore
      const asked = JSON.stringify(vendor.answers());
      let bulks = 0;
      world.elasticsearch.diagnostic.on('response', () => void (bulks += 1));
      await until('ten looks whether it takes documents again', () => bulks, (seen) => seen >= 10); // prettier-ignore
      expect(JSON.stringify(vendor.answers())).toBe(asked);
      if (typeof trouble === 'object') await trouble.end(eyes);
      else proxy.setMode('pass');
      vendor.setFaults({});
      await arrived(eyes);
      expect(await collectedIds(eyes)).toEqual(trueIds(vendor));
      expect(await countOf(eyes, 'shenji.dead_letter')).toBe(0);
      const { failures } = await eyes.ledger.over(live, [{ from: minutesAgo(60), to: Date.now() + MINUTE }]);
      expect(failures).toEqual([]);
    },
  );

  it('is away where no worker has anything to write is told by the scheduler', async () => {
    const proxy = await startProxy(inject('elasticsearchUrl'));
    onTestFinished(() => proxy.close());
    const { raw } = await past();
    await openWorld(raw);
    const world = await openWorld({ ...raw, elasticsearch: { url: proxy.url } });
    // Not the one of which nothing is due: it rests, and asks for nothing in that minute.
    const sources = world.sources.filter(({ definition }) => definition.name === live.source);
    const scheduler = startScheduler(world, { tickMs: 100, sources });
    onTestFinished(() => scheduler.stop());
    const away = async () => /^shenji_ledger_away ([01])$/m.exec(await world.metrics.text())?.[1]; // prettier-ignore
    await until('a plan', away, (told) => told === '0');
    proxy.setMode('cut');
    await until('word that it is away', away, (told) => told === '1');
    proxy.setMode('pass');
    await until('word that it is back', away, (told) => told === '0');
  });

  it('takes no documents of one data stream stops the windows of that one alone', { timeout: 120_000 }, async () => {
    const day = Math.floor(Date.now() / DAY) * DAY;
    const vendor = await simulator({ events: 100, from: minutesAgo(50), to: minutesAgo(2) });
    const raw = rawConfig(vendor, { audit: { since: '60m' }, dingtalk: { report: { since: '1d', settle: [] } } });
    const lines: string[] = [];
    const world = await openWorld(raw, pino({ level: 'info' }, { write: (line) => void lines.push(line) }));
    await work(world);
    await arrived(world);
    const audit = `logs-feishu.openapi_audit-${world.config.namespace}`;
    const put = (value: true | null): Promise<unknown> =>
      world.elasticsearch.indices.putSettings({ index: audit, settings: { 'index.blocks.write': value } });
    await put(true);
    const again = { from: minutesAgo(60), to: minutesAgo(1) };
    const queueOf = (source: string) => world.sources.find(({ definition }) => definition.name === source)?.queue;
    await queueOf('feishu.openapi_audit')?.add({ ...live, pass: 'backfill-again' }, [again]);
    await until('a pause', () => lines.some((line) => line.includes(`workers are paused for ${audit}`)));
    const statistics: Stream = { tenant: 'acme', source: 'dingtalk.report', pass: 'backfill-meanwhile' };
    const days = { from: day - 9 * DAY, to: day - 8 * DAY };
    await queueOf('dingtalk.report')?.add(statistics, [days]);
    await until('the other stream', () => world.ledger.isRead(statistics, days));
    expect(await queueOf('feishu.openapi_audit')?.counts()).toMatchObject({ active: 0, failed: 0 });
    await put(null);
    await until('the window that waited', () => world.ledger.isRead({ ...live, pass: 'backfill-again' }, again));
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
  });
});
