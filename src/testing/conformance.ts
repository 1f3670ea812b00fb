/** What every source must do, whatever its vendor: run these first, then the cases of its own. */
import assert from 'node:assert/strict';
import { fieldTypes, toImport } from '../app/rules/format.ts';
import { dataStreamTemplates, mappingOf } from '../adapters/elasticsearch/templates.ts';
import { configSchemaOf } from '../config/schema.ts';
import { settingsOf } from '../config/secrets.ts';
import { createRedactor } from '../core/documents/redact.ts';
import { sourceDefinitions } from '../sources/index.ts';
import type { SourceInstance } from '../sdk/definition.ts';
import { UnmappableRecord } from '../sdk/errors.ts';
import { parseJson } from '../sdk/json.ts';
import type { Page, Source, Window } from '../sdk/source.ts';
import type { Conformance } from './conformance-spec.ts';
import { failureChecks } from './conformance-failures.ts';
import { fieldOf, namesIn, unmarkedIn } from './inspect.ts';
import { documentOf, openSource, readAll } from './open-source.ts';
import { openBudget, sourceContext, standInVendor, type Answering } from './stand-in.ts';

/** `run` rejects where the source does not do it. */
export type Check = { readonly name: string; readonly run: () => Promise<void> };

const CLOCK_TOLERANCE_MS = 60_000;
const SERVERS = { elasticsearch: { url: 'http://127.0.0.1:9200' }, redis: { url: 'redis://127.0.0.1' } };
/** Secrets under names that nobody could take for anything else. */
const PLANTED = { password: 'CANARY', app_secret: 'CANARY', authorization: 'CANARY' };

