/** The rule over how complete the streams are, on a real Elasticsearch: told once, by what a scheduler has written. */
import { esqlAsker } from '../../../src/adapters/elasticsearch/esql.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCompletenessWriter, itemsOf } from '../../../src/adapters/elasticsearch/completeness.ts';
import { evaluate } from '../../../src/app/rules/evaluate.ts';
import { localRule, ruleKey, rulesOf } from '../../../src/app/rules/rule.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import { lookbacksOf } from '../../../src/app/completeness.ts';
import type { Runtime } from '../../../src/app/runtime.ts';
import { startScheduler } from '../../../src/app/scheduler.ts';
import { completenessOf } from '../../../src/core/planning/completeness.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { openapiAudit } from '../../../src/sources/feishu/openapi-audit.ts';
import { report } from '../../../src/sources/dingtalk/report.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { live, work } from '../../support/pipeline.ts';
import { simulator } from '../../support/simulator.ts';
import { until } from '../../support/until.ts';
import { openWorld, rawConfig } from '../../support/world.ts';
import { mutantsOf } from './mutants.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 2, 2);
const rule = rulesOf(sourceDefinitions).find((one) => ruleKey(one) === 'collection-blind') as Rule;
const NOBODY = { ownApps: [], adminApps: [], nightApps: [], homeCountries: [], knownNetworks: [], exportApps: [] };

it('rules look back over the documents of their source', () => {
  expect(Math.min(...lookbacksOf(openapiAudit))).toBe(30 * MINUTE);
  expect(lookbacksOf(openapiAudit)).toHaveLength(openapiAudit.rules.length);
  expect(lookbacksOf(report)).toEqual([]);
});

/** How far behind each stream is, by the time since the beginning: `undefined` while nobody tells. */
type Story = Readonly<Record<string, (at: number) => { behind: number; isSilent?: boolean } | undefined>>;

describe('a stream whose rules look at nothing', () => {
  let world: Runtime;
  beforeEach(async () => {
    world = await openWorld(rawConfig(await simulator({ events: 0 })));
  });

  async function tell(stream: Stream, story: Story[string], hours: number): Promise<void> {
    const { elasticsearch, config } = world;
    const items = [];
    for (let at = START; at < START + hours * HOUR; at += 5 * MINUTE) {
      const { behind, isSilent = false } = story(at - START) ?? {};
      if (behind === undefined) continue;
      const missing = behind === 0 ? [] : [{ from: at - behind, to: at }];
      const state = { stream, origin: 0, end: undefined, watermark: at - behind, dueUntil: at, gaps: [], missing, queued: 0, planned: 0 }; // prettier-ignore
      const judging = { staleMs: 0, maxLagMs: 15 * MINUTE, lookbacksMs: lookbacksOf(openapiAudit), isSilent };
      const completeness = completenessOf(state, judging);
      const told = { stream, tenantName: 'Acme', at, gaps: [], completeness, lastEvent: undefined };
      items.push(...itemsOf(told, at, config.namespace));
    }
    await createCompletenessWriter(elasticsearch, config.namespace)(items, new AbortController().signal);
  }

  async function alerts(stories: Story, hours: number, asked = rule): Promise<string[]> {
    const { elasticsearch: client, config } = world;
    for (const [tenant, story] of Object.entries(stories)) await tell({ ...live, tenant }, story, hours);
    await client.indices.refresh({ index: `metrics-shenji.completeness-${config.namespace}` });
    const span = { from: START, to: START + hours * HOUR };
    const found = await evaluate(localRule(asked, NOBODY, config.namespace), {
      client,
      span,
      clock: 'event',
      esql: esqlAsker(client),
    });
    return found.map(({ about, at }) => `${Object.values(about).join(' ')} ${(at - START) / HOUR}`);
  }

  const falling = (at: number) => ({ behind: at < 2 * HOUR ? 0 : at - 2 * HOUR });

  it('is told once, half an hour after nothing is collected any more, and nobody else is', async () => {
    const found = await alerts({ acme: falling, globex: () => ({ behind: 20 * MINUTE }) }, 12);
    expect(found).toEqual([expect.stringMatching(/^acme\/feishu\.openapi_audit\/live blind 2\.[5-6]/)]);
  });

  it('is told as soon as a scheduler that was away is back, though nothing told of it meanwhile', async () => {
    const away = (at: number) => (at < 2 * HOUR ? { behind: 0 } : at < 5 * HOUR ? undefined : { behind: at < 5.05 * HOUR ? 3 * HOUR : 0 }); // prettier-ignore
    expect(await alerts({ acme: away }, 8)).toEqual([expect.stringMatching(/ blind 5\.0/)]);
  });

  it('is told again where it happens again, and by itself where nothing comes', async () => {
    const twice = (at: number) => ({ behind: at < HOUR || (at > 9 * HOUR && at < 10 * HOUR) ? HOUR : 0 });
    const silent = (at: number) => ({ behind: 0, isSilent: at > 3 * HOUR });
    const found = await alerts({ acme: twice, globex: silent }, 12);
    expect(found.map((text) => text.replace(/\.\d+$/, ''))).toEqual([
      'acme/feishu.openapi_audit/live blind 0',
      'globex/feishu.openapi_audit/live silent 3',
      'acme/feishu.openapi_audit/live blind 9',
    ]);
  });

  it('is counted by the watch for Kibana where anybody tells, and not where nobody does', async () => {
    const file = path.join(import.meta.dirname, '..', '..', '..', 'deploy', 'kibana', 'nobody-tells.json');
    const { params } = JSON.parse(readFileSync(file, 'utf8')) as {
      params: { index: string[]; esQuery: string; timeField: string };
    };
    await alerts({ acme: falling }, 1);
    const counted = async (from: number): Promise<number> => {
      const { query } = JSON.parse(params.esQuery) as { query: object };
      const time = { range: { [params.timeField]: { gte: from, lt: from + 15 * MINUTE, format: 'epoch_millis' } } };
      const index = params.index.map((name) => name.replace('*', world.config.namespace));
      return (await world.elasticsearch.count({ index, query: { bool: { filter: [query, time] } } })).count;
    };
    expect(await counted(START)).toBe(3);
    expect(await counted(START + 2 * HOUR)).toBe(0);
  });

  it('needs each part of its rule', async () => {
    const stories: Story = {
      acme: falling,
      globex: (at) => ({ behind: 20 * MINUTE, isSilent: at > 3 * HOUR }),
      initech: (at) => ({ behind: at < HOUR ? HOUR : 0, isSilent: at > 2 * HOUR }),
      umbrella: () => ({ behind: 20 * MINUTE }),
    };
    const right = await alerts(stories, 12);
    expect(right).toHaveLength(4);
    const mutants = mutantsOf(rule).filter(({ what }) => what !== 'half the history');
    expect(mutants.length).toBeGreaterThan(3);
    for (const { what, rule: mutant } of mutants) expect(await alerts({}, 12, mutant), what).not.toEqual(right);
  });
});

