/** Which values of a configuration are credentials: settings that are marked as secrets, and passwords in addresses. */
import { z } from 'zod';
import { configSchemaOf, type Config } from './schema.ts';

/** As much of a JSON schema as settings are made of. */
export type SettingNode = {
  readonly properties?: Readonly<Record<string, SettingNode>>;
  readonly items?: SettingNode;
  /** Of a record with names of the operator's choosing. */
  readonly additionalProperties?: SettingNode | boolean;
  readonly anyOf?: readonly SettingNode[];
  /** `secret(…)` of `sdk/settings.ts`. */
  readonly secret?: boolean;
};

/** The schema that `docs/configure.md` is made of, with the marks that settings have. */
export const settingsOf = (schema: z.ZodType): SettingNode =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SettingNode;

function fieldOf({ properties, additionalProperties }: SettingNode, key: string): SettingNode {
  const own = properties?.[key];
  return own ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
}

/** As it is written in the address, and as it is sent. */
function passwordsIn(text: string): string[] {
  const password = URL.canParse(text) ? new URL(text).password : '';
  if (password === '') return [];
  try {
    return [decodeURIComponent(password), password];
  } catch {
    return [password];
  }
}

function secretsIn(node: SettingNode, value: unknown, isSecret: boolean): string[] {
  const marked = isSecret || node.secret === true;
  if (typeof value === 'string') return marked ? [value] : passwordsIn(value);
  if (typeof value !== 'object' || value === null) return [];
  const nodes = [node, ...(node.anyOf ?? [])];
  return Object.entries(value).flatMap(([key, item]) =>
    nodes.flatMap((one) => secretsIn(Array.isArray(value) ? (one.items ?? {}) : fieldOf(one, key), item, marked)),
  );
}

/** Every credential in settings of that schema. */
export function secretsBelow(settings: unknown, schema: SettingNode): string[] {
  return [...new Set(secretsIn(schema, settings, false))].filter((secret) => secret !== '');
}

/** Every credential in a configuration, so that none is ever written anywhere. */
export function secretsOf({ definitions, ...settings }: Config): string[] {
  return secretsBelow(settings, settingsOf(configSchemaOf(definitions)));
}
