/** A vendor, readings and mishaps in memory: what the proof is shown of them, and an oracle that knows every id. */
import { hashId } from '../../../src/pipeline/document-id.ts';
import { NO_COUNTS, type ReadEntry } from '../../../src/pipeline/ledger.ts';
import { createClaimTally, parseClaim } from '../../../src/pipeline/proof/claims.ts';
import { prove, type ProofPorts } from '../../../src/pipeline/proof/prove.ts';
import type { Question } from '../../../src/source.ts';

const SECOND = 1_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
export const MINUTES = 4;

/** `listed`: at which second the vendor lists it; odd ones are not listed when they happened. */
type Event = { readonly id: string; readonly second: number; readonly listed: number; readonly kind: string };

const KINDS = ['a', 'b', 'c'] as const;
export const QUESTIONS: readonly Question[] = [{}, { kind: ['a', 'b'] }, { kind: ['a'] }, { kind: ['b'] }];

export type Window = { readonly from: number; readonly to: number };
export type Command =
  | { readonly do: 'publish'; readonly seconds: readonly number[]; readonly kind: number; readonly odd: number }
  /** `cutAfter`: so many commands come between its two pages; `fails` there and then. */
  | { readonly do: 'read'; readonly window: Window; readonly cutAfter: number; readonly fails: boolean }
  | { readonly do: 'ask'; readonly question: number }
  /** Some documents, or all that one of the last readings has created. */
  | { readonly do: 'delete'; readonly pick: number; readonly batch: number | undefined }
  | { readonly do: 'refuse'; readonly kind: number }
  | { readonly do: 'replay' };

/** What an oracle has to know of a reading that ended. */
type Finished = {
  readonly window: Window;
  readonly question: Question;
  readonly seen: ReadonlySet<string>;
  readonly created: ReadonlySet<string>;
};

const asksFor = ({ kind: wanted }: Question, { kind }: Event): boolean => wanted?.includes(kind) ?? true;
export const timeOf = (second: number): number => T0 + second * SECOND;

