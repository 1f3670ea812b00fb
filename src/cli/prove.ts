/** `prove`: the evidence for a time range, as one would show it to an auditor. */
import type { Command } from 'commander';
import { spanText, type Place } from '../core/proof/places.ts';
import type { Unclear } from '../core/proof/findings.ts';
import { formatDuration } from '../sdk/duration.ts';
import { describeQuestion } from '../core/proof/question.ts';
import { iso, merge, type Interval } from '../core/time/intervals.ts';
import { version } from '../observe/version.ts';
import { requireAnswers } from '../app/patience.ts';
import { isProven, prove, type Proof } from '../app/prove.ts';
import { PENDING_REMEDY } from '../app/repairs.ts';
import { sourceKey, type TenantSource } from '../app/runtime.ts';
import { chooseSource, isoTime, spanOf, SOURCE_ARGUMENT } from './choose-source.ts';
import { many } from '../core/many.ts';
import { colors, print, printJson, progress, table, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type ProveOptions = CommonOptions & {
  readonly from: string;
  readonly to: string;
  readonly tenant?: string;
  readonly recount?: boolean;
  readonly json?: boolean;
};

const HOUR = 3_600_000;
/** Of what may be very many; a machine gets more. */
const MOST_SHOWN = 20;

const WHY: Readonly<Record<Unclear['why'], (place: Unclear) => string>> = {
  more: ({ claimed, stored }) =>
    `Elasticsearch holds ${many(stored, 'event')}, a reading saw ${claimed}, and what others created does not explain the rest`,
  rest: ({ claimed }) =>
    `an entry that says only a total tells of ${many(claimed, 'event')} in all of its window, and another reading found events there that it may not have seen`,
  total: ({ claimed, stored }) =>
    `an entry that says only a total tells of ${many(claimed, 'event')}, refused records among them, and ${many(stored, 'is', 'are')} there`,
  mixed: ({ claimed, stored }) =>
    `${many(stored, 'event is', 'events are')} there, a reading saw ${claimed} of this time, and its sum and those of other readings do not add up to what is there`,
};

const unclearText = (place: Place<Unclear>): string => WHY[place.why](place);

/** As many as were seen, or more, may be there, and not the same ones. */
function missingText({ by, what, claimed, stored }: Proof['missing']['listed'][number]): string {
  const verb = what === 'seen' ? 'saw' : 'created';
  const others = stored < claimed ? '' : ', and not all of these are among them';
  return `${by} ${verb} ${many(claimed, 'event')}, Elasticsearch holds ${stored}${others}`;
}

/** A reading that comes by itself is told as a sentence, a command as one. */
const cureText = (cure: string): string => (cure.startsWith('shenji ') ? `run "${cure}"` : cure);

function notesOf({ questionSince, damaged, omitted, damagedQuestions }: Proof): string[] {
  const notes: readonly (readonly [boolean, string])[] = [
    [
      questionSince !== undefined,
      `question not recorded before ${iso(questionSince ?? 0)}: what was read until then counts as read for all that is asked today`,
    ],
    [
      damaged > 0,
      `${many(damaged, 'claim in the ledger is', 'claims in the ledger are')} damaged, and counted by totals only`,
    ],
    [
      omitted > 0,
      `${many(omitted, 'claim in the ledger is', 'claims in the ledger are')} by totals only, since the vendor dated too much beside the window`,
    ],
    [
      damagedQuestions > 0,
      `${many(damagedQuestions, 'question in the ledger is', 'questions in the ledger are')} damaged, and counted as nothing asked`,
    ],
  ];
  return notes.filter(([isSo]) => isSo).map(([, note]) => note);
}

const isoSpan = ({ from, to }: Interval) => ({ from: iso(from), to: iso(to) });

type Vendor = NonNullable<Proof['vendor']>;

const vendorAsJson = ({ missing, foreign, unread, notAsked, ...counts }: Vendor): object => {
  const idsOf = ({ count, listed }: Vendor['missing']): object => ({
    count,
    listed: listed.map(({ id, time }) => ({ id, time: iso(time) })),
  });
  const places = unread.listed.map((place) => ({ ...place, ...isoSpan(place) }));
  return {
    ...counts,
    missing: idsOf(missing),
    foreign: idsOf(foreign),
    notHere: places,
    notHereUnlisted: unread.more,
    notAsked: notAsked.listed.map(isoSpan),
  };
};

/** What keeps a time range from being proven beside the places that are listed by themselves, and what changes that. */
function doubtsOf({ crossIndexDuplicates: twice, vendor }: Proof): string[] {
  const lacking = vendor?.missing.count ?? 0;
  const foreign = vendor?.foreign.count ?? 0;
  return [
    ...(lacking === 0
      ? []
      : [`the vendor has ${many(lacking, 'event')} that ${lacking === 1 ? 'is' : 'are'} not here: published after the last reading, or gone since`]), // prettier-ignore
    ...(twice === 0
      ? []
      : [`repair pending: ${many(twice, 'document lies', 'documents lie')} in more than one index, as after a rollover, and each counts once here; ${PENDING_REMEDY}`]), // prettier-ignore
    ...(foreign === 0
      ? []
      : [`the vendor lists ${many(foreign, 'event')} no more that ${foreign === 1 ? 'is' : 'are'} stored: it has taken them back, lists them at another time, or somebody else wrote them; no reading changes that, look at them by id`]), // prettier-ignore
  ];
}

function asJson(proof: Proof, source: TenantSource, span: Interval, namespace: string): object {
  const { letters, missing, unclear, uncollected, accepted, vendor, ...counts } = proof;
  const { failed: _failed, questionSince: _since, damaged: _damaged, omitted: _omitted, ...others } = counts;
  const { damagedQuestions: _questions, verdict, ...numbers } = others;
  return {
    source: source.definition.name,
    tenant: source.tenant.id,
    ...isoSpan(span),
    asked: source.instance.source.question,
    namespace,
    judgedAt: iso(Date.now()),
    version,
    verdict,
    repairPending: proof.crossIndexDuplicates > 0,
    proven: isProven(proof),
    ...numbers,
    missing: missing.listed.map(({ wider: _, ...place }) => ({ ...place, ...isoSpan(place) })),
    notProvable: unclear.listed.map(({ cure, wider: _, ...place }) => ({
      ...place,
      ...isoSpan(place),
      message: unclearText({ ...place, wider: undefined }),
      cure,
    })),
    notCollected: uncollected.listed.map((place) => ({ ...place, ...isoSpan(place) })),
    /** Time ranges beyond those that are listed. */
    unlisted: { missing: missing.more, notProvable: unclear.more, notCollected: uncollected.more },
    deadLetters: {
      count: letters.count,
      listed: [
        ...letters.dated.map((letter) => ({ ...letter, time: iso(letter.time) })),
        ...letters.undated.map(({ window, ...letter }) => ({ ...letter, window: isoSpan(window) })),
      ],
    },
    accepted: accepted.map(({ from, to, pass, reason, by }) => ({ ...isoSpan({ from, to }), pass, reason, by })),
    notes: notesOf(proof),
    reasons: doubtsOf(proof),
    ...(vendor === undefined ? {} : { vendor: vendorAsJson(vendor) }),
  };
}

/** Of a source whose readings are documents of their own, as a statistic's are, the vendor can only give the one of now. */
function rowsOf({ vendor, ...proof }: Proof, { instance }: TenantSource): [string, string | number][] {
  const [all, one] = instance.source.readings === undefined ? ['', ''] : [', of all readings', ', as one reading'];
  return [
    ['windows whose reading counts', proof.windows],
    ['runs of windows, done and failed', `${proof.runs} and ${proof.failedRuns}`],
    [`distinct events in Elasticsearch, by id${all}`, proof.events],
    ['late events, of whole windows', proof.late],
    ['dead letters', proof.letters.count],
    ['documents that lie in more than one index', proof.crossIndexDuplicates],
    ...(vendor === undefined
      ? []
      : ([
          [`events the vendor has now${one}`, vendor.events],
          ['of these missing here', vendor.missing.count],
          ['here and not with the vendor', vendor.foreign.count],
          ['records that make no document', vendor.unmappable],
        ] satisfies [string, number][])),
  ];
}

function showLetters({ count, dated, undated }: Proof['letters']): void {
  for (const { time, type, reason } of dated) print(colors.yellow(`dead letter: ${iso(time)}, by ${type}: ${reason}`));
  for (const { window, type, reason } of undated)
    print(colors.yellow(`dead letter: read in ${spanText(window)}, by ${type}: ${reason}`));
  const more = count - dated.length - undated.length;
  if (more > 0) print(colors.yellow(`dead letters: ${more} more; ask for a shorter time range to see them`));
}

function showIds(what: string, ids: Vendor['missing'] | undefined): void {
  for (const { id, time } of ids?.listed.slice(0, MOST_SHOWN) ?? [])
    print(colors.yellow(`${what}: ${id}, of ${iso(time)}`));
  const more = (ids?.count ?? 0) - MOST_SHOWN;
  if (more > 0) print(colors.yellow(`${what}: ${more} more; "--json" lists the first thousand`));
}

function showPlaces(proof: Proof): void {
  const { missing, unclear, uncollected, accepted, duplicateIds, vendor } = proof;
  for (const place of missing.listed)
    print(colors.red(`missing: ${spanText(place)}: ${missingText(place)}; ${cureText(place.cure)}`));
  for (const place of unclear.listed)
    print(colors.yellow(`not provable: ${spanText(place)}: ${unclearText(place)}; ${cureText(place.cure)}`));
  for (const { narrower, cure, ...span } of uncollected.listed) {
    const why = narrower === undefined ? '' : `: it was read ${narrower}`;
    print(colors.red(`not collected: ${spanText(span)}${why}; ${cureText(cure)}`));
  }
  for (const id of duplicateIds.slice(0, MOST_SHOWN)) print(colors.red(`lies in more than one index: ${id}`));
  const unshown = proof.crossIndexDuplicates - Math.min(MOST_SHOWN, duplicateIds.length);
  if (unshown > 0)
    print(colors.red(`lies in more than one index: ${unshown} more; "--json" lists the first two hundred`));
  for (const { events, cure, ...span } of vendor?.unread.listed ?? [])
    print(
      colors.yellow(`not here: ${spanText(span)}: the vendor has ${many(events, 'event')} more; ${cureText(cure)}`),
    );
  for (const span of vendor?.notAsked.listed ?? [])
    print(
      `not asked again: ${spanText(span)}: no D-1 reading was made of it, with which the vendor's KPIs could be compared`,
    );
  showIds('the vendor has, and Elasticsearch has not', vendor?.missing);
  showIds('stored, and the vendor lists it no more', vendor?.foreign);
  const more = missing.more + unclear.more + uncollected.more + (vendor?.unread.more ?? 0);
  if (more > 0) print(`and ${many(more, 'more such time range', 'more such time ranges')}: ask for a shorter one`);
  for (const { from, to, pass, reason, by } of accepted.slice(0, MOST_SHOWN))
    print(colors.yellow(`accepted without data: ${spanText({ from, to })} of ${pass} by ${by}: ${reason}`));
  if (accepted.length > MOST_SHOWN)
    print(colors.yellow(`accepted without data: ${accepted.length - MOST_SHOWN} more; "--json" lists all`));
}

function withoutData(accepted: Proof['accepted']): string {
  return formatDuration(merge(accepted).reduce((sum, { from, to }) => sum + to - from, 0));
}

function verdictText({ verdict, letters, accepted, crossIndexDuplicates }: Proof): string {
  const isPending = crossIndexDuplicates > 0;
  const pending = isPending ? ', repair pending' : '';
  const color = isPending ? colors.yellow : colors.green;
  const isThere = isPending ? 'is there, some of it twice' : 'is there once';
  if (verdict === 'complete')
    return color(`complete${pending}: every second was collected, and all that was seen ${isThere}`);
  if (verdict === 'incomplete') return colors.red(`INCOMPLETE${pending}: something that was seen is not there`);
  if (verdict === 'not provable') return colors.red(`NOT PROVABLE${pending}`);
  const exceptions = [
    ...(letters.count === 0 ? [] : [many(letters.count, 'dead letter')]),
    ...(accepted.length === 0
      ? []
      : [`${many(accepted.length, 'accepted gap')} (${withoutData(accepted)} without data)`]),
  ];
  return color(`complete but for ${exceptions.join(' and ')}${pending}: all else that was seen ${isThere}`);
}

function show(proof: Proof, source: TenantSource, span: Interval, namespace: string): void {
  print(colors.bold(`${sourceKey(source)} from ${iso(span.from)} until ${iso(span.to)}`));
  print(`asked: ${describeQuestion(source.instance.source.question)}`);
  print(`judged at ${iso(Date.now())} by shenji ${version}, of namespace ${namespace}`);
  print(table(['', ''], rowsOf(proof, source)));
  showPlaces(proof);
  showLetters(proof.letters);
  for (const note of [...doubtsOf(proof), ...notesOf(proof)]) print(note);
  print(verdictText(proof));
}

export function registerProve(program: Command): void {
  withConfigOption(program.command('prove').summary('the evidence that a time range is complete'))
    .description(
      'Holds what the readings of a time range have seen, minute by minute, against what Elasticsearch holds, by id; with --recount also against what the vendor answers now. docs/prove.md explains each verdict:\n  complete · complete but for dead letters or accepted gaps (exits with code 0)\n  incomplete, with where · not provable, with where, why and what will change it (exits with code 1)\n  repair pending, beside any of these: documents lie in more than one index after a rollover (exits with code 1)\nIt is proven for the filter or the datasets that are configured now. What retention has deleted can no longer be proven.',
    )
    .argument('<source>', SOURCE_ARGUMENT)
    .requiredOption('--from <iso>', "first instant, ISO 8601; without a zone it is the tenant's", isoTime)
    .requiredOption('--to <iso>', 'first instant after it', isoTime)
    .option('--tenant <id>', 'whose; needed where several tenants have the source')
    .option('--recount', 'ask the vendor again and compare ids')
    .option('--json', 'print one JSON document')
    .action((name: string, options: ProveOptions) =>
      withRuntime(options, 'warn', async (runtime) => {
        const source = chooseSource(runtime, name, options.tenant);
        // The vendor is asked within the budget, which is in Redis.
        await requireAnswers(runtime, options.recount === true ? ['Elasticsearch', 'Redis'] : ['Elasticsearch']);
        const span = spanOf(source, options);
        const hours = (milliseconds: number): number => Math.round(milliseconds / HOUR);
        if (options.recount === true)
          tell(
            `asks ${source.definition.vendor.name} again for all of it, after collection in the request budget: where that uses the budget up, this waits`,
          );
        const bar = progress('prove', 'hours');
        const proof = await prove(runtime, source, span, {
          recount: options.recount === true,
          onProgress: (doing, doneMs, events) =>
            bar.update(hours(doneMs), hours(span.to - span.from), `${doing}: ${events} events`),
        });
        bar.stop();
        if (options.json === true) printJson(asJson(proof, source, span, runtime.config.namespace));
        else show(proof, source, span, runtime.config.namespace);
        if (!isProven(proof)) process.exitCode = 1;
      }),
    );
}
