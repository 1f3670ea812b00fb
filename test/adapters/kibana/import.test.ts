/** Importing into Kibana, against a stand-in that answers as documented, and for real where `KIBANA_URL` names one. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKibana, requireSpace, type Kibana, type KibanaSettings } from '../../../src/adapters/kibana/client.ts';
import { importObjects, importRules, type Imported } from '../../../src/adapters/kibana/import.ts';
import { library } from '../../../src/app/kibana/library.ts';
import { LANGUAGES, type Language } from '../../../src/sdk/kibana.ts';
import { localRule, rulesOf } from '../../../src/app/rules/rule.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { simulator } from '../../support/simulator.ts';
import { rawConfig, shenji } from '../../support/world.ts';
import { kibanaStandIn, type StandIn } from './stand-in.ts';

const NOTHING = { ownApps: [], adminApps: [], nightApps: [], exportApps: [], homeCountries: [], knownNetworks: [] };
const rules = rulesOf(sourceDefinitions).map((rule) =>
  localRule(rule, { ...NOTHING, ownApps: ['cli_ours'] }, 'default'),
);
const shippedObjects = (languages: readonly Language[]) => library(sourceDefinitions, languages);
const [someRule] = rules;
if (someRule === undefined) throw new Error('there are rules');

function client({ url }: Pick<StandIn, 'url'>, more: Partial<KibanaSettings> = {}): Kibana {
  const kibana = createKibana({ url, space: 'default', ...more });
  onTestFinished(() => kibana.close());
  return kibana;
}

const changes = (imported: readonly Imported[]): Record<string, number> =>
  Object.fromEntries(
    Map.groupBy(imported, ({ change }) => change)
      .entries()
      .map(([change, all]) => [change, all.length]),
  );

describe('dashboards and data views', () => {
  it.each(['en', 'zh'] as const)('are created, and the second time updated (%s)', async (language) => {
    const standIn = await kibanaStandIn();
    const kibana = client(standIn);
    const count = shippedObjects([language]).length;
    expect(changes(await importObjects(kibana, shippedObjects([language])))).toEqual({ created: count });
    expect(changes(await importObjects(kibana, shippedObjects([language])))).toEqual({ updated: count });
    expect(standIn.objects.size).toBe(count);
  });

  it('are each named by what it is', async () => {
    const imported = await importObjects(client(await kibanaStandIn()), shippedObjects(['en']));
    const kinds = Map.groupBy(imported, ({ kind }) => kind);
    const counts = Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]));
    expect(counts).toEqual({ tag: 4, 'data view': 5, 'saved search': 8, map: 1, 'saved query': 10, dashboard: 5 });
    expect(imported.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'shenji',
        'Feishu OpenAPI audit · 飞书 OpenAPI 审计',
        '[shenji] Feishu: sensitive calls',
      ]),
    );
  });

  it('that another space has already get an id of their own, which is said', async () => {
    const standIn = await kibanaStandIn({ destinations: { 'shenji-feishu-calls': 'a-copy' } });
    const imported = await importObjects(client(standIn), shippedObjects(['en']));
    expect(imported.filter(({ reason }) => reason !== undefined)).toEqual([
      expect.objectContaining({ change: 'created', reason: 'its id here is a-copy: another space has ours' }),
    ]);
  });

  it('in a second language leave those of the first as they are, and share data views and tags with them', async () => {
    const standIn = await kibanaStandIn();
    const kibana = client(standIn);
    await importObjects(kibana, shippedObjects(['en']));
    const english = new Map(standIn.objects);
    const chinese = await importObjects(kibana, shippedObjects(['zh']));
    expect(changes(chinese)).toEqual({ updated: 9, created: chinese.length - 9 });
    for (const [key, object] of english) expect(standIn.objects.get(key)).toEqual(object);
    const both = await importObjects(client(await kibanaStandIn()), shippedObjects(['en', 'zh']));
    expect(changes(both)).toEqual({ created: standIn.objects.size });
  });

  it.each([
    [
      { type: 'missing_references', references: [{ type: 'index-pattern', id: 'gone' }] },
      /refers to index-pattern gone, which Kibana does not have/,
    ],
    [{ type: 'conflict' }, /lies in another space, or was made by hand/],
    [
      { type: 'ambiguous_conflict', destinations: [{ id: 'a' }, { id: 'b' }] },
      /several copies of it here \(a, b\); delete all but one/,
    ],
    [{ type: 'unsupported_type' }, /no objects of the type "dashboard".*shenji supports Kibana 9/],
    [{ type: 'unknown', message: 'Bad Gateway', statusCode: 502 }, /Bad Gateway/],
  ])('that Kibana refuses are named, with the remedy, and lose no other (%s)', async (error, reason) => {
    const imported = await importObjects(
      client(await kibanaStandIn({ objectErrors: { 'shenji-feishu-app': error } })),
      shippedObjects(['en']),
    );
    expect(changes(imported)).toEqual({ created: imported.length - 1, failed: 1 });
    const failed = imported.find(({ change }) => change === 'failed');
    expect(failed).toMatchObject({ kind: 'dashboard', name: '[shenji] Feishu: app investigation' });
    expect(failed?.reason).toMatch(reason);
  });
});

describe('rules', () => {
  it('come switched off, with our own app filled in, and are left alone the second time', async () => {
    const standIn = await kibanaStandIn();
    const kibana = client(standIn);
    expect(changes(await importRules(kibana, rules, false))).toEqual({ created: rules.length });
    expect([...standIn.rules.values()].every(({ enabled }) => enabled === false)).toBe(true);
    expect(JSON.stringify([...standIn.rules.values()])).toContain('cli_ours');
    expect(changes(await importRules(kibana, rules, false))).toEqual({ 'left alone': rules.length });
  });

  it('that a user has switched on stay on when a new version comes, with their actions', async () => {
    const standIn = await kibanaStandIn();
    const kibana = client(standIn);
    await importRules(kibana, rules, false);
    const theirs = { enabled: true, actions: [{ id: 'mail' }], exceptions_list: [{ id: 'known' }] };
    standIn.rules.set(someRule.rule_id, { ...standIn.rules.get(someRule.rule_id), ...theirs });
    const next = rules.map((rule) => (rule === someRule ? { ...rule, description: 'Better said.' } : rule));
    expect(changes(await importRules(kibana, next, false))).toEqual({ updated: 1, 'left alone': rules.length - 1 });
    expect(standIn.rules.get(someRule.rule_id)).toMatchObject({ ...theirs, description: 'Better said.' });
  });

  it('that a user has changed stay as they are, unless one asks for it', async () => {
    const standIn = await kibanaStandIn();
    const kibana = client(standIn);
    await importRules(kibana, rules, false);
    standIn.rules.set(someRule.rule_id, { ...standIn.rules.get(someRule.rule_id), query: 'user.id: "theirs"' });
    const kept = await importRules(kibana, rules, false);
    expect(kept.find(({ name }) => name === someRule.name)).toMatchObject({
      change: 'left alone',
      reason: 'kept: query (changed here; --overwrite-rules takes ours)',
    });
    expect(standIn.rules.get(someRule.rule_id)?.['query']).toBe('user.id: "theirs"');
    expect(changes(await importRules(kibana, rules, true))).toMatchObject({ updated: 1 });
    expect(standIn.rules.get(someRule.rule_id)?.['query']).toBe(someRule.query);
  });

  it('that Kibana refuses are named, and lose no other', async () => {
    const refused = { [someRule.rule_id]: { status_code: 400, message: 'threshold: Required' } };
    const imported = await importRules(client(await kibanaStandIn({ ruleErrors: refused })), rules, false);
    expect(changes(imported)).toEqual({ failed: 1, created: rules.length - 1 });
    expect(imported.find(({ change }) => change === 'failed')).toMatchObject({
      name: someRule.name,
      reason: 'threshold: Required',
    });
  });
});

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('a Kibana that', () => {
  it('wants a user and a password gets them, whatever they are made of', async () => {
    const standIn = await kibanaStandIn({ authorization: basic('shenji', 'gehéim:密码') });
    await requireSpace(client(standIn, { username: 'shenji', password: 'gehéim:密码' }), 'default');
    expect(standIn.asked).toEqual(['GET /api/spaces/space/default']);
  });

  it.each<[string, Partial<KibanaSettings>, RegExp]>([
    ['the API key', { apiKey: 'wrong-secret' }, /401 .*; check kibana\.apiKey: it is wrong or expired$/],
    ['the user', { username: 'u', password: 'wrong-secret' }, /401 .*; check kibana\.username and kibana\.password$/],
    ['nobody', {}, /401 .*; set kibana\.apiKey, or kibana\.username and kibana\.password$/],
  ])('does not know %s says what to check, without the secret', async (_, credentials, message) => {
    const kibana = client(await kibanaStandIn({ authorization: basic('u', 'right') }), credentials);
    await expect(importObjects(kibana, shippedObjects(['en']))).rejects.toThrow(message);
    await expect(importObjects(kibana, shippedObjects(['en']))).rejects.not.toThrow(/wrong-secret/);
  });

  it.each<[Partial<KibanaSettings>, RegExp]>([
    [{ apiKey: 'a-key' }, /403 .*the API key lacks privileges: it needs "All" on Saved Objects Management and Security in the space default$/],
    [{ apiKey: 'a-key', space: 'security' }, /in the space security; deploy\/elasticsearch\/kibana-setup\.json grants it in the space default alone, and docs\/security\.md says where to write "security"$/],
    [{ username: 'amy', password: 'p' }, /403 .*the user amy lacks privileges: it needs "All" on Saved Objects/],
  ])('forbids it says who needs what, and where (%o)', async (settings, message) => {
    const standIn = await kibanaStandIn({ forbidden: true, ...(settings.space === undefined ? {} : { space: settings.space }) });
    await expect(importObjects(client(standIn, settings), shippedObjects(['en']))).rejects.toThrow(message);
  }); // prettier-ignore

  it('has no such space says how to make it', async () => {
    const standIn = await kibanaStandIn({ space: 'security' });
    await expect(requireSpace(client(standIn, { space: 'elsewhere' }), 'elsewhere')).rejects.toThrow(
      /no space "elsewhere": make it under/,
    );
    await expect(requireSpace(client(standIn, { space: 'security' }), 'security')).resolves.toBeUndefined();
  });

  it('is away, or is no Kibana, says so', async () => {
    await expect(importObjects(client({ url: 'http://127.0.0.1:9' }), shippedObjects(['en']))).rejects.toThrow(
      /does not answer: .*check kibana\.url/,
    );
    const vendor = await simulator({ events: 1 });
    await expect(requireSpace(client({ url: vendor.url }), 'default')).rejects.toThrow(
      /404 with an invalid JSON response: is kibana\.url/,
    );
  });
});

it.each<[string, string, object]>([
  ['an API key', 'ApiKey the-secret', { apiKey: 'the-secret' }],
  ['a user', basic('shenji', 'the-secret'), { username: 'shenji', password: 'the-secret' }],
])(
  'setup with %s imports into the space of the configuration, and exits with code 1 where something was refused',
  { timeout: 60_000 },
  async (_, authorization, credentials) => {
    const standIn = await kibanaStandIn({
      space: 'security',
      authorization,
      objectErrors: { 'shenji-collection-health-zh': { type: 'conflict' } },
    });
    const kibana = { url: standIn.url, space: 'security', ...credentials };
    const config = rawConfig(await simulator({ events: 1 }), { top: { kibana } });
    const program = shenji(['setup', '--lang', 'zh'], config);
    expect(await program.ended).toBe(1);
    const { stdout, stderr } = program.output();
    expect(stdout).toContain('created  dashboard [shenji] 飞书 OpenAPI 审计：总览');
    expect(stdout).toMatch(/failed {2}dashboard .*lies in another space/);
    expect(stdout).toContain('created  rule Feishu: app calls from a new country');
    expect(stdout + stderr).not.toContain('the-secret');
    expect(standIn.rules.size).toBe(rules.length);
  },
);

it.skipIf(process.env['KIBANA_URL'] === undefined)('a real Kibana takes all of it', { timeout: 120_000 }, async () => {
  const [apiKey, username, password] = ['API_KEY', 'USERNAME', 'PASSWORD'].map((name) => process.env[`KIBANA_${name}`]);
  const kibana = client({ url: process.env['KIBANA_URL'] ?? '' }, { apiKey, username, password });
  expect(changes(await importObjects(kibana, shippedObjects(LANGUAGES)))).not.toHaveProperty('failed');
  expect(changes(await importRules(kibana, rules, false))).not.toHaveProperty('failed');
});
