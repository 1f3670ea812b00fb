/** Records made by an attacker, as he can make them: by the calls of an app that is audited. */
import { expect, it } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { preparer } from '../../src/core/documents/prepare.ts';
import { createRedactor } from '../../src/core/documents/redact.ts';
import { live } from '../support/pipeline.ts';
import { make } from './made.ts';

const { source } = make('feishu', 'https://open.feishu.cn');
const prepare = preparer({
  stream: live,
  source,
  organizationName: 'Acme Ltd',
  dataStream: { type: 'logs', dataset: live.source, namespace: 'default' },
  keepOriginal: true,
  redactor: createRedactor({ keys: [], mode: 'remove' }),
  now: Date.now,
});

function documentOf(detail: object, more: object = {}): Record<string, never> {
  const record = { id: '1', event_time: 1_767_650_000, log_detail: detail, ...more };
  const prepared = prepare(record);
  if (prepared.kind !== 'document') throw new Error(prepared.reason);
  return JSON.parse(prepared.line) as Record<string, never>;
}

it('a payload with __proto__, constructor and their like changes no object but its own document', () => {
  const payload =
    '{"__proto__":{"polluted":1,"token":"t-g0123456789abcdef0123456789"},"constructor":{"prototype":{"polluted":1}}}';
  const { feishu } = documentOf({ path: '/open-apis/contact/v3/users', method: 'POST', payload });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  const written = JSON.stringify(feishu);
  expect(written).toContain('"__proto__":{"polluted":1,"token":"[redacted]"}');
});

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
  'an API family, a field, a path parameter or an app called %s is nothing special',
  (name) => {
    const detail = {
      path: `/open-apis/${name}/v1/things/x`,
      method: 'POST',
      query_param: JSON.stringify({ [name]: 'x' }),
      payload: `{"${name}":"x"}`,
    };
    const document = documentOf(detail, { api_key: `POST/open-apis/${name}/v1/things/:${name}`, app_id: name });
    expect(document).toMatchObject({
      event: { category: ['api'] },
      user: { id: name, name },
      feishu: { openapi_audit: { family: name } },
    });
    expect(document).not.toHaveProperty('feishu.openapi_audit.target');
  },
);

it('line breaks and escape sequences forge neither a document nor a log line', () => {
  const forged = 'x"}\n{"create":{"_index":"other"}}\n\u001B[2J\r\n{"log.level":"fatal"}';
  const prepared = prepare({ id: forged, event_time: 1_767_650_000, api_key: forged, log_detail: { path: forged } });
  expect(prepared.kind === 'document' && prepared.line.includes('\n')).toBe(false);
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    secrets: [],
    pretty: false,
    destination: { write: (line) => void lines.push(line) },
  });
  log.warn({ id: forged }, `window ${forged} did not succeed`);
  expect(lines).toHaveLength(1);
  for (const control of ['\n', '\r', '\u001B']) expect(lines[0]?.trimEnd()).not.toContain(control);
});

it('a key that is the same without a NUL does not hide what a rule goes by', () => {
  const payload = JSON.stringify({ link_share_entity: 'anyone_editable', 'link_share_entity\0': 'closed' });
  const document = documentOf({ path: '/open-apis/drive/v1/permissions/doc/public', method: 'PATCH', payload });
  expect(document).toHaveProperty('feishu.openapi_audit.payload.link_share_entity', 'anyone_editable');
});

it('padding in front of what a rule goes by does not hide it', () => {
  const padding = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`x${index}`, 1]));
  const payload = JSON.stringify({ ...padding, deep: [padding], link_share_entity: 'anyone_editable' });
  const document = documentOf({ path: '/open-apis/drive/v1/permissions/doc/public', method: 'PATCH', payload });
  expect(document).toMatchObject({
    feishu: { openapi_audit: { payload: { x0: 1, link_share_entity: 'anyone_editable' }, payload_truncated: true } },
  });
  expect(document).not.toHaveProperty('feishu.openapi_audit.payload.x1000');
});
