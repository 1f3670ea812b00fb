/** Which planted attack was caught by which rule, and whether a rule spoke of ordinary work. */
import { configSchema, type Config } from '../../config/schema.ts';
import { createLog } from '../../observe/log.ts';
import { esqlAsker, hasEsql } from '../../adapters/elasticsearch/esql.ts';
import type { Rule } from '../../adapters/kibana/rule.ts';
import type { Alert } from '../../app/rules/alert.ts';
import { evaluate } from '../../app/rules/evaluate.ts';
import { localRules, ruleKey } from '../../app/rules/rule.ts';
import { startCollector } from '../../app/collector.ts';
import { openRuntime, type Runtime } from '../../app/runtime.ts';
import { startScheduler } from '../../app/scheduler.ts';
import type { Simulator } from '../simulator/index.ts';

/** The days that the story plays on. */
const STORY_MS = 15 * 86_400_000;

export type AttackRow = {
  readonly tenant: string;
  readonly story: string;
  /** The rule's full name. */
  readonly rule: string;
  readonly severity: string;
  readonly caught: boolean;
  /** What the first alert is about, and how many documents lie behind it. */
  readonly evidence: string;
};

/** Each stream of the demo is new: while it collects its beginning, its rules look at nothing. */
const OF_BEGINNINGS = 'collection-blind';

/** Alerts behind which there is no attack. */
export type FalseAlarm = { readonly rule: string; readonly about: string; readonly at: number };

/** A tenant whose vendor refuses us: an intruder has taken away the permission that we collect with. */
export const BLINDED = 'initech';

const evidenceOf = (alerts: readonly Alert[]): string => {
  const [first] = alerts;
  if (first === undefined) return '';
  const documents = new Set(alerts.flatMap((alert) => alert.documents)).size;
  // The tenant has a column of its own.
  const about = Object.entries(first.about)
    .filter(([field]) => field !== 'organization.id')
    .map(([field, value]) => `${field} ${value}`);
  return [`${documents} ${documents === 1 ? 'document' : 'documents'}`, ...about].join(', ');
};

/** Resolves when the refusal is in the ledger, as any failed window is. */
export async function blindCollection(config: Config, vendor: Simulator): Promise<void> {
  const feishu = {
    baseUrl: vendor.url,
    appId: vendor.feishu.appId,
    appSecret: 'taken away by the intruder',
    openapi_audit: { settle: [], since: '5m', lag: '1s', quiet: '1s' },
  };
  const { elasticsearch, redis } = config;
  const blinded = configSchema.parse({
    namespace: config.namespace,
    elasticsearch,
    redis: { url: redis.url },
    tenants: [{ id: BLINDED, name: 'Initech', feishu }],
  });
  const log = createLog({ level: 'silent', secrets: [], pretty: false });
  const runtime = await openRuntime(blinded, log);
  try {
    const seen = Promise.withResolvers<void>();
    const workers = await startCollector(runtime, { concurrency: 2 });
    const scheduled = startScheduler(runtime, {
      tickMs: 300,
      onPlanned: (states) => {
        if (states.some(({ gaps }) => gaps.length > 0)) seen.resolve();
      },
    });
    await seen.promise;
    await scheduled.stop();
    await workers.stop(1_000);
  } finally {
    await runtime.close();
  }
}

/** A rule over single documents has to name each of an attack's; one that groups, or tells what is new, speaks of the group. */
export function isCaught({ type }: Pick<Rule, 'type'>, ids: readonly string[], alerts: readonly Alert[]): boolean {
  const seen = new Set(alerts.flatMap(({ documents }) => documents));
  return type === 'query' ? ids.every((id) => seen.has(id)) : ids.some((id) => seen.has(id));
}

/** Evaluates the shipped rules over what was collected. `vendors` by tenant; `untried` counts those in ES|QL, where there is none. */
export async function judgeRules(
  runtime: Runtime,
  vendors: ReadonlyMap<string, Simulator>,
): Promise<{ attacks: AttackRow[]; falseAlarms: FalseAlarm[]; untried: number }> {
  const { elasticsearch: client } = runtime;
  const stories = [...vendors].flatMap(([tenant, { truth }]) =>
    truth.story === undefined ? [] : [{ tenant, ...truth.story }],
  );
  const planted = new Set(stories.flatMap(({ attacks }) => attacks.flatMap(({ ids }) => ids)));
  const attacksFrom = Math.min(...stories.map((story) => story.attacksFrom)) * 1_000;
  const attacks: AttackRow[] = [];
  const falseAlarms: FalseAlarm[] = [];
  const canEsql = await hasEsql(client);
  const rules = localRules(runtime).filter((rule) => ruleKey(rule) !== OF_BEGINNINGS);
  const tried = rules.filter(({ type }) => canEsql || type !== 'esql');
  for (const rule of tried) {
    const to = Date.now();
    // New terms need their history, which lies in the fortnight before.
    const from = rule.type === 'new_terms' ? attacksFrom : to - STORY_MS;
    // The days were collected within minutes: only when things happened tells them apart.
    const alerts = await evaluate(rule, { client, span: { from, to }, clock: 'event', esql: esqlAsker(client) });
    const shared = { rule: rule.name, severity: rule.severity };
    for (const { tenant, attacks: all } of stories) {
      for (const { story, ids } of all.filter((attack) => attack.rule === ruleKey(rule))) {
        const behind = alerts.filter(({ documents }) => documents.some((id) => ids.includes(id)));
        attacks.push({
          tenant,
          story,
          ...shared,
          caught: isCaught(rule, ids, alerts),
          evidence: evidenceOf(behind),
        });
      }
    }
    if (ruleKey(rule) === 'collection-failed') {
      const story = 'the permission to read the audit log is taken away';
      attacks.push({ tenant: BLINDED, story, ...shared, caught: alerts.length > 0, evidence: evidenceOf(alerts) });
      continue;
    }
    for (const { about, at, documents } of alerts)
      if (!documents.some((id) => planted.has(id)))
        falseAlarms.push({ rule: rule.name, about: Object.values(about).join(', '), at });
  }
  return { attacks, falseAlarms, untried: rules.length - tried.length };
}
