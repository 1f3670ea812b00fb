/** Questions compared: what was collected under a narrower one is not proven for a wider one. */
import type { Question } from '../../sdk/source.ts';

/** Whether what `a` asks for holds all that `b` asks for. */
export function covers(a: Question, b: Question): boolean {
  return Object.entries(a).every(([field, values]) => b[field]?.every((value) => values.includes(value)) === true);
}

/** The same text for the same question. */
export function questionText(question: Question): string {
  const fields = Object.entries(question).map(([field, values]): [string, string[]] => [
    field,
    [...new Set(values)].toSorted(),
  ]);
  return JSON.stringify(Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Undefined for a text that is no question. */
export function parseQuestion(text: unknown): Question | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const areTexts = (values: unknown): boolean =>
      Array.isArray(values) && values.every((value) => typeof value === 'string');
    return Object.values(parsed).every(areTexts) ? (parsed as Question) : undefined;
  } catch {
    return undefined;
  }
}

/** For people: `feishu.openapi_audit.app_id is cli_a or cli_b`. */
export function describeQuestion(question: Question): string {
  const parts = Object.entries(question).map(([field, values]) => `${field} is ${values.join(' or ')}`);
  return parts.length === 0 ? 'everything' : `only where ${parts.join(' and ')}`;
}
