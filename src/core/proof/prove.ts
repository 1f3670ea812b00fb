/** Proves a time range: goes through it region by region, and holds what is stored against what its readings have seen. */
import type { ReadEntry } from '../ledger.ts';
import { isWithin, overlaps, type Interval } from '../time/intervals.ts';
import { questionsOf, wantedIn } from './accounts.ts';
import { chunksOf, type Chunk, type Region } from './chunks.ts';
import { minuteOf } from './claims.ts';
import { createEvidence, type DatedId, type Evidence, type StoredDocument } from './evidence.ts';
import { createFindings, type Asked, type Copy, type DatedLetter, type Findings } from './findings.ts';
import { createIdSet } from './id-set.ts';
import { wordsOf } from './id-words.ts';
import { judge } from './judge.ts';
import { ownOf, type ProvenSource, type Reader } from './reading.ts';

/** What the proof asks of ledger, documents and dead letters: each whole, or an error. */
export type ProofPorts = {
  readonly entries: (span: Interval) => Promise<readonly ReadEntry[]>;
  /** By time, with the values of these fields; a document that lies in two backing indices comes twice. */
  readonly documents: (span: Interval, fields: readonly string[]) => AsyncIterable<StoredDocument>;
  readonly letters: (span: Interval) => Promise<readonly DatedLetter[]>;
  /** Documents that a replay has made of letters. */
  readonly replays: (span: Interval) => Promise<readonly DatedId[]>;
};

/** What the document of a letter would hold to tell its reading by: as the ledger says of its pass, else as it would be now. */
function withValues(
  letters: readonly DatedLetter[],
  readers: readonly Reader[],
  source: ProvenSource,
): (DatedLetter & StoredDocument)[] {
  const ofPass = new Map<string, StoredDocument['values']>();
  for (const { entry, own } of readers)
    ofPass.set(entry.pass, { ...ownOf(entry.pass, source), ...ofPass.get(entry.pass), ...own });
  return letters.map((letter) => ({ ...letter, values: ofPass.get(letter.pass) ?? ownOf(letter.pass, source) }));
}

/** Documents by time, read as far as the next region reaches. */
function createWalk(documents: AsyncIterable<StoredDocument>) {
  const iterator = documents[Symbol.asyncIterator]();
  const ids = createIdSet();
  const words = new Uint32Array(4);
  let minute = NaN;
  let next: IteratorResult<StoredDocument> | undefined;

  /** Copies lie at the same time, so that only a minute's ids have to be known. */
  function copyOf({ id, time }: StoredDocument): Copy {
    if (minuteOf(time) !== minute) ids.clear();
    minute = minuteOf(time);
    if (ids.mark(wordsOf(id, words), 1)) return 'first';
    return ids.mark(words, 2) ? 'second' : 'further';
  }

  return {
    /** `words`: the id's, until the next document. */
    upTo: async (end: number, hear: (document: StoredDocument, copy: Copy, words: Uint32Array) => void) => {
      for (next ??= await iterator.next(); next.done !== true && next.value.time < end; next = await iterator.next())
        hear(next.value, copyOf(next.value), words);
    },
    end: async (): Promise<void> => void (await iterator.return?.()),
  };
}

export async function prove(
  asked: Asked,
  ports: ProofPorts,
  onProgress: (doneMs: number, events: number) => void = () => undefined,
): Promise<Findings> {
  const { span, question } = asked;
  const findings = createFindings(asked);

  async function evidenceOf(
    region: Region,
    known: Parameters<typeof wantedIn>[0],
    walk: ReturnType<typeof createWalk>,
  ): Promise<Evidence> {
    const evidence = createEvidence({
      span: region,
      bounds: [...region.parts, ...region.outsides].flatMap(({ from, to }) => [from, to]),
      questions: questionsOf(region),
      wanted: wantedIn(known),
    });
    await walk.upTo(region.to, (document, copy, words) => {
      if (copy === 'first') evidence.add(document, words);
      findings.document(document, copy);
    });
    return evidence;
  }

  async function proveChunk(chunk: Chunk): Promise<void> {
    const letters = withValues(await ports.letters(chunk), chunk.readers, asked).toSorted((a, b) => a.time - b.time);
    const replays = await ports.replays(chunk);
    const fields = chunk.readers.flatMap(({ own, question: narrowed }) => Object.keys({ ...own, ...narrowed }));
    const kept = new Set<ReadEntry>();
    const walk = createWalk(ports.documents(chunk, [...new Set(fields)]));
    try {
      for (const region of chunk.regions) {
        const isIn = isWithin(region);
        const known = { ...region, letters: letters.filter(isIn), replays: replays.filter(isIn) };
        const evidence = await evidenceOf(region, known, walk);
        if (!overlaps(region, span)) continue;
        const judgement = judge({ ...known, span: region, asked: question, evidence });
        for (const { reader } of judgement.kept) kept.add(reader.entry);
        findings.region(region, judgement, known.letters, chunk.entries);
      }
    } finally {
      await walk.end();
    }
    findings.chunk(chunk, kept);
    onProgress(Math.min(chunk.to, span.to) - span.from, findings.events);
  }

  for await (const chunk of chunksOf(span, ports.entries, asked)) await proveChunk(chunk);
  return findings.result();
}
