/** Law 3 on a real Elasticsearch: no double across rollovers, whoever stops where. */
import { describe, expect, inject, it } from 'vitest';
import { backingIndices, candidates, hasRolledOver } from '../../../src/adapters/elasticsearch/backing-indices.ts';
import { createElasticsearch } from '../../../src/adapters/elasticsearch/client.ts';
import { createExactWriter } from '../../../src/adapters/elasticsearch/exact-writer.ts';
import type { DatedItem } from '../../../src/core/collecting/writer.ts';
import { inFrontOf } from '../../support/elasticsearch.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const signal = new AbortController().signal;
const HOUR = 3_600_000;
/** When the events of these tests happened: a minute before. */
const TIME = Date.now() - 60_000;
const item = (id: string, earliest = TIME): DatedItem => ({
  id,
  earliest,
  time: earliest,
  document: JSON.stringify({ '@timestamp': new Date(earliest).toISOString() }),
});

async function stream() {
  const { elasticsearch: client, config } = await openWorld(rawConfig(await simulator({ events: 1 })));
  const index = `logs-feishu.openapi_audit-${config.namespace}`;
  const idsOf = async (): Promise<string[]> => {
    await client.indices.refresh({ index });
    const { hits } = await client.search({ index, size: 1_000 });
    return hits.hits.map(({ _id }) => _id ?? '').toSorted();
  };
  return {
    client,
    index,
    idsOf,
    writer: () => createExactWriter({ client, index, beforeCreation }),
    rollover: (lazy = false) => client.indices.rollover({ alias: index, lazy }),
  };
}

const beforeCreation = async (): Promise<void> => undefined;

describe('across a rollover', () => {
  it('an older answer that comes late does not bring back the layout from before the turn', async () => {
    const { client, index, idsOf, rollover, writer } = await stream();
    await writer().write([item('a')], signal);
    const held = Promise.withResolvers<void>();
    let questions = 0;
    const indices = Object.assign(Object.create(client.indices) as typeof client.indices, {
      resolveIndex: async (...question: Parameters<typeof client.indices.resolveIndex>) => {
        questions += 1;
        const isHeld = questions === 2;
        const answer = await client.indices.resolveIndex(...question);
        if (isHeld) await held.promise;
        return answer;
      },
    });
    const slow = Object.create(client, { indices: { value: indices } }) as typeof client;
    const shared = createExactWriter({ client: slow, index, beforeCreation });
    const window = await shared.begin();
    const overtaken = window.rolledOver();
    await rollover();
    await window.rolledOver();
    held.resolve();
    await overtaken;
    expect(await shared.write([item('a')], signal)).toMatchObject({ outcomes: [{ kind: 'duplicate' }] });
    expect(await idsOf()).toEqual(['a']);
  });

  it('an index whose age is not known yet hides nothing behind it', async () => {
    const { client, index, rollover, writer } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    const [older] = await backingIndices(client, index);
    // As when the rollover happens between the two questions.
    const indices = Object.assign(Object.create(client.indices) as typeof client.indices, {
      getSettings: async () => ({ [older?.name ?? '']: { settings: { index: { creation_date: '1' } } } }),
    });
    const hurried = Object.create(client, { indices: { value: indices } }) as typeof client;
    const known = await backingIndices(hurried, index);
    expect(candidates(known, item('x', Date.now())).map(({ name }) => name)).toEqual([older?.name]);
  });

  it('what an older index holds is found, not written again', async () => {
    const { idsOf, writer, rollover } = await stream();
    await writer().write([item('a'), item('b')], signal);
    await rollover();
    const written = await writer().write([item('a'), item('b'), item('c')], signal);
    expect(written.outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'created']);
    expect(written).toMatchObject({ lookups: 3, crossIndexDuplicates: 0 });
    expect(await idsOf()).toEqual(['a', 'b', 'c']);
  });

  it('nothing is looked up where no rollover was near', async () => {
    const { writer, rollover } = await stream();
    expect(await writer().write([item('a')], signal)).toMatchObject({ lookups: 0 });
    await rollover();
    // Dated after the turn: no copy can lie behind it.
    expect(await writer().write([item('b', Date.now() + HOUR)], signal)).toMatchObject({ lookups: 0 });
  });

  it.each([false, true])(
    'a worker that stopped between look-up and bulk counts what it wrote behind the turn as there already (lazy rollover: %s)',
    async (lazy) => {
      const { idsOf, writer, rollover } = await stream();
      await writer().write([item('before')], signal);
      const stopped = writer();
      await stopped.begin();
      // Meanwhile another worker does the window, and the stream rolls over.
      await writer().write([item('a'), item('b')], signal);
      await rollover(lazy);
      const written = await stopped.write([item('a'), item('b'), item('new')], signal);
      expect(written.outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'created']);
      expect(written.crossIndexDuplicates).toBe(2);
      expect(await idsOf()).toEqual(['a', 'a', 'b', 'b', 'before', 'new']);
    },
  );

  it('a bulk that executed late, behind the turn, is counted by the next read, which takes nothing away', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    await client.create({ index, id: 'a', document: { '@timestamp': new Date(TIME).toISOString() } });
    const written = await writer().write([item('a')], signal);
    expect(written).toMatchObject({ outcomes: [{ kind: 'duplicate' }], crossIndexDuplicates: 1 });
    expect(await idsOf()).toEqual(['a', 'a']);
  });

  it('a record that the vendor repeats within a page is one document, and stays', async () => {
    const { idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    const written = await writer().write([item('a'), item('a'), item('b'), item('b')], signal);
    expect(written.outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'created', 'duplicate']);
    expect(written.crossIndexDuplicates).toBe(0);
    expect(await idsOf()).toEqual(['a', 'b']);
  });

  it('an index that retention has deleted holds nothing, and stops nothing', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    const stale = writer();
    await stale.begin();
    const {
      data_streams: [found],
    } = await client.indices.resolveIndex({ name: index });
    await client.indices.delete({ index: [found?.backing_indices ?? []].flat()[0] ?? '' });
    const written = await stale.write([item('a')], signal);
    expect(written.outcomes).toMatchObject([{ kind: 'created' }]);
    expect(await idsOf()).toEqual(['a']);
  });

  it('tells that the stream rolled over while work was under way, and that its first index is no rollover', async () => {
    const { writer, rollover } = await stream();
    const first = writer();
    const opening = await first.begin();
    await first.write([item('a')], signal);
    expect(await opening.rolledOver()).toBe(false);
    const later = await first.begin();
    await rollover();
    expect(await later.rolledOver()).toBe(true);
  });
});

