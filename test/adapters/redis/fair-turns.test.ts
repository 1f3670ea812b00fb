import { describe, expect, it } from 'vitest';
import { passRank } from '../../../src/sdk/pass.ts';
import { streamKey, type Stream } from '../../../src/core/stream.ts';
import { createFairTurns, type WaitingTurns } from '../../../src/adapters/redis/fair-turns.ts';

type Waiting = { readonly stream: Stream; readonly turn: number };

const streamOf = (tenant: string): Stream => ({ tenant, source: 'feishu.openapi_audit', pass: 'live' });

function lookAt(waiting: readonly Waiting[], delayed = 0): WaitingTurns {
  const turnsOf = (mine: (one: Waiting) => boolean): number[] => waiting.filter(mine).map(({ turn }) => turn);
  return {
    lowest: (rank) => {
      const turns = turnsOf(({ stream }) => passRank(stream.pass) === rank);
      return turns.length === 0 ? undefined : Math.min(...turns);
    },
    last: (wanted) => turnsOf(({ stream }) => streamKey(stream) === streamKey(wanted)).toSorted((a, b) => b - a)[0],
    areAnyDelayed: () => delayed > 0,
  };
}

/** A window of each stream a round, of which fewer are served: how many of each were, in the order of turns, the earlier first. */
function overload(streams: readonly string[], capacity: number, rounds: number): Map<string, number> {
  const turns = createFairTurns();
  const served = new Map(streams.map((tenant) => [tenant, 0]));
  let waiting: Waiting[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const look = lookAt(waiting);
    waiting.push(
      ...streams.map((tenant) => ({ stream: streamOf(tenant), turn: turns.take(streamOf(tenant), 1, look) })),
    );
    waiting = waiting.toSorted((a, b) => a.turn - b.turn);
    for (const { stream } of waiting.splice(0, capacity))
      served.set(stream.tenant, (served.get(stream.tenant) ?? 0) + 1);
  }
  return served;
}

describe('turns', () => {
  it('give every stream its share where more comes than can be read', () => {
    const served = overload(['a', 'b', 'c', 'd', 'e'], 4, 100);
    expect([...served.values()].reduce((sum, each) => sum + each, 0)).toBe(400);
    for (const [tenant, windows] of served) expect(windows, tenant).toBeGreaterThanOrEqual(78);
  });

  it('begin where the queue stands for a stream that wanted none until now', () => {
    const turns = createFairTurns();
    const waiting = [{ stream: streamOf('a'), turn: 7 }];
    expect(turns.take(streamOf('b'), 3, lookAt(waiting))).toBe(7);
    expect(turns.take(streamOf('b'), 1, lookAt(waiting))).toBe(10);
  });

  it('begin anew when nothing waits, and not while some are delayed, whose turns are kept', () => {
    const turns = createFairTurns();
    expect(turns.take(streamOf('a'), 40, lookAt([]))).toBe(0);
    expect(turns.take(streamOf('b'), 1, lookAt([], 1))).toBe(39);
    expect(turns.take(streamOf('a'), 1, lookAt([], 1))).toBe(40);
    expect(turns.take(streamOf('b'), 1, lookAt([]))).toBe(0);
  });
});
