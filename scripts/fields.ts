/** `docs/fields.md`: every field of every data stream with its type and meaning, and a document of each. */
import { completenessDocument } from '../src/adapters/elasticsearch/completeness.ts';
import { windowDocument } from '../src/adapters/elasticsearch/ledger/documents.ts';
import { letterDocument } from '../src/adapters/elasticsearch/dead-letters.ts';
import { streamName } from '../src/adapters/elasticsearch/names.ts';
import { describedFields, dataStreamTemplates } from '../src/adapters/elasticsearch/templates.ts';
import { hashId } from '../src/sdk/document-id.ts';
import type { Stream } from '../src/core/stream.ts';
import { sourceDefinitions } from '../src/sources/index.ts';
import { documentOf, openSource } from '../src/testing/open-source.ts';
import { ECS_WORDS } from './ecs-words.ts';

const NAMESPACE = 'default';
const AT = Date.parse('2026-03-02T02:00:05Z');
const HOUR = 3_600_000;
const WINDOW = { from: AT - HOUR - 5_000, to: AT - 5_000 };
const LIVE: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };

/** The example of a source, as it would be collected. */
async function sampleOf(name: string): Promise<object> {
  const definition = sourceDefinitions.find((known) => known.name === name);
  if (definition === undefined) throw new TypeError(`${name} is no source`);
  return documentOf(definition, await openSource(definition, definition.example), definition.example.record, AT);
}

async function exampleOf(dataset: string): Promise<object> {
  if (dataset === 'shenji.window') {
    const counts = { pages: 1, fetched: 84, events: 84, created: 84, duplicates: 0, rejected: 0, lookups: 0, crossIndexDuplicates: 0, late: 0, lateness: 0 }; // prettier-ignore
    const entry = { stream: LIVE, span: WINDOW, run: '1772416800123', attempts: 1, startedAt: AT - 900, endedAt: AT };
    const claim = { minutes: [`+0 35 ${'A'.repeat(21)}Q =`, `+29 49 ${'A'.repeat(21)}g =`], elsewhere: [] };
    const reading = {
      claim,
      readFrom: AT - 400,
      readUntil: AT,
      question: {},
      asker: { app: 'cli_ours', url: 'https://open.feishu.cn' },
    };
    return windowDocument({ ...entry, status: 'done', counts, reading }, NAMESPACE);
  }
  if (dataset === 'shenji.completeness') {
    const completeness = { word: 'incomplete', until: AT - 8 * HOUR, lagMs: 8 * HOUR - 180_000, missingMs: HOUR, gaps: 1, rules: 13, blindRules: 0 } as const; // prettier-ignore
    const told = { stream: LIVE, tenantName: 'Acme Ltd', at: AT, gaps: [], completeness, lastEvent: WINDOW.from };
    return completenessDocument(told, NAMESPACE);
  }
  if (dataset === 'shenji.dead_letter') {
    const reason = 'event_time is missing or no whole number of seconds';
    const original = '{"id":"7000000417203312","app_id":"cli_9f5343c580712544"}';
    const letter = {
      stream: LIVE,
      span: WINDOW,
      type: 'mapping',
      reason,
      original,
      document: undefined,
      fingerprint: hashId(original),
      at: AT,
    } as const;
    return letterDocument(letter, NAMESPACE);
  }
  return sampleOf(dataset);
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

export async function fieldsDocument(): Promise<string> {
  const parts = [
    '# Fields',
    'Every field of every data stream, made from the templates that `shenji setup` installs (`npm run generate` writes this file). Fields that ECS defines have the type that ECS gives them. `dynamic: false`: what is not listed is kept in the document and not searchable.',
  ];
  for (const template of dataStreamTemplates(sourceDefinitions, '90d')) {
    const rows = describedFields(template).map(({ name, type, description }) => {
      const words = description ?? ECS_WORDS[name];
      if (words === undefined)
        throw new TypeError(
          `${name} has no description: an ECS field gets one in scripts/ecs-words.ts, any other where it is declared`,
        );
      return `| \`${name}\` | ${type} | ${cell(words)} |`;
    });
    const sample = JSON.stringify(
      await exampleOf(template.stream.dataset),
      (key, value: unknown) => (key === 'ingested' ? new Date(AT).toISOString() : value),
      2,
    );
    parts.push(
      `## \`${streamName(template.stream, '<namespace>')}\``,
      ['| field | type | holds |', '| --- | --- | --- |', ...rows].join('\n'),
      `\`\`\`json\n${sample}\n\`\`\``,
    );
  }
  return `${parts.join('\n\n')}\n`;
}
