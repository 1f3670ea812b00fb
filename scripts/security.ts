/** The table of secrets in `docs/security.md`, from the places that the redaction is tested with. */
import { documented, FAKE, tried, type Place } from '../test/core/documents/secret-places.ts';

/** A place as code, each secret in it as `…`. */
function shown({ sample }: Place): string {
  const text = typeof sample === 'string' ? sample.replaceAll('\n', String.raw`\n`) : JSON.stringify(sample);
  const hidden = text.replaceAll(/(?:fa5e-?)+|515051505/gi, '…').replaceAll('|', String.raw`\|`);
  return `\`${hidden}\``;
}

const isSecret = ({ sample }: Place): boolean => FAKE.test(JSON.stringify(sample));
const cell = (places: readonly Place[]): string => places.map(shown).join('<br>');

function table(places: readonly Place[]): string {
  const rows = [...Map.groupBy(places, ({ from }) => from)].map(
    ([from, own]) => `| ${from} | ${cell(own.filter(isSecret))} | ${cell(own.filter((place) => !isSecret(place)))} |`,
  );
  return ['| from | taken out, where it says … | stays |', '| --- | --- | --- |', ...rows].join('\n');
}

export function secretsInWords(): string {
  const all = [...documented, ...tried];
  const secrets = all.filter(isSecret).length;
  const summary = `${all.length} places, ${secrets} with a secret and ${all.length - secrets} without; ${documented.length} are from the documents of vendors, clouds and standards, collected before the redaction was written.`;
  return `${summary}\n\n<!-- prettier-ignore -->\n${table(all)}`;
}
