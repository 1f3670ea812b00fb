/** The list of settle passes may change at any moment: nothing is skipped, and nothing is read from the beginning again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf, merge, subtract } from '../../../src/core/time/intervals.ts';
import { passDelayMs, placeOf, settleDelayMs, settlePass, type Pass } from '../../../src/sdk/pass.ts';
import { standingPasses } from '../../../src/core/stream.ts';
import { inMemory, scene, type Read } from '../../support/planning.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-03-01T00:00:00Z');

describe('a settle pass', () => {
  it('is named by its delay, however that is written', () => {
    expect([60_000, 3_600_000, 86_400_000, 5_400_000, 16_000, 1_500].map(settlePass)).toEqual([
      'settle-1m', 'settle-1h', 'settle-24h', 'settle-90m', 'settle-16s', 'settle-1500ms',
    ]); // prettier-ignore
    expect(standingPasses([24 * HOUR, HOUR, 60 * MINUTE])).toEqual(['live', 'settle-1h', 'settle-24h']);
  });

  it('keeps its delay when the list changes; one named by its place has what stands there', () => {
    const cadence = { lagMs: 2 * MINUTE, settleMs: [6 * HOUR] };
    expect(['settle-1h', 'settle-24h', 'settle-1', 'settle-2', 'live'].map((pass) => passDelayMs(pass as Pass, cadence))).toEqual([
      HOUR, 24 * HOUR, 6 * HOUR, 2 * MINUTE, 2 * MINUTE,
    ]); // prettier-ignore
  });
});

type Change = { readonly at: number; readonly list: readonly number[] };

/** From where on each pass of the last list has promised to read again, by the lists alone. */
function promised(changes: readonly Change[]): Map<number, number> {
  let before = new Map<number, number>();
  for (const { at, list } of changes) {
    const removed = [...before.keys()].filter((delay) => !list.includes(delay));
    const longest = Math.max(...removed);
    const begins = (delay: number): number => {
      const kept = before.get(delay);
      if (kept !== undefined) return kept;
      return longest > delay ? Math.max(before.get(longest) ?? T0, T0) : at - delay;
    };
    before = new Map(list.map((delay) => [delay, at === T0 ? T0 : begins(delay)]));
  }
  return before;
}

/** What was read so late: a later reading serves a shorter delay too. */
const readAfter = (reads: readonly Read[], delay: number): Read[] => reads.filter(({ to, at }) => at >= to + delay);

const list = fc.uniqueArray(fc.constantFrom(20 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 24 * HOUR, 36 * HOUR), {
  maxLength: 3,
});
const phase = fc.record({ list, hours: fc.integer({ min: 1, max: 40 }), asleepHours: fc.constantFrom(0, 0, 0, 5, 30) });

async function play(phases: readonly { list: number[]; hours: number; asleepHours: number }[], upgrade: boolean) {
  const ports = inMemory();
  const world = scene(ports, T0, T0);
  const changes: Change[] = [];
  let now = T0;
  for (const [index, { list: settleMs, hours, asleepHours }] of phases.entries()) {
    now += asleepHours * HOUR;
    world.skipTo(now);
    world.configure(settleMs);
    changes.push({ at: now, list: settleMs });
    await world.work(now + hours * HOUR, HOUR);
    now += hours * HOUR;
    if (upgrade && index === 0) byPlace(ports.memory, settleMs);
  }
  return { reads: world.reads, changes, now };
}

/** Gives everything the names of the version before, which knew a pass by its place in the list. */
function byPlace(memory: ReturnType<typeof inMemory>['memory'], settleMs: readonly number[]): void {
  const placed = new Map(settleMs.map((delay, index): [Pass, Pass] => [settlePass(delay), `settle-${index + 1}`]));
  const rename = (pass: Pass): Pass => placed.get(pass) ?? pass;
  memory.entries = memory.entries.map((entry) => {
    const [tenant, source, pass] = entry.name.split('/') as [string, string, Pass];
    return { ...entry, name: `${tenant}/${source}/${rename(pass)}` };
  });
  memory.opened = memory.opened.map((one) => ({ ...one, stream: { ...one.stream, pass: rename(one.stream.pass) } }));
  const checkpoints = [...memory.checkpoints.values()];
  memory.checkpoints.clear();
  for (const one of checkpoints) {
    const stream = { ...one.stream, pass: rename(one.stream.pass) };
    memory.checkpoints.set(`${stream.tenant}/${stream.source}/${stream.pass}`, { ...one, stream });
  }
}

describe('whatever lists follow each other', () => {
  it('every pass reads all that became due while it was configured, so late as it says, and nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(phase, { minLength: 2, maxLength: 4 }), async (phases) => {
        const { reads, changes, now } = await play(phases, false);
        const begins = promised(changes);
        for (const [delay, from] of begins) {
          const due = { from: Math.max(T0, from), to: Math.floor((now - delay) / HOUR) * HOUR };
          expect(subtract([due], readAfter(reads, delay)), settlePass(delay)).toEqual([]);
        }
        for (const pass of new Set(reads.map((read) => read.pass))) {
          const own = reads.filter((read) => read.pass === pass);
          expect(lengthOf(merge(own)), pass).toBe(lengthOf(own));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('so it is where a version before has named the passes by their place, also where the list changes with the upgrade', async () => {
    await fc.assert(
      fc.asyncProperty(phase, phase, phase, async (first, second, third) => {
        const { reads, changes, now } = await play([first, second, third], true);
        const [, upgraded] = changes;
        // A list that was replaced with the upgrade says no more which place had which delay; one that was shortened shows it.
        const shortened = first.list.length > second.list.length && Math.max(...first.list) === first.list.at(-1);
        for (const [delay, from] of promised(changes)) {
          // Of a list of the same length each place goes on as the delay that stands there now (docs/guarantees.md).
          const isMoved =
            first.list.length === second.list.length && first.list.indexOf(delay) !== second.list.indexOf(delay);
          const isKnown = (first.list.includes(delay) && !isMoved) || shortened;
          const known = isKnown ? from : Math.max(from, (upgraded?.at ?? 0) - delay);
          const due = { from: Math.max(T0, known), to: Math.floor((now - delay) / HOUR) * HOUR };
          expect(subtract([due], readAfter(reads, delay)), settlePass(delay)).toEqual([]);
        }
        expect(reads.some(({ pass, at }) => at > (upgraded?.at ?? 0) && placeOf(pass) !== undefined)).toBe(false);
        // Nothing from the beginning: a list that only took another name reads nothing again.
        if (JSON.stringify(first.list) === JSON.stringify(second.list))
          for (const delay of first.list) {
            const own = reads.filter(({ pass }) => settleDelayMs(pass, []) === delay);
            expect(lengthOf(merge(own))).toBe(lengthOf(own));
          }
      }),
      { numRuns: 60 },
    );
  });
});
