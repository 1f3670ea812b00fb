/** A source that breaks its contract costs the record of which it does, and nothing else. */
import { describe, expect, it } from 'vitest';
import { preparer } from '../../../src/core/documents/prepare.ts';
import { createRedactor } from '../../../src/core/documents/redact.ts';
import type { EcsDocument, Source } from '../../../src/sdk/source.ts';
import { live } from '../../support/pipeline.ts';

const TIME = new Date('2026-03-01T00:00:00Z');
const good: Pick<Source, 'idOf' | 'timeOf' | 'plainKeys' | 'toDocument' | 'unreviewed'> = {
  idOf: () => 'id',
  timeOf: () => TIME,
  plainKeys: () => new Set(),
  unreviewed: () => undefined,
  toDocument: () => ({ '@timestamp': TIME.toISOString(), organization: { id: 'another tenant', kind: 'kept' } }),
};

const preparedBy = (parts: Partial<typeof good>) =>
  preparer({
    stream: live,
    source: { ...good, ...parts } as Source,
    organizationName: 'Acme Ltd',
    dataStream: { type: 'logs', dataset: live.source, namespace: 'default' },
    keepOriginal: true,
    redactor: createRedactor({ keys: [], mode: 'remove' }),
    now: Date.now,
  })({ any: 'record' });

const withKey = (key: string) => (): EcsDocument => ({ '@timestamp': TIME.toISOString(), [key]: { pass: 'live' } });
const thrown = (what: unknown) => (): never => {
  throw what;
};

describe('a record', () => {
  it('belongs to the tenant that it was read for, whatever its source says', () => {
    const prepared = preparedBy({});
    const { organization } = JSON.parse(prepared.kind === 'document' ? prepared.line : '{}') as {
      organization: object;
    };
    expect(organization).toEqual({ id: live.tenant, name: 'Acme Ltd', kind: 'kept' });
  });

  it.each<[string, Partial<typeof good>, RegExp]>([
    ['has no time', { timeOf: () => new Date('yesterday') }, /timeOf gave no time/],
    ['has no id', { idOf: () => undefined as never }, /idOf gave no text/],
    ['lies at another time than its document', { toDocument: () => ({ '@timestamp': '2026-03-02T00:00:00Z' }) }, /gave @timestamp 2026-03-02.*timeOf 2026-03-01/],
    ['says what shenji says', { toDocument: withKey('shenji') }, /may not set "shenji"/],
    ['says whose data stream it is in', { toDocument: withKey('data_stream') }, /may not set "data_stream"/],
    ['has dots in the names of its fields', { toDocument: withKey('organization.id') }, /may not set "organization\.id"/],
    ['throws what is no Error', { idOf: thrown('boo') }, /no Error: boo/],
    ['throws nothing at all', { timeOf: thrown(undefined) }, /no Error: undefined/],
  ])('that %s becomes a dead letter', (_, parts, reason) => {
    expect(preparedBy(parts)).toMatchObject({ kind: 'unmappable', reason: expect.stringMatching(reason) as string });
  }); // prettier-ignore
});
