/**
 * Whose window is next, as in fair queueing: every stream has its turn before any has its next one. A stream that has
 * waited for nothing joins where the queue stands, and gets no turns for the time in which it wanted none.
 */
import { passRank } from '../../sdk/pass.ts';
import { streamKey, type Stream } from '../../core/stream.ts';

/** What one look at the lanes says of turns. */
export type WaitingTurns = {
  /** The lowest turn that waits, of streams of this rank. */
  readonly lowest: (rank: number) => number | undefined;
  /** The highest of this stream that waits. */
  readonly last: (stream: Stream) => number | undefined;
  /** Whether windows of this rank are delayed, whose turns a look does not show. */
  readonly areAnyDelayed: (rank: number) => boolean;
};

export type FairTurns = {
  /** The first of so many turns in a row. */
  take(stream: Stream, windows: number, waiting: WaitingTurns): number;
};

/** Remembers what it gave: a window that was fetched shows no turn any more, and its stream must not begin anew. */
export function createFairTurns(): FairTurns {
  /** By rank, the last turn of each stream. */
  const given = new Map<number, Map<string, number>>();

  /** Where the queue of this rank stands. */
  function standOf(rank: number, { lowest, areAnyDelayed }: WaitingTurns): number {
    const waiting = lowest(rank);
    if (waiting !== undefined) return waiting;
    if (areAnyDelayed(rank)) return Math.max(0, ...(given.get(rank)?.values() ?? []));
    // Everybody has had all that was wanted: who is next begins at nought, as the others do.
    given.delete(rank);
    return 0;
  }

  return {
    take: (stream, windows, waiting) => {
      const rank = passRank(stream.pass);
      const stand = standOf(rank, waiting);
      const ofRank = given.get(rank) ?? new Map<string, number>();
      const key = streamKey(stream);
      const turn = Math.max(stand, (ofRank.get(key) ?? -1) + 1, (waiting.last(stream) ?? -1) + 1);
      given.set(rank, ofRank.set(key, turn + windows - 1));
      return turn;
    },
  };
}
