/** The words that the schemas are made of. JSON Schema, draft 7. */

export type Schema = Readonly<Record<string, unknown>>;
export const string: Schema = { type: 'string', minLength: 1 };
export const strings: Schema = { type: 'array', items: string };
export const object = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
export const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
export const one = (...values: readonly unknown[]): Schema => ({ enum: values });
export const free: Schema = { type: 'object' };
export const whole: Schema = { type: 'integer', minimum: 0 };

export const reference = object({
  type: one('index-pattern', 'dashboard', 'search', 'map', 'tag'),
  id: string,
  name: string,
});
export const versions = (version: string): Readonly<Record<string, Schema>> => ({
  id: { type: 'string', pattern: '^shenji-[a-z-]+$' },
  managed: one(false),
  coreMigrationVersion: one('8.8.0'),
  typeMigrationVersion: one(version),
  references: list(reference),
});
