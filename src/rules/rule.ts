/** The detection rules that come with the package, as Kibana imports them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/schema.ts';
import { fillIn, type RuleFacts } from './placeholders.ts';

export type Rule = {
  readonly rule_id: string;
  readonly name: string;
  readonly description: string;
  readonly type: 'query' | 'threshold' | 'new_terms';
  readonly index: readonly string[];
  readonly query: string;
  readonly from: string;
  readonly interval: string;
  readonly severity: string;
  readonly tags: readonly string[];
  readonly note: string;
  readonly enabled: boolean;
  readonly threshold?: {
    readonly field: readonly string[];
    readonly value: number;
    readonly cardinality: readonly { readonly field: string; readonly value: number }[];
  };
  readonly new_terms_fields?: readonly string[];
  readonly history_window_start?: string;
};

const SHIPPED = path.join(import.meta.dirname, '..', '..', 'dashboards', 'rules', 'shenji.ndjson');

/** @throws Error where the file is not there or not what it should be. */
export function shippedRules(): Rule[] {
  return readFileSync(SHIPPED, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Rule);
}

/** The short name: `mass-export`. */
export const ruleKey = ({ tags }: Rule): string =>
  tags.find((tag) => tag.startsWith('shenji:'))?.slice('shenji:'.length) ?? '';

/** For one organisation: its own apps and networks, and only its own data streams. */
export function localRule(rule: Rule, facts: RuleFacts, namespace: string): Rule {
  return {
    ...rule,
    query: fillIn(rule.query, facts),
    index: rule.index.map((pattern) => pattern.replace(/-\*$/, `-${namespace}`)),
  };
}

/** What the configuration says about the organisation. */
export function ruleFacts({ rules, tenants }: Pick<Config, 'rules' | 'tenants'>): RuleFacts {
  const ownApps = tenants.flatMap(({ feishu }) => (feishu === undefined ? [] : [(feishu as { appId: string }).appId]));
  return { ...rules, ownApps };
}
