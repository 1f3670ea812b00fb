/** Asks the vendor again, window by window, and compares ids with what is stored. */
import { MINUTE, minuteOf } from '../core/proof/claims.ts';
import { createIdSet } from '../core/proof/id-set.ts';
import { wordsOf } from '../core/proof/id-words.ts';
import type { DatedId, StoredDocument } from '../core/proof/evidence.ts';
import { createPlaces, type Places } from '../core/proof/places.ts';
import { preparer } from '../core/documents/prepare.ts';
import { isWithin, type Interval } from '../core/time/intervals.ts';
import type { Stream } from '../core/stream.ts';
import { createBudget } from '../adapters/redis/budget.ts';
import { preparationOf } from './preparation.ts';
import type { Runtime, TenantSource } from './runtime.ts';

/** Ids are listed up to a bound, and counted all. */
export type Ids = { readonly count: number; readonly listed: readonly DatedId[] };
export type Recount = {
  /** What the vendor's answers make now. */
  readonly events: number;
  readonly unmappable: number;
  /** The vendor has them, and they are neither stored nor dead letters. */
  readonly missing: Ids;
  /** When those are from, by the minute, or by what cannot be read in part. */
  readonly unread: Places<{ readonly events: number }>;
  /** They are stored, answer what is asked, and the vendor has them not. */
  readonly foreign: Ids;
  /** Where no reading was made that the vendor's answer of now could be compared with: not asked again. */
  readonly notAsked: Places<object>;
};

export type RecountPorts = {
  /** All that is stored, whatever it says; which of that the vendor should list; and the ids of records that are dead letters. */
  readonly documents: (span: Interval) => AsyncIterable<StoredDocument>;
  readonly isAsked: (document: StoredDocument) => boolean;
  readonly isComparable: (span: Interval) => Promise<boolean>;
  readonly letters: (span: Interval) => Promise<readonly { readonly id: string }[]>;
};

const STORED = 1;
const LISTED = 2;
const KNOWN = 4;
const MOST_LISTED = 1_000;

function collectIds() {
  const listed: DatedId[] = [];
  let count = 0;
  const add = ({ id, time }: DatedId): void => {
    count += 1;
    if (listed.length < MOST_LISTED) listed.push({ id, time });
  };
  return { add, result: (): Ids => ({ count, listed }) };
}

/** One window at a time is held in memory. */
// oxlint-disable-next-line max-lines-per-function -- steps of one comparison over what was counted so far
export async function recount(
  runtime: Runtime,
  source: TenantSource,
  span: Interval,
  ports: RecountPorts,
  onProgress: (doneMs: number, events: number) => void,
): Promise<Recount> {
  const { backlogGrid, indivisible } = source.instance.source.cadence;
  const stream: Stream = { tenant: source.tenant.id, source: source.definition.name, pass: 'live' };
  const prepare = preparer(preparationOf(runtime, source, stream));
  const context = {
    log: runtime.log,
    signal: new AbortController().signal,
    budget: createBudget(runtime.redis, runtime.prefix, 2),
    pass: stream.pass,
  };
  const [missing, foreign] = [collectIds(), collectIds()];
  const unread = createPlaces<{ readonly events: number }>(
    () => '',
    (a, b) => ({ events: a.events + b.events }),
  );
  const notAsked = createPlaces<object>(
    () => '',
    (a) => a,
  );
  const words = new Uint32Array(4);
  let [events, unmappable] = [0, 0];

  function cellOf(time: number): Interval {
    const from = indivisible ? backlogGrid.startOf(time) : minuteOf(time);
    return { from, to: indivisible ? backlogGrid.next(from) : from + MINUTE };
  }

  async function compare(window: Interval): Promise<void> {
    const isIn = isWithin(window);
    const ids = createIdSet();
    const lacking = new Map<number, number>();
    for await (const { id } of ports.documents(window)) ids.mark(wordsOf(id, words), STORED);
    for (const { id } of await ports.letters(window)) ids.mark(wordsOf(id, words), KNOWN);
    const bounds = { from: new Date(window.from), to: new Date(window.to) };
    for await (const { records } of source.instance.source.fetchPages(bounds, context)) {
      for (const raw of records) {
        const prepared = prepare(raw);
        if (prepared.kind === 'unmappable') unmappable += 1;
        else if (isIn(prepared)) {
          const marks = ids.marksOf(wordsOf(prepared.id, words));
          if (!ids.mark(words, LISTED)) continue;
          events += 1;
          if (marks !== 0) continue;
          missing.add(prepared);
          const { from } = cellOf(prepared.time);
          lacking.set(from, (lacking.get(from) ?? 0) + 1);
        }
      }
      // Each page may have waited for its turn in the budget.
      onProgress(window.from - span.from, events);
    }
    for (const [from, count] of [...lacking].toSorted(([a], [b]) => a - b))
      unread.add({ ...cellOf(from), events: count });
    for await (const document of ports.documents(window))
      if (
        ports.isAsked(document) &&
        // Only what was there before the vendor was asked: the rest may be newer than its answer.
        (ids.marksOf(wordsOf(document.id, words)) & (STORED | LISTED)) === STORED &&
        ids.mark(words, LISTED)
      )
        foreign.add(document);
  }

  for (let from = span.from; from < span.to;) {
    const to = Math.min(span.to, backlogGrid.next(backlogGrid.startOf(from)));
    if (await ports.isComparable({ from, to })) await compare({ from, to });
    else notAsked.add({ from, to });
    onProgress(to - span.from, events);
    from = to;
  }
  return {
    events,
    unmappable,
    missing: missing.result(),
    unread: unread.result(),
    foreign: foreign.result(),
    notAsked: notAsked.result(),
  };
}
