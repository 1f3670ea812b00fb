/** Each rule on a real Elasticsearch with the real KQL: sees its attack, is silent on ordinary days, and needs each of its clauses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso } from '../../../src/core/time/intervals.ts';
import { misunderstood } from '../../../src/adapters/elasticsearch/client.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import { evaluate } from '../../../src/app/rules/evaluate.ts';
import { ruleKey, rulesOf } from '../../../src/app/rules/rule.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { shenji } from '../../support/world.ts';
import { mutantsOf } from './mutants.ts';
import { complaints, plant, type Field } from './planted.ts';

/** Those of ES|QL have tests of their own, on an engine that has it; what goes by how complete the collection is has no days of its own. */
const rules = rulesOf(sourceDefinitions).filter((rule) => rule.type !== 'esql' && ruleKey(rule) !== 'collection-blind');
const SEEDS = Array.from({ length: 20 }, (_, index) => `rules-${index}`);

describe('a rule', () => {
  let field: Field;
  beforeAll(async () => {
    field = await plant(SEEDS);
  }, 300_000);
  afterAll(() => field.close());

  it.each(rules.map((rule) => [ruleKey(rule), rule] as const))(
    '%s sees its attack, and nothing on ordinary days, whatever the seed',
    { timeout: 400_000 },
    async (_, rule) => {
      const all: string[] = [];
      for (const one of field.planted) all.push(...(await complaints(field.world, rule, one)));
      expect(all).toEqual([]);
    },
  );

  it.each(
    rules.flatMap((rule) => mutantsOf(rule).map(({ what, rule: mutant }) => [ruleKey(rule), what, mutant] as const)),
  )('%s is not what it should be %s', { timeout: 400_000 }, async (_, __, mutant) => {
    let noticed = false;
    for (const one of field.planted) {
      noticed = (await complaints(field.world, mutant, one)).length > 0;
      if (noticed) break;
    }
    expect(noticed).toBe(true);
  });

  it('that Elasticsearch does not understand says why', async () => {
    const [rule] = rules;
    const { world } = field;
    const evaluation = {
      client: world.elasticsearch,
      span: { from: 0, to: 1 },
      clock: 'rule',
      esql: async () => [],
    } as const;
    const asked = evaluate({ ...rule, type: 'query', query: 'event.action: ("a" or' } as Rule, evaluation);
    const refused = await asked.catch((error: unknown) => error as Error);
    expect(misunderstood((refused as Error).cause)).toMatch(/line 1:/);
  });

  it(
    'is previewed by the program, with what the configuration says of the organisation',
    { timeout: 60_000 },
    async () => {
      const [first] = field.planted;
      if (first === undefined) throw new Error('nothing was planted');
      const config = { ...field.raw, rules: first.story.known };
      const span = ['--from', iso(first.story.attacksFrom * 1_000), '--to', iso(first.to)];
      const preview = (...args: string[]): ReturnType<typeof shenji> =>
        shenji(['rules', 'preview', ...span, ...args], config);
      const asked = preview('--rule', 'mass-export', 'new-country', '--json');
      expect(await asked.ended, asked.output().stderr).toBe(0);
      const found = JSON.parse(asked.output().stdout) as { rule: string; alerts: { documents: string[] }[] }[];
      for (const { rule, alerts } of found) {
        const attack = first.story.attacks.find((one) => one.rule === rule);
        const seen = alerts.flatMap(({ documents }) => documents);
        expect(attack?.ids.some((id) => seen.includes(id))).toBe(true);
      }
      const shown = preview('--rule', 'public-sharing');
      expect(await shown.ended).toBe(0);
      expect(shown.output().stdout).toMatch(/public-sharing +high +fires/);
      const blind = shenji(['rules', 'preview', '--from', '2001-01-01', '--to', '2001-01-02'], config);
      expect(await blind.ended).toBe(1);
      expect(blind.output().stderr).toMatch(
        /^14 of 19 rules have nothing to look at: no document between 2000-12-31T\S+ and \S+ with the fields that they go by in logs-feishu\.openapi_audit-\S+, logs-shenji\.window-\S+, metrics-shenji\.completeness-\S+; "shenji status"/m,
      );
      expect(blind.output().stderr).toContain('5 of 19 rules were not evaluated: this Elasticsearch has no ES|QL');
      expect(blind.output().stderr).not.toContain('rules fire');
      expect(blind.output().stdout).not.toContain('silent');
      const unknown = preview('--rule', 'boredom');
      expect(await unknown.ended).toBe(2);
      expect(unknown.output().stderr).toContain('there is no rule "boredom"; there are: failing-calls, new-address');
    },
  );
});
