/** Ledger and checkpoints may be set back apart from each other, as by a restore: what the ledger does not know is read again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf, merge, subtract } from '../../../src/core/time/intervals.ts';
import type { Pass } from '../../../src/sdk/pass.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { inMemory, scene } from '../../support/planning.ts';

const HOUR = 3_600_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const SOURCE = { tenant: 'acme', source: 'feishu.openapi_audit' } as const;

/** Of ledger and checkpoints, as a snapshot would hold them. */
function snapshot({ memory }: ReturnType<typeof inMemory>) {
  return { entries: [...memory.entries], opened: [...memory.opened], checkpoints: new Map(memory.checkpoints) };
}

describe('where ledger and checkpoints come from different moments', () => {
  it('all that became due is in the ledger in the end, once', async () => {
    const hours = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(
        hours,
        hours,
        hours,
        fc.constantFrom('ledger', 'checkpoints', 'both'),
        fc.boolean(),
        fc.integer({ min: 0, max: 2 }),
        async (one, two, three, back, isBusy, rest) => {
          const ports = inMemory();
          const { memory, ledger, checkpoints } = ports;
          const world = scene(ports, T0, T0);
          world.configure([HOUR, 2 * HOUR]);
          await world.work(T0 + one * HOUR, HOUR);
          const backfill: Stream = { ...SOURCE, pass: 'backfill-x' };
          await checkpoints.create(await ledger.open({ stream: backfill, origin: T0 - 3 * HOUR, end: T0 }));
          const before = snapshot(ports);
          await world.work(T0 + (one + two) * HOUR, HOUR);
          if (back !== 'checkpoints') [memory.entries, memory.opened] = [before.entries, before.opened];
          if (back !== 'ledger') {
            memory.checkpoints.clear();
            for (const [name, checkpoint] of before.checkpoints) memory.checkpoints.set(name, checkpoint);
          }
          let now = T0 + (one + two) * HOUR;
          if (isBusy) {
            // A worker goes on in between: the newest entry of the ledger is one that the checkpoint does not know.
            const span = { from: now, to: now + HOUR / 6 };
            now += HOUR / 2;
            const run = {
              stream: { ...SOURCE, pass: 'live' as Pass },
              span,
              run: 'busy',
              attempts: 1,
              startedAt: now,
              endedAt: now,
            };
            await ledger.append({ ...run, status: 'done', counts: {} as never });
            world.skipTo(now);
          }
          now += rest * 60_000;
          const end = T0 + (one + two + 1 + three) * HOUR;
          await world.work(end, HOUR);
          const due: [Pass, number, number][] = [['live', T0, end - HOUR / 6], ['settle-1h', T0, end - 2 * HOUR], ['settle-2h', T0, end - 3 * HOUR], ['backfill-x', T0 - 3 * HOUR, T0]]; // prettier-ignore
          for (const [pass, from, to] of due) {
            const done = memory.entries.filter(({ name }) => name === `acme/feishu.openapi_audit/${pass}`);
            expect(subtract([{ from, to }], done), pass).toEqual([]);
            expect(lengthOf(merge(done)), pass).toBe(lengthOf(done));
          }
          if (back === 'ledger')
            expect(world.told.some((line) => /made from ledger entries that are gone/.test(line))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('nothing is read again where retention has deleted the entries, and what a restore took is, also then', async () => {
    const ports = inMemory();
    const { memory, ledger, checkpoints } = ports;
    const world = scene(ports, T0, T0);
    world.configure([]);
    const backfill: Stream = { ...SOURCE, pass: 'backfill-x' };
    await checkpoints.create(await ledger.open({ stream: backfill, origin: T0 - 3 * HOUR, end: T0 }));
    await world.work(T0 + 5 * HOUR, HOUR);
    const reads = world.reads.length;
    // The backfill, which is complete, and the paused source lose all that they were made from.
    world.skipTo(T0 + 100 * HOUR);
    const before = [...memory.entries];
    [memory.entries, memory.keptSince] = [[], T0 + 90 * HOUR];
    await world.tick();
    expect(world.told.filter((line) => !/is new/.test(line))).toEqual([]);
    await world.catchUp();
    expect(world.reads.slice(reads).filter(({ from }) => from < T0 + 4 * HOUR)).toEqual([]);

    // A restore of what lay there before: the newest entries are gone now.
    await world.work(T0 + 110 * HOUR, HOUR);
    [memory.entries, memory.keptSince] = [before, T0];
    await world.work(T0 + 111 * HOUR, HOUR);
    expect(world.told.some((line) => /live was made from ledger entries that are gone/.test(line))).toBe(true);
  });

  it('nothing is read again for a checkpoint that the ledger bears out', async () => {
    const ports = inMemory();
    const world = scene(ports, T0, T0);
    world.configure([HOUR]);
    await world.work(T0 + 30 * HOUR, HOUR);
    expect(world.told.filter((line) => !/is new/.test(line))).toEqual([]);
    expect(lengthOf(merge(world.reads.filter(({ pass }) => pass === 'live')))).toBe(lengthOf(world.reads.filter(({ pass }) => pass === 'live'))); // prettier-ignore
  });
});
