/** The runs of a time range counted, each once, however many chunks its window reaches over. */
import type { ReadEntry } from '../ledger.ts';
import { common, overlaps, subtract, type Interval } from '../time/intervals.ts';
import { keyOf, type Chunk } from './chunks.ts';

export type RunFindings = {
  /** Windows whose reading counts, and all runs. */
  readonly windows: number;
  readonly runs: number;
  readonly failedRuns: number;
  /** Late events of windows that lie in the time range whole: of others nobody knows in which minute they were. */
  readonly late: number;
  /** Failed runs whose window is not done since. */
  readonly failed: readonly ReadEntry[];
  /** Entries whose claim cannot be read; that name no minutes on purpose; whose question cannot be read. */
  readonly damaged: number;
  readonly omitted: number;
  readonly damagedQuestions: number;
};

const MOST_FAILED = 1_000;

export function createRuns(span: Interval) {
  const counts = { windows: 0, runs: 0, failedRuns: 0, late: 0, damaged: 0, omitted: 0, damagedQuestions: 0 };
  /** Counted windows that reach into the next chunk, and until when: each counts once, in whichever chunk its reading is kept. */
  let counted = new Map<string, number>();
  let failed: { readonly entry: ReadEntry; readonly left: readonly Interval[] }[] = [];
  const isWithin = ({ from, to }: Interval): boolean => from >= span.from && to <= span.to;

  function count(entry: ReadEntry): void {
    if (entry.status === 'failed') counts.failedRuns += 1;
    if (entry.status === 'done') counts.runs += 1;
    if (entry.status === 'done' && isWithin(entry)) counts.late += entry.counts.late;
  }

  function countKept(chunk: Chunk, kept: ReadonlySet<ReadEntry>): void {
    const fresh = [...kept].filter((entry) => overlaps(entry, span) && !counted.has(keyOf(entry)));
    counts.windows += fresh.length;
    const all = [...counted, ...fresh.map((entry) => [keyOf(entry), entry.to] as const)];
    counted = new Map(all.filter(([, to]) => to > chunk.to));
  }

  /** What was read since may have been read in many windows, of which each chunk sees some. */
  function noteFailed(entries: readonly ReadEntry[], begun: readonly ReadEntry[]): void {
    const closing = Map.groupBy(
      entries.filter(({ status }) => status !== 'failed'),
      ({ pass }) => pass,
    );
    const added = begun
      .filter(({ status }) => status === 'failed')
      .map((entry) => ({ entry, left: [common(entry, span)] }));
    failed = [...failed, ...added]
      .map(({ entry, left }) => ({ entry, left: subtract(left, closing.get(entry.pass) ?? []) }))
      .filter(({ left }) => left.length > 0)
      .slice(0, MOST_FAILED);
  }

  function add(chunk: Chunk, kept: ReadonlySet<ReadEntry>): void {
    // Each entry where its part of the time range begins.
    const isBegun = (entry: ReadEntry): boolean => {
      const begins = Math.max(entry.from, span.from);
      return overlaps(entry, span) && begins >= chunk.from && begins < chunk.to;
    };
    const begun = chunk.entries.filter(isBegun);
    for (const entry of begun) count(entry);
    countKept(chunk, kept);
    for (const reader of chunk.readers.filter(({ entry }) => isBegun(entry))) {
      if (reader.isDamaged) counts.damaged += 1;
      if (reader.isOmitted) counts.omitted += 1;
      if (reader.isQuestionDamaged) counts.damagedQuestions += 1;
    }
    noteFailed(chunk.entries, begun);
  }

  return { add, result: (): RunFindings => ({ ...counts, failed: failed.map(({ entry }) => entry) }) };
}
