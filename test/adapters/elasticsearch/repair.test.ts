/** Cross-index duplicates on a real Elasticsearch: found by what it holds, and taken away by nobody but repair. */
import { describe, expect, it } from 'vitest';
import { countDuplicates } from '../../../src/adapters/elasticsearch/duplicates.ts';
import { repair } from '../../../src/adapters/elasticsearch/repair.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const { signal } = new AbortController();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TIME = Date.parse('2026-03-01T12:00:30Z');
const dated = (time: number): object => ({ '@timestamp': new Date(time).toISOString() });

async function stream() {
  const { elasticsearch: client, config } = await openWorld(rawConfig(await simulator({ events: 1 })));
  const index = `logs-feishu.openapi_audit-${config.namespace}`;
  const options = { client, signal };
  return {
    client,
    index,
    options,
    /** Into the index that is being written. */
    put: (id: string, time = TIME) => client.create({ index, id, document: dated(time) }),
    rollover: () => client.indices.rollover({ alias: index }),
    /** Where each document lies, the oldest index first, as the numbers of the generations. */
    held: async (): Promise<string[]> => {
      await client.indices.refresh({ index });
      const { hits } = await client.search({ index, size: 1_000 });
      return hits.hits.map(({ _id, _index }) => `${_id} in ${Number(/\d{6}$/.exec(_index)?.[0])}`).toSorted();
    },
  };
}

