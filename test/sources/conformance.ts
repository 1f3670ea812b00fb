/** What every source must do, whatever its vendor. A new source runs this suite first, then its own cases. */
import { describe, expect, it } from 'vitest';
import { CollectionError, RetryableError, UnmappableRecord } from '../../src/sdk/errors.ts';
import { parseJson } from '../../src/sdk/json.ts';
import { createRedactor } from '../../src/core/documents/redact.ts';
import type { Page, Source, Window } from '../../src/sdk/source.ts';
import { lentContext, openBudget } from '../support/vendor.ts';

export type Conformance = {
  readonly name: string;
  /** A source against a vendor that serves `records` for the window, in as many pages as it likes. */
  readonly serving: () => Promise<{ source: Source; window: Window; expectedRecords: number }>;
  /** A source against a vendor that always answers HTTP 500. */
  readonly failing: () => Promise<{ source: Source; window: Window }>;
  /** A source against a vendor that never answers. */
  readonly hanging: () => Promise<{ source: Source; window: Window }>;
  /** Records that must go to the dead letters. */
  readonly unmappable: readonly unknown[];
};

async function collect(source: Source, window: Window, context = lentContext()): Promise<Page<unknown>[]> {
  const pages: Page<unknown>[] = [];
  for await (const page of source.fetchPages(window, context)) pages.push(page);
  return pages;
}

const fieldOf = (document: object, field: string): unknown =>
  field.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);

export function conformance({ name, serving, failing, hanging, unmappable }: Conformance): void {
  describe(`${name} conforms to the contract of a source`, () => {
    it('is named vendor.dataset', async () => {
      expect((await serving()).source.name).toMatch(/^[a-z]+\.[a-z_]+$/);
    });

    it("yields every record of the window, each page with the vendor's clock", async () => {
      const { source, window, expectedRecords } = await serving();
      const pages = await collect(source, window);
      expect(pages.flatMap(({ records }) => records)).toHaveLength(expectedRecords);
      for (const { vendorTime } of pages)
        expect(Math.abs((vendorTime?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it('yields at least one page, so that an empty window is proven empty', async () => {
      const { source } = await serving();
      const longAgo = { from: new Date('2019-01-01T16:00:00Z'), to: new Date('2019-01-02T16:00:00Z') };
      expect((await collect(source, longAgo)).length).toBeGreaterThanOrEqual(1);
    });

    it('takes from the budget before every call', async () => {
      const { source, window } = await serving();
      const budget = openBudget();
      const pages = await collect(source, window, lentContext('live', new AbortController().signal, budget));
      expect(budget.taken.length).toBe(pages.length);
    });

    it('gives the same record the same identity and time, and different ones different identities', async () => {
      const [first, second] = [await serving(), await serving()];
      const identities = async ({ source, window }: typeof first): Promise<string[]> => {
        const records = (await collect(source, window)).flatMap((page) => page.records);
        return records.map((record) => `${source.idOf(record)} ${source.timeOf(record).toISOString()}`);
      };
      const [before, after] = [await identities(first), await identities(second)];
      expect(after).toEqual(before);
      expect(new Set(before).size).toBe(before.length);
    });

    it('maps purely: the same record gives the same document, and is not changed by it', async () => {
      const { source, window } = await serving();
      for (const record of (await collect(source, window)).flatMap((page) => page.records)) {
        const before = JSON.stringify(record);
        const document = JSON.stringify(source.toDocument(record, parseJson));
        expect(JSON.stringify(source.toDocument(record, parseJson))).toBe(document);
        expect(JSON.stringify(record)).toBe(before);
        expect(new Date(source.toDocument(record, parseJson)['@timestamp'])).toEqual(source.timeOf(record));
      }
    });

    it('says what narrows it: the same for the same settings, sorted, true of each of its documents', async () => {
      const [first, second] = [await serving(), await serving()];
      expect(second.source.question).toEqual(first.source.question);
      const { source, window } = first;
      const { question, readings, passesShareRecords } = source;
      expect(readings === undefined).toBe(passesShareRecords);
      for (const values of Object.values(question)) expect(values).toEqual([...new Set(values)].toSorted());
      const own = readings === undefined ? {} : { [readings.field]: [readings.of('live')] };
      for (const record of (await collect(source, window)).flatMap((page) => page.records))
        for (const [field, values] of Object.entries({ ...question, ...own }))
          expect(values).toContain(fieldOf(source.toDocument(record, parseJson), field));
    });

    it('throws a failure that says what to do next, with vendor and API', async () => {
      const { source, window } = await failing();
      const error = await collect(source, window).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RetryableError);
      expect((error as CollectionError).details).toMatchObject({
        vendor: name.split('.')[0],
        api: expect.any(String) as string,
      });
    });

    it('stops at once when aborted, with the reason it was given', async () => {
      const { source, window } = await hanging();
      const controller = new AbortController();
      const reading = collect(source, window, lentContext('live', controller.signal));
      const reason = new Error('the lock was lost');
      setImmediate(() => controller.abort(reason));
      await expect(reading).rejects.toBe(reason);
    });

    it.each(unmappable.map((record) => ({ record })))('sends $record to the dead letters', async ({ record }) => {
      const { source } = await serving();
      expect(() => {
        source.idOf(record);
        source.timeOf(record);
        source.toDocument(record, parseJson);
      }).toThrow(UnmappableRecord);
    });

    it('declares no key to be harmless that is a secret', async () => {
      const { source, window } = await serving();
      const redactor = createRedactor({ keys: [], mode: 'remove' });
      for (const record of (await collect(source, window)).flatMap((page) => page.records)) {
        const planted = {
          ...(record as object),
          planted: { password: 'CANARY', app_secret: 'CANARY', authorization: 'CANARY' },
        };
        expect(JSON.stringify(redactor.value(planted, source.plainKeys(record)))).not.toContain('CANARY');
      }
    });
  });
}
