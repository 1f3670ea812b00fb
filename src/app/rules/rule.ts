/** The detection rules of the configured sources and of shenji itself, as Kibana imports them. */
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Config } from '../../config/schema.ts';
import type { SourceDefinition, SourceInstance } from '../../sdk/definition.ts';
import { fillIn, type RuleFacts } from '../../sdk/placeholders.ts';
import { fieldTypes, toImport } from './format.ts';
import { ownRules } from './own.ts';

/** As they are shipped, with nothing filled in. @throws TypeError for a rule over a field that nothing maps */
export function rulesOf(definitions: readonly SourceDefinition[]): Rule[] {
  const types = fieldTypes(definitions);
  const ofSources = definitions.flatMap(({ name, dataStream, rules }) =>
    rules.map((rule) => toImport(rule, `${dataStream.type}-${name}-*`, types)),
  );
  return [...ofSources, ...ownRules.map((rule) => toImport(rule, 'logs-shenji.window-*', types))];
}

/** The short name: `mass-export`. */
export const ruleKey = ({ tags }: Rule): string =>
  tags.find((tag) => tag.startsWith('shenji:'))?.slice('shenji:'.length) ?? '';

/** For one organisation: its own apps and networks, and only its own data streams. */
export function localRule(rule: Rule, facts: RuleFacts, namespace: string): Rule {
  const ownOnly = (pattern: string): string => pattern.replace(/-\*$/, `-${namespace}`);
  const query = fillIn(rule.query, facts);
  return {
    ...rule,
    // ES|QL names its index patterns itself.
    query:
      rule.type === 'esql'
        ? query.replace(/(?<=^FROM )\S+/, (patterns) => patterns.split(',').map(ownOnly).join(','))
        : query,
    index: rule.index.map(ownOnly),
  };
}

/** What says whose rules they are. */
export type RuleOwner = {
  readonly config: Pick<Config, 'namespace' | 'rules' | 'definitions'>;
  readonly sources: readonly { readonly instance: Pick<SourceInstance, 'apps'> }[];
};

/** The rules as this configuration has them; those of all its sources, unless some are given. */
export function localRules(
  { config, sources }: RuleOwner,
  rules: readonly Rule[] = rulesOf(config.definitions),
): Rule[] {
  const facts = { ...config.rules, ownApps: [...new Set(sources.flatMap(({ instance }) => instance.apps))] };
  return rules.map((rule) => localRule(rule, facts, config.namespace));
}
