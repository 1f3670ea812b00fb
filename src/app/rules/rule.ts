/** The detection rules that come with the package, as Kibana imports them. */
import type { Config } from '../../config/schema.ts';
import { credentialsOf, type VendorSettings } from '../../sources/feishu/settings.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import { fillIn, type RuleFacts } from './placeholders.ts';
import { readShipped } from '../../adapters/kibana/shipped.ts';

/** @throws Error where the file is not there or not what it should be. */
export const shippedRules = (): Rule[] => readShipped<Rule>('rules/shenji.ndjson');

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
function ruleFacts({ rules, tenants }: Pick<Config, 'rules' | 'tenants'>): RuleFacts {
  const ownApps = tenants.flatMap(({ feishu }) =>
    feishu === undefined ? [] : credentialsOf(feishu as VendorSettings).map(({ appId }) => appId),
  );
  return { ...rules, ownApps };
}

/** The rules as this configuration has them; all that are shipped, unless some are given. */
export function localRules(
  config: Pick<Config, 'namespace' | 'rules' | 'tenants'>,
  rules: readonly Rule[] = shippedRules(),
): Rule[] {
  const facts = ruleFacts(config);
  return rules.map((rule) => localRule(rule, facts, config.namespace));
}
