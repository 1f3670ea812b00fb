import { expect, it } from 'vitest';
import { PAGE, windowSpan } from '../../bench/records.ts';
import { endlessVendor } from '../support/endless.ts';
import { live } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { countOf, openWorld, rawConfig, shenji } from '../support/world.ts';

const PAGES = 40;
const HOURS = 250;
const MEASURED_WINDOWS = 12;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

it(
  "one tenant's live lag stays under twice the normal during another's backfill of a million events",
  { timeout: 240_000 },
  async () => {
    const now = Date.now();
    const quiet = await simulator({ seed: 'fairness', events: 2_000, from: now, to: now + 180_000 });
    const busy = await endlessVendor(PAGES);
    const raw = rawConfig(quiet, { audit: { window: '2s', lag: '2s', since: '1s' } });
    const globex = {
      id: 'globex',
      feishu: {
        baseUrl: busy.url,
        appId: 'cli_globex',
        appSecret: 'globex-secret',
        requestsPerMinute: 100_000,
        // Its live stream begins tomorrow, as far as this test is concerned.
        openapi_audit: { window: '1h', since: '1s', lag: '24h', settle: [] },
      },
    };
    const config = { ...raw, tenants: [...(raw['tenants'] as object[]), globex] };
    const world = await openWorld(config);
    shenji(['run'], config);

    /** How long after its end each of so many live windows was done, of those that end after `since`. */
    const lags = async (since: number): Promise<number[]> => {
      const entries = await until(
        `${MEASURED_WINDOWS} live windows`,
        async () => {
          const found = await world.ledger.entries(live.tenant, live.source, { from: since, to: Date.now() });
          return found.filter(({ status, from }) => status === 'done' && from >= since);
        },
        (found) => found.length >= MEASURED_WINDOWS,
        120_000,
      );
      return entries.slice(0, MEASURED_WINDOWS).map(({ at, to }) => at - to);
    };
    await until('the first document', () => countOf(world, live.source), (count) => count > 0); // prettier-ignore
    const normal = median(await lags(Date.now()));

    const range = ['--from', new Date(windowSpan(0).from).toISOString(), '--to', new Date(windowSpan(HOURS).from).toISOString()]; // prettier-ignore
    const asked = shenji(['backfill', live.source, '--tenant', 'globex', ...range], config);
    expect(await asked.ended, asked.output().stderr).toBe(0);
    const before = await countOf(world, live.source);
    await until('the backfill under way', () => countOf(world, live.source), (count) => count > before + 5_000); // prettier-ignore
    const loaded = median(await lags(Date.now()));
    const written = await countOf(world, live.source);

    expect(HOURS * PAGES * PAGE).toBe(1_000_000);
    expect(written, 'the backfill was still under way').toBeLessThan(1_000_000);
    expect(written - before).toBeGreaterThan(10_000);
    expect(loaded / normal, `${loaded} ms of lag, normally ${normal} ms`).toBeLessThan(2);
  },
);
