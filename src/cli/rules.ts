/** `rules`: the detection rules that come with shenji, and what they would find. */
import { requireAnswers } from '../app/patience.ts';
import { Option, type Command } from 'commander';
import { iso, type Interval } from '../core/time/intervals.ts';
import type { Clock } from '../app/rules/clock.ts';
import type { Alert } from '../app/rules/alert.ts';
import { evaluate } from '../app/rules/evaluate.ts';
import type { Evaluation } from '../app/rules/evaluation.ts';
import { evaluateLate, type LateAlert } from '../app/rules/late.ts';
import { misunderstood } from '../adapters/elasticsearch/client.ts';
import { esqlAsker, hasEsql } from '../adapters/elasticsearch/esql.ts';
import { examinedBy } from '../app/rules/examined.ts';
import { localRules, ruleKey, rulesOf } from '../app/rules/rule.ts';
import type { Rule } from '../adapters/kibana/rule.ts';
import { instantOf, isoTime } from './choose-source.ts';
import { colors, print, printJson, progress, table, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

const DAY = 86_400_000;
const SHOWN_DOCUMENTS = 5;

type PreviewOptions = CommonOptions & {
  readonly rule?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly clock: Clock;
  readonly late?: boolean;
  readonly json?: boolean;
};

/** @throws UsageError naming the rules there are */
function chooseRules(all: readonly Rule[], names: readonly string[] | undefined): readonly Rule[] {
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find((rule) => ruleKey(rule) === name || rule.rule_id === name);
    if (found === undefined)
      throw new UsageError(`there is no rule "${name}"; there are: ${all.map(ruleKey).join(', ')}`);
    return found;
  });
}

type Previewed = {
  readonly rule: Rule;
  readonly alerts: readonly (Alert & Partial<LateAlert>)[];
  /** Documents of the time that it could look at. */
  readonly examined: number;
  /** An ES|QL rule where there is no ES|QL. */
  readonly skipped: boolean;
};

function silence({ examined, skipped }: Previewed): string {
  if (skipped) return colors.yellow('skipped');
  return examined === 0 ? colors.yellow('blind') : colors.dim('silent');
}

function verdict({ late, raised }: Partial<LateAlert>): string {
  if (late === undefined) return colors.red('fires');
  return raised === true ? colors.yellow('fired late') : colors.red('would have fired');
}

function show(found: readonly Previewed[]): void {
  const cells = found.flatMap((one) =>
    one.alerts.length === 0
      ? [[ruleKey(one.rule), one.rule.severity, silence(one), '', '', '']]
      : one.alerts.map((alert) => [
          ruleKey(one.rule),
          one.rule.severity,
          verdict(alert),
          iso(alert.at),
          Object.values(alert.about).join(', '),
          `${alert.documents.length}: ${alert.documents.slice(0, SHOWN_DOCUMENTS).join(' ')}${alert.documents.length > SHOWN_DOCUMENTS ? ' …' : ''}`,
        ]),
  );
  print(table(['rule', 'severity', '', 'at', 'about', 'documents by event.id'], cells));
}

/** @throws Error naming the rule */
async function evaluated(rule: Rule, evaluation: Evaluation, late: boolean): Promise<Previewed['alerts']> {
  try {
    return await (late ? evaluateLate(rule, evaluation) : evaluate(rule, evaluation));
  } catch (error) {
    const { message, cause } = error as Error;
    const why = misunderstood(cause);
    throw new Error(`the rule ${ruleKey(rule)}: ${message}${why === undefined ? '' : ` (${why})`}`, { cause: error });
  }
}

function conclude(found: readonly Previewed[], { from, to }: Interval, late: boolean): void {
  const time = `between ${iso(from)} and ${iso(to)}`;
  const skipped = found.filter((one) => one.skipped);
  const asked = found.filter((one) => !one.skipped);
  const blind = asked.filter((one) => one.examined === 0 && one.alerts.length === 0);
  const empty = [...new Set(blind.flatMap(({ rule }) => rule.index))];
  const firing = asked.filter(({ alerts }) => alerts.length > 0).length;
  const what = late ? 'rules speak of what came too late for them' : 'rules fire';
  if (blind.length < asked.length) tell(`${firing} of ${asked.length} ${what} ${time}`);
  if (blind.length > 0)
    tell(
      `${blind.length} of ${found.length} rules have nothing to look at: no document ${time} with the fields that they go by in ${empty.join(', ')}; "shenji status" shows what is collected, and --clock event takes in what only a backfill has read`,
    );
  if (skipped.length > 0)
    tell(`${skipped.length} of ${found.length} rules were not evaluated: this Elasticsearch has no ES|QL`);
  if (blind.length + skipped.length === found.length) process.exitCode = 1;
}

