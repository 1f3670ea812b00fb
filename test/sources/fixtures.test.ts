import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/sdk/json.ts';
import { createRedactor } from '../../src/core/documents/redact.ts';
import { kpisOf } from '../../src/sources/dingtalk/mapping.ts';
import { fixturesIn } from '../../src/testing/fixtures.ts';
import { make } from './made.ts';

const redactor = createRedactor({ keys: [], mode: 'remove' });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('recorded audit records become the expected documents', () => {
  const { source } = make('feishu', 'https://open.feishu.cn', { apps: { cli_hr: 'HR sync' } });
  it.each(fixturesIn(path.join(import.meta.dirname, 'feishu', 'fixtures')))('$name', ({ raw, expected }) => {
    const { value, json } = redactor.record(raw, source.plainKeys(raw));
    const document = plain(source.toDocument(value, json));
    expect(document).toEqual(expected(document));
    expect(JSON.stringify(document)).not.toContain('CANARY');
  });

  it('and Lark is named as the provider where it is the host', () => {
    const lark = make('feishu', 'https://open.larksuite.com/').source;
    expect(lark.toDocument({ id: '1', event_time: 1767650000 }, parseJson)).toMatchObject({
      event: { provider: 'lark' },
      observer: { vendor: 'Lark' },
    });
  });
});

describe('recorded statistics become the expected documents', () => {
  const { source } = make('dingtalk', 'https://api.dingtalk.com');
  it.each(fixturesIn(path.join(import.meta.dirname, 'dingtalk', 'fixtures')))('$name', ({ raw, expected }) => {
    const documents = kpisOf(raw as Record<string, unknown>, 'reportData', '20210620', 'D-1').map((kpi) =>
      source.toDocument(kpi, parseJson),
    );
    expect(plain(documents)).toEqual(expected(documents));
  });

  it('and a KPI that is no number is refused', () => {
    const [kpi] = kpisOf({ dataList: [{ '1_DAY': 'many' }] }, 'reportData', '20210620', 'D-1');
    expect(() => source.toDocument(kpi, parseJson)).toThrow('"many" is no number');
  });
});
