/** `docs/fields.md`: every field of every data stream with its type and meaning, and a document of each. */
import { windowDocument } from '../src/adapters/elasticsearch/ledger/documents.ts';
import { letterDocument } from '../src/adapters/elasticsearch/dead-letters.ts';
import { streamName } from '../src/adapters/elasticsearch/names.ts';
import { describedFields, dataStreamTemplates } from '../src/adapters/elasticsearch/templates.ts';
import { configSchema } from '../src/config/schema.ts';
import { preparer } from '../src/core/documents/prepare.ts';
import { createRedactor } from '../src/core/documents/redact.ts';
import { hashId } from '../src/sdk/document-id.ts';
import type { Stream } from '../src/core/stream.ts';
import { openGeo } from '../src/adapters/vendor/geo.ts';
import { createVendorHttp } from '../src/adapters/vendor/http.ts';
import { sourceDefinitions } from '../src/sources/index.ts';
import { ECS_WORDS } from './ecs-words.ts';

const NAMESPACE = 'default';
const AT = Date.parse('2026-03-02T02:00:05Z');
const HOUR = 3_600_000;
const WINDOW = { from: AT - HOUR - 5_000, to: AT - 5_000 };
const LIVE: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };

/** One record of each source, as its vendor would send it. */
const RECORDS: Readonly<Record<string, unknown>> = {
  'feishu.openapi_audit': {
    id: '7000000417203311',
    api_key: 'PATCH/open-apis/contact/v3/users/:user_id',
    event_time: (AT - 35 * 60_000) / 1_000,
    app_id: 'cli_9f5343c580712544',
    ip: '223.5.5.5',
    log_detail: {
      path: '/open-apis/contact/v3/users/ou_7dab8a3d3cdcc9da',
      method: 'PATCH',
      query_param: '{"user_id_type":"open_id"}',
      payload: '{"name":"Li Lei","department_ids":["od-4e6ac4d14bcd"]}',
      status_code: 200,
      response: '{"code":0,"msg":"success"}',
    },
  },
  'dingtalk.report': {
    dataset: 'reportData',
    stat_date: '20260301',
    corp_id: 'ding1234567890',
    key: '4100_DAY',
    value: 128,
    reading: 'D-1',
    meta: { kpiId: '4100', kpiName: '发送日志数', kpiCaliber: '发送钉钉日志数量', unit: '', period: 'DAY' },
  },
};

async function sampleOf(name: string): Promise<object> {
  const definition = sourceDefinitions.find((known) => known.name === name);
  if (definition === undefined) throw new TypeError(`${name} is no source`);
  const vendor = {
    feishu: { appId: 'cli_ours', appSecret: 'x', apps: { cli_9f5343c580712544: 'HR sync' } },
    dingtalk: { appKey: 'x', appSecret: 'x' },
  };
  const servers = { elasticsearch: { url: 'https://es:9200' }, redis: { url: 'redis://redis' } };
  const config = configSchema.parse({ ...servers, tenants: [{ id: 'acme', name: 'Acme Ltd', ...vendor }] });
  const [tenant] = config.tenants as unknown as [Record<string, unknown>];
  const http = createVendorHttp(false);
  const identity = { id: 'acme', name: 'Acme Ltd', timeZone: 'Asia/Shanghai' };
  const cache = { get: async () => undefined, set: async () => undefined };
  const { source } = definition.create(tenant[definition.vendor.name], identity, {
    http,
    geo: await openGeo({}),
    cache,
  });
  const stream: Stream = { ...LIVE, source: definition.name };
  const dataStream = { type: definition.dataStream.type, dataset: name, namespace: NAMESPACE };
  const prepared = preparer({
    stream, source, dataStream, organizationName: 'Acme Ltd', keepOriginal: true, redactor: createRedactor(config.redact), now: () => AT,
  })(RECORDS[name]); // prettier-ignore
  await http.close();
  if (prepared.kind !== 'document') throw new TypeError(`${name}: ${prepared.reason}`);
  return JSON.parse(prepared.line) as object;
}

async function documentOf(dataset: string): Promise<object> {
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
      if (words === undefined) throw new TypeError(`${name} has no description`);
      return `| \`${name}\` | ${type} | ${cell(words)} |`;
    });
    const sample = JSON.stringify(
      await documentOf(template.stream.dataset),
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
