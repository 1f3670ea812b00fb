/** Which values of a configuration are credentials: settings that are marked as secrets, and passwords in addresses. */
import { z } from 'zod';
import { configSchemaOf, type Config } from './schema.ts';

/** As much of a JSON schema as settings are made of. */
export type SettingNode = {
  readonly properties?: Readonly<Record<string, SettingNode>>;
  readonly items?: SettingNode;
  /** Of a record with names of the operator's choosing. */
  readonly additionalProperties?: SettingNode | boolean;
  readonly prefixItems?: readonly SettingNode[];
  readonly anyOf?: readonly SettingNode[];
  readonly oneOf?: readonly SettingNode[];
  readonly allOf?: readonly SettingNode[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SettingNode>>;
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

/** A number of fewer digits would take every other number out of the log with it. */
const SHORTEST_NUMBER = 4;

/** The node itself, what it refers to, and each form that its value may have. */
function formsOf(node: SettingNode, root: SettingNode, seen = new Set<SettingNode>()): readonly SettingNode[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const { anyOf = [], oneOf = [], allOf = [], $ref } = node;
  const referred =
    $ref === undefined ? undefined : $ref === '#' ? root : root.$defs?.[$ref.replace(/^#\/\$defs\//, '')];
  const others = [...anyOf, ...oneOf, ...allOf, ...(referred === undefined ? [] : [referred])];
  return [node, ...others.flatMap((other) => formsOf(other, root, seen))];
}

function itemOf({ items, prefixItems }: SettingNode, index: number): SettingNode {
  return prefixItems?.[index] ?? (typeof items === 'object' ? items : {});
}

function secretsIn(node: SettingNode, value: unknown, isSecret: boolean, root: SettingNode): string[] {
  const forms = formsOf(node, root);
  const marked = isSecret || forms.some(({ secret }) => secret === true);
  if (typeof value === 'string') return marked ? [value] : passwordsIn(value);
  if (typeof value === 'number' || typeof value === 'bigint')
    return marked && String(value).length >= SHORTEST_NUMBER ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries =
    value instanceof Map
      ? [...value.entries()].map(([key, item]) => [String(key), item] as const)
      : Object.entries(value);
  return entries.flatMap(([key, item], index) => [
    ...(marked && !Array.isArray(value) ? [key] : []),
    ...forms.flatMap((form) =>
      secretsIn(Array.isArray(value) ? itemOf(form, index) : fieldOf(form, key), item, marked, root),
    ),
  ]);
}

/** Every credential in settings of that schema. */
export function secretsBelow(settings: unknown, schema: SettingNode): string[] {
  return [...new Set(secretsIn(schema, settings, false, schema))].filter((secret) => secret !== '');
}

/** Every credential in a configuration, so that none is ever written anywhere. */
export function secretsOf({ definitions, ...settings }: Config): string[] {
  return secretsBelow(settings, settingsOf(configSchemaOf(definitions)));
}
