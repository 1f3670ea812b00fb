/** A vendor, readings and mishaps in memory: what the proof is shown of them, and an oracle that knows every id. */
import { hashId } from '../../../src/sdk/document-id.ts';
import { NO_COUNTS, type ReadEntry } from '../../../src/core/ledger.ts';
import { createClaimTally, parseClaim } from '../../../src/core/proof/claims.ts';
import type { Findings } from '../../../src/core/proof/findings.ts';
import { prove, type ProofPorts } from '../../../src/core/proof/prove.ts';
import type { ProvenSource } from '../../../src/core/proof/reading.ts';
import { verdictOf as verdictFor, type Verdict } from '../../../src/core/proof/verdict.ts';
import type { Question } from '../../../src/sdk/source.ts';

const SECOND = 1_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
export const MINUTES = 4;

/** `listed`: at which second the vendor lists it; odd ones are not listed when they happened. */
type Event = { readonly id: string; readonly second: number; readonly listed: number; readonly kind: string };

const KINDS = ['a', 'b', 'c'] as const;
export const QUESTIONS: readonly Question[] = [{}, { kind: ['a', 'b'] }, { kind: ['a'] }, { kind: ['b'] }];

export type Window = { readonly from: number; readonly to: number };
export type Pass = ReadEntry['pass'];
export type Command =
  | { readonly do: 'publish'; readonly seconds: readonly number[]; readonly kind: number; readonly odd: number }
  /**
   * `cutAfter`: so many commands come between its two pages; `fails` there and then. `backMs`: by so much the `Date` of the
   * second page lies before the first's.
   */
  | {
      readonly do: 'read';
      readonly window: Window;
      readonly cutAfter: number;
      readonly fails: boolean;
      readonly pass?: Pass;
      readonly backMs?: number;
    }
  /** A gap that is given up. */
  | { readonly do: 'accept'; readonly window: Window }
  | { readonly do: 'ask'; readonly question: number }
  /** Some documents, or all that one of the last readings has created. */
  | { readonly do: 'delete'; readonly pick: number; readonly batch: number | undefined }
  | { readonly do: 'refuse'; readonly kind: number }
  | { readonly do: 'replay' };

/** What an oracle has to know of a reading that ended; `isOld`: before claims were by the minute, so that its entry has a number only. */
type Finished = {
  readonly window: Window;
  readonly question: Question;
  readonly isOld: boolean;
  readonly pass: Pass;
  /** By the vendor's clock, in whole seconds. */
  readonly began: number;
  readonly ended: number;
  readonly seen: ReadonlySet<string>;
  readonly created: ReadonlySet<string>;
};

const asksFor = ({ kind: wanted }: Question, { kind }: Pick<Event, 'kind'>): boolean => wanted?.includes(kind) ?? true;
export const timeOf = (second: number): number => T0 + second * SECOND;

/** A log, or statistics: of those each pass makes documents of its own, and a day (of two minutes here) cannot be cut. */
export type Kind = 'log' | 'statistics';
export const DAY = 120;
const SOURCES: Readonly<Record<Kind, ProvenSource>> = {
  log: { indivisible: false, readings: undefined, streamOf: (pass) => `acme/x/${pass}` },
  statistics: {
    indivisible: true,
    readings: { field: 'reading', of: (pass) => `reading ${pass}` },
    streamOf: (pass) => `acme/x/${pass}`,
  },
};

export type PlayOptions = {
  readonly kind?: Kind;
  /** So many commands are run by a version whose entries say nothing by the minute, and whose letters name no document. */
  readonly oldUntil?: number;
};