/** Checks of the contract, for `for (const { name, run } of conformance({ … })) it(name, run);`. */
// oxlint-disable-next-line max-lines-per-function -- a table: one entry for each check
export function conformance(spec: Conformance): readonly Check[] {
  const { definition, configured, window, expectedRecords, unmappable } = spec;

  async function opened(answering: Conformance['serving']): Promise<SourceInstance> {
    const { url } = typeof answering === 'function' ? await standInVendor(answering) : answering;
    return openSource(definition, configured(url));
  }

  const sourceAt = async (answering: Conformance['serving']): Promise<Source> => (await opened(answering)).source;

  /** Every call but those that sign in has to find a call that was taken before it. */
  async function budgeted(answering: Answering): Promise<void> {
    const budget = openBudget();
    const unpaid: string[] = [];
    let made = 0;
    const source = await sourceAt((call, nth) => {
      if (spec.signIn?.(call) === undefined) made += 1;
      if (made > budget.taken.length) unpaid.push(`${call.method} ${call.path}`);
      return answering(call, nth);
    });
    await pagesOf(source, window, sourceContext({ budget }));
    const remedy =
      'calls for which nothing was taken from context.budget before; a call that signs in is answered by signIn';
    assert.deepEqual(unpaid, [], remedy);
    assert.ok(made > 0, 'no call came to the vendor at all');
  }

  const serving = (): Promise<Source> => sourceAt(spec.serving);
  const refusing = (answer: ReturnType<Answering>): Promise<Source> =>
    sourceAt((call) => spec.signIn?.(call) ?? answer);
  const pagesOf = (source: Source, wanted: Window, context = sourceContext()): Promise<Page<unknown>[]> =>
    readAll(source.fetchPages(wanted, context));
  const recordsOf = async (source: Source): Promise<unknown[]> =>
    (await pagesOf(source, window)).flatMap(({ records }) => records);

  const checks: Readonly<Record<string, () => Promise<void>>> = {
    'makes documents of its example and of what it reads, of fields that are all mapped': async () => {
      const { example } = definition;
      const instance = await openSource(definition, example);
      const template = dataStreamTemplates([definition], '1d')[0];
      const mapped = new Set(template === undefined ? [] : Object.keys(mappingOf(template)));
      const read = await recordsOf(await serving());
      const strangers = [example.record, ...read].flatMap((record) =>
        namesIn(documentOf(definition, instance, record, Date.now()), mapped).filter((name) => !mapped.has(name)),
      );
      assert.deepEqual(
        [...new Set(strangers)],
        [],
        'fields that dataStream.ecsFields and dataStream.fields do not name',
      );
    },

    'marks its credentials with secret(…)': async () => {
      const written = { ...SERVERS, tenants: [{ id: 'acme', [definition.vendor.name]: definition.example.vendor }] };
      const unmarked = unmarkedIn(settingsOf(configSchemaOf([definition])), written);
      assert.deepEqual(unmarked, [], 'settings that are called like a credential: their values would stand in the log');
    },

    "yields every record of the window, each page with the vendor's clock": async () => {
      const source = await serving();
      const pages = await pagesOf(source, window);
      const records = pages.flatMap((page) => page.records);
      const inside = records.filter((record) => {
        const time = source.timeOf(record);
        return time >= window.from && time < window.to;
      });
      const beside = records.length - inside.length;
      assert.equal(
        inside.length,
        expectedRecords,
        `${inside.length} records of the window came, and ${beside} beside it`,
      );
      for (const { vendorTime } of pages) {
        const off = Math.abs((vendorTime?.getTime() ?? 0) - Date.now());
        assert.ok(off < CLOCK_TOLERANCE_MS, "vendorTime must be the Date header of the page's answer");
      }
    },

    'yields at least one page, so that an empty window is proven empty': async () => {
      const longAgo = { from: new Date('2019-01-01T16:00:00Z'), to: new Date('2019-01-02T16:00:00Z') };
      const pages = await pagesOf(await serving(), longAgo);
      const records = pages.flatMap((page) => page.records);
      if (spec.isTimeless !== true)
        assert.equal(records.length, 0, 'the stand-in must have nothing for 2019, else nothing is tried here');
      assert.ok(pages.length > 0, 'no page came, not even an empty one');
    },

    'takes from the budget before every call': async () => {
      const { serving: answering } = spec;
      if (typeof answering === 'function') return budgeted(answering);
      const budget = openBudget();
      await pagesOf(await serving(), window, sourceContext({ budget }));
      assert.ok(budget.taken.length > 0, 'nothing was taken from context.budget');
    },

    'gives the same record the same identity and time, and different ones different identities': async () => {
      const identities = async (source: Source): Promise<string[]> =>
        (await recordsOf(source)).map((record) => `${source.idOf(record)} ${source.timeOf(record).toISOString()}`);
      const [before, after] = [await identities(await serving()), await identities(await serving())];
      assert.deepEqual(after, before);
      assert.equal(new Set(before).size, before.length);
    },

    'maps purely: the same record gives the same document, and is not changed by it': async () => {
      const source = await serving();
      for (const record of await recordsOf(source)) {
        const before = JSON.stringify(record);
        const document = source.toDocument(record, parseJson);
        assert.deepEqual(JSON.stringify(source.toDocument(record, parseJson)), JSON.stringify(document));
        assert.equal(JSON.stringify(record), before);
        assert.deepEqual(new Date(document['@timestamp']), source.timeOf(record));
      }
    },

    'says what narrows it: the same for the same settings, sorted, true of each of its documents': async () => {
      const [source, again] = [await serving(), await serving()];
      assert.deepEqual(again.question, source.question);
      const { question, readings } = source;
      for (const values of Object.values(question)) assert.deepEqual(values, [...new Set(values)].toSorted());
      const own = readings === undefined ? {} : { [readings.field]: [readings.of('live')] };
      for (const record of await recordsOf(source))
        for (const [field, values] of Object.entries({ ...question, ...own }))
          assert.ok(
            values.includes(String(fieldOf(source.toDocument(record, parseJson), field))),
            `${field} must be one of ${values.join(', ')}`,
          );
    },

    ...failureChecks({ spec, opened, refusing, pagesOf }),

    'declares no key to be harmless that is a secret': async () => {
      const source = await serving();
      const redactor = createRedactor({ keys: [], mode: 'remove' });
      for (const record of await recordsOf(source)) {
        const planted = { ...(record as object), planted: PLANTED };
        const clean = JSON.stringify(redactor.value(planted, source.plainKeys(record)));
        assert.ok(!clean.includes('CANARY'), clean);
      }
    },

    'has rules of its own, over fields that are mapped': async () => {
      const types = fieldTypes([definition]);
      const taken = new Set(
        sourceDefinitions
          .filter(({ name }) => name !== definition.name)
          .flatMap(({ rules }) => rules.map(({ key }) => key)),
      );
      for (const { key } of definition.rules)
        assert.ok(!taken.has(key), `the key ${key} is another source's; begin yours with ${definition.vendor.name}-`);
      for (const rule of definition.rules) toImport(rule, `${definition.dataStream.type}-${definition.name}-*`, types);
    },

    ...Object.fromEntries(
      unmappable.map((record) => [
        `sends ${JSON.stringify(record)} to the dead letters`,
        async () => {
          const source = await serving();
          assert.throws(() => {
            source.idOf(record);
            source.timeOf(record);
            source.toDocument(record, parseJson);
          }, UnmappableRecord);
        },
      ]),
    ),
  };
  return Object.entries(checks).map(([name, run]) => ({ name: `${definition.name} ${name}`, run }));
}
