/** A proof as one JSON document. */
import { isProven, type Proof } from '../../app/prove.ts';
import type { TenantSource } from '../../app/runtime.ts';
import { iso, type Interval } from '../../core/time/intervals.ts';
import { version } from '../../observe/version.ts';
import { doubtsOf, notesOf, unclearText } from './words.ts';

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

export function asJson(proof: Proof, source: TenantSource, span: Interval, namespace: string): object {
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
