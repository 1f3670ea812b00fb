/** A later version of a rule, and what somebody has changed in it since: each field by itself. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKibana } from '../../../src/adapters/kibana/client.ts';
import { importRules, type Imported } from '../../../src/adapters/kibana/import.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import { firstHash } from '../../../src/adapters/kibana/shipped.ts';
import { attack } from '../../../src/sdk/attack.ts';
import { kibanaStandIn } from './stand-in.ts';

const FIRST: Rule = {
  rule_id: 'a-rule',
  name: 'Burst',
  description: 'Many of them.',
  type: 'threshold',
  index: ['logs-acme.audit-default'],
  query: 'event.outcome: "failure"',
  language: 'kuery',
  from: 'now-30m',
  interval: '5m',
  threshold: { field: ['user.id'], value: 10, cardinality: [] },
  severity: 'medium',
  risk_score: 47,
  threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
  tags: ['shenji', 'shenji:burst', 'Tactic: Discovery'],
  note: 'Look.',
  false_positives: ['A release.'],
  author: ['shenji'],
  license: 'Apache-2.0',
  timestamp_override: 'event.ingested',
  max_signals: 100,
  version: 1,
  required_fields: [{ name: 'user.id', type: 'keyword', ecs: true }],
  enabled: false,
};
const NEXT: Rule = { ...FIRST, query: 'event.outcome: "failure" and user.id: *', version: 2 };

type Json = Record<string, unknown>;

/** A Kibana that has `first`, as our version of then imported it. */
async function world(first: Rule = FIRST) {
  const standIn = await kibanaStandIn();
  const kibana = createKibana({ url: standIn.url, space: 'default' });
  onTestFinished(() => kibana.close());
  const there = (): Json => standIn.rules.get(FIRST.rule_id) ?? {};
  const ship = async (rule: Rule, overwrite = false): Promise<Imported | undefined> =>
    (await importRules(kibana, [rule], overwrite))[0];
  /** What somebody saves in Kibana; `undefined` takes an attribute away. */
  const edit = (changes: Json): void => {
    const edited = { ...there(), ...changes, revision: Number(there()['revision'] ?? 0) + 1 };
    standIn.rules.set(FIRST.rule_id, JSON.parse(JSON.stringify(edited)) as Json);
  };
  await ship(first);
  /** Instead of what was imported: the rule as the first form of the tag marked it, or no form at all. */
  const instead = (rule: Rule, tags: readonly string[], revision: number): void => {
    standIn.rules.set(FIRST.rule_id, { ...there(), ...rule, tags: [...rule.tags, ...tags], revision });
  };
  return { there, ship, edit, instead };
}

const ownTags = (rule: Json): string[] =>
  (rule['tags'] as string[]).filter((tag) => !tag.startsWith('shenji:content-'));
const EXCLUDED = { meta: { negate: true, key: 'user.id' }, query: { match_phrase: { 'user.id': 'a-scanner' } } };

