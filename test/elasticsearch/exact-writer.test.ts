/** Law 3 on a real Elasticsearch: no double across rollovers, whoever stops where. */
import { describe, expect, inject, it } from 'vitest';
import { backingIndices, candidates, hasRolledOver } from '../../src/elasticsearch/backing-indices.ts';
import { createElasticsearch } from '../../src/elasticsearch/client.ts';
import pino from 'pino';
import { createExactWriter } from '../../src/elasticsearch/exact-writer.ts';
import { createReconciler, type Reconciled } from '../../src/elasticsearch/reconciler.ts';
import { DestinationUnavailableError } from '../../src/pipeline/errors.ts';
import type { DatedItem } from '../../src/pipeline/writer.ts';
import { inFrontOf } from '../support/elasticsearch.ts';
import { toldVendor } from '../support/vendor.ts';
import { openWorld, rawConfig, simulator, until } from '../support/world.ts';

const signal = new AbortController().signal;
const HOUR = 3_600_000;
/** When the events of these tests happened: a minute before. */
const TIME = Date.now() - 60_000;
const item = (id: string, earliest = TIME): DatedItem => ({
  id,
  earliest,
  time: earliest,
  source: JSON.stringify({ '@timestamp': new Date(earliest).toISOString() }),
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
    writer: () => createExactWriter({ client, index, beforeCreation, owe }),
    rollover: (lazy = false) => client.indices.rollover({ alias: index, lazy }),
  };
}

const beforeCreation = async (): Promise<void> => undefined;

function reconciling() {
  const outcomes: string[] = [];
  const reconciler = createReconciler({
    log: pino({ level: 'silent' }),
    onOutcome: (_source, outcome) => outcomes.push(outcome),
  });
  return {
    outcomes,
    close: (boundMs: number): Promise<void> => reconciler.close(boundMs),
    owe: (work: () => Promise<Reconciled>, waitMs: number): void =>
      reconciler.owe('feishu.openapi_audit', work, waitMs),
  };
}
const { owe } = reconciling();

