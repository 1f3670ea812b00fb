/** What is said of a wrong value where the schema has no words of its own. */
import type { z } from 'zod';

const AN_EXAMPLE: Readonly<Record<string, string>> = {
  object: 'keys below it, for example { url: "https://es:9200" }',
  array: 'a list, for example [one, two]',
  boolean: 'true or false',
  number: 'a number, for example 100',
  int: 'a whole number, for example 100',
  record: 'names and values below it, for example { cli_abc: "HR sync" }',
  string: 'text, for example "name"',
};

/** How to write it: the validator's own words only say what it is not. */
export function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    const state = issue.input === undefined ? 'is missing' : 'is something else';
    return `${state}; write ${AN_EXAMPLE[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `write one of: ${issue.values.join(', ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string'
      ? 'is empty; write text, for example "name", or remove the key'
      : `must be at least ${issue.minimum}, for example ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}, for example ${issue.maximum}`;
  return undefined;
}