export function play(commands: readonly { readonly command: Command; readonly waitMs: number }[]) {
  const events = new Map<string, Event>();
  const stored = new Set<string>();
  const letters = new Set<string>();
  const replayed = new Set<string>();
  const entries: ReadEntry[] = [];
  const finished: Finished[] = [];
  const later: { readonly at: number; readonly goOn: () => void }[] = [];
  const batches: ReadonlySet<string>[] = [];
  let question: Question = {};
  let refused: string | undefined;
  let now = T0 + 3_600_000;
  let names = 0;

  function publish({ seconds, kind, odd }: Extract<Command, { do: 'publish' }>): void {
    for (const second of seconds) {
      const id = hashId(`event ${(names += 1)}`);
      events.set(id, {
        id,
        second,
        listed: odd === 0 ? second : (second + 60 * odd) % (60 * MINUTES),
        kind: KINDS[kind] ?? 'a',
      });
    }
  }

  function read({ window, cutAfter, fails }: Extract<Command, { do: 'read' }>, step: number): void {
    const asked = question;
    const span = { from: timeOf(window.from), to: timeOf(window.to) };
    const tally = createClaimTally(span, false);
    const [seen, created] = [new Set<string>(), new Set<string>()];
    const startedAt = now;
    batches.unshift(created);

    /** Each page has half of the events, as they are at that moment. */
    function readPage(page: number): void {
      for (const event of events.values()) {
        const isListed = event.listed >= window.from - 1 && event.listed <= window.to + 1;
        if (!isListed || !asksFor(asked, event) || event.id.charCodeAt(0) % 2 !== page) continue;
        const time = timeOf(event.second);
        tally.see(event.id, time);
        seen.add(event.id);
        if (event.kind === refused) letters.add(event.id);
        else if (!stored.has(event.id)) {
          stored.add(event.id);
          created.add(event.id);
          tally.create(event.id, time);
        }
      }
    }

    function end(): void {
      const vendor = (time: number): number => Math.floor(time / SECOND) * SECOND;
      const { minutes } = tally.claim();
      const reading = { minutes, readFrom: vendor(startedAt), readUntil: vendor(now), question: asked };
      const common = {
        ...span,
        run: `${entries.length}`,
        pass: 'live',
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
          counts: { ...NO_COUNTS, events: tally.events },
          error: undefined,
          reading,
        });
        finished.push({ window, question: asked, seen, created });
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

  for (const [step, { command, waitMs }] of commands.entries()) {
    for (const { goOn } of later.filter(({ at }) => at === step)) goOn();
    now += waitMs;
    if (command.do === 'publish') publish(command);
    if (command.do === 'read') read(command, step);
    if (command.do === 'ask') question = QUESTIONS[command.question] ?? {};
    if (command.do === 'refuse') refused = KINDS[command.kind];
    if (command.do === 'delete') {
      const some = [...stored].filter((id) => id.charCodeAt(1) % 3 === command.pick % 3).slice(0, 1 + command.pick);
      for (const id of command.batch === undefined ? some : (batches[command.batch] ?? [])) stored.delete(id);
    }
    if (command.do === 'replay')
      for (const id of letters) {
        if (replayed.has(id) || events.get(id)?.kind === refused) continue;
        stored.add(id);
        replayed.add(id);
      }
  }
  for (const { goOn } of later.filter(({ at }) => at >= commands.length)) goOn();
  return { events, stored, letters, replayed, entries, finished, question };
}

export type History = ReturnType<typeof play>;

/** Judges by ids alone, and shares nothing with the proof. `odd`: missing too, but no later reading of its time would have seen it. */
export function oracle(history: History, asked: Window): { missing: string[]; odd: string[]; uncollected: boolean } {
  const { events, stored, letters, replayed, finished, question } = history;
  const claimed = new Map([...replayed].map((id) => [id, false]));
  for (const { window, seen, created } of finished)
    for (const id of seen) {
      const { second = 0, listed = 0 } = events.get(id) ?? {};
      const isInside = second >= window.from && second < window.to;
      const touches =
        second >= Math.floor((window.from - 1) / 60) * 60 && second < (Math.floor(window.to / 60) + 1) * 60;
      const isOdd = touches && second !== listed;
      if (isInside || created.has(id)) claimed.set(id, isOdd && (claimed.get(id) ?? true));
    }
  const isThere = (id: string): boolean => stored.has(id) || (letters.has(id) && !replayed.has(id));
  const answers = ({ kind }: Question): boolean =>
    kind === undefined || question['kind']?.every((wanted) => kind.includes(wanted)) === true;
  const covering = finished.filter((reading) => answers(reading.question)).map(({ window }) => window);
  let uncollected = false;
  for (let second = asked.from; second < asked.to; second += 1)
    uncollected ||= !covering.some(({ from, to }) => second >= from && second < to);
  const isNear = (id: string): boolean => {
    const { second = 0 } = events.get(id) ?? {};
    return second >= Math.floor(asked.from / 60) * 60 && second < Math.ceil(asked.to / 60) * 60;
  };
  const gone = [...claimed].filter(([id]) => isNear(id) && !isThere(id));
  const ids = (wanted: boolean): string[] => gone.filter(([, isOdd]) => isOdd === wanted).map(([id]) => id);
  return { missing: ids(false), odd: ids(true), uncollected };
}

function portsOf({ events, stored, letters, replayed, entries }: History): ProofPorts {
  const dated = (ids: Iterable<string>, { from, to }: { from: number; to: number }) =>
    [...ids]
      .map((id) => ({ id, time: timeOf(events.get(id)?.second ?? 0) }))
      .filter(({ time }) => time >= from && time < to);
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
        yield { id, time, values: fields.length === 0 ? {} : { kind: [events.get(id)?.kind ?? ''] } };
    },
    letters: async (span) => dated(letters, span).map((letter) => ({ ...letter, type: 'document', reason: 'refused' })),
    replays: async (span) => dated(replayed, span),
  };
}

export async function verdictOf(
  history: History,
  asked: Window,
): Promise<'complete' | 'incomplete' | 'not collected' | 'not provable'> {
  const span = { from: timeOf(asked.from), to: timeOf(asked.to) };
  const source = { indivisible: false, readings: undefined, streamOf: () => 'acme/x/live' };
  const { missing, unclear, uncollected } = await prove(
    { ...source, span, question: history.question },
    portsOf(history),
  );
  if (missing.listed.length > 0) return 'incomplete';
  if (unclear.listed.length > 0) return 'not provable';
  return uncollected.listed.length > 0 ? 'not collected' : 'complete';
}