async function preview({ late = false, clock, ...options }: PreviewOptions): Promise<void> {
  await withRuntime(options, 'warn', async (runtime) => {
    const { elasticsearch: client, config, sources } = runtime;
    const chosen = chooseRules(rulesOf(config.definitions), options.rule);
    await requireAnswers(runtime, ['Elasticsearch']);
    const instant = (text: string | undefined, otherwise: number): number =>
      text === undefined || sources[0] === undefined ? otherwise : instantOf(sources[0], text);
    const to = instant(options.to, Date.now());
    const from = instant(options.from, to - DAY);
    if (from >= to) throw new UsageError('--from must lie before --to');
    const evaluation = {
      client,
      span: { from, to },
      clock: late ? ('event' as const) : clock,
      esql: esqlAsker(client),
    };
    const rules = localRules(runtime, chosen);
    const examined = await examinedBy(evaluation, rules);
    const canEsql = rules.every(({ type }) => type !== 'esql') || (await hasEsql(client));
    const found: Previewed[] = [];
    const bar = progress('preview', 'rules');
    try {
      for (const [index, rule] of rules.entries()) {
        bar.update(index, rules.length, ruleKey(rule));
        const skipped = rule.type === 'esql' && !canEsql;
        const alerts = skipped ? [] : await evaluated(rule, evaluation, late);
        found.push({ rule, alerts, examined: examined.get(rule) ?? 0, skipped });
      }
    } finally {
      bar.stop();
    }
    if (options.json === true)
      printJson(
        found.map(({ rule, alerts, examined: documents, skipped }) => ({
          rule: ruleKey(rule),
          name: rule.name,
          severity: rule.severity,
          examined: documents,
          ...(skipped ? { skipped: 'this Elasticsearch has no ES|QL' } : {}),
          alerts: alerts.map(({ at, ...alert }) => ({ at: iso(at), ...alert })),
        })),
      );
    else show(found);
    conclude(found, evaluation.span, late);
  });
}

export function registerRules(program: Command): void {
  const rules = program
    .command('rules')
    .summary('the detection rules, and what they would find')
    .description(
      'The detection rules that "shenji setup" imports into Kibana, switched off. What they mean and what to do when one fires is in docs/analyst.md; what they leave alone is configured under "rules" (homeCountries, knownNetworks, adminApps, nightApps, exportApps).',
    );
  withConfigOption(rules.command('preview').summary('what the rules would have found'))
    .description(
      "Evaluates the shipped rules over a time range of the past, with Elasticsearch's own KQL and ES|QL, and makes each run of the rule engine again: its interval, look-back and clock, history, limit of alerts and suppression. Needs no Kibana and changes nothing. A rule whose data streams hold nothing of that time is blind, not silent; one in ES|QL is skipped where this Elasticsearch has none. Exits with code 1 where no rule had anything to look at. The configuration fills in our own apps and networks.",
    )
    .option('--rule <name...>', 'only these; all without')
    .option(
      '--from <iso>',
      "first instant, ISO 8601; without a zone it is the first tenant's; a day before --to without",
      isoTime,
    )
    .option('--to <iso>', 'first instant after it; now without', isoTime)
    .addOption(
      new Option(
        '--clock <clock>',
        'when a rule sees a document: as in Kibana, when it was indexed, without what a backfill read ("blind", where that is all); or when it happened, as if all had been known at once: for the past before shenji, and for a time that was collected later',
      )
        .choices(['rule', 'event'])
        .default('rule'),
    )
    .addOption(
      new Option(
        '--late',
        'only alerts over what was indexed later than the rule looks back (late events, a closed gap, a backfill), and whether Kibana can have raised them',
      ).conflicts('clock'),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  shenji rules preview --rule mass-export new-country --from 2026-03-01 --to 2026-03-08',
    )
    .action(preview);
}
