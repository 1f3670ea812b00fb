/** Every panel of every dashboard, on documents that the pipeline itself has written into a real Elasticsearch. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, checkObjects, controlFields, type Question, type SavedObject } from './check.ts';
import { collected, type Collected } from './collected.ts';

const read = (language: string): SavedObject[] =>
  readFileSync(path.join(import.meta.dirname, '..', '..', 'dashboards', `shenji.${language}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SavedObject);
const objects = read('en');
const { complaints, questions } = checkObjects(objects);

/** The objects with one text in them replaced, as a careless hand would. */
function damaged(from: RegExp | string, to: string): SavedObject[] {
  let hit = false;
  const changed = objects.map((object) => {
    const text = JSON.stringify(object);
    const other = hit ? text : text.replace(from, to);
    hit ||= other !== text;
    return JSON.parse(other) as SavedObject;
  });
  if (!hit) throw new Error(`nothing to damage: ${String(from)}`);
  return changed;
}

describe('the dashboards', () => {
  it('are five, in English and Chinese alike', () => {
    const titles = (of: readonly SavedObject[]): unknown[] => of.map(({ attributes }) => attributes['title']);
    expect(objects.filter(({ type }) => type === 'dashboard')).toHaveLength(5);
    const chinese = titles(read('zh').filter(({ type }) => type === 'dashboard'));
    expect(chinese.every((title) => /[一-鿿]/.test(String(title)))).toBe(true);
  });

  it('refer to nothing that is not there', () => {
    expect(complaints).toEqual([]);
    expect(checkObjects(read('zh')).complaints).toEqual([]);
  });

  it.each([
    [
      'a data view that is not bundled',
      /"id":"shenji-window","type":"index-pattern"/,
      '"id":"elsewhere","type":"index-pattern"',
      /not bundled/,
    ],
    [
      'a dashboard-level reference that is missing',
      /"name":"volume:indexpattern/,
      '"name":"other:indexpattern',
      /would load for ever/,
    ],
    [
      'a panel-level reference that is missing',
      /\\"name\\":\\"indexpattern-datasource-layer-layer\\"/,
      String.raw`\"name\":\"other\"`,
      /would load for ever/,
    ],
    [
      'an unknown operation',
      /\\"operationType\\":\\"terms\\"/,
      String.raw`\"operationType\":\"topmost\"`,
      /unknown operation/,
    ],
    [
      'a column that is shown and not there',
      /\\"metricAccessor\\":\\"calls\\"/,
      String.raw`\"metricAccessor\":\"nothing\"`,
      /which is not there/,
    ],
    [
      'an order by a column that is gone',
      /\\"columnId\\":\\"calls\\"\}/,
      String.raw`\"columnId\":\"gone\"}`,
      /which is not there/,
    ],
    ['broken panelsJSON', /"panelsJSON":"\[/, '"panelsJSON":"', /panelsJSON/],
    ['a control without data view', /"name":"controlGroup_app:/, '"name":"controlGroup_other:', /has no data view/],
    ['a drill-down that leads nowhere', /"name":"top-apps:drilldown/, '"name":"lost:drilldown', /leads nowhere/],
    ['no filter on the dataset', /\\"filter\\":\[\{/, String.raw`\"filter\":[],\"x\":[{`, /filtered on no dataset/],
  ])('are refused with %s', (_, from, to, complaint) => {
    expect(checkObjects(damaged(from, to)).complaints.join('\n')).toMatch(complaint);
  });
});

describe('on collected documents', () => {
  let data: Collected;
  beforeAll(async () => {
    data = await collected();
  }, 180_000);
  afterAll(() => data.close());

  const asked = (question: Question): Promise<string[]> =>
    ask(data.world.elasticsearch, data.world.config.namespace, question);

  it.each(questions.map((question) => [question.where, question] as const))(
    '%s shows something',
    async (_, question) => {
      expect(await asked(question)).toEqual([]);
    },
  );

  it.each(objects.filter(({ type }) => type === 'dashboard').map((dashboard) => [dashboard.id, dashboard] as const))(
    '%s has controls that offer something',
    async (_, dashboard) => {
      const dataView = dashboard.references.find(({ name }) => name.startsWith('controlGroup_'));
      const view = objects.find(({ id }) => id === dataView?.id);
      const index = String(view?.attributes['title']).replace(/-\*$/, `-${data.world.config.namespace}`);
      for (const field of controlFields(dashboard)) {
        const { aggregations } = await data.world.elasticsearch.search({
          index,
          size: 0,
          aggs: { values: { terms: { field } } },
        });
        expect({ field, found: ((aggregations ?? {})['values'] as { buckets: unknown[] }).buckets.length > 0 }).toEqual(
          {
            field,
            found: true,
          },
        );
      }
    },
  );

  it.each([
    [
      'a field that no mapping has',
      /\\"sourceField\\":\\"event.outcome\\"/,
      String.raw`\"sourceField\":\"event.result\"`,
      /is not in the mapping/,
    ],
    [
      'a text that cannot be counted',
      /\\"sourceField\\":\\"shenji.reason\\"/,
      String.raw`\"sourceField\":\"error.message\"`,
      /cannot be counted/,
    ],
    ['a query that nothing matches', /(shenji\.window\.pass: \\+")live/, '$1never', /no results|no value/],
    [
      'a dataset that does not exist',
      /data_stream\.dataset\\":\\"feishu\.openapi_audit/,
      String.raw`data_stream.dataset\":\"feishu.audit`,
      /no results|no value/,
    ],
  ])('a panel with %s is noticed', async (_, from, to, complaint) => {
    const all: string[] = [];
    for (const question of checkObjects(damaged(from, to)).questions) all.push(...(await asked(question)));
    expect(all.join('\n')).toMatch(complaint);
  });
});
