/** What the analyst opens: saved searches, hunts, the map, tags, in both languages, on documents that the pipeline has written. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionPart } from '../../src/app/kibana/collection.ts';
import { auditPart } from '../../src/sources/feishu/kibana/part.ts';
import { library } from '../../src/app/kibana/library.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import type { SavedObject } from './check.ts';
import { collected, type Collected } from './collected.ts';
import { complaintsAbout, eachDay, missing, requestsOf, type Request } from './library.ts';

const read = (language: 'en' | 'zh'): SavedObject[] => library(sourceDefinitions, [language]);
const english = read('en');
const hunts = [...auditPart.hunts, ...collectionPart(sourceDefinitions).hunts];
const requests = requestsOf(english);
const DAY = 86_400_000;
/** Rows that one sees in Discover without scrolling. */
const SCREEN = 25;

function damaged(from: RegExp, to: string): SavedObject[] {
  const lines = english.map((object) => JSON.stringify(object));
  const at = lines.findIndex((line) => from.test(line));
  if (at < 0) throw new Error(`nothing to damage: ${String(from)}`);
  return lines.with(at, (lines[at] as string).replace(from, to)).map((line) => JSON.parse(line) as SavedObject);
}

describe('the library', () => {
  it.each(['en', 'zh'] as const)(
    'refers to nothing that is not there, and to nothing of the other language (%s)',
    (language) => {
      expect(complaintsAbout(read(language), language)).toEqual([]);
    },
  );

  it.each<[string, RegExp, string, RegExp]>([
    [
      'a data view that is not bundled',
      /"id":"shenji-window","name":"kibana/,
      '"id":"elsewhere","name":"kibana',
      /not bundled/,
    ],
    [
      'a search whose data view has another name',
      /"name":"kibanaSavedObjectMeta.searchSourceJSON.index"/,
      '"name":"index"',
      /asks for the reference kibana/,
    ],
    [
      'a layer without its data view',
      /"name":"layer_1_source/,
      '"name":"layer_7_source',
      /asks for the reference layer_1/,
    ],
    [
      'an object without its tags',
      /"name":"tag-ref-shenji-tag"/,
      '"name":"tag-ref-shenji-tag-feishu"',
      /two references of one name/,
    ],
    [
      'a dashboard with a query of its own',
      /("type":"dashboard".*searchSourceJSON":"\{\\"query\\":\{\\"query\\":\\")/,
      '$1event.outcome: *',
      /has a query of its own/,
    ],
    [
      'a link to nowhere',
      /"name":"feishu-overview-navigation:link_shenji-feishu-app/,
      '"name":"feishu-overview-navigation:link_elsewhere',
      /asks for the reference feishu-overview-navigation:link/,
    ],
    [
      'a search of the other language',
      /"id":"shenji-feishu-calls"/,
      '"id":"shenji-feishu-calls-zh"',
      /another language/,
    ],
  ])('is refused with %s', (_, from, to, complaint) => {
    expect(complaintsAbout(damaged(from, to), 'en').join('\n')).toMatch(complaint);
  });

  it('has every object in both languages, each in its own words', () => {
    const translated = (object: SavedObject): boolean => !['index-pattern', 'tag'].includes(object.type);
    const names = (objects: readonly SavedObject[]): string[] =>
      objects.map(({ type, id }) => `${type}/${id.replace(/-zh$/, '')}`);
    expect(names(read('zh'))).toEqual(names(english));
    for (const { attributes } of read('zh').filter(translated)) expect(attributes['title']).toMatch(/[一-鿿]/);
    for (const { attributes } of english.filter(translated)) expect(attributes['title']).not.toMatch(/[一-鿿]/);
  });

  it('asks the same in both languages', () => {
    expect(
      requestsOf(read('zh')).map((request) => ({ ...request, where: request.where.replace(/-zh\b/, '') })),
    ).toEqual(requests);
  });

  it('has a saved search for each data view, so that Discover need not open with whole documents', () => {
    const searched = english.filter(({ type }) => type === 'search').flatMap(({ references }) => references);
    for (const { type, id } of english.filter((object) => object.type === 'index-pattern'))
      expect(searched).toContainEqual(expect.objectContaining({ type, id }));
  });
});

describe('on collected documents', () => {
  let data: Collected;
  beforeAll(async () => {
    data = await collected();
  }, 180_000);
  afterAll(() => data.close());
  const look = (request: Request): Promise<string[]> =>
    missing(data.world.elasticsearch, data.world.config.namespace, request);

  it.each(requests.map((request) => [request.where, request] as const))(
    '%s finds something, and fills its columns',
    async (_, request) => {
      expect(await look(request)).toEqual([]);
    },
  );

  it.each<[string, Partial<Request>, RegExp]>([
    ['a query that nothing matches', { query: 'event.action: "nothing"' }, /finds nothing/],
    ['a column that no mapping has', { shown: ['user.nickname'] }, /user\.nickname is not in the mapping/],
    ['a column that stays empty', { query: 'event.outcome: "success"', shown: ['error.code'] }, /error\.code is empty/],
    ['bars divided by what cannot be counted', { counted: ['error.message'] }, /error\.message cannot be counted/],
    ['circles by what is no place', { geoField: 'source.ip' }, /source\.ip is no place/],
  ])('%s is noticed', async (_, change, complaint) => {
    const calls = requests.find(({ where }) => where === 'shenji-feishu-calls') as Request;
    expect((await look({ ...calls, ...change })).join('\n')).toMatch(complaint);
  });

  const hunted = requests.filter(({ where }) => where.startsWith('shenji-hunt-'));
  it('there are ten hunts, and the page for analysts has them', () => {
    const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'analyst.md'), 'utf8');
    expect(hunted).toHaveLength(10);
    for (const { query } of hunts) expect(page).toContain(`\`\`\`kql\n${query}\n`);
  });

  it.each(hunted.map((request) => [request.where, request] as const))(
    '%s fits on a screen on an ordinary day',
    async (_, request) => {
      const days = await eachDay(data.world.elasticsearch, data.world.config.namespace, request, Date.now() - 2 * DAY);
      expect(days[Math.floor(days.length / 2)] ?? 0).toBeLessThanOrEqual(SCREEN);
    },
  );
});