describe('a later version of a rule', () => {
  it('brings its query, and keeps the number of alerts, the filter and the tag of a user', async () => {
    const { there, ship, edit } = await world();
    edit({ max_signals: 500, filters: [EXCLUDED], tags: [...(there()['tags'] as string[]), 'team: blue'] });
    expect(await ship(NEXT)).toEqual({
      kind: 'rule',
      name: 'Burst',
      change: 'updated',
      reason: 'kept: filters, max_signals (changed here; --overwrite-rules takes ours); your tags stay: team: blue',
    });
    expect(there()).toMatchObject({ query: NEXT.query, version: 2, max_signals: 500, filters: [EXCLUDED] });
    expect(ownTags(there())).toEqual([...FIRST.tags, 'team: blue']);
    expect(await ship(NEXT)).toMatchObject({ change: 'left alone', reason: expect.stringContaining('max_signals') });
  });

  it.each<[string, Json]>([
    ['query', { query: 'user.id: "theirs"' }],
    ['index', { index: ['logs-*'] }],
    ['index, data_view_id', { index: undefined, data_view_id: 'theirs' }],
    ['filters', { filters: [EXCLUDED] }],
    ['threshold', { threshold: { field: ['user.id'], value: 99, cardinality: [] } }],
    ['from', { from: 'now-31m' }],
    ['interval', { interval: '1h' }],
    ['severity', { severity: 'low' }],
    ['severity_mapping', { severity_mapping: [{ field: 'a', operator: 'equals', value: 'b', severity: 'low' }] }],
    ['risk_score', { risk_score: 1 }],
    ['risk_score_mapping', { risk_score_mapping: [{ field: 'a', operator: 'equals', value: '' }] }],
    ['threat', { threat: [] }],
    ['note', { note: 'Theirs.' }],
    ['setup', { setup: 'Theirs.' }],
    ['investigation_fields', { investigation_fields: { field_names: ['user.id'] } }],
    ['references', { references: ['https://example.com'] }],
    ['false_positives', { false_positives: [] }],
    ['alert_suppression', { alert_suppression: { duration: { value: 1, unit: 'h' } } }],
    ['timestamp_override', { timestamp_override: undefined }],
    ['building_block_type', { building_block_type: 'default' }],
    ['rule_name_override', { rule_name_override: 'event.action' }],
    ['name', { name: 'Theirs' }],
    ['description', { description: 'Theirs.' }],
    ['author', { author: ['them'] }],
    ['license', { license: 'Theirs' }],
    ['required_fields', { required_fields: [] }],
  ])('keeps what a user has made of %s, until ours is asked for', async (named, changes) => {
    const { there, ship, edit } = await world();
    edit(changes);
    const { tags: _, ...NewWords } = { ...FIRST, description: 'Better said.', name: 'Bursts', version: 2 };
    const next = { ...NewWords, tags: FIRST.tags };
    expect((await ship(next))?.reason).toContain(`kept: ${named} (changed here`);
    expect(there()).toMatchObject(JSON.parse(JSON.stringify(changes)) as Json);
    expect((await ship(next, true))?.change).toBe('updated');
    for (const key of Object.keys(changes)) expect(there()[key]).not.toEqual(changes[key] ?? 'theirs');
    expect(await ship(next)).toMatchObject({ change: 'left alone', reason: 'it is as it should be' });
  });

  it('keeps the user’s where both have changed, says so once, and from then on only that it is kept', async () => {
    const { there, ship, edit } = await world();
    edit({ query: 'user.id: "theirs"' });
    const kept = 'kept: query (changed here; --overwrite-rules takes ours)';
    expect((await ship(NEXT))?.reason).toBe(`${kept}; shenji has changed too: query`);
    expect(await ship(NEXT)).toMatchObject({ change: 'left alone', reason: kept });
    expect(there()['query']).toBe('user.id: "theirs"');
    await ship(NEXT, true);
    expect(there()['query']).toBe(NEXT.query);
  });

  it('says nothing where a user has made the same change', async () => {
    const { ship, edit } = await world();
    edit({ query: NEXT.query });
    expect(await ship(NEXT)).toEqual({ kind: 'rule', name: 'Burst', change: 'updated' });
  });

  it('takes saving Kibana’s form without a change for no change', async () => {
    const { ship, edit, there } = await world({ ...FIRST, from: 'now-60m' });
    const [threat] = FIRST['threat'] as [{ technique: object[] }];
    edit({
      from: 'now-1h',
      filters: [],
      threat: [{ ...threat, technique: threat.technique.map((technique) => ({ subtechnique: [], ...technique })) }],
      meta: { kibana_siem_app_url: 'https://kibana' },
      required_fields: [{ ecs: true, type: 'keyword', name: 'user.id' }],
      timestamp_override_fallback_disabled: false,
    });
    expect(await ship({ ...FIRST, from: 'now-60m' })).toMatchObject({ reason: 'it is as it should be' });
    await ship({ ...NEXT, from: 'now-60m' });
    expect(there()).toMatchObject({ query: NEXT.query, meta: { kibana_siem_app_url: 'https://kibana' } });
  });

  it('keeps what no version of ours has: timelines, response actions, exceptions', async () => {
    const { ship, edit, there } = await world();
    const theirs = { timeline_id: 't', timeline_title: 'T', response_actions: [{ a: 1 }], exceptions_list: [{ id: 'x' }], enabled: true }; // prettier-ignore
    edit(theirs);
    await ship(NEXT, true);
    expect(there()).toMatchObject({ ...theirs, query: NEXT.query });
  });

  it('takes its old tags away and leaves away what a user took; own tags outlive --overwrite-rules', async () => {
    const { ship, edit, there } = await world();
    const record = (there()['tags'] as string[]).filter((tag) => tag.startsWith('shenji:content-'));
    edit({ tags: ['shenji:burst', 'Tactic: Discovery', 'theirs', ...record] });
    const next = { ...NEXT, tags: ['shenji', 'shenji:burst', 'Tactic: Collection'] };
    expect((await ship(next))?.reason).toBe('kept: tags (changed here; --overwrite-rules takes ours); your tags stay: theirs'); // prettier-ignore
    expect(ownTags(there())).toEqual(['shenji:burst', 'Tactic: Collection', 'theirs']);
    await ship(next, true);
    expect(ownTags(there())).toEqual([...next.tags, 'theirs']);
  });

  it('of another type is refused, with what to do', async () => {
    const { ship, there } = await world();
    expect(await ship({ ...NEXT, type: 'query' })).toMatchObject({
      change: 'failed',
      reason: expect.stringMatching(/"threshold" here and "query" now, .*delete it there, and run setup again/),
    });
    expect(there()).toMatchObject({ type: 'threshold', query: FIRST.query });
  });
});

