/** A proof as one would show it to an auditor. */
import type { Proof } from '../../app/prove.ts';
import { sourceKey, type TenantSource } from '../../app/runtime.ts';
import { many } from '../../core/many.ts';
import { spanText } from '../../core/proof/places.ts';
import { describeQuestion } from '../../core/proof/question.ts';
import { iso, merge, type Interval } from '../../core/time/intervals.ts';
import { version } from '../../observe/version.ts';
import { formatDuration } from '../../sdk/duration.ts';
import { colors, print, table } from '../terminal.ts';
import { cureText, doubtsOf, missingText, notesOf, unclearText } from './words.ts';

/** Of what may be very many; a machine gets more. */
const MOST_SHOWN = 20;

type Vendor = NonNullable<Proof['vendor']>;

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

export function showProof(proof: Proof, source: TenantSource, span: Interval, namespace: string): void {
  print(colors.bold(`${sourceKey(source)} from ${iso(span.from)} until ${iso(span.to)}`));
  print(`asked: ${describeQuestion(source.instance.source.question)}`);
  print(`judged at ${iso(Date.now())} by shenji ${version}, of namespace ${namespace}`);
  print(table(['', ''], rowsOf(proof, source)));
  showPlaces(proof);
  showLetters(proof.letters);
  for (const note of [...doubtsOf(proof), ...notesOf(proof)]) print(note);
  print(verdictText(proof));
}