describe('across a rollover', () => {
  it.each(['answered', 'lost'])(
    'whoever loses its window while its bulk is under way still takes away what that doubled (answer %s)',
    async (answer) => {
      const { client, index, idsOf, rollover, writer } = await stream();
      await writer().write([item('a')], signal);
      const loss = new AbortController();
      const bulk = async (...request: Parameters<typeof client.bulk>) => {
        await rollover();
        const reply = await client.bulk(...request);
        loss.abort(new Error('the lock was lost'));
        if (answer === 'lost') throw new Error('the answer was lost');
        return reply;
      };
      const losing = createExactWriter({
        client: Object.create(client, { bulk: { value: bulk } }) as typeof client,
        index,
        beforeCreation,
        owe,
      });
      await losing.begin();
      await losing.write([item('a')], loss.signal).catch((error: unknown) => expect(String(error)).toContain('lost'));
      expect(await idsOf()).toEqual(['a']);
    },
  );

  it.each([
    ['answered', 'in time'],
    ['lost', 'in time'],
    ['lost', 'at the end of the process'],
  ])(
    'what its bulk doubled is taken away also where Elasticsearch could not be asked at that moment (answer %s, %s)',
    async (answer, when) => {
      const { outcomes, close, owe } = reconciling();
      const { client, index, idsOf, rollover, writer } = await stream();
      await writer().write([item('a')], signal);
      const loss = new AbortController();
      let away = false;
      const bulk = async (...request: Parameters<typeof client.bulk>) => {
        await rollover();
        const reply = await client.bulk(...request);
        loss.abort(new Error('the lock was lost'));
        away = true;
        if (answer === 'lost') throw new Error('the answer was lost');
        return reply;
      };
      const indices = Object.assign(Object.create(client.indices) as typeof client.indices, {
        resolveIndex: async (...question: Parameters<typeof client.indices.resolveIndex>) => {
          if (away) throw new Error('the connection was cut');
          return client.indices.resolveIndex(...question);
        },
      });
      const losing = createExactWriter({
        client: Object.create(client, { bulk: { value: bulk }, indices: { value: indices } }) as typeof client,
        index,
        beforeCreation,
        owe,
      });
      await losing.begin();
      await expect(losing.write([item('a')], loss.signal)).rejects.toThrow(/lost|cut/);
      expect(await idsOf()).toEqual(['a', 'a']);
      // Nobody reads the window again: its job is gone, and the ledger calls it done.
      away = false;
      if (when === 'in time') await until('one copy', idsOf, (ids) => ids.length === 1);
      else await close(10_000);
      expect(await idsOf()).toEqual(['a']);
      expect(outcomes).toContain(when === 'in time' ? 'done' : 'early');
    },
  );

  it('an older answer that comes late does not bring back the layout from before the turn', async () => {
    const { client, index, idsOf, rollover, writer } = await stream();
    await writer().write([item('a')], signal);
    const held = Promise.withResolvers<void>();
    let questions = 0;
    const indices = Object.assign(Object.create(client.indices) as typeof client.indices, {
      resolveIndex: async (...question: Parameters<typeof client.indices.resolveIndex>) => {
        questions += 1;
        const isFirst = questions === 1;
        const answer = await client.indices.resolveIndex(...question);
        if (isFirst) await held.promise;
        return answer;
      },
    });
    const slow = Object.create(client, { indices: { value: indices } }) as typeof client;
    const shared = createExactWriter({ client: slow, index, beforeCreation, owe });
    const overtaken = shared.begin();
    await rollover();
    await shared.begin();
    held.resolve();
    await overtaken;
    expect(await shared.write([item('a')], signal)).toMatchObject({ outcomes: [{ kind: 'duplicate' }], repaired: 0 });
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
    expect(written).toMatchObject({ lookups: 3, repaired: 0, crossIndexDuplicates: 0 });
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
    'a worker that stopped between look-up and bulk leaves no double (lazy rollover: %s)',
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
      expect(written.repaired).toBe(2);
      expect(await idsOf()).toEqual(['a', 'b', 'before', 'new']);
    },
  );

  it('a bulk that executed late, behind the turn, is mended by the next read, which keeps the older copy', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    await client.create({ index, id: 'a', document: { '@timestamp': new Date(TIME).toISOString() } });
    expect(await idsOf()).toEqual(['a', 'a']);
    const written = await writer().write([item('a')], signal);
    expect(written).toMatchObject({ outcomes: [{ kind: 'duplicate' }], repaired: 1 });
    expect(await idsOf()).toEqual(['a']);
  });

  it('a record that the vendor repeats within a page is one document, and stays', async () => {
    const { idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    const written = await writer().write([item('a'), item('a'), item('b'), item('b')], signal);
    expect(written.outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'created', 'duplicate']);
    expect(written.repaired).toBe(0);
    expect(await idsOf()).toEqual(['a', 'b']);
  });

  it('a double in an index that is blocked for a while is mended later, not given up', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    await client.create({ index, id: 'a', document: { '@timestamp': new Date(TIME).toISOString() } });
    await client.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
    await expect(writer().write([item('a')], signal)).rejects.toThrow(DestinationUnavailableError);
    await client.indices.putSettings({ index, settings: { 'index.blocks.write': null } });
    expect(await writer().write([item('a')], signal)).toMatchObject({ repaired: 1, crossIndexDuplicates: 0 });
    expect(await idsOf()).toEqual(['a']);
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

  it('reports doubles that it may not delete', async () => {
    const { client, index, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    await client.create({ index, id: 'a', document: { '@timestamp': new Date(TIME).toISOString() } });
    // Everything goes to the real server but deletes, which are forbidden as they are to a role without that privilege.
    const target = new URL((client.connectionPool.connections[0]?.url ?? '').toString()).origin;
    const forbidding = await toldVendor(({ path, body, headers, method }) => async (response) => {
      if (method === 'DELETE')
        return void response
          .writeHead(403, { 'X-elastic-product': 'Elasticsearch', 'content-type': 'application/json' })
          .end('{"error":{"type":"security_exception"}}');
      const reply = await fetch(target + path, {
        method: method ?? 'GET',
        headers: { 'content-type': headers['content-type'] ?? 'application/json', accept: headers.accept ?? '*/*' },
        ...(body === '' ? {} : { body }),
      });
      response
        .writeHead(reply.status, {
          'X-elastic-product': 'Elasticsearch',
          'content-type': reply.headers.get('content-type') ?? '',
        })
        .end(await reply.text());
    });
    const limited = createExactWriter({
      client: createElasticsearch({ url: forbidding.url }),
      index,
      beforeCreation,
      owe,
    });
    expect(await limited.write([item('a')], signal)).toMatchObject({
      outcomes: [{ kind: 'duplicate' }],
      repaired: 0,
      crossIndexDuplicates: 1,
    });
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
      const wrong = createExactWriter({ client: await withClock(ahead), index, beforeCreation, owe });
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
    const wrong = createExactWriter({ client: await withClock(-HOUR), index, beforeCreation, owe });
    await wrong.write([item('first', TIME - 600_000)], signal);
    await client.indices.putSettings({ index, settings: { 'index.refresh_interval': '-1' } });
    await writer().write([item('a')], signal);
    await rollover();
    await wrong.begin();
    expect(await wrong.write([item('a')], signal)).toMatchObject({ outcomes: [{ kind: 'duplicate' }], repaired: 0 });
    expect(await idsOf()).toEqual(['a', 'first']);
  });

  it('what its own bulk doubled behind a turn is taken away by whoever had seen what was written before', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('first', TIME - 600_000)], signal);
    await client.indices.putSettings({ index, settings: { 'index.refresh_interval': '-1' } });
    const wrong = createExactWriter({ client: await withClock(-HOUR), index, beforeCreation, owe });
    await wrong.begin();
    await writer().write([item('a')], signal);
    await rollover();
    const written = await wrong.write([item('a')], signal);
    expect(written).toMatchObject({ outcomes: [{ kind: 'duplicate' }], repaired: 1 });
    expect(await idsOf()).toEqual(['a', 'first']);
  });

  it('a double that nobody saw is taken away by the next read', async () => {
    const { client, index, idsOf, writer, rollover } = await stream();
    await writer().write([item('a')], signal);
    await rollover();
    await client.create({ index, id: 'a', document: { '@timestamp': new Date(TIME).toISOString() } });
    expect(await idsOf()).toEqual(['a', 'a']);
    const wrong = createExactWriter({ client: await withClock(-HOUR), index, beforeCreation, owe });
    expect(await wrong.write([item('a')], signal)).toMatchObject({ repaired: 1 });
    expect(await idsOf()).toEqual(['a']);
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
