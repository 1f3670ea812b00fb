/** Asks for proofs, and judges them by what is known of every event: what the vendor has, what is stored, and what was deleted. */
import type { Interval } from '../../src/core/time/intervals.ts';
import type { Verdict } from '../../src/core/proof/verdict.ts';
import type { FaultWorld } from './world.ts';

/** What was made of an event: `refused` is a dead letter without a document. */
export type Event = {
  readonly id: string;
  /** In epoch milliseconds. */
  readonly time: number;
  readonly fate: 'stored' | 'refused' | 'deleted' | 'absent';
};

type Proof = Interval & {
  readonly verdict: Verdict;
  readonly letters: number;
  readonly why: {
    readonly missing: readonly Interval[];
    readonly unclear: readonly Curable[];
    readonly uncollected: readonly Curable[];
  };
};
type Curable = Interval & { readonly cure: string };

export type Judged = {
  readonly asked: number;
  readonly falseProofs: readonly string[];
  readonly falseAlarms: readonly string[];
  /** Neither: nothing is missing and all was read, or something was deleted, and the proof cannot say so. */
  readonly unproven: readonly string[];
  /** Of what was judged so, where it is. */
  readonly places: readonly Interval[];
};

export const NOTHING_JUDGED: Judged = { asked: 0, falseProofs: [], falseAlarms: [], unproven: [], places: [] };

export const bothOf = (a: Judged, b: Judged): Judged => ({
  asked: a.asked + b.asked,
  falseProofs: [...a.falseProofs, ...b.falseProofs],
  falseAlarms: [...a.falseAlarms, ...b.falseAlarms],
  unproven: [...a.unproven, ...b.unproven],
  places: [...a.places, ...b.places],
});

const ASK = new URL('ask.ts', import.meta.url).pathname;
const SECOND = 1_000;

/** The whole, two parts by chance, and a few seconds around some of what was deleted. */
export function spansToAsk(whole: Interval, random: FaultWorld['random'], deleted: readonly Event[]): Interval[] {
  const seconds = (whole.to - whole.from) / SECOND;
  const parts = [1, 2].map(() => {
    const from = whole.from + SECOND * random.below(seconds - 1);
    return { from, to: from + SECOND * (1 + random.below((whole.to - from) / SECOND)) };
  });
  const around = deleted.slice(0, 8).map(({ time }) => ({
    from: Math.max(whole.from, time - SECOND * random.below(8)),
    to: Math.min(whole.to, time + SECOND * (1 + random.below(8))),
  }));
  return [whole, ...parts, ...around];
}

const inside = (events: readonly Event[], { from, to }: Interval): Event[] =>
  events.filter(({ time }) => time >= from && time < to);

/** What is wrong with one proof, as the list of `Judged` that it belongs to; `isOver`: whatever was to be read has been. */
function faultOf(proof: Proof, events: readonly Event[], isOver: boolean) {
  const { verdict, letters, why } = proof;
  const asked = inside(events, proof);
  const has = (fate: Event['fate'], among = asked): boolean => among.some((event) => event.fate === fate);
  const isProven = verdict === 'complete' || verdict === 'complete but';
  const unsaid = asked.filter(({ fate }) => fate === 'refused').length > letters;
  if (isProven && (has('deleted') || has('absent') || unsaid)) return 'falseProofs';
  // What is missing is told by minutes, which may reach beyond what was asked. Nobody has ever seen what is absent.
  const isTrue = why.missing.length > 0 && why.missing.every((place) => has('deleted', inside(events, place)));
  if (verdict === 'incomplete' && !isTrue) return 'falseAlarms';
  if (isOver && verdict === 'not provable') return 'unproven';
  return undefined;
}

/** @throws Error where a proof could not be made */
async function ask({ processes }: Pick<FaultWorld, 'processes'>, spans: readonly Interval[]): Promise<Proof[]> {
  const { code, stdout, stderr } = await processes.run('reader', ['--spans', JSON.stringify(spans)], ASK);
  if (code !== 0) throw new Error(`no proof could be made: ${stderr.slice(0, 2_000)}`);
  return JSON.parse(stdout) as Proof[];
}

/** The commands that a proof of this time range prints for what is not provable, without the program's name. */
export async function curesFor(world: Pick<FaultWorld, 'processes'>, whole: Interval): Promise<string[][]> {
  const [proof] = await ask(world, [whole]);
  const cures = [...(proof?.why.unclear ?? []), ...(proof?.why.uncollected ?? [])].map(({ cure }) => cure);
  return cures.filter((cure) => cure.startsWith('shenji backfill ')).map((cure) => cure.split(' ').slice(1));
}

export async function askAndJudge(
  world: Pick<FaultWorld, 'processes'>,
  spans: readonly Interval[],
  events: readonly Event[],
  isOver: boolean,
): Promise<Judged> {
  const found: Record<'falseProofs' | 'falseAlarms' | 'unproven', string[]> = {
    falseProofs: [],
    falseAlarms: [],
    unproven: [],
  };
  const places: Interval[] = [];
  for (const proof of await ask(world, spans)) {
    const fault = faultOf(proof, events, isOver);
    const byFate = Object.groupBy(inside(events, proof), ({ fate }) => fate);
    const fates = Object.fromEntries(Object.entries(byFate).map(([fate, all]) => [fate, all.length]));
    if (fault === undefined) continue;
    found[fault].push(JSON.stringify({ ...proof, events: fates }));
    places.push(...proof.why.missing, ...proof.why.unclear);
  }
  return { asked: spans.length, ...found, places: places.slice(0, 2) };
}
