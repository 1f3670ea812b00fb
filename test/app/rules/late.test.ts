/** What comes late is told as late; what a backfill reads is history to the rules, and no news. */
import { beforeAll, describe, expect, it } from 'vitest';
import { esqlAsker } from '../../../src/adapters/elasticsearch/esql.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import type { Clock } from '../../../src/app/rules/clock.ts';
import { evaluate } from '../../../src/app/rules/evaluate.ts';
import { evaluateLate } from '../../../src/app/rules/late.ts';
import { localRules, ruleKey } from '../../../src/app/rules/rule.ts';
import { documentWriters, preparationOf } from '../../../src/app/preparation.ts';
import { openRuntime, type Runtime } from '../../../src/app/runtime.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { preparer } from '../../../src/core/documents/prepare.ts';
import { startSimulator } from '../../../src/dev/simulator/index.ts';
import { REPLAY_PASS, type Pass } from '../../../src/sdk/pass.ts';
import { live } from '../../support/pipeline.ts';
import { silent } from '../../support/silent.ts';
import { install, rawConfig } from '../../support/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GRANT = 'POST/open-apis/contact/v3/functional_roles/:role_id/members/batch_create';
const EDIT = 'PATCH/open-apis/contact/v3/users/:user_id';

describe('a rule', () => {
  let world: Runtime;
  let now: number;
  const rule = (key: string): Rule => localRules(world).find((one) => ruleKey(one) === key) as Rule;
  /** One call, read by this pass, and indexed now or so many milliseconds after it happened. */
  const call = async (
    id: string,
    {
      ago,
      pass,
      key = GRANT,
      ip = '203.0.113.7',
      after,
      tenant = live.tenant,
    }: { ago: number; pass: Pass; key?: string; ip?: string; after?: number; tenant?: string },
  ): Promise<void> => {
    const [source] = world.sources;
    if (source === undefined) throw new Error('the world has a source');
    const happened = Math.floor((now - ago) / 1_000);
    const indexed = after === undefined ? now : happened * 1_000 + after;
    const prepare = preparer({ ...preparationOf(world, source, { ...live, tenant, pass }), now: () => indexed });
    const path = key.replace(/^[A-Z]+/, '').replaceAll(/:[a-z_]+/g, 'x1');
    const detail = { method: key.split('/')[0], path, status_code: 200, response: '{"code":0}' };
    const made = prepare({ id, api_key: key, event_time: happened, app_id: 'cli_a', ip, log_detail: detail });
    if (made.kind !== 'document') throw new Error(made.reason);
    const item = { id: made.id, document: made.line, earliest: made.time, time: made.time };
    await documentWriters(world).get(live.source)?.write([item], new AbortController().signal);
  };
  const seen = async (key: string, from: number, clock: Clock = 'rule'): Promise<string[]> => {
    const span = { from, to: now + 60_000 };
    const asked = { client: world.elasticsearch, span, clock, esql: esqlAsker(world.elasticsearch) };
    return (await evaluate(rule(key), asked)).flatMap(({ documents }) => documents);
  };

  beforeAll(async () => {
    const vendor = await startSimulator({ events: 1 });
    world = await openRuntime(configSchema.parse(rawConfig(vendor)), silent);
    await install(world);
    now = Date.now();
    await call('on-time', { ago: 2 * DAY, pass: 'live', after: 60_000 });
    await call('caught-up', { ago: 3 * HOUR, pass: 'live' });
    await call('backfilled', { ago: 3 * DAY, pass: 'backfill-gap' });
    await call('replayed', { ago: 5 * HOUR, pass: REPLAY_PASS });
    await call('known', { ago: 6 * DAY, pass: 'backfill-gap', key: EDIT, ip: '198.51.100.1' });
    await call('same-network', { ago: 0, pass: 'live', key: EDIT, ip: '198.51.100.77' });
    await call('new-network', { ago: 0, pass: 'live', key: EDIT, ip: '192.0.2.9' });
    await call('theirs', { ago: 2 * DAY, pass: 'live', key: EDIT, ip: '198.18.5.1', after: 60_000, tenant: 'globex' });
    await call('ours', { ago: 0, pass: 'live', key: EDIT, ip: '198.18.5.2' });
    await world.elasticsearch.indices.refresh({ index: `logs-*-${world.config.namespace}` });
    return async () => {
      await world.close();
      await vendor.close();
    };
  });

  it('alerts on what was caught up or replayed, when it is there, and on nothing that a backfill read', async () => {
    expect((await seen('power-granted', now - HOUR)).toSorted()).toEqual(['caught-up', 'replayed']);
  });

  it('speaks of what a backfill read where everything counts as known at once', async () => {
    expect(await seen('power-granted', now - 4 * DAY)).not.toContain('backfilled');
    expect(await seen('power-granted', now - 4 * DAY, 'event')).toContain('backfilled');
  });

  it('knows a network that a backfill has read of, and none that only another tenant with the same app has', async () => {
    expect((await seen('new-address', now - HOUR)).toSorted()).toEqual(['new-network', 'ours']);
  });

  it('is asked again over what it saw too late, and whether it can have spoken all the same', async () => {
    const span = { from: now - 4 * DAY, to: now };
    const late = await evaluateLate(rule('power-granted'), {
      client: world.elasticsearch,
      span,
      esql: esqlAsker(world.elasticsearch),
    });
    const told = late.map(({ documents, raised }) => [documents, raised]);
    // Suppression makes one of what happened within an hour; these lie apart.
    expect(told).toEqual([
      [['backfilled'], false],
      [['replayed'], true],
      [['caught-up'], true],
    ]);
  });
});