describe('a rule that was imported before fields were told apart', () => {
  const old = [`shenji:content-${firstHash(FIRST)}`];
  const later: Rule = {
    ...NEXT,
    note: 'Look, and look again.',
    setup: 'Configure.',
    tags: [...FIRST.tags, 'Domain: SaaS'],
  };

  it('and never edited takes all of ours', async () => {
    const { ship, there, instead } = await world();
    instead(FIRST, old, 0);
    expect(await ship({ ...later, threat: [] })).toEqual({ kind: 'rule', name: 'Burst', change: 'updated' });
    expect(there()).toMatchObject({ query: later.query, note: later.note, setup: later['setup'], threat: [] });
    expect(ownTags(there())).toEqual(later.tags);
  });

  it('keeps what was edited in it, whether or not the old tag covers it, and takes the rest', async () => {
    const { ship, there, instead } = await world();
    instead({ ...FIRST, severity: 'low', max_signals: 7, tags: [...FIRST.tags, 'theirs'] }, old, 3);
    expect((await ship(later))?.reason).toBe('kept: max_signals, severity (changed here; --overwrite-rules takes ours); your tags stay: theirs'); // prettier-ignore
    expect(there()).toMatchObject({ query: later.query, note: later.note, severity: 'low', max_signals: 7 });
    expect(ownTags(there())).toEqual([...later.tags, 'theirs']);
  });

  it('keeps everything that differs where nobody can tell whose it is', async () => {
    const { ship, there, instead } = await world();
    instead({ ...FIRST, query: 'theirs: *' }, old, 3);
    expect((await ship(later))?.reason).toContain('kept: query, note (changed here');
    expect(there()).toMatchObject({ query: 'theirs: *', note: 'Look.', setup: 'Configure.' });
  });

  it('by hand, without a tag, takes all of ours if it was never edited, and keeps what differs otherwise', async () => {
    const { ship, there, instead } = await world();
    instead({ ...FIRST, index: ['logs-acme.audit-*'] }, [], 0);
    expect(await ship(FIRST)).toMatchObject({ change: 'updated' });
    expect(there()['index']).toEqual(FIRST.index);
    instead({ ...FIRST, index: ['logs-acme.audit-*'] }, [], 1);
    expect((await ship(NEXT))?.reason).toContain('kept: query, index (changed here');
  });
});

it('an ES|QL rule is imported without a list of indices, and upgraded as others are', async () => {
  const query = 'FROM logs-acme.audit-default METADATA _id | WHERE event.outcome == "failure"';
  const esql: Rule = { ...FIRST, type: 'esql', language: 'esql', query };
  const { there, ship, edit } = await world(esql);
  expect(there()).toMatchObject({ type: 'esql', language: 'esql', query });
  expect(there()).not.toHaveProperty('index');
  edit({ max_signals: 5 });
  const next = { ...esql, query: `${query} | LIMIT 10` };
  expect((await ship(next))?.reason).toContain('kept: max_signals (changed');
  expect(there()).toMatchObject({ query: next.query, max_signals: 5 });
  expect(there()).not.toHaveProperty('index');
});
