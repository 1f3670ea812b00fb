/** Time in chunks that fit into memory, each in regions that can be judged by themselves: single minutes, or whole windows. */
import type { ReadEntry } from '../ledger.ts';
import { overlaps, type Span } from '../spans.ts';
import { minuteOf } from './claims.ts';
import { outsidesOf, partsOf, readerOf, type Outside, type Part, type ProvenSource, type Reader } from './reading.ts';

const MINUTE = 60_000;
const CHUNK_MS = 6 * 60 * MINUTE;

export type Region = Span & { readonly parts: readonly Part[]; readonly outsides: readonly Outside[] };
export type Chunk = Span & {
  readonly entries: readonly ReadEntry[];
  readonly readers: readonly Reader[];
  readonly regions: readonly Region[];
};

type Entries = (span: Span) => Promise<readonly ReadEntry[]>;

const isWhole = (reader: Reader, { indivisible }: ProvenSource): boolean => reader.cells === undefined || indivisible;

/** Widens the stretch until no claim that is only whole crosses its bounds. */
async function closed(span: Span, entriesOf: Entries, source: ProvenSource, mayBegin: boolean) {
  for (let { from, to } = span; ;) {
    const entries = await entriesOf({ from, to });
    const done = entries.filter(({ status }) => status === 'done').map((entry) => readerOf(entry, source));
    const whole = done.filter((reader) => isWhole(reader, source) && overlaps(reader.entry, { from, to }));
    const end = whole.reduce((latest, { entry }) => Math.max(latest, entry.to), to);
    const begin = whole.reduce((earliest, { entry }) => Math.min(earliest, entry.from), from);
    if (end <= to && (begin >= from || !mayBegin)) {
      // A run that ended while this was under way may cross what was judged already: the next proof sees it.
      const readers = done.filter((reader) => !(isWhole(reader, source) && reader.entry.from < from));
      return { from, to, entries, readers };
    }
    to = end;
    if (mayBegin) from = begin;
  }
}

/** One for each minute, those that a whole claim spans together. */
function regionsOf(span: Span, readers: readonly Reader[], source: ProvenSource): Region[] {
  const byStart = <T extends Span>(spans: readonly T[]): T[] => spans.toSorted((a, b) => a.from - b.from);
  const parts = byStart(readers.flatMap((reader) => partsOf(reader, span, source.indivisible)));
  const outsides = byStart(readers.flatMap((reader) => outsidesOf(reader, span)));
  const regions: Region[] = [];
  let [part, outside] = [0, 0];
  for (let from = span.from; from < span.to;) {
    let to = minuteOf(from) + MINUTE;
    const first = part;
    for (let next = parts[part]; next !== undefined && next.from < to; next = parts[part]) {
      to = Math.max(to, Math.ceil(next.to / MINUTE) * MINUTE);
      part += 1;
    }
    const before = outside;
    while ((outsides[outside]?.from ?? Infinity) < to) outside += 1;
    regions.push({ from, to, parts: parts.slice(first, part), outsides: outsides.slice(before, outside) });
    from = to;
  }
  return regions;
}

/** All of the stretch, widened to whole minutes and to whatever can only be judged whole. */
export async function* chunksOf(asked: Span, entriesOf: Entries, source: ProvenSource): AsyncGenerator<Chunk> {
  const end = Math.ceil(asked.to / MINUTE) * MINUTE;
  for (let from = minuteOf(asked.from), isFirst = true; from < end; isFirst = false) {
    const span = { from, to: Math.min(end, (Math.floor(from / CHUNK_MS) + 1) * CHUNK_MS) };
    const { readers, entries, ...chunk } = await closed(span, entriesOf, source, isFirst);
    const whole = { from: minuteOf(chunk.from), to: Math.ceil(chunk.to / MINUTE) * MINUTE };
    yield { ...whole, entries, readers, regions: regionsOf(whole, readers, source) };
    from = whole.to;
  }
}
