/** Searches, hunts and rules in words, for `docs/analyst.md`. */
import type { Part } from '../src/adapters/kibana/objects/part.ts';
import type { DetectionRule, Threshold } from '../src/sdk/kibana.ts';

const TYPES: Readonly<Record<DetectionRule['type'], string>> = {
  query: 'query',
  threshold: 'threshold',
  new_terms: 'new terms',
  esql: 'ES|QL',
};

function inNumbers({ field, value, cardinality }: Threshold): string {
  const distinct = cardinality.map((one) => `${one.value} values of \`${one.field}\``);
  const least = value > 1 || distinct.length === 0 ? [`${value} documents`] : [];
  return `at least ${[...least, ...distinct].join(' with ')} by \`${field.join('` and `')}\``;
}

function inWords({
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
  response = [],
  new_terms_fields: terms,
}: DetectionRule): string {
  const [first] = threat ?? [];
  const technique = first?.technique[0] as { name: string; id: string } | undefined;
  const counted = threshold === undefined ? '' : `, ${inNumbers(threshold)}`;
  const fresh = terms === undefined ? '' : `, new in \`${terms.join('` and `')}\``;
  return [
    `### ${name}`,
    `${description} Severity ${severity}, risk ${score}: ${risk}`,
    `\`${key}\`, ${TYPES[type]}${counted}${fresh}. ATT&CK: ${first?.tactic.name}, ${technique?.name} (${technique?.id}).`,
    `\`\`\`${type === 'esql' ? 'esql' : 'kql'}\n${query}\n\`\`\``,
    `Harmless when: ${harmless.join(' ')}`,
    triage.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    ...(response.length === 0 ? [] : [`Where it was an attack: ${response.join(' ')}`]),
  ].join('\n\n');
}

export const rulesInWords = (rules: readonly DetectionRule[]): string => rules.map(inWords).join('\n\n');

export const searchesInWords = (parts: readonly Part[]): string =>
  parts
    .flatMap(({ searches }) => searches)
    .map(({ title, description }) => `- **${title.en.replace('[shenji] ', '')}**: ${description.en}`)
    .join('\n');

export const huntsInWords = (parts: readonly Part[]): string =>
  parts
    .flatMap(({ hunts }) => hunts)
    .map(({ number, name, question, hint, dataView, query }) => {
      const heading = `### ${number}. ${question.en}`;
      const where = `**${name.en}**, on _${dataView.name.en}_. ${hint.en}`;
      return [heading, where, `\`\`\`kql\n${query}\n\`\`\``].join('\n\n');
    })
    .join('\n\n');