describe('a scheduler', () => {
  type Told = {
    _source?: { shenji: { window: { stream: string; from?: string }; completeness: Record<string, unknown> } };
  };
  async function toldOf(world: Runtime): Promise<Told[]> {
    const index = `metrics-shenji.completeness-${world.config.namespace}`;
    if (!(await world.elasticsearch.indices.exists({ index }))) return [];
    await world.elasticsearch.indices.refresh({ index });
    return (await world.elasticsearch.search({ index, size: 100, sort: [{ '@timestamp': 'asc' }] })).hits
      .hits as Told[];
  }
  const statesOf = (told: readonly Told[]) =>
    told.flatMap(({ _source: source }) => source?.shenji.completeness['state'] ?? []);

  it('tells before it has caught up that rules were blind, and two of them tell it once', async () => {
    const world = await openWorld(rawConfig(await simulator({ events: 10 }), { audit: { since: '2h' } }));
    const schedulers = [1, 2].map(() => startScheduler(world, { tickMs: 200 }));
    await until('a state', () => toldOf(world), (found) => found.length > 0); // prettier-ignore
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    const told = await toldOf(world);
    expect(told.map(({ _source: source }) => source?.shenji)).toMatchObject([
      {
        window: { stream: 'acme/feishu.openapi_audit/live' },
        completeness: { state: 'blind', gaps: 0, blind_rules: expect.any(Number) },
      },
    ]);
  });

  it('tells what is complete, and each gap with its reason', { timeout: 120_000 }, async () => {
    const world = await openWorld(
      rawConfig(await simulator({ events: 10 }), { audit: { since: '5m', window: '10s' } }),
    );
    const span = {
      from: Math.floor(Date.now() / 10_000) * 10_000 - 120_000,
      to: Math.floor(Date.now() / 10_000) * 10_000 - 60_000,
    };
    const error = { type: 'PermanentError', message: 'Feishu refused', retryable: false };
    const run = { run: '1', attempts: 8, startedAt: span.to, endedAt: Date.now() };
    await world.ledger.append({ stream: live, span, ...run, status: 'failed', error });
    const { stop } = await work(world);
    const told = await until('the gap', () => toldOf(world), (found) => found.some(({ _source: source }) => source?.shenji.window.from !== undefined), 60_000); // prettier-ignore
    await stop();
    const gap = told.find(({ _source: source }) => source?.shenji.window.from !== undefined)?._source?.shenji;
    expect(gap).toMatchObject({
      window: {
        stream: 'acme/feishu.openapi_audit/live',
        from: new Date(span.from).toISOString(),
        to: new Date(span.to).toISOString(),
      },
      completeness: { reason: 'Feishu refused', failures: 1 },
    });
    expect(statesOf(told)[0]).toBe('incomplete');
  });
});
