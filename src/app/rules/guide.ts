/** What a rule says to an analyst in Kibana: its guide, its setup and its tags, in the form of Elastic's own rules. */
import type { DetectionRule } from '../../sdk/kibana.ts';
import { PLACEHOLDERS, type RuleFacts } from '../../sdk/placeholders.ts';

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** The note: Kibana shows it beside each alert, as investigation guide. */
export function noteOf(rule: DetectionRule): string {
  const {
    name,
    description,
    risk,
    triage,
    response = [],
    false_positives: harmless,
    severity,
    risk_score: score,
  } = rule;
  return [
    '## Triage and analysis',
    `### Investigating ${name}`,
    description,
    `Severity ${severity}, risk ${score}: ${risk}`,
    '#### Possible investigation steps',
    bullets(triage),
    ...(harmless.length === 0 ? [] : ['### False positive analysis', bullets(harmless)]),
    ...(response.length === 0 ? [] : ['### Response and remediation', bullets(response)]),
  ].join('\n\n');
}

/** What shenji writes itself. */
const OWN = 'shenji';

/** `logs-feishu.openapi_audit-*` → `Feishu openapi audit`. */
function dataSourceOf(pattern: string): string {
  const [, dataset = pattern] = /^[a-z]+-(.+)-[^-]+$/.exec(pattern) ?? [];
  const [vendor = '', ...rest] = dataset.split(/[._]/);
  if (vendor === OWN) return OWN;
  return [vendor.charAt(0).toUpperCase() + vendor.slice(1), ...rest].join(' ');
}

const SETTINGS: Readonly<Record<keyof RuleFacts, string>> = {
  ownApps: "the apps that shenji itself asks the vendor with, from the sources' credentials",
  adminApps: '`rules.adminApps`',
  nightApps: '`rules.nightApps`',
  exportApps: '`rules.exportApps`',
  homeCountries: '`rules.homeCountries`',
  knownNetworks: '`rules.knownNetworks`',
};

const DAYS = /^now-(\d+)d$/;

/** What has to be there before the rule is switched on. `index`: what it reads. */
export function setupOf(rule: DetectionRule, index: readonly string[]): string {
  const settings = Object.entries(PLACEHOLDERS)
    .filter(([, placeholder]) => rule.query.includes(placeholder))
    .map(([name]) => SETTINGS[name as keyof RuleFacts]);
  const [, days] = DAYS.exec(rule.history_window_start ?? rule.from ?? '') ?? [];
  const streams = index.map((pattern) => `\`${pattern}\``).join(', ');
  return [
    '## Setup',
    index.every((pattern) => dataSourceOf(pattern) === OWN)
      ? `It reads ${streams}, which shenji writes by itself wherever it collects.`
      : `shenji has to collect into ${streams}: \`shenji status\` shows whether it does.`,
    ...(settings.length === 0 ? [] : [`\`shenji setup\` fills in what the configuration says of the organisation, which the rule leaves alone: ${settings.join(', ')}.`]),
    ...(days === undefined ? [] : [`Switch it on when ${days} days have been collected: what was not seen in them is new.`]),
    ...(rule.suppression === undefined ? [] : ['Suppression of alerts needs a Platinum subscription or higher; without it each document is an alert.']),
  ].join('\n\n'); // prettier-ignore
}

const kindOf = (tag: string): string => tag.split(': ')[0] ?? tag;

/** `shenji` and the key find the rules; the others are Elastic's taxonomy. */
export function tagsOf({ key, threat = [], tags = [] }: DetectionRule, index: readonly string[]): string[] {
  const sources = [...new Set(index.map(dataSourceOf))];
  const defaults = [
    ...(sources.every((source) => source === OWN) ? [] : ['Domain: SaaS']),
    ...sources.map((source) => `Data Source: ${source}`),
    'Use Case: Threat Detection',
  ].filter((tag) => !tags.some((own) => kindOf(own) === kindOf(tag)));
  const tactics = threat.map(({ tactic }) => `Tactic: ${tactic.name}`);
  return [...new Set(['shenji', `shenji:${key}`, ...defaults, ...tags, ...tactics, 'Resources: Investigation Guide'])];
}