export function play(
  commands: readonly { readonly command: Command; readonly waitMs: number }[],
  { kind: ofSource = 'log', oldUntil = 0 }: PlayOptions = {},
) {
  const published: Event[] = [];
  /** What has been, or could be, a document, by its id. */
  const events = new Map<string, Event & { readonly pass?: Pass }>();
  /** By which pass a document was made, or a letter written first. */
  const madeBy = new Map<string, Pass>();
  const stored = new Set<string>();
  const letters = new Set<string>();
  const undated = new Set<string>();
  const replayed = new Set<string>();
  const entries: ReadEntry[] = [];
  const finished: Finished[] = [];
  const accepted: Window[] = [];
  const later: { readonly at: number; readonly goOn: () => void }[] = [];
  const batches: ReadonlySet<string>[] = [];
  let question: Question = {};
  let refused: string | undefined;
  let now = T0 + 3_600_000;
  let names = 0;

  function publish({ seconds, kind, odd }: Extract<Command, { do: 'publish' }>): void {
    for (const second of seconds) {
      const at = ofSource === 'log' ? second : second - (second % DAY);
      const event = {
        id: hashId(`event ${(names += 1)}`),
        second: at,
        listed: odd === 0 ? at : (at + 60 * odd) % (60 * MINUTES),
        kind: KINDS[kind] ?? 'a',
      };
      published.push(event);
      if (ofSource === 'log') events.set(event.id, event);
    }
  }

  function wholeDays({ from, to }: Window): Window {
    if (ofSource === 'log') return { from, to };
    const day = from - (from % DAY);
    return { from: day, to: day + DAY };
  }

  /** What a pass makes of an event. */
  function recordOf(event: Event, pass: Pass): Event {
    if (ofSource === 'log') return event;
    const record = { ...event, id: hashId(event.id, pass) };
    events.set(record.id, record);
    return record;
  }

  function read(command: Extract<Command, { do: 'read' }>, step: number): void {
    const { cutAfter, fails, pass = 'live', backMs = 0 } = command;
    const window = wholeDays(command.window);
    const asked = question;
    const isOld = step < oldUntil;
    const overlap = ofSource === 'log' ? 1 : 0;
    let rejected = 0;
    const span = { from: timeOf(window.from), to: timeOf(window.to) };
    const tally = createClaimTally(span, SOURCES[ofSource].indivisible);
    const [seen, created] = [new Set<string>(), new Set<string>()];
    const startedAt = now;
    batches.unshift(created);

    /** Each page has half of the events, as they are at that moment. */
    function readPage(page: number): void {
      for (const listed of published) {
        const isListed = listed.listed >= window.from - overlap && listed.listed < window.to + 2 * overlap;
        if (!isListed || !asksFor(asked, listed) || listed.id.charCodeAt(0) % 2 !== page) continue;
        const event = recordOf(listed, pass);
        const time = timeOf(event.second);
        tally.see(event.id, time);
        seen.add(event.id);
        if (event.kind === refused) {
          rejected += 1;
          if (!madeBy.has(event.id)) madeBy.set(event.id, pass);
          (isOld ? undated : letters).add(event.id);
        } else if (!stored.has(event.id)) {
          madeBy.set(event.id, pass);
          stored.add(event.id);
          created.add(event.id);
          tally.create(event.id, time);
        }
      }
    }

    function end(): void {
      const vendor = (time: number): number => Math.floor(time / SECOND) * SECOND;
      const { minutes } = tally.claim();
      const { readings } = SOURCES[ofSource];
      const own = readings === undefined ? {} : { [readings.field]: [readings.of(pass)] };
      const readUntil = vendor(now - (cutAfter === 0 ? backMs : 0));
      const reading = { minutes, readFrom: vendor(startedAt), readUntil, question: { ...asked, ...own } };
      const common = {
        ...span,
        run: `${entries.length}`,
        pass,
        at: now,
        startedAt,
        reason: undefined,
        by: undefined,
      } as const;
      const failure = { message: 'HTTP 500', retryable: true };
      if (fails) entries.push({ ...common, status: 'failed', counts: NO_COUNTS, error: failure, reading: undefined });
      else {
        entries.push({
          ...common,
          status: 'done',
          counts: { ...NO_COUNTS, events: tally.events, rejected },
          error: undefined,
          reading: isOld ? undefined : reading,
        });
        const clock = [reading.readFrom, readUntil].map((time) => Math.floor(time / SECOND));
        finished.push({
          window,
          question: asked,
          seen,
          created,
          isOld,
          pass,
          began: Math.min(...clock),
          ended: Math.max(...clock),
        });
      }
    }

    readPage(0);
    const goOn = (): void => {
      if (!fails) readPage(1);
      end();
    };
    if (cutAfter === 0) goOn();
    else later.push({ at: step + cutAfter, goOn });
  }

  function accept(given: Window): void {
    const { from, to } = wholeDays(given);
    const span = { from: timeOf(from), to: timeOf(to) };
    const common = { run: `${entries.length}`, pass: 'live', at: now, startedAt: now, counts: NO_COUNTS } as const;
    const why = { reason: 'lost', by: 'li', error: undefined, reading: undefined };
    entries.push({ ...span, ...common, ...why, status: 'accepted' });
    accepted.push({ from, to });
  }

  for (const [step, { command, waitMs }] of commands.entries()) {
    for (const { goOn } of later.filter(({ at }) => at === step)) goOn();
    now += waitMs;
    if (command.do === 'publish') publish(command);
    if (command.do === 'read') read(command, step);
    if (command.do === 'accept') accept(command.window);
    if (command.do === 'ask') question = QUESTIONS[command.question] ?? {};
    if (command.do === 'refuse') refused = KINDS[command.kind];
    if (command.do === 'delete') {
      const some = [...stored].filter((id) => id.charCodeAt(1) % 3 === command.pick % 3).slice(0, 1 + command.pick);
      for (const id of command.batch === undefined ? some : (batches[command.batch] ?? [])) stored.delete(id);
    }
    if (command.do === 'replay')
      for (const id of [...letters, ...undated]) {
        if (replayed.has(id) || events.get(id)?.kind === refused) continue;
        stored.add(id);
        replayed.add(id);
      }
  }
  for (const { goOn } of later.filter(({ at }) => at >= commands.length)) goOn();
  return { kind: ofSource, events, madeBy, stored, letters, undated, replayed, entries, finished, accepted, question };
}

