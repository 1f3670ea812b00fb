import { inject } from 'vitest';
import { describe, expect, it } from 'vitest';
import { createBulkWriter } from '../../../src/adapters/elasticsearch/bulk.ts';
import { createElasticsearch } from '../../../src/adapters/elasticsearch/client.ts';
import { DestinationUnavailableError } from '../../../src/sdk/errors.ts';
import type { BulkItem } from '../../../src/core/collecting/writer.ts';
import { standInVendor, type Answer } from '../../../src/testing/stand-in.ts';
import { simulator } from '../../support/simulator.ts';
import { freshNamespace, openWorld, rawConfig } from '../../support/world.ts';

const signal = new AbortController().signal;
const PRODUCT = {
  'X-elastic-product': 'Elasticsearch',
  'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
};
const quick = { backoff: { baseMs: 1, maxMs: 5 }, tries: 4 };
const document = (id: string, more: object = {}): BulkItem => ({
  id,
  document: JSON.stringify({ '@timestamp': '2026-01-01T00:00:00Z', ...more }),
});
const linesOf = (body: string): string[] =>
  body
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{"create"'));
const idsOf = (body: string): string[] =>
  linesOf(body).map((line) => (JSON.parse(line) as { create: { _id: string } }).create._id);

/** A writer against a server that answers as told; `nth` counts bulks from 0. */
async function told(answer: (ids: string[], nth: number) => Answer) {
  const vendor = await standInVendor((call, nth) => {
    const found = answer(idsOf(call.body), nth);
    return typeof found === 'function' ? found : { ...found, headers: { ...PRODUCT, ...found.headers } };
  });
  const writer = createBulkWriter({ client: createElasticsearch({ url: vendor.url }), index: 'logs-x-y', ...quick });
  return { writer, vendor };
}
const items = (statuses: object[]): Answer => ({
  body: { errors: true, items: statuses.map((status) => ({ create: status })) },
});

describe('the bulk writer, on a real Elasticsearch', () => {
  it('creates, finds duplicates and rejects what the mapping refuses, each by position', async () => {
    const world = await openWorld(rawConfig(await simulator({ events: 1 })));
    const index = `logs-feishu.openapi_audit-${world.config.namespace}`;
    const writer = createBulkWriter({ client: world.elasticsearch, index });
    const bad = document('bad', { source: { ip: 'no address' } });
    const first = await writer.write([document('a'), bad, document('b')], signal);
    expect(first.map(({ kind }) => kind)).toEqual(['created', 'rejected', 'created']);
    expect(first[1]).toMatchObject({ reason: expect.stringContaining('document_parsing_exception') as string });
    const second = await writer.write([document('b'), document('c'), document('c')], signal);
    expect(second.map(({ kind }) => kind)).toEqual(['duplicate', 'created', 'duplicate']);
  });

  it('never creates a plain index where the template is missing, and says what to do', async () => {
    const client = createElasticsearch({ url: inject('elasticsearchUrl') });
    const index = `logs-shenji.nothing-${freshNamespace()}`;
    const writer = createBulkWriter({ client, index, ...quick });
    await expect(writer.write([document('a')], signal)).rejects.toThrow(/run "shenji setup"/);
    expect(await client.indices.exists({ index })).toBe(false);
  });

  it('splits what is too large as a whole, and rejects only a document that is too large alone', async () => {
    const { writer, vendor } = await told((ids) =>
      ids.length > 2 || ids.includes('huge') ? { status: 413, body: {} } : items(ids.map(() => ({ status: 201 }))),
    );
    const outcomes = await writer.write(
      ['a', 'b', 'huge', 'c', 'd'].map((id) => document(id)),
      signal,
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'created', 'rejected', 'created', 'created']);
    expect(vendor.calls.length).toBeGreaterThan(3);
  });
});

describe('the bulk writer, when the destination is in trouble', () => {
  it.each([429, 503, 500, 403, 404])('sends only the items with status %i again', async (status) => {
    const { writer, vendor } = await told((ids, nth) =>
      items(ids.map((id) => (id === 'b' && nth === 0 ? { status, error: { type: 'x' } } : { status: 201 }))),
    );
    const outcomes = await writer.write([document('a'), document('b'), document('c')], signal);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'created', 'created']);
    expect(vendor.calls.map(({ body }) => idsOf(body))).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it("takes a 400 that is not the document's fault for the destination's", async () => {
    const { writer } = await told((ids) =>
      items(ids.map(() => ({ status: 400, error: { type: 'validation_exception', reason: 'shard limit' } }))),
    );
    await expect(writer.write([document('a')], signal)).rejects.toThrow(DestinationUnavailableError);
  });

  it('takes a document in the failure store for rejected', async () => {
    const { writer } = await told((ids) => items(ids.map(() => ({ status: 201, failure_store: 'used' }))));
    expect(await writer.write([document('a')], signal)).toMatchObject([
      { kind: 'rejected', reason: expect.stringContaining('failure store') as string },
    ]);
  });

  it.each<[string, Answer]>([
    ['a reset', (response) => void response.socket?.resetAndDestroy()],
    ['HTTP 503 for the whole', { status: 503, body: {} }],
    ['HTTP 429 for the whole', { status: 429, body: {} }],
  ])('sends everything again after %s', async (_, trouble) => {
    const { writer, vendor } = await told((ids, nth) =>
      nth === 0 ? trouble : items(ids.map(() => ({ status: 409 }))),
    );
    expect(await writer.write([document('a'), document('b')], signal)).toEqual([
      { kind: 'duplicate' },
      { kind: 'duplicate' },
    ]);
    expect(vendor.calls).toHaveLength(2);
  });

  it('gives up with what was said last, and what to do', async () => {
    const { writer, vendor } = await told(() => ({ status: 401, body: { error: { type: 'security_exception' } } }));
    await expect(writer.write([document('a')], signal)).rejects.toThrow(
      /401 security_exception; check elasticsearch.apiKey/,
    );
    expect(vendor.calls).toHaveLength(4);
  });

  it('stops before the next bulk when aborted', async () => {
    const controller = new AbortController();
    const { writer, vendor } = await told(() => {
      controller.abort(new Error('the lock was lost'));
      return { status: 503, body: {} };
    });
    await expect(writer.write([document('a')], controller.signal)).rejects.toThrow('the lock was lost');
    expect(vendor.calls).toHaveLength(1);
  });
});
