/** What is derived from a definition that nobody has written into shenji. */
import { describe, expect, it } from 'vitest';
import activity from '../../examples/shenji-source-example/src/index.ts';
import { rolesOf } from '../../src/adapters/elasticsearch/roles.ts';
import { dataStreamTemplates, mappingOf } from '../../src/adapters/elasticsearch/templates.ts';
import { localRules, ruleKey, rulesOf } from '../../src/app/rules/rule.ts';
import { configSchemaOf, type TenantConfig } from '../../src/config/schema.ts';
import { secretsOf } from '../../src/config/secrets.ts';
import { namesOf, variablesOf } from '../../src/config/variables.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { defineSource, logCollection, secret, z } from '../../src/sdk/index.ts';

const definitions = [...sourceDefinitions, activity];
const written = {
  elasticsearch: { url: 'https://es:9200' },
  redis: { url: 'redis://r' },
  tenants: [
    { id: 'acme', example: { clientId: 'client-1', clientSecret: 'of the client', activity: { actor: 'u_1' } } },
  ],
};

describe('from the definition of a source from outside', () => {
  it('the configuration takes its settings, checks them, and knows its secrets', () => {
    const config = configSchemaOf(definitions).parse(written);
    expect((config.tenants as readonly TenantConfig[])[0]).toMatchObject({
      example: { requestsPerMinute: 300, activity: { actor: 'u_1', window: 60_000, settle: [3_600_000, 86_400_000] } },
    });
    expect(secretsOf(config)).toEqual(['of the client']);
    const wrong = structuredClone(written);
    wrong.tenants[0]!.example.clientSecret = '';
    expect(configSchemaOf(definitions).safeParse(wrong).error?.issues[0]?.path.join('.')).toBe(
      'tenants.0.example.clientSecret',
    );
  });

  it('the environment names its settings, and only where one of them is set that has no default', () => {
    expect(Object.fromEntries(variablesOf(definitions))).toMatchObject({
      'tenants[0].example.clientId': 'EXAMPLE_CLIENT_ID',
      'tenants[0].example.activity.since': 'SHENJI_SINCE',
    });
    const asked = (name: string) => variablesOf([activity], (one) => one === name).map(([, variable]) => variable);
    expect(asked('EXAMPLE_BASE_URL')).not.toContain('EXAMPLE_CLIENT_ID');
    expect(asked('EXAMPLE_CLIENT_ID')).toContain('EXAMPLE_CLIENT_SECRET');
    expect(namesOf([activity])['tenants[0]']).toBe('EXAMPLE_CLIENT_ID and EXAMPLE_CLIENT_SECRET');
  });

  it('its data stream is in the roles and in the templates, with its own fields', () => {
    for (const { indices } of Object.values(rolesOf(definitions)))
      expect(indices.flatMap(({ names }) => names)).toContain('logs-example.activity-*');
    const template = dataStreamTemplates(definitions, '90d').find(({ stream }) => stream.dataset === activity.name);
    expect(mappingOf(template!)).toMatchObject({ 'example.activity.result': { type: 'keyword' } });
  });

  it('its rules are among the others, over its own data stream of this namespace', () => {
    const config = configSchemaOf(definitions).parse({ ...written, namespace: 'prod' });
    const own = localRules({ config, sources: [] }).find((rule) => ruleKey(rule) === 'example-refusals');
    expect(own).toMatchObject({ index: ['logs-example.activity-prod'], enabled: false });
    expect(rulesOf(definitions).length).toBe(rulesOf(sourceDefinitions).length + 1);
  });
});

describe('a definition is refused with all that is wrong with it', () => {
  const parts = {
    name: 'acme.log' as const,
    vendor: { name: 'acme', settings: { token: secret(z.string()).describe('A token') }, env: { token: 'ACME_TOKEN' } },
    collection: logCollection({
      window: '60s',
      backlog: '1h',
      quiet: '15m',
      lag: '1m',
      settle: [],
      since: '1h',
      maxLag: '1h',
    }),
    settings: {},
    dataStream: { type: 'logs' as const, ecsFields: [], fields: {} },
    example: { vendor: {}, record: {} },
    create: () => {
      throw new Error('is never made');
    },
  };

  it('such as a name of another vendor, a setting without a description, a variable for no setting', () => {
    expect(() => defineSource(parts)).not.toThrow();
    expect(() => defineSource({ ...parts, name: 'other.log' })).toThrow(/name "other\.log" must be acme\.<dataset>/);
    expect(() => defineSource({ ...parts, settings: { team: z.string() } })).toThrow(/settings\.team needs \.describe/);
    const vendor = { ...parts.vendor, name: 'shenji', env: { tokn: 'ACME_TOKEN' } as never };
    expect(() => defineSource({ ...parts, name: 'shenji.log', vendor })).toThrow(
      /vendor\.name "shenji".*; vendor\.env\.tokn is no setting/,
    );
  });
});
