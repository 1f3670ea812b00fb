/** What was collected under a narrower question than is asked today: since when, and what has to be read again. */
import type { Question } from '../../sdk/source.ts';
import type { Ledger, ReadWindow } from '../ledger.ts';
import { merge, subtract, type Interval } from '../time/intervals.ts';
import { passRank } from '../../sdk/pass.ts';
import { covers } from './question.ts';

/** A time range in which only `question` was asked. */
export type Widening = Interval & { readonly question: Question };

export type WidenedSource = {
  readonly tenant: string;
  readonly source: string;
  readonly question: Question;
  readonly readings: { readonly field: string } | undefined;
};

/** Which reading asked makes no difference here. */
function narrowing(question: Question, { readings }: WidenedSource): Question {
  const rest = Object.entries(question).filter(([field]) => field !== readings?.field);
  return Object.fromEntries(rest);
}

/** Windows that come by their beginning: the time ranges that they make, few, however many they are, and those of them that are meant. */
async function readingsOf(windows: AsyncIterable<ReadWindow>, isMeant: (window: ReadWindow) => boolean) {
  const ranges: { from: number; to: number }[] = [];
  const meant: ReadWindow[] = [];
  for await (const window of windows) {
    const { from, to } = window;
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else ranges.push({ from, to });
    if (isMeant(window)) meant.push(window);
  }
  return { ranges, meant };
}

/** What of these windows none of the others has read since; both come by their beginning. */
function notReadSince(windows: readonly ReadWindow[], others: readonly ReadWindow[]): Interval[] {
  const left: Interval[] = [];
  let near: ReadWindow[] = [];
  let next = 0;
  for (const window of windows) {
    for (let other = others[next]; other !== undefined && other.from < window.to; other = others[next]) {
      near.push(other);
      next += 1;
    }
    near = near.filter(({ to }) => to > window.from);
    const since = near.filter(({ at }) => at > window.at);
    left.push(...subtract([window], since));
  }
  return merge(left);
}

/** Empty where all was read under a question that holds today's, which one small aggregation tells. */
export async function wideningsOf(
  ledger: Pick<Ledger, 'questions' | 'readUnder'>,
  of: WidenedSource,
): Promise<Widening[]> {
  const asked = await ledger.questions(of.tenant, of.source);
  const known = asked.map((before) => ({ ...before, question: narrowing(before.question, of) }));
  const wide = known.filter(({ question }) => covers(question, of.question)).map(({ text }) => text);
  const widenings: Widening[] = [];
  for (const { question, text, span } of known.filter((before) => !wide.includes(before.text))) {
    const under = (texts: readonly (string | undefined)[]) => ledger.readUnder(of.tenant, of.source, span, texts);
    const isSettling = ({ pass }: ReadWindow): boolean => of.readings === undefined && passRank(pass) === 1;
    const narrow = await readingsOf(under([text]), isSettling);
    const wider = await readingsOf(under([...wide, undefined]), () => narrow.meant.length > 0);
    const told = widenings.filter((widening) => covers(widening.question, question));
    // What lies between its windows was never read under it, and is nobody's business.
    const left = subtract(narrow.ranges, wider.ranges);
    // What a settle pass was to find late it has looked for under the narrower question only, and nobody for all since.
    const late = notReadSince(narrow.meant, wider.meant);
    widenings.push(...subtract(merge([...left, ...late]), told).map((rest) => ({ ...rest, question })));
  }
  return widenings.toSorted((a, b) => a.from - b.from);
}