export type History = ReturnType<typeof play>;

export type Truth = {
  readonly missing: readonly string[];
  /** Missing too, but no later reading of its time would have seen it. */
  readonly odd: readonly string[];
  /** Missing too, but only an entry that has no sum could tell, by its number. */
  readonly uncertain: readonly string[];
  /** A document that a reading created, and that another refused: gone, it is listed as a letter at least. */
  readonly masked: readonly string[];
  readonly uncollected: boolean;
  /** Whether a part of it was given up, and not read since. */
  readonly givenUp: boolean;
  readonly letters: number;
};

/** Judges by ids alone, and shares nothing with the proof. */
export function oracle(history: History, asked: Window): Truth {
  const { kind, events, stored, letters, undated, replayed, finished, question, accepted } = history;
  const isThere = (id: string): boolean =>
    stored.has(id) || ((letters.has(id) || undated.has(id)) && !replayed.has(id));
  const claimed = new Map([...replayed].map((id): [string, Claimed] => [id, 'certain']));
  const strongest = (a: Claimed, b: Claimed | undefined): Claimed =>
    STRENGTHS.find((strength) => strength === a || strength === b) ?? a;
  for (const { window, seen, created, isOld } of finished) {
    const isInside = (id: string): boolean => {
      const { second = 0 } = events.get(id) ?? {};
      return second >= window.from && second < window.to;
    };
    const inside = [...seen].filter(isInside);
    const all = [...stored, ...letters, ...undated].filter((id) => isInside(id) && isThere(id));
    const isShort = new Set(all).size < inside.length;
    for (const id of seen) {
      const { second = 0, listed = 0 } = events.get(id) ?? {};
      const touches =
        second >= Math.floor((window.from - 1) / 60) * 60 && second < (Math.floor(window.to / 60) + 1) * 60;
      if (!inside.includes(id) && (isOld || !created.has(id))) continue;
      const isOdd = touches && second !== listed;
      // All that an entry without a sum can tell is that there are fewer.
      // Nor what was asked: it is taken for today's question.
      const isVague = kind === 'statistics' || !isShort || !asksFor(question, events.get(id) ?? { kind: '' });
      const strength = isOld && isVague ? 'by number' : isOdd ? 'odd' : 'certain';
      claimed.set(id, strongest(strength, claimed.get(id)));
    }
  }
  const answers = ({ kind: wide }: Question): boolean =>
    wide === undefined || question['kind']?.every((wanted) => wide.includes(wanted)) === true;
  const covering = finished.filter((reading) => reading.isOld || answers(reading.question)).map(({ window }) => window);
  const isIn = (windows: readonly Window[], second: number): boolean =>
    windows.some(({ from, to }) => second >= from && second < to);
  const seconds = Array.from({ length: asked.to - asked.from }, (_, index) => asked.from + index);
  /** What a settle pass was to find late, it has looked for under a narrower question, and nobody for all that is asked since. */
  const isOutdated = (second: number): boolean =>
    kind === 'log' &&
    finished.some(
      (late) =>
        late.pass.startsWith('settle') &&
        !late.isOld &&
        !answers(late.question) &&
        isIn([late.window], second) &&
        !finished.some(
          (since) =>
            (since.isOld || answers(since.question)) && isIn([since.window], second) && since.began > late.ended,
        ),
    );
  const unread = seconds.filter((second) => !isIn(covering, second));
  const grained = (grain: number): Window => ({
    from: Math.floor(asked.from / grain) * grain,
    to: Math.ceil(asked.to / grain) * grain,
  });
  const near = grained(kind === 'log' ? 60 : DAY);
  /** What a window has made elsewhere is known by its minute, also where windows cannot be cut. */
  const isNear = (id: string): boolean => {
    const { second = 0, listed = 0 } = events.get(id) ?? {};
    const isElsewhere = Math.floor(second / DAY) !== Math.floor(listed / DAY);
    return isIn([isElsewhere ? grained(60) : near], second);
  };
  // A claim of a whole window says nothing more of one minute than of another.
  const wholes = finished.filter(({ isOld, window: { from, to } }) => isOld && from < near.to && to > near.from);
  const isFar = (id: string): boolean =>
    !isNear(id) && wholes.some(({ window, seen }) => seen.has(id) && isIn([window], events.get(id)?.second ?? 0));
  const gone = [...claimed].filter(([id]) => isNear(id) && !isThere(id));
  const far = [...claimed.keys()].filter((id) => isFar(id) && !isThere(id));
  const ids = (wanted: Claimed): string[] => gone.filter(([, strength]) => strength === wanted).map(([id]) => id);
  const all = new Set(finished.flatMap(({ created }) => [...created]));
  const masked = [...all].filter(
    (id) => isNear(id) && (letters.has(id) || undated.has(id)) && !stored.has(id) && !replayed.has(id),
  );
  const open = [...letters].filter((id) => {
    const { second = 0 } = events.get(id) ?? {};
    return second >= asked.from && second < asked.to && !stored.has(id) && !replayed.has(id);
  });
  return {
    missing: ids('certain'),
    odd: ids('odd'),
    uncertain: [...ids('by number'), ...far],
    masked,
    uncollected:
      unread.some((second) => !isIn(accepted, second)) ||
      seconds.some((second) => isIn(covering, second) && isOutdated(second)),
    givenUp: unread.some((second) => isIn(accepted, second)),
    letters: open.length,
  };
}

