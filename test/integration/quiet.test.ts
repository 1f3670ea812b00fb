/** A stream in which little happens, on real servers: asked as often as any, written down seldom, and nothing missed. */
import { expect, it } from 'vitest';
import { prove } from '../../src/app/prove.ts';
import { live, sourceOf, watermark, work } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { collectedIds, openWorld, rawConfig, shenji, trueIds } from '../support/world.ts';

const SECOND = 1_000;

it(
  'has an entry for each time range of quiet time, and one where something happens; what is open shows, and is no lag',
  {
    timeout: 150_000,
  },
  async () => {
    const now = Math.ceil(Date.now() / SECOND) * SECOND;
    const vendor = await simulator({ seed: 'quiet', events: 12, from: now + 28 * SECOND, to: now + 40 * SECOND });
    const raw = rawConfig(vendor, { audit: { window: '2s', backlog: '2s', lag: '1s', since: '4s', quiet: '10s' } });
    const world = await openWorld(raw);
    const { stop } = await work(world);
    const source = sourceOf(world);
    const states = async () => (await world.planner.inspect(source.planned))[0];
    await until(
      'an open time range of several windows',
      states,
      (state) => (state?.askedUntil ?? 0) - (state?.watermark ?? 0) >= 4 * SECOND,
    );
    const status = shenji(['status'], raw);
    await status.ended;
    expect(status.output().stdout).toMatch(/live +20\S+, nothing until \d\d:\d\d:\d\d/);

    await until('the events', () => collectedIds(world), (ids) => ids.length === trueIds(vendor).length); // prettier-ignore
    const end = await until('the quiet time after them', () => watermark(world), (time) => time > now + 45 * SECOND); // prettier-ignore
    await stop();
    expect(await collectedIds(world)).toEqual(trueIds(vendor));
    const entries = await world.ledger.entries(live.tenant, live.source, { from: now, to: end });
    const from = entries[0]?.from ?? NaN;
    const quiet = entries.filter(({ counts }) => counts.fetched === 0);
    expect(Math.max(...quiet.map(({ from, to }) => to - from))).toBeGreaterThanOrEqual(8 * SECOND);
    expect(Math.max(...entries.map(({ from, to }) => to - from))).toBeLessThanOrEqual(10 * SECOND);
    // Of a window each there would be as many as the time range has.
    expect(quiet.length).toBeLessThan((end - from) / (2 * SECOND) / 2);
    const proof = await prove(world, source, { from, to: end });
    expect(proof.verdict).toBe('complete');
  },
);
