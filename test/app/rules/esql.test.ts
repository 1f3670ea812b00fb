/** Each ES|QL rule on a real engine of ES|QL: sees its attack, is silent on ordinary days, and needs each of its conditions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import type { Evaluation } from '../../../src/app/rules/evaluation.ts';
import { ruleKey, rulesOf } from '../../../src/app/rules/rule.ts';
import { streamName } from '../../../src/adapters/elasticsearch/names.ts';
import { dataStreamOf } from '../../../src/app/preparation.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { askEsql, esqlEngine, makeStreams, runningOr, store } from '../../support/esql.ts';
import { esqlMutantsOf } from './mutants.ts';
import { complaints, judge, plant, type Field, type Verdict } from './planted.ts';

const all = rulesOf(sourceDefinitions).filter((rule) => ruleKey(rule) !== 'collection-blind');
const rules = all.filter(({ type }) => type === 'esql');
const SEEDS = Array.from({ length: 40 }, (_, index) => `rules-${index}`);
const BULK = 5_000;

describe('an ES|QL rule', async () => {
  const found = await esqlEngine();
  let field: Field;
  beforeAll(async () => {
    if ('skipped' in found) return;
    field = await plant(SEEDS);
    const { world } = field;
    const [source] = world.sources;
    if (source === undefined) throw new Error('the world has a source');
    const { namespace } = world.config;
    await makeStreams(found, world.definitions, namespace);
    const index = streamName(dataStreamOf(world, source), namespace);
    const items = field.planted.flatMap((one) => one.items);
    for (let at = 0; at < items.length; at += BULK) {
      const some = items.slice(at, at + BULK).map(({ id, document }) => [id, JSON.parse(document) as object] as const);
      await store(found, index, Object.fromEntries(some) as never);
    }
  }, 900_000);
  afterAll(async () => {
    if ('skipped' in found) return;
    await field.close();
    await found.stop();
  });

  /** Of a rule as it is shipped, by seed: what finds its attacks is counted too. */
  const judged = new Map<Rule, Promise<Verdict[]>>();
  const judgedWith = (rule: Rule, esql: Evaluation['esql']): Promise<Verdict[]> => {
    const judging = async (): Promise<Verdict[]> => {
      const verdicts: Verdict[] = [];
      for (const one of field.planted) verdicts.push(await judge(field.world, rule, one, esql));
      return verdicts;
    };
    const known = judged.get(rule) ?? judging();
    judged.set(rule, known);
    return known;
  };
  const asker = (skip: (reason: string) => never): Evaluation['esql'] => {
    const engine = runningOr(skip, found);
    return (query, filter) => askEsql(engine, { query, filter: filter as object });
  };

  it.for(rules.map((rule) => [ruleKey(rule), rule] as const))(
    '%s sees its attack, and nothing on ordinary days, whatever the seed',
    { timeout: 1_800_000 },
    async ([, rule], { skip }) => {
      const verdicts = await judgedWith(rule, asker(skip));
      expect(verdicts.flatMap((verdict) => verdict.complaints)).toEqual([]);
    },
  );

  it.for(
    rules.flatMap((rule) =>
      esqlMutantsOf(rule).map(({ what, rule: mutant }) => [ruleKey(rule), what, mutant] as const),
    ),
  )('%s is not what it should be %s', { timeout: 1_800_000 }, async ([, , mutant], { skip }) => {
    let noticed = false;
    for (const one of field.planted) {
      noticed = (await complaints(field.world, mutant, one, asker(skip))).length > 0;
      if (noticed) break;
    }
    expect(noticed).toBe(true);
  });

  // What is taken out slowly goes on, and is told while it does.
  it.for(rules.filter((rule) => ruleKey(rule) !== 'slow-export').map((rule) => [ruleKey(rule), rule] as const))(
    '%s tells an attack for half an hour where the subscription suppresses nothing',
    { timeout: 600_000 },
    async ([, rule], { skip }) => {
      const { alert_suppression: _, ...bare } = rule;
      const [one] = field.planted;
      if (one === undefined) throw new Error('nothing was planted');
      const { alerts, attacks } = await judge(field.world, bare, one, asker(skip));
      expect(alerts).toBeGreaterThan(0);
      expect(alerts).toBeLessThanOrEqual(attacks * 4);
    },
  );

  it(
    'stands in docs/analyst.md with its precision and recall, as each other rule',
    { timeout: 1_800_000 },
    async ({ skip }) => {
      const esql = asker(skip);
      const rows: string[][] = [];
      for (const rule of all) {
        const verdicts = await judgedWith(rule, esql);
        const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, each) => total + of(each), 0);
        const [found, attacks, right, alerts] = [
          sum((verdict) => verdict.found),
          sum((verdict) => verdict.attacks),
          sum((verdict) => verdict.right),
          sum((verdict) => verdict.alerts),
        ];
        const share = (part: number, whole: number): string => (whole === 0 ? '' : (part / whole).toFixed(3));
        rows.push([
          `\`${ruleKey(rule)}\``,
          `${found} of ${attacks}`,
          share(found, attacks),
          `${right} of ${alerts}`,
          share(right, alerts),
        ]);
      }
      const head = ['rule', 'attacks found', 'recall', 'alerts that are right', 'precision'];
      const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
      const line = (cells: readonly string[]): string =>
        `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
      const rule = widths.map((width) => '-'.repeat(width));
      const table = [head, rule, ...rows].map(line).join('\n');
      await expect(`${table}\n`).toMatchFileSnapshot('figures.md');
    },
  );
});
