/** The rules in words, for `docs/analyst.md`. */
import type { RuleSource } from './rule-format.ts';

const BEGIN = '<!-- rules: made by "npm run generate" -->';
const END = '<!-- end of rules -->';

function section({
  name,
  key,
  description,
  type,
  severity,
  risk_score: score,
  risk,
  query,
  threshold,
  threat,
  false_positives: harmless,
  triage,
  new_terms_fields: terms,
}: RuleSource & { readonly key: string }): string {
  const [first] = threat;
  const technique = first?.technique[0] as { name: string; id: string } | undefined;
  const counted =
    threshold === undefined
      ? ''
      : `, at least ${threshold.value} by \`${threshold.field.join('`, `')}\`${threshold.cardinality.map(({ field, value }) => ` over ${value} values of \`${field}\``).join('')} in half an hour`;
  const fresh = terms === undefined ? '' : `, new in \`${terms.join('` and `')}\``;
  return [
    `### ${name}`,
    `${description} Severity ${severity}, risk ${score}: ${risk}`,
    `\`${key}\`, ${type === 'new_terms' ? 'new terms' : type}${counted}${fresh}. ATT&CK: ${first?.tactic.name}, ${technique?.name} (${technique?.id}).`,
    `\`\`\`kql\n${query}\n\`\`\``,
    `Harmless when: ${harmless.join(' ')}`,
    triage.map((step, index) => `${index + 1}. ${step}`).join('\n'),
  ].join('\n\n');
}

/** @throws RangeError where the document has no place for the rules */
export function withRules(document: string, rules: readonly (RuleSource & { readonly key: string })[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError(`the document needs the lines ${BEGIN} and ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${rules.map(section).join('\n\n')}\n\n${document.slice(end)}`;
}
