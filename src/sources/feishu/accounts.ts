/** The accounts that a call has made: whom it is about beside them (a superior, a department) is another matter. */
import type { KnownOfApi } from './categories.ts';

const IDS = ['user_id', 'open_id', 'union_id', 'employee_id'] as const;

function idsIn(fields: unknown): string[] {
  if (typeof fields !== 'object' || fields === null) return [];
  return IDS.map((name) => (fields as Record<string, unknown>)[name]).filter(
    (id): id is string => typeof id === 'string' && id !== '',
  );
}

const childOf = (fields: unknown, name: string): unknown =>
  typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>)[name] : undefined;

/**
 * Fields with their ids: the one that the caller chose, and those that the vendor answered with. `payload` and `body` are parsed JSON as
 * logged. Undefined where the call makes none.
 */
export function accountsMade(
  isCreation: boolean,
  { touches }: KnownOfApi,
  payload: unknown,
  body: unknown,
): { readonly id: readonly string[] } | undefined {
  if (!isCreation || touches !== 'user') return undefined;
  const data = childOf(body, 'data');
  const ids = [payload, data, childOf(data, 'user'), childOf(data, 'employee')].flatMap(idsIn);
  return ids.length === 0 ? undefined : { id: [...new Set(ids)] };
}
