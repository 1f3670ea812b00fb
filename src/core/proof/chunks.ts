/** Time in chunks that fit into memory, each in regions that can be judged by themselves: single minutes, or whole windows. */
import type { ReadEntry } from '../ledger.ts';
import type { Interval } from '../time/intervals.ts';
import { MINUTE, minuteOf } from './claims.ts';
import { outsidesOf, partsOf, readerOf, type Outside, type Part, type ProvenSource, type Reader } from './reading.ts';

const CHUNK_MS = 6 * 60 * MINUTE;

export type Region = Interval & { readonly parts: readonly Part[]; readonly outsides: readonly Outside[] };
export type Chunk = Interval & {
  readonly entries: readonly ReadEntry[];
  readonly readers: readonly Reader[];
  readonly regions: readonly Region[];
};

type Entries = (span: Interval) => Promise<readonly ReadEntry[]>;

const isWhole = (reader: Reader, { indivisible }: ProvenSource): boolean => reader.cells === undefined || indivisible;

const ceilMinute = (time: number): number => Math.ceil(time / MINUTE) * MINUTE;

/**
 * The time range, widened to whole minutes until no claim that is only whole crosses its bounds: rounding may take in the
 * beginning of the next one, so that each bound is rounded before it is tested.
 */
function widened({ from, to }: Interval, whole: readonly Interval[]): Interval {
  for (const claim of whole.toSorted((a, b) => a.from - b.from))
    if (claim.to > from && claim.from < to) to = Math.max(to, ceilMinute(claim.to));
  for (const claim of whole.toSorted((a, b) => b.to - a.to))
    if (claim.to > from && claim.from < to) from = Math.min(from, minuteOf(claim.from));
  return { from, to };
}

/** The same for one entry, however often it is read. */
export const keyOf = ({ pass, from, to, run }: ReadEntry): string => `${pass} ${from} ${to} ${run}`;

/** The time range until nothing that is only whole crosses its bounds. Of a chain of such claims twice as much is asked for each time. */
async function closed(span: Interval, entriesOf: Entries, source: ProvenSource, mayBegin: boolean) {
  const known = new Map<string, ReadEntry>();
  const readRange = async (range: Interval): Promise<void> => {
    for (const entry of await entriesOf(range)) known.set(keyOf(entry), known.get(keyOf(entry)) ?? entry);
  };
  await readRange(span);
  for (let seen = span; ;) {
    const entries = [...known.values()].toSorted((a, b) => a.from - b.from);
    const done = entries.filter(({ status }) => status === 'done').map((entry) => readerOf(entry, source));
    const whole = done.filter((reader) => isWhole(reader, source)).map(({ entry }) => entry);
    // A run that ended while this was under way may cross what was judged already: the next proof sees it.
    const { from, to } = widened(span, mayBegin ? whole : whole.filter((claim) => claim.from >= span.from));
    if (from >= seen.from && to <= seen.to) {
      const readers = done.filter((reader) => !(isWhole(reader, source) && reader.entry.from < from));
      return { from, to, entries, readers };
    }
    const length = seen.to - seen.from;
    const further = {
      from: from < seen.from ? Math.min(from, seen.from - length) : seen.from,
      to: to > seen.to ? Math.max(to, seen.to + length) : seen.to,
    };
    if (further.from < seen.from) await readRange({ from: further.from, to: seen.from });
    if (further.to > seen.to) await readRange({ from: seen.to, to: further.to });
    seen = further;
  }
}

/** One for each minute, those that a whole claim spans together. */
function regionsOf(span: Interval, readers: readonly Reader[], source: ProvenSource): Region[] {
  const byStart = <T extends Interval>(spans: readonly T[]): T[] => spans.toSorted((a, b) => a.from - b.from);
  const parts = byStart(readers.flatMap((reader) => partsOf(reader, span, source.indivisible)));
  const outsides = byStart(readers.flatMap((reader) => outsidesOf(reader, span)));
  const regions: Region[] = [];
  let [part, outside] = [0, 0];
  for (let from = span.from; from < span.to;) {
    let to = minuteOf(from) + MINUTE;
    const first = part;
    for (let next = parts[part]; next !== undefined && next.from < to; next = parts[part]) {
      to = Math.max(to, ceilMinute(next.to));
      part += 1;
    }
    const before = outside;
    while ((outsides[outside]?.from ?? Infinity) < to) outside += 1;
    regions.push({ from, to, parts: parts.slice(first, part), outsides: outsides.slice(before, outside) });
    from = to;
  }
  return regions;
}

/** All of the time range, widened to whole minutes and to whatever can only be judged whole. */
export async function* chunksOf(asked: Interval, entriesOf: Entries, source: ProvenSource): AsyncGenerator<Chunk> {
  const end = ceilMinute(asked.to);
  for (let from = minuteOf(asked.from), isFirst = true; from < end; isFirst = false) {
    const span = { from, to: Math.min(end, (Math.floor(from / CHUNK_MS) + 1) * CHUNK_MS) };
    const chunk = await closed(span, entriesOf, source, isFirst);
    yield { ...chunk, regions: regionsOf(chunk, chunk.readers, source) };
    from = chunk.to;
  }
}
