/** What was collected under a narrower question than is asked today: since when, and what has to be read again. */
import type { Question } from '../../source.ts';
import type { Ledger } from '../ledger.ts';
import { subtract, type Span } from '../spans.ts';
import { covers } from './question.ts';

/** A stretch in which only `question` was asked. */
export type Widening = Span & { readonly question: Question };

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

/** Windows that come oldest first, as the stretches that they make: few, however many the windows are. */
async function stretchesOf(windows: AsyncIterable<Span>): Promise<Span[]> {
  const stretches: { from: number; to: number }[] = [];
  for await (const { from, to } of windows) {
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
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
    const under = (texts: readonly (string | undefined)[]): Promise<Span[]> =>
      stretchesOf(ledger.readUnder(of.tenant, of.source, span, texts));
    const covered = await under([...wide, undefined]);
    const told = widenings.filter((widening) => covers(widening.question, question));
    // What lies between its windows was never read under it, and is nobody's business.
    const left = subtract(await under([text]), [...covered, ...told]);
    widenings.push(...left.map((rest) => ({ ...rest, question })));
  }
  return widenings.toSorted((a, b) => a.from - b.from);
}
