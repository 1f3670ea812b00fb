/** What tests know of the Helm chart without Helm. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CHART = path.join(ROOT, 'deploy', 'helm', 'shenji');

export type Values = { readonly [key: string]: unknown };

export const chartText = (name: string): string => readFileSync(path.join(CHART, name), 'utf8');
export const defaultValues = (): Values => parse(chartText('values.yaml')) as Values;

/** The least that docs/operate.md tells to write, as YAML. */
export function leastValues(): string {
  const page = readFileSync(path.join(ROOT, 'docs', 'operate.md'), 'utf8');
  const [, yaml] = /```yaml\n(# values\.yaml\n[^`]*)```/.exec(page) ?? [];
  if (yaml === undefined) throw new Error('docs/operate.md has no values.yaml to begin with');
  return yaml;
}

/** The key of the secret that has the value of a variable. */
export const keyOf = (variable: string): string => variable.toLowerCase().replaceAll('_', '-');

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As Helm lays values over those of the chart: key by key, and null takes a key out. */
export function laidOver(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const kept = Object.entries({ ...base, ...over }).filter(([key]) => over[key] !== null);
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key in over && key in base ? laidOver(base[key], over[key]) : value]),
  );
}

/** Paths of maps and what is in them, down to where Kubernetes or the program says what may stand there. */
const FREE = /^(config|.*\.config|.*\.resources|.*ecurityContext|scaling\.behavior|.*\.labels|.*\.matchLabels)$/;
export function settingsOf(tree: Values, above = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const at = above === '' ? key : `${above}.${key}`;
    const isTree = isMap(value) && Object.keys(value).length > 0;
    return isTree && !FREE.test(at) ? settingsOf(value, at) : [at];
  });
}
