/** gaps and replay: what an operator closes and repairs; `prove` has prove.test.ts. */
import { describe, expect, it } from 'vitest';
import { createDeadLetters } from '../../src/adapters/elasticsearch/dead-letters.ts';
import { createExactWriter } from '../../src/adapters/elasticsearch/exact-writer.ts';
import type { Stream } from '../../src/core/stream.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji } from '../support/world.ts';

const HOUR = 3_600_000;
const FROM = Date.parse('2026-03-01T00:00:00Z');
const STRETCH = ['--from', new Date(FROM).toISOString(), '--to', new Date(FROM + 3 * HOUR).toISOString()];
const live: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };

async function ended(program: ReturnType<typeof shenji>) {
  return { code: await program.ended, ...program.output() };
}

async function collected() {
  const vendor = await simulator({ seed: 'evidence', events: 300, from: FROM, to: FROM + 3 * HOUR });
  const raw = rawConfig(vendor);
  const world = await openWorld(raw);
  const { code, stderr } = await ended(shenji(['backfill', 'feishu.openapi_audit', ...STRETCH, '--wait'], raw));
  expect(code, stderr).toBe(0);
  const index = `logs-feishu.openapi_audit-${world.config.namespace}`;
  return { raw, world, index };
}

describe('gaps', () => {
  it('are listed, accepted with a reason that the ledger keeps, and then no gap any more', async () => {
    const vendor = await simulator({ events: 10, from: FROM, to: FROM + HOUR });
    const raw = rawConfig(vendor, { audit: { since: '2h' } });
    const world = await openWorld(raw);
    const [source] = world.sources;
    await world.planner.tick(source?.planned as never);
    const { origin } = (await world.checkpoints.read(live)) ?? { origin: 0 };
    const span = { from: origin, to: origin + 60_000 };
    const error = { type: 'PermanentError', message: 'the vendor has lost it', retryable: false };
    await world.ledger.append({
      stream: live,
      span,
      run: 'x',
      attempts: 1,
      startedAt: Date.now(),
      endedAt: Date.now(),
      status: 'failed',
      error,
    });
    const list = await ended(shenji(['gaps', 'list', '--json'], raw));
    expect(list.code).toBe(1);
    expect(JSON.parse(list.stdout)).toMatchObject([
      { stream: 'acme/feishu.openapi_audit/live', failures: 1, error: 'the vendor has lost it' },
    ]);
    const bounds = ['--from', new Date(span.from).toISOString(), '--to', new Date(span.to).toISOString()];
    const nowhere = await ended(
      shenji(
        [
          'gaps',
          'accept',
          'acme/feishu.openapi_audit/live',
          '--from',
          '2020-01-01',
          '--to',
          '2020-01-02',
          '--reason',
          'x',
        ],
        raw,
      ),
    );
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('has no gap between')]);
    const [since, first, until, last] = bounds as [string, string, string, string];
    const reversed = await ended(
      shenji(['gaps', 'accept', 'acme/feishu.openapi_audit/live', since, last, until, first, '--reason', 'x'], raw),
    );
    expect([reversed.code, reversed.stderr]).toEqual([2, expect.stringContaining('must lie before --to')]);
    const accept = await ended(
      shenji(['gaps', 'accept', 'acme/feishu.openapi_audit/live', ...bounds, '--reason', 'ticket 42'], raw),
    );
    expect(accept.code, accept.stderr).toBe(0);
    expect((await ended(shenji(['gaps', 'list'], raw))).stdout).toBe('no gaps\n');
    const prove = await ended(shenji(['prove', 'feishu.openapi_audit', ...bounds], raw));
    expect(prove.stdout).toMatch(/accepted without data: .* by .*: ticket 42/);
  });
});

describe('replay', () => {
  it("makes documents of the dead letters that today's mapping takes, marks them, and is doubled by no later read", async () => {
    const { raw, world, index } = await collected();
    const { elasticsearch: client, config } = world;
    const letters = createDeadLetters(client, config.namespace);
    const signal = new AbortController().signal;
    const letter = (original: string) =>
      ({
        stream: live,
        span: { from: FROM, to: FROM + HOUR },
        type: 'mapping',
        reason: 'an older mapping',
        original,
        document: undefined,
        fingerprint: original,
        at: Date.now(),
      }) as const;
    await letters.write(
      [letter('{"id":"mended","event_time":1772323300}'), letter('{"id":"hopeless"}'), letter('no JSON')],
      signal,
    );
    await client.indices.refresh({ index: `logs-shenji.dead_letter-${config.namespace}` });

    const dry = await ended(shenji(['replay', '--dry-run', '--json'], raw));
    expect(JSON.parse(dry.stdout)).toMatchObject({ letters: 3, created: 1, stillDead: 2 });
    expect(await collectedIds(world)).not.toContain('mended');

    const first = await ended(shenji(['replay', '--json'], raw));
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ letters: 3, created: 1, duplicates: 0, stillDead: 2 });
    await client.indices.refresh({ index: `logs-shenji.dead_letter-${config.namespace}` });
    const second = await ended(shenji(['replay', '--json'], raw));
    expect(JSON.parse(second.stdout)).toMatchObject({ letters: 2, created: 0, stillDead: 2 });

    const { hits } = await until(
      'the document',
      () => client.search({ index, query: { term: { 'event.id': 'mended' } } }),
      (found) => found.hits.hits.length > 0,
    );
    const again = await createExactWriter({
      client,
      index,
      beforeCreation: async () => undefined,
    }).write(
      [
        {
          id: hits.hits[0]?._id ?? '',
          earliest: FROM,
          time: FROM + 100_000,
          document: '{"@timestamp":"2026-03-01T00:01:40Z"}',
        },
      ],
      signal,
    );
    expect(again.outcomes).toEqual([{ kind: 'duplicate' }]);
  });
});
