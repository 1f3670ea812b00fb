/** What many sources ask and write at once, on a real Elasticsearch. */
import { describe, expect, it } from 'vitest';
import { statusOf, typeOf } from '../../../src/adapters/elasticsearch/client.ts';
import { createGathered, createGet, createPut, createSearch } from '../../../src/adapters/elasticsearch/together.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

/** An index with three numbered documents, and the requests that were sent since. */
async function numbers() {
  const { elasticsearch: client, config } = await openWorld(rawConfig(await simulator({ events: 1 })));
  const index = `together-${config.namespace}`;
  const operations = [1, 2, 3].flatMap((n) => [{ index: { _id: `${n}` } }, { n }]);
  await client.bulk({ index, operations, refresh: true });
  const sent: string[] = [];
  client.diagnostic.on('request', (_, request) => void sent.push(String(request?.meta.request.params.path)));
  return { client, index, sent };
}

describe('what is asked in the same moment', () => {
  it('goes out as one request, each with its own answer', async () => {
    const { client, index, sent } = await numbers();
    const search = createSearch(client);
    const found = await Promise.all([1, 2, 3].map((n) => search<{ n: number }>({ index, query: { term: { n } } })));
    expect(found.map(({ hits }) => hits.hits[0]?._source?.n)).toEqual([1, 2, 3]);
    expect(sent).toEqual(['/_msearch']);
  });

  it('fails each for itself, as it would alone', async () => {
    const { client, index } = await numbers();
    const search = createSearch(client);
    const [missing, wrong, right] = await Promise.allSettled([
      search({ index: `${index}-gone` }),
      search({ index, query: { range: { n: { gt: 'no number' } } } }),
      search({ index }),
    ]);
    const reasonOf = (one: PromiseSettledResult<unknown>): unknown =>
      one.status === 'rejected' ? one.reason : undefined;
    expect(typeOf(reasonOf(missing))).toBe('index_not_found_exception');
    expect(statusOf(reasonOf(wrong))).toBe(400);
    expect(right.status).toBe('fulfilled');
  });

  it('refuses an answer that lacks a shard, also in company', async () => {
    const { client, index } = await numbers();
    const away = `${index}-away`;
    const settings = { 'index.routing.allocation.require._name': 'nobody' };
    await client.indices.create({ index: away, settings, wait_for_active_shards: 0 });
    const search = createSearch(client);
    const whole = { index: `${index}*`, allow_partial_search_results: false };
    const found = await Promise.allSettled([search(whole), search({ index })]);
    expect(found.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('is nothing where a document, or all of its index, is not there', async () => {
    const { client, index, sent } = await numbers();
    const get = createGet<{ n: number }>(client, index);
    const found = await Promise.all(['1', 'none', '3'].map(get));
    expect(found.map((hit) => hit?._source?.n)).toEqual([1, undefined, 3]);
    expect(sent).toHaveLength(1);
    expect(await createGet(client, `${index}-gone`)('1')).toBeUndefined();
  });
});

describe('what is written in the same moment', () => {
  it('is told apart: one is written, one is outdated', async () => {
    const { client, index, sent } = await numbers();
    const { _seq_no: seqNo = 0, _primary_term: primaryTerm = 0 } = (await createGet(client, index)('1')) ?? {};
    const put = createPut(client, index);
    const version = { seqNo, primaryTerm, refresh: false };
    const outcomes = await Promise.all([
      put({ id: '1', document: { n: 10 }, ...version }),
      put({ id: '2', document: { n: 20 }, ...version }),
    ]);
    expect(outcomes).toEqual(['written', 'outdated']);
    expect(sent.filter((path) => path.endsWith('/_bulk'))).toHaveLength(1);
  });

  it('goes at intervals, with all that came meanwhile, and waits for no answer', async () => {
    const batches: number[][] = [];
    const held = Promise.withResolvers<void>();
    const write = createGathered(async (items: readonly number[]) => {
      batches.push([...items]);
      if (batches.length === 1) await held.promise;
      return items.map(String);
    });
    const first = write(1);
    await expect.poll(() => batches).toEqual([[1]]);
    expect(await Promise.all([write(2), write(3)])).toEqual(['2', '3']);
    expect(batches).toEqual([[1], [2, 3]]);
    held.resolve();
    expect(await first).toBe('1');
  });

  it('does not wait for ever for one that hangs', async () => {
    const hung = new Promise<string[]>(() => undefined);
    let tries = 0;
    const write = createGathered((items: readonly number[]) => {
      tries += 1;
      return tries === 1 ? hung : Promise.resolve(items.map(String));
    });
    void write(1);
    await expect.poll(() => tries).toBe(1);
    expect(await write(2)).toBe('2');
  });

  it('goes on after a batch that failed', async () => {
    let tries = 0;
    const write = createGathered(async (items: readonly number[]) => {
      tries += 1;
      if (tries === 1) throw new Error('away');
      return items.map(String);
    });
    await expect(write(1)).rejects.toThrow('away');
    expect(await write(2)).toBe('2');
  });
});
