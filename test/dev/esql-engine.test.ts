/** What rules in ES|QL are built from, asked of the real engine on the mapping of the audit log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapiAudit } from '../../src/sources/feishu/openapi-audit.ts';
import { askEsql, esqlEngine, makeStreams, runningOr, store } from '../support/esql.ts';

const INDEX = 'logs-feishu.openapi_audit-esql';
const call = (at: string, user: string, action: string, more: object = {}) =>
  ({ '@timestamp': `2026-05-04T${at}Z`, 'user.id': user, 'event.action': action, ...more }); // prettier-ignore

const DOCUMENTS = {
  a1: call('10:01:00', 'ann', 'contact.users.list'),
  a2: call('10:02:00', 'ann', 'contact.departments.list'),
  a3: call('10:29:59', 'ann', 'drive.files.download', { 'event.type': ['access', 'info'] }),
  a4: call('10:31:00', 'ann', 'contact.users.list'),
  b1: call('10:05:00', 'bob', 'drive.files.download'),
  b2: call('10:06:00', 'bob', 'contact.users.list', { 'feishu.openapi_audit.payload': { perm: { of: 'edit' } } }),
  early: call('08:00:00', 'ann', 'contact.users.list'),
};
const filter = { range: { '@timestamp': { gte: '2026-05-04T10:00:00Z', lt: '2026-05-04T11:00:00Z' } } };

describe('the engine of ES|QL', async () => {
  const found = await esqlEngine();
  beforeAll(async () => {
    if ('skipped' in found) return;
    await makeStreams(found, [openapiAudit], 'esql');
    await store(found, INDEX, DOCUMENTS);
  });
  afterAll(() => ('skipped' in found ? undefined : found.stop()));

  it('counts what KQL finds by user and half hour, within the range beside the query', async ({ skip }) => {
    const rows = await askEsql(runningOr(skip, found), {
      query: `FROM logs-feishu.openapi_audit-* METADATA _id
        | WHERE KQL("event.action: contact* or event.action: drive*")
        | EVAL slot = DATE_TRUNC(30 minutes, @timestamp)
        | STATS n = COUNT(*), apis = COUNT_DISTINCT(event.action), ids = VALUES(_id) BY user.id, slot
        | EVAL ids = MV_SORT(ids)
        | SORT user.id, slot`,
      filter,
    });
    expect(rows).toEqual([
      { 'user.id': 'ann', slot: '2026-05-04T10:00:00.000Z', n: 3, apis: 3, ids: ['a1', 'a2', 'a3'] },
      { 'user.id': 'ann', slot: '2026-05-04T10:30:00.000Z', n: 1, apis: 1, ids: 'a4' },
      { 'user.id': 'bob', slot: '2026-05-04T10:00:00.000Z', n: 2, apis: 2, ids: ['b1', 'b2'] },
    ]);
  });

  it.for([
    ['CASE', 'MIN(CASE(event.action == "contact.users.list", @timestamp, null))', 'MAX(CASE(event.action LIKE "drive*", @timestamp, null))'],
    ['KQL', 'MIN(@timestamp) WHERE KQL("event.action: contact.users*")', 'MAX(@timestamp) WHERE KQL("event.action: drive*")'],
  ])('tells who did one thing before another, by %s', async ([, listed, downloaded], { skip }) => {
    const rows = await askEsql(runningOr(skip, found), {
      query: `FROM logs-feishu.openapi_audit-*
        | STATS listed = ${listed}, downloaded = ${downloaded} BY user.id, slot = DATE_TRUNC(30 minutes, @timestamp)
        | WHERE listed < downloaded
        | EVAL minutes = DATE_DIFF("minutes", listed, downloaded)
        | KEEP user.id, minutes`,
      filter,
    });
    expect(rows).toEqual([{ 'user.id': 'ann', minutes: 28 }]);
  }); // prettier-ignore

  it('looks into flattened fields and at each of several values by KQL', async ({ skip }) => {
    const engine = runningOr(skip, found);
    const idsOf = async (kql: string): Promise<unknown[]> => {
      const query = 'FROM logs-feishu.openapi_audit-* METADATA _id | WHERE KQL(?kql) | KEEP _id';
      return (await askEsql(engine, { query, params: { kql } })).map(({ _id }) => _id);
    };
    expect(await idsOf('feishu.openapi_audit.payload.perm.of: ed*')).toEqual(['b2']);
    expect(await idsOf('event.type: info')).toEqual(['a3']);
  });

  it('fails aloud on KQL that it cannot parse, also where only the shard notices', async ({ skip }) => {
    const query = 'FROM logs-feishu.openapi_audit-* | WHERE KQL("event.action: (((") | STATS n = COUNT(*)';
    await expect(askEsql(runningOr(skip, found), { query })).rejects.toThrow(/Failed to parse KQL query/);
  });
});
