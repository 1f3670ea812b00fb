/** After a restore, checkpoints, ledger and documents may be of different moments: what is missing is collected again. */
import pino, { type Logger } from 'pino';
import { describe, expect, it } from 'vitest';
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import type { Stream } from '../../src/core/stream.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { live, minutesAgo, watermark, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, trueIds } from '../support/world.ts';

const MINUTE = 60_000;
const backfill: Stream = { ...live, pass: 'backfill-before' };

function listening(): { readonly log: Logger; readonly told: () => string } {
  const lines: string[] = [];
  return {
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    told: () => lines.join(''),
  };
}

async function collect(world: Runtime, streams: readonly Stream[], time: number): Promise<void> {
  const { stop } = await work(world);
  const lowest = async (): Promise<number> =>
    Math.min(...(await Promise.all(streams.map((stream) => watermark(world, stream)))));
  await until('the watermarks', lowest, (reached) => reached >= time, 120_000);
  await stop();
}

/** When each entry of the ledger was written, oldest first. */
async function writtenAt({ elasticsearch: client, config }: Runtime): Promise<string[]> {
  const index = `logs-${ENTRIES}-${config.namespace}`;
  const found: string[] = [];
  const fields = ['event.ingested'];
  for await (const { source } of documentsOf<{ event: { ingested: string } }>(client, index, [], fields))
    found.push(source.event.ingested);
  return found.toSorted();
}

/** Takes away what was written from a moment on, as restoring an older snapshot of these streams does. */
async function setBack(
  { elasticsearch: client, config }: Runtime,
  datasets: readonly string[],
  moment: string,
): Promise<void> {
  for (const dataset of datasets) {
    const stream = `logs-${dataset}-${config.namespace}`;
    await client.indices.refresh({ index: stream });
    const since = [{ range: { 'event.ingested': { gte: moment } } }];
    for await (const { id, index } of documentsOf(client, stream, since, ['event.ingested']))
      await client.delete({ index, id });
    await client.indices.refresh({ index: stream });
  }
}

const ENTRIES = 'shenji.window';
const DOCUMENTS = 'feishu.openapi_audit';

describe('a restore', { timeout: 240_000 }, () => {
  it('of ledger and documents older than the checkpoints: what they lack is collected again, and the log says so', async () => {
    const to = minutesAgo(2);
    const vendor = await simulator({ events: 400, from: minutesAgo(60), to });
    const raw = rawConfig(vendor, { audit: { since: '30m', settle: ['1m'], backlog: '60s' } });
    const world = await openWorld(raw);
    await world.checkpoints.create(
      await world.ledger.open({ stream: backfill, origin: minutesAgo(62), end: minutesAgo(45) }),
    );
    await collect(world, [live, { ...live, pass: 'settle-1m' }], to - 2 * MINUTE);
    await collect(world, [backfill], minutesAgo(46));
    const collected = await collectedIds(world);
    const written = await writtenAt(world);
    await setBack(world, [DOCUMENTS, ENTRIES], written[Math.floor(written.length / 3)] ?? '');
    expect((await collectedIds(world)).length).toBeLessThan(collected.length * 0.8);

    const { log, told } = listening();
    const again = await openWorld(raw, log);
    for (const { planned } of again.sources) await again.planner.tick(planned);
    await collect(again, [live], to - 2 * MINUTE);
    await collect(again, [backfill], minutesAgo(46));
    expect((await collectedIds(again)).filter((id) => collected.includes(id))).toEqual(collected);
    expect(told()).toMatch(/checkpoint of acme\/feishu.openapi_audit\/live was made from ledger entries that are gone/);
  });

  it('is not what retention does: where it has deleted the oldest entries, nothing is read again', async () => {
    const vendor = await simulator({ events: 100, from: minutesAgo(60), to: minutesAgo(2) });
    const raw = rawConfig(vendor, { audit: { since: '10m' } });
    const world = await openWorld(raw);
    const opened = await world.ledger.open({ stream: backfill, origin: minutesAgo(62), end: minutesAgo(45) });
    await world.checkpoints.create(opened);
    await collect(world, [live, backfill], minutesAgo(46));
    const before = await world.checkpoints.read(backfill);
    expect(before?.madeFrom.length).toBeGreaterThan(0);
    const alias = `logs-${ENTRIES}-${world.config.namespace}`;
    const { old_index: oldest } = await world.elasticsearch.indices.rollover({ alias });
    await world.elasticsearch.indices.delete({ index: oldest });
    const { log, told } = listening();
    const again = await openWorld(raw, log);
    for (const { planned } of again.sources) await again.planner.tick(planned);
    expect(told()).toBe('');
    expect((await again.checkpoints.read(backfill))?.done).toEqual(before?.done);
  });

  it('of checkpoints older than the ledger: nothing is read again', async () => {
    const vendor = await simulator({ events: 100, from: minutesAgo(30), to: minutesAgo(2) });
    const raw = rawConfig(vendor, { audit: { since: '35m' } });
    const world = await openWorld(raw);
    await collect(world, [live], minutesAgo(20));
    const older = await world.checkpoints.read(live);
    if (older === undefined) throw new Error('no checkpoint');
    await collect(world, [live], minutesAgo(3));
    const newest = await world.checkpoints.read(live);
    const { done, watermark: reached, madeFrom } = older;
    await world.checkpoints.update(newest ?? older, { done: done.slice(0, 1), watermark: reached, madeFrom });
    const { windows } = await world.ledger.totals(live);
    const { log, told } = listening();
    const again = await openWorld(raw, log);
    for (const { planned } of again.sources) await again.planner.tick(planned);
    expect(await watermark(again)).toBeGreaterThanOrEqual(minutesAgo(3));
    expect(told()).toBe('');
    expect((await again.ledger.totals(live)).windows).toBe(windows);
    expect(await collectedIds(again)).toEqual(trueIds(vendor));
  });
});
