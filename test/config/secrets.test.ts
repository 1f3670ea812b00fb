import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { secretsBelow, settingsOf, type SettingNode } from '../../src/config/secrets.ts';
import { createScrub } from '../../src/observe/log.ts';
import { nameReader } from '../../src/core/documents/secret-names.ts';
import { secret, text } from '../../src/sdk/settings.ts';

/** Every setting with its path; settings of a record have `*` for a name. */
function settingsBelow(node: SettingNode, path: readonly string[] = []): [readonly string[], SettingNode][] {
  const { additionalProperties: others } = node;
  const children: (readonly [string, SettingNode])[] = [
    ...Object.entries(node.properties ?? {}),
    ...(node.items === undefined ? [] : [['[]', node.items] as const]),
    ...(typeof others === 'object' ? [['*', others] as const] : []),
  ];
  if (children.length === 0) return [[path, node]];
  return children.flatMap(([name, child]) => settingsBelow(child, [...path, name]));
}

/** Called like secrets, and none: the id beside one, names of APIs. */
const HARMLESS = ['tenants.[].feishu.credentials.[].appId', 'tenants.[].feishu.openapi_audit.filter.apiKeys.[]'];

describe('the settings', () => {
  it('that are called like a secret are marked as one', () => {
    const nameOf = nameReader([], (name) => name);
    const all = settingsBelow(settingsOf(configSchema));
    const looksSecret = all.filter(([path]) => path.some((name) => nameOf(name).verdict !== 'plain'));
    const unmarked = looksSecret.filter(([, node]) => node.secret !== true).map(([path]) => path.join('.'));
    expect(unmarked).toEqual(HARMLESS);
    expect(looksSecret.length).toBeGreaterThan(6);
  });

  it('of a source that nobody has written yet are known by their marks, however they lie', () => {
    const invented = z.strictObject({
      tenants: z.array(
        z
          .strictObject({
            wecom: z
              .strictObject({
                corpId: text('ww1'),
                clientSecret: secret(text('"${WECOM_SECRET}"')).describe('Its secret'),
                agents: z.record(z.string(), z.strictObject({ key: secret(z.string()).optional() })).prefault({}),
                rotating: secret(z.array(z.string())).default([]),
              })
              .refine(() => true)
              .optional(),
          })
          .superRefine(() => undefined),
      ),
    });
    const config = invented.parse({
      tenants: [
        {
          wecom: {
            corpId: 'ww-corp',
            clientSecret: 'client-secret',
            agents: { mail: { key: 'mail-key' } },
            rotating: ['key-1', 'key-2'],
          },
        },
      ],
    });
    const secrets = secretsBelow(config, settingsOf(invented));
    expect(secrets).toEqual(['client-secret', 'mail-key', 'key-1', 'key-2']);
    expect(createScrub(secrets)('ww-corp signs in with client-secret')).toBe('ww-corp signs in with [redacted]');
  });

  it.each<[string, z.ZodType, unknown]>([
    ['nullable', secret(z.string()).nullable(), 'the-secret'],
    ['one of two kinds', z.union([z.number(), secret(z.string())]), 'the-secret'],
    ['in a union of unions', z.union([z.boolean(), z.union([z.number(), secret(z.string())])]), 'the-secret'],
    ['in one form of several', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), key: secret(z.string()) }), z.object({ kind: z.literal('b') })]), { kind: 'a', key: 'the-secret' }],
    ['in a tuple', z.tuple([z.string(), secret(z.string())]), ['plain', 'the-secret']],
    ['of a schema with a name', secret(z.string()).meta({ id: 'Key', secret: true }), 'the-secret'],
    ['a number', secret(z.number()), 12_345_678],
  ])('are known where they are %s', (_, schema, value) => {
    const shape = z.strictObject({ tenants: z.array(z.strictObject({ key: schema })) });
    const config = shape.parse({ tenants: [{ key: value }] });
    expect(secretsBelow(config, settingsOf(shape)).map(String)).toEqual(
      expect.arrayContaining([typeof value === 'number' ? String(value) : 'the-secret']),
    );
  }); // prettier-ignore

  it('may hold passwords in their addresses, encoded or not', () => {
    const schema = settingsOf(z.strictObject({ proxy: z.string(), queue: z.string(), plain: z.string() }));
    const urls = { proxy: 'http://u:pa%2Fss@proxy', queue: 'redis://u:100%25%@r', plain: 'https://user@host' };
    expect(secretsBelow(urls, schema)).toEqual(['pa/ss', 'pa%2Fss', '100%25%']);
  });
});
