/** `rules`: the detection rules that come with shenji, and what they would find. */
import { requireAnswers } from '../app/patience.ts';
import { Option, type Command } from 'commander';
import { iso } from '../core/time/intervals.ts';
import { evaluate, type Alert, type Clock } from '../app/rules/evaluate.ts';
import { examinedBy } from '../app/rules/examined.ts';
import { localRules, ruleKey, rulesOf } from '../app/rules/rule.ts';
import type { Rule } from '../adapters/kibana/rule.ts';
import { instantOf, isoTime } from './choose-source.ts';
import { colors, print, printJson, table, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';
import { UsageError } from '../core/usage-error.ts';

const DAY = 86_400_000;
const SHOWN_DOCUMENTS = 5;

type PreviewOptions = CommonOptions & {
  readonly rule?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly clock: 'event' | 'ingested';
  readonly backfilled?: boolean;
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
  readonly alerts: readonly Alert[];
  /** Documents of the time that it could look at. */
  readonly examined: number;
};

function show(found: readonly Previewed[]): void {
  const cells = found.flatMap(({ rule, alerts, examined }) =>
    alerts.length === 0
      ? [[ruleKey(rule), rule.severity, examined === 0 ? colors.yellow('blind') : colors.dim('silent'), '', '', '']]
      : alerts.map(({ about, at, documents }) => [
          ruleKey(rule),
          rule.severity,
          colors.red('fires'),
          iso(at),
          Object.values(about).join(', '),
          `${documents.length}: ${documents.slice(0, SHOWN_DOCUMENTS).join(' ')}${documents.length > SHOWN_DOCUMENTS ? ' …' : ''}`,
        ]),
  );
  print(table(['rule', 'severity', '', 'at', 'about', 'documents by event.id'], cells));
}

/** What rules say of a backfill in their queries: in Kibana it would have each of them speak of the past. */
const NOT_BACKFILL = /\bnot shenji\.pass: "backfill"/g;

/** The same rule, over what a backfill has read too. */
const withBackfilled = (rule: Rule): Rule => ({
  ...rule,
  query: rule.query.replaceAll(NOT_BACKFILL, 'shenji.pass: *'),
});

/** @throws Error naming the rule */
async function evaluated(rule: Rule, evaluation: Parameters<typeof evaluate>[1]): Promise<readonly Alert[]> {
  try {
    return await evaluate(rule, evaluation);
  } catch (error) {
    throw new Error(`the rule ${ruleKey(rule)}: ${(error as Error).message}`, { cause: error });
  }
}

async function preview(options: PreviewOptions): Promise<void> {
  const clock: Clock = options.clock === 'event' ? '@timestamp' : 'event.ingested';
  await withRuntime(options, 'warn', async (runtime) => {
    const { elasticsearch: client, config, sources } = runtime;
    const chosen = chooseRules(rulesOf(config.definitions), options.rule);
    await requireAnswers(runtime, ['Elasticsearch']);
    const instant = (text: string | undefined, otherwise: number): number =>
      text === undefined || sources[0] === undefined ? otherwise : instantOf(sources[0], text);
    const to = instant(options.to, Date.now());
    const from = instant(options.from, to - DAY);
    if (from >= to) throw new UsageError('--from must lie before --to');
    const evaluation = { client, span: { from, to }, clock };
    const rules = localRules(runtime, chosen).map((rule) =>
      options.backfilled === true ? withBackfilled(rule) : rule,
    );
    const examined = await examinedBy(evaluation, rules);
    const found: Previewed[] = [];
    for (const rule of rules)
      found.push({ rule, alerts: await evaluated(rule, evaluation), examined: examined.get(rule) ?? 0 });
    if (options.json === true)
      printJson(
        found.map(({ rule, alerts, examined: documents }) => ({
          rule: ruleKey(rule),
          name: rule.name,
          severity: rule.severity,
          examined: documents,
          alerts: alerts.map(({ at, ...alert }) => ({ at: iso(at), ...alert })),
        })),
      );
    else show(found);
    const firing = found.filter(({ alerts }) => alerts.length > 0).length;
    const time = `between ${iso(from)} and ${iso(to)}`;
    const blind = found.filter((one) => one.examined === 0 && one.alerts.length === 0);
    const empty = [...new Set(blind.flatMap(({ rule }) => rule.index))];
    if (blind.length < found.length) tell(`${firing} of ${found.length} rules fire ${time}`);
    if (blind.length > 0)
      tell(
        `${blind.length} of ${found.length} rules have nothing to look at: no document ${time} in ${empty.join(', ')}; "shenji status" shows what is collected`,
      );
    const isSilent = ({ rule, alerts }: Previewed): boolean =>
      alerts.length === 0 && rule.query.search(NOT_BACKFILL) >= 0;
    if (found.some(isSilent)) tell('what a backfill has read is left out, as in Kibana; --backfilled takes it in');
    if (blind.length === found.length) process.exitCode = 1;
  });
}

export function registerRules(program: Command): void {
  const rules = program
    .command('rules')
    .summary('the detection rules, and what they would find')
    .description(
      'The detection rules that "shenji setup" imports into Kibana, switched off. What they mean and what to do when one fires is in docs/analyst.md; what they leave alone is configured under "rules" (homeCountries, knownNetworks, adminApps, nightApps).',
    );
  withConfigOption(rules.command('preview').summary('what the rules would have found'))
    .description(
      "Evaluates the shipped rules over a time range of the past, with Elasticsearch's own KQL: thresholds step by step, new terms over their whole history. Needs no Kibana and changes nothing. A rule whose data streams hold nothing of that time is blind, not silent; exits with code 1 where all are. The configuration fills in our own apps and networks.",
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
        'when a document counts as seen: when it happened, or when it was indexed as in Kibana',
      )
        .choices(['event', 'ingested'])
        .default('event'),
    )
    .option('--backfilled', 'over what backfills have read too, which rules leave out in Kibana')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  shenji rules preview --rule mass-export new-country --from 2026-03-01 --to 2026-03-08',
    )
    .action(preview);
}