/** Elasticsearch's clock is so many milliseconds ahead: what it says of when an index was made is wrong by as much. */
async function withClock(ahead: number) {
  const front = await inFrontOf(inject('elasticsearchUrl'), async ({ query }, forward) => {
    if (!query.includes('creation_date')) return undefined;
    const { status, body } = await forward();
    const shift = (_: string, date: string): string => `"creation_date":"${Number(date) + ahead}"`;
    return { status, body: JSON.parse(JSON.stringify(body).replaceAll(/"creation_date":"(\d+)"/g, shift)) as unknown };
  });
  return createElasticsearch({ url: front.url });
}

describe("where Elasticsearch's clock is wrong,", () => {
  it.each([-HOUR, HOUR, -30 * 24 * HOUR])(
    'by %i ms, what an older index holds is found all the same',
    async (ahead) => {
      const { index, idsOf, writer, rollover } = await stream();
      const wrong = createExactWriter({ client: await withClock(ahead), index, beforeCreation });
      await writer().write([item('a'), item('b')], signal);
      await idsOf();
      await rollover();
      const written = await wrong.write([item('a'), item('b'), item('c')], signal);
      expect(written.outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'created']);
      expect(await idsOf()).toEqual(['a', 'b', 'c']);
    },
  );

  it('a process that saw the rollover finds also what no search sees yet', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    const wrong = createExactWriter({ client: await withClock(-HOUR), index, beforeCreation });
    await wrong.write([item('first', TIME - 600_000)], signal);
    await client.indices.putSettings({ index, settings: { 'index.refresh_interval': '-1' } });
    const window = await wrong.begin();
    await writer().write([item('a')], signal);
    await rollover();
    expect(await window.rolledOver()).toBe(true);
    expect(await wrong.write([item('a')], signal)).toMatchObject({ outcomes: [{ kind: 'duplicate' }] });
    expect(await idsOf()).toEqual(['a', 'first']);
  });

  it('what its own bulk doubled behind a turn is counted by whoever had seen what was written before', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('first', TIME - 600_000)], signal);
    await client.indices.putSettings({ index, settings: { 'index.refresh_interval': '-1' } });
    const wrong = createExactWriter({ client: await withClock(-HOUR), index, beforeCreation });
    await wrong.begin();
    await writer().write([item('a')], signal);
    await rollover();
    const written = await wrong.write([item('a')], signal);
    expect(written).toMatchObject({ outcomes: [{ kind: 'duplicate' }], crossIndexDuplicates: 1 });
    expect(await idsOf()).toEqual(['a', 'a', 'first']);
  });
});

describe('the indices that may hold a copy', () => {
  const layout = [1, 2, 3].map((hour) => ({ name: `index-${hour}`, createdAt: hour * 24 * HOUR }));
  it.each([
    [0, ['index-1', 'index-2']],
    [24 * HOUR, ['index-1', 'index-2']],
    [48 * HOUR + 10 * 60_000, ['index-1', 'index-2']],
    [48 * HOUR + 20 * 60_000, ['index-2']],
    [73 * HOUR, []],
  ])('for what is no older than %i ms are %j', (earliest, names) => {
    expect(candidates(layout, item('x', earliest)).map(({ name }) => name)).toEqual(names);
  });

  it('change by a rollover, not by retention nor by the first index', () => {
    expect(hasRolledOver(layout, layout.slice(1))).toBe(false);
    expect(hasRolledOver(layout.slice(0, 2), layout)).toBe(true);
    expect(hasRolledOver([], layout.slice(0, 1))).toBe(false);
    expect(hasRolledOver([], layout.slice(0, 2))).toBe(true);
  });
});
