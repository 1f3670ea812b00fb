/** What a soak judges by: the vendor's own list, and whether a series grows. */
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { samplesText, trendsText, type SoakSample } from '../../bench/soak-report.ts';
import { compareStored } from '../../bench/soak-tenants.ts';
import { trendOf } from '../../bench/trend.ts';
import { countIn, firstFrom, secondOf, startVendor, type Traffic } from '../../bench/vendor.ts';
import { createElasticsearch } from '../../src/adapters/elasticsearch/client.ts';
import { freshNamespace } from '../support/world.ts';

const MINUTE = 60_000;
const now = Math.floor(Date.now() / 1_000);

type Listed = { readonly id: string; readonly event_time: number };

/** Every page of what the vendor lists, until it says that no more follow. */
async function listAll(url: string, traffic: Traffic, start: number, end: number): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let page_token: string | undefined; ;) {
    const reply = await fetch(`${url}/list_data`, {
      method: 'POST',
      headers: { authorization: `Bearer t-${traffic.appId}` },
      body: JSON.stringify({ start_time: start, end_time: end, page_size: 100, page_token }),
    });
    const { data } = (await reply.json()) as { data: { items: Listed[]; has_more: boolean; page_token: string } };
    found.push(...data.items);
    if (!data.has_more) return found;
    page_token = data.page_token;
  }
}

describe("the bench's vendor", () => {
  it.each([0.3, 1, 7, 120, 5_000])(
    'lists each of %s events a minute once, in its second, page by page',
    async (rate) => {
      const traffic = { appId: 'cli_a', perMinute: rate, from: now - 600, to: now - 60 };
      const vendor = await startVendor([traffic]);
      onTestFinished(() => vendor.close());
      const [first, rest] = [
        await listAll(vendor.url, traffic, now - 700, now - 301),
        await listAll(vendor.url, traffic, now - 300, now),
      ];
      const all = [...first, ...rest];
      expect(all.map(({ id }) => Number(id))).toEqual(
        Array.from({ length: firstFrom(traffic, now) }, (_, number) => number),
      );
      expect(all).toHaveLength(countIn(traffic, now - 700, now));
      expect(Math.abs(all.length - rate * 9)).toBeLessThanOrEqual(1);
      for (const { id, event_time: time } of all) expect(time).toBe(secondOf(traffic, Number(id)));
      expect(vendor.calls()).toBe(
        Math.max(1, Math.ceil(first.length / 100)) + Math.max(1, Math.ceil(rest.length / 100)),
      );
    },
  );

  it('lists nothing of the future, and what is late only later', async () => {
    const late = { every: 10, seconds: 3_600 };
    const traffic = { appId: 'cli_a', perMinute: 60, from: now - 300, to: now + 300, late };
    const vendor = await startVendor([traffic]);
    onTestFinished(() => vendor.close());
    const ids = (await listAll(vendor.url, traffic, now - 300, now + 300)).map(({ id }) => Number(id));
    expect(ids.length).toBeGreaterThan(260);
    expect(Math.max(...ids)).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000) - traffic.from);
    expect(ids.filter((number) => number % 10 === 0)).toEqual([]);
  });
});

describe('a soak', () => {
  it('names what is missing, what is there twice and what the vendor never had', async () => {
    const client = createElasticsearch({ url: inject('elasticsearchUrl') });
    onTestFinished(() => client.close());
    const index = freshNamespace();
    const traffic = { appId: 'cli_a', perMinute: 60, from: now - 60, to: now - 55 };
    const mappings = {
      properties: { 'event.id': { type: 'keyword' }, 'organization.id': { type: 'keyword' } },
    } as const;
    await client.indices.create({ index, mappings });
    onTestFinished(async () => void (await client.indices.delete({ index })));
    const documents = ['0', '1', '3', '3', '99'].map((id) => ({ event: { id }, organization: { id: 'acme' } }));
    await client.bulk({ index, operations: documents.flatMap((document) => [{ index: {} }, document]) });

    const { events, missing, double } = await compareStored([{ id: 'acme', traffic }], client, index);
    expect(events).toBe(5);
    expect(missing.map((line) => line.split(' of ')[0])).toEqual(['acme: 2', 'acme: 4']);
    expect(double.map((line) => line.split(' of ')[0])).toEqual(['acme: 3', 'acme: 99, which the vendor never listed']);
  });

  const sample = (minute: number, residentMb: number): SoakSample => ({
    at: minute * MINUTE,
    lag: { p50: 0, p95: 1, most: 2 },
    callsPerMinute: 100,
    kills: 0,
    processes: [{ name: 'worker 1', residentMb, handles: 40 }],
  });

  it('tells memory that grows from memory that goes up and down', () => {
    const minutes = Array.from({ length: 90 }, (_, minute) => minute);
    const growing = minutes.map((minute) => sample(minute, 200 + minute));
    const level = minutes.map((minute) => sample(minute, 200 + (minute % 7) * 5));
    expect(trendsText(growing, [0])).toMatch(/RSS in MB +60\.0 .*grows/);
    expect(trendsText(level, [0])).toMatch(/RSS in MB .*flat/);
    expect(trendsText(growing.slice(0, 20), [0])).toContain('too short to tell');
    expect(trendOf([])).toBeUndefined();
  });

  it('shows about a dozen lines, the last of them the end', () => {
    const lines = samplesText(Array.from({ length: 100 }, (_, minute) => sample(minute, 200))).split('\n');
    expect(lines).toHaveLength(14);
    expect(lines.at(-2)).toMatch(/^99\.0 /);
  });
});
