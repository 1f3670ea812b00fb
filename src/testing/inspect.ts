/** What is looked for in documents and settings by the conformance suite. */
import type { SettingNode } from '../config/secrets.ts';
import { nameReader } from '../core/documents/secret-names.ts';

const secretName = nameReader([], (name) => name);

/** The value of a dotted name. */
export const fieldOf = (document: object, field: string): unknown =>
  field.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);

/** Settings that are given, called like a secret, and not marked as one. */
export function unmarkedIn(node: SettingNode, value: unknown, at: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) {
    const isCalledSo = at.slice(3).some((name) => secretName(name).verdict !== 'plain');
    return isCalledSo && node.secret !== true && at.length > 3 ? [at.slice(2).join('.')] : [];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const below = Array.isArray(value) ? node.items : (node.properties?.[key] ?? {});
    return unmarkedIn(below ?? {}, item, [...at, key]);
  });
}

/** Dotted names of all values of a document; what is free-form is one value. */
export function namesIn(value: unknown, mapped: ReadonlySet<string>, at = ''): string[] {
  if (mapped.has(at) || typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, item]) => namesIn(item, mapped, at === '' ? key : `${at}.${key}`));
}