const STRENGTHS = ['certain', 'odd', 'by number'] as const;
type Claimed = (typeof STRENGTHS)[number];

function portsOf({ kind: ofSource, events, madeBy, stored, letters, replayed, entries }: History): ProofPorts {
  const { readings, streamOf } = SOURCES[ofSource];
  const dated = (ids: Iterable<string>, { from, to }: { from: number; to: number }) =>
    [...ids]
      .map((id) => ({ id, time: timeOf(events.get(id)?.second ?? 0) }))
      .filter(({ time }) => time >= from && time < to);
  const passOf = (id: string): Pass => madeBy.get(id) ?? 'live';
  const valuesOf = (id: string): Record<string, string[]> => ({
    kind: [events.get(id)?.kind ?? ''],
    'shenji.stream': [streamOf(passOf(id))],
    ...(readings === undefined ? {} : { [readings.field]: [readings.of(passOf(id))] }),
  });
  return {
    // As the ledger finds them: by the window and a minute around it, and by what was created elsewhere.
    entries: async ({ from, to }) =>
      entries.filter(
        (entry) =>
          (entry.from < to + 60_000 && entry.to > from - 60_000) ||
          (parseClaim(entry.reading?.minutes, entry) ?? []).some((cell) => cell.from < to && cell.to > from),
      ),
    documents: async function* (span, fields) {
      for (const { id, time } of dated(stored, span).toSorted((a, b) => a.time - b.time))
        yield { id, time, values: fields.length === 0 ? {} : valuesOf(id) };
    },
    letters: async (span) =>
      dated(letters, span).map((letter) => ({
        ...letter,
        type: 'document',
        reason: 'refused',
        pass: passOf(letter.id),
      })),
    replays: async (span) => dated(replayed, span),
  };
}

/** What has no verdict of its own, but a cause of its own: nothing is wrong except that some time was not read. */
export type Told = Verdict | 'not collected';

export async function toldOf(
  history: History,
  asked: Window,
): Promise<{ readonly told: Told; readonly found: Findings }> {
  const span = { from: timeOf(asked.from), to: timeOf(asked.to) };
  const found = await prove({ ...SOURCES[history.kind], span, question: history.question }, portsOf(history));
  const verdict = verdictFor(found, found.letters.count, undefined);
  const isOnlyUnread = verdict === 'not provable' && found.unclear.listed.length === 0;
  return { told: isOnlyUnread ? 'not collected' : verdict, found };
}

export const verdictOf = async (history: History, asked: Window): Promise<Told> => (await toldOf(history, asked)).told;
