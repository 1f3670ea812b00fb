/** Scheduler and two workers against a vendor with every fault, the workers killed again and again. */
import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultPlan } from '../../src/dev/simulator/index.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, countOf, openWorld, rawConfig, shenji, trueIds, type Program } from '../support/world.ts';

const MINUTE = 60_000;

describe('with a vendor that fails in every way and workers that are killed', () => {
  it('every record arrives, none twice, and no second is missing', { timeout: 240_000 }, async () => {
    const shares = [0.02, 0.03, 0.05, 0.1];
    const faults: FaultPlan = Object.fromEntries(
      FAULTS.map((fault, index) => [fault, fault === 'hang' ? 0.02 : shares[index % shares.length]]),
    );
    const to = Math.floor(Date.now() / MINUTE) * MINUTE;
    const from = to - 50 * MINUTE;
    const vendor = await simulator({ seed: 'faults', events: 3_000, from, to, odd: 0.1, faults });
    const raw = rawConfig(vendor, { feishu: { timeout: '700ms' }, audit: { since: '55m' } });
    const world = await openWorld(raw);
    const scheduler = shenji(['scheduler'], raw);
    const startWorker = (): Program => shenji(['worker', '--concurrency', '4'], raw);
    const workers = [startWorker(), startWorker()];

    // Killed when there is something to lose: windows under way, and more collected than at the last kill.
    let collected = 0;
    for (let kill = 0; kill < 4; kill += 1) {
      const seen = await until(
        'more documents and active windows',
        async () => ({
          ids: (await collectedIds(world)).length,
          active: (await world.sources[0]?.queue.counts())?.active ?? 0,
        }),
        ({ ids, active }) => ids > collected && active > 0,
      );
      collected = seen.ids;
      const victim = workers[kill % 2] as Program;
      victim.child.kill('SIGKILL');
      expect(await victim.ended).toBe('SIGKILL');
      workers[kill % 2] = startWorker();
    }

    const stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' } as const;
    await until(
      'the watermark to pass the last record',
      () => world.checkpoints.read(stream),
      (checkpoint) => (checkpoint?.watermark ?? 0) >= to,
      180_000,
    );
    const ids = await collectedIds(world);
    expect(ids).toEqual(trueIds(vendor));
    expect(await countOf(world, 'shenji.dead_letter')).toBe(
      vendor.truth.records.filter(({ storable }) => !storable).length,
    );
    const [planned] = world.sources;
    const [state] = planned === undefined ? [] : await world.planner.inspect(planned.planned);
    expect(state?.gaps).toEqual([]);
    expect(scheduler.child.exitCode).toBeNull();
  });
});
