import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { CredentialsError, RetryableError } from 'shenji/source';
import { conformance, documentOf, fixturesIn, openSource, readAll, sourceContext, standInVendor } from 'shenji/testing';
import activity from '../src/index.ts';
import { answer, CLIENT, signIn, startVendor } from './vendor.ts';

const HOUR = { from: new Date('2026-03-02T01:00:00Z'), to: new Date('2026-03-02T02:00:00Z') };
const configured = (baseUrl: string) => ({ vendor: { baseUrl, ...CLIENT } });

for (const { name, run } of conformance({
  definition: activity,
  configured,
  serving: answer,
  signIn,
  window: HOUR,
  expectedRecords: 120,
  unmappable: [{}, { id: 'act_1' }, { at: '2026-03-02T01:00:00Z' }, { id: 'act_1', at: 'yesterday' }],
}))
  test(name, run);

for (const { name, raw, expected } of fixturesIn(path.join(import.meta.dirname, 'fixtures')))
  test(`the recorded activity "${name}" becomes the expected document`, async () => {
    const instance = await openSource(activity, activity.example);
    const document = documentOf(activity, instance, raw, Date.parse('2026-03-02T02:00:00Z'));
    assert.deepEqual(document, expected(document));
  });

test('a wrong secret is for the operator: nothing is tried again', async () => {
  const { url } = await startVendor();
  const { source } = await openSource(activity, { vendor: { baseUrl: url, ...CLIENT, clientSecret: 'wrong' } });
  await assert.rejects(readAll(source.fetchPages(HOUR, sourceContext())), CredentialsError);
});

test('a failure inside HTTP 200 is a failure, not an empty list', async () => {
  const { url } = await standInVendor((call) => signIn(call) ?? { body: { error: 'internal' } });
  const { source } = await openSource(activity, configured(url));
  await assert.rejects(readAll(source.fetchPages(HOUR, sourceContext())), RetryableError);
});

test('reads only one actor where the configuration says so', async () => {
  const { url } = await startVendor();
  const { source } = await openSource(activity, { ...configured(url), settings: { actor: 'u_666' } });
  const records = (await readAll(source.fetchPages(HOUR, sourceContext()))).flatMap((page) => page.records);
  assert.ok(records.length > 0);
  for (const record of records) assert.equal((record as { actor: { id: string } }).actor.id, 'u_666');
});