describe('repair', () => {
  it('keeps the copy of the oldest index of each document, and touches nothing else', async () => {
    const { put, rollover, held, index, options } = await stream();
    for (const id of ['a', 'b', 'c']) await put(id);
    await put('only in the first', TIME + 1_000);
    await rollover();
    for (const id of ['a', 'b', 'd']) await put(id);
    await rollover();
    for (const id of ['a', 'd', 'e']) await put(id);
    expect(await repair(index, { ...options, dryRun: true })).toEqual({ found: 3, deleted: 0, left: 3 });
    expect(await repair(index, options)).toEqual({ found: 3, deleted: 4, left: 0 });
    expect(await held()).toEqual(['a in 1', 'b in 1', 'c in 1', 'd in 2', 'e in 3', 'only in the first in 1']);
    expect(await repair(index, options)).toEqual({ found: 0, deleted: 0, left: 0 });
  });

  it('finds copies wherever in time they lie, among days that only one index holds', async () => {
    const { client, put, rollover, held, index, options } = await stream();
    const everyDay = Array.from({ length: 130 }, (_, day) => [
      { create: { _id: `day ${day}` } },
      dated(TIME + day * DAY),
    ]);
    await client.bulk({ index, operations: everyDay.flat() });
    await rollover();
    for (const day of [0, 61, 129]) await put(`day ${day}`, TIME + day * DAY);
    await put('another of that minute', TIME + DAY);
    const days: string[] = [];
    const onProgress = (done: number, of: number): void => void days.push(`${done} of ${of}`);
    expect(await repair(index, { ...options, onProgress })).toEqual({ found: 3, deleted: 3, left: 0 });
    expect(days).toEqual(['4 of 4']);
    expect((await held()).filter((line) => line.endsWith('in 2'))).toEqual(['another of that minute in 2']);
  });

  it('asks for thousands of ids in pieces', async () => {
    const { client, rollover, index, options } = await stream();
    const operations = Array.from({ length: 2_500 }, (_, at) => [
      { create: { _id: `${at}` } },
      dated(TIME - (TIME % MINUTE) + (at % 60) * 1_000),
    ]).flat();
    await client.bulk({ index, operations });
    await rollover();
    await client.bulk({ index, operations: operations.slice(0, 4_400) });
    expect(await repair(index, options)).toEqual({ found: 2_200, deleted: 2_200, left: 0 });
  });

  it('two at once delete each copy once', async () => {
    const { put, rollover, held, index, options } = await stream();
    for (const id of ['a', 'b']) await put(id);
    await rollover();
    for (const id of ['a', 'b']) await put(id);
    await Promise.all([repair(index, options), repair(index, options)]);
    expect(await held()).toEqual(['a in 1', 'b in 1']);
  });

  it('goes on where one index is blocked, says so, and does the rest when the block is gone', async () => {
    const { client, put, rollover, held, index, options } = await stream();
    for (const id of ['a', 'b']) await put(id);
    await rollover();
    const { _index: blocked } = await put('a');
    await rollover();
    await put('b');
    await client.indices.putSettings({ index: blocked, settings: { 'index.blocks.write': true } });
    expect(await repair(index, options)).toEqual({
      found: 2,
      deleted: 1,
      left: 1,
      why: `Elasticsearch, deleting a copy from ${blocked}: 403 cluster_block_exception; lift the block`,
    });
    await client.indices.putSettings({ index: blocked, settings: { 'index.blocks.write': null } });
    expect(await repair(index, options)).toEqual({ found: 1, deleted: 1, left: 0 });
    expect(await held()).toEqual(['a in 1', 'b in 1']);
  });

  it('leaves an index that is made during the look to the next one, which knows its place', async () => {
    const { client, put, rollover, held, index, options } = await stream();
    await put('of that minute too');
    await rollover();
    await put('a');
    const resolveIndex = async (...asked: Parameters<typeof client.indices.resolveIndex>) => {
      const known = await client.indices.resolveIndex(...asked);
      await rollover();
      await put('a');
      return known;
    };
    const indices = Object.assign(Object.create(client.indices) as typeof client.indices, { resolveIndex });
    const early = Object.create(client, { indices: { value: indices } }) as typeof client;
    // Another look that began later would take away the copy in the third index: both would be gone.
    expect(await repair(index, { ...options, client: early })).toEqual({ found: 0, deleted: 0, left: 0 });
    expect(await repair(index, options)).toEqual({ found: 1, deleted: 1, left: 0 });
    expect(await held()).toEqual(['a in 2', 'of that minute too in 1']);
  });

  it('does not delete a copy that was changed since it was looked up', async () => {
    const { client, put, rollover, held, index, options } = await stream();
    await put('a');
    await rollover();
    const { _index: younger, _seq_no: seqNo = 0, _primary_term: term = 0 } = await put('a');
    const mget = async (...asked: Parameters<typeof client.mget>) => {
      const found = await client.mget(...asked);
      await client.index({ index: younger, id: 'a', document: dated(TIME), if_seq_no: seqNo, if_primary_term: term });
      return found;
    };
    const changing = Object.create(client, { mget: { value: mget } }) as typeof client;
    expect(await repair(index, { ...options, client: changing })).toMatchObject({
      found: 1,
      deleted: 0,
      left: 1,
      why: `Elasticsearch, deleting a copy from ${younger}: 409 version_conflict_engine_exception; it was changed meanwhile, look again`,
    });
    expect(await repair(index, options)).toMatchObject({ found: 1, deleted: 1 });
    expect(await held()).toEqual(['a in 1']);
  });

  it('looks at each tenant by itself: the minutes that two of them share are no minutes of copies', async () => {
    const { client, rollover, held, index, options } = await stream();
    const of = (tenant: string, id: string) =>
      client.create({ index, id, document: { ...dated(TIME), organization: { id: tenant } } });
    await of('acme', 'a');
    await of('acme', 'b');
    await rollover();
    await of('globex', 'c');
    let asked = 0;
    const mget = (...question: Parameters<typeof client.mget>) => {
      asked += 1;
      return client.mget(...question);
    };
    const counting = { ...options, client: Object.create(client, { mget: { value: mget } }) as typeof client };
    expect([await repair(index, counting), asked]).toEqual([{ found: 0, deleted: 0, left: 0 }, 0]);
    await of('acme', 'a');
    expect([await repair(index, counting), asked]).toEqual([{ found: 1, deleted: 1, left: 0 }, 1]);
    expect(await held()).toEqual(['a in 1', 'b in 1', 'c in 2']);
  });

  it('finds copies of before 1970, and of a time with parts of a second', async () => {
    const { put, rollover, index, options } = await stream();
    for (const time of [-30_500, TIME + 29_999]) await put(`${time}`, time);
    await rollover();
    for (const time of [-30_500, TIME + 29_999]) await put(`${time}`, time);
    expect(await repair(index, options)).toEqual({ found: 2, deleted: 2, left: 0 });
  });

  it('finds nothing where there is no stream, no rollover, or no document', async () => {
    const { rollover, put, index, options } = await stream();
    expect(await repair('logs-feishu.openapi_audit-nobody', options)).toEqual({ found: 0, deleted: 0, left: 0 });
    await put('a');
    expect(await countDuplicates(index, options)).toBe(0);
    await rollover();
    expect(await countDuplicates(index, options)).toBe(0);
  });
});
