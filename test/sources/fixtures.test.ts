import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/sdk/json.ts';
import { createRedactor } from '../../src/core/documents/redact.ts';
import { figuresOf } from '../../src/sources/dingtalk/mapping.ts';
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
    const documents = figuresOf(raw as Record<string, unknown>, 'reportData', '20210620', 'D-1').map((figure) =>
      source.toDocument(figure, parseJson),
    );
    expect(plain(documents)).toEqual(expected(documents));
  });

  it('and a figure that is no number is refused', () => {
    const [figure] = figuresOf({ dataList: [{ '1_DAY': 'many' }] }, 'reportData', '20210620', 'D-1');
    expect(() => source.toDocument(figure, parseJson)).toThrow('"many" is no number');
  });
});
