/** What an autoscaler and Kubernetes' probes hear of a running scheduler, also while Elasticsearch is away. */
import { request } from 'undici';
import { expect, inject, it, onTestFinished } from 'vitest';
import { startProxy } from '../faults/proxy.ts';
import { minutesAgo } from '../support/pipeline.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

const TOKEN = 'an-operators-token';
/** A plan counts for half a minute, then what it saw does not. */
const FORGOTTEN_MS = 60_000;

it(
  'a scheduler is not ready while Elasticsearch is away, and still answers with its metrics: whatever waits, it does not say then how many slots are wanted',
  { timeout: 180_000 },
  async () => {
    const proxy = await startProxy(inject('elasticsearchUrl'));
    onTestFinished(() => proxy.close());
    const vendor = await simulator({ events: 10, from: minutesAgo(30), to: minutesAgo(3) });
    const raw = rawConfig(vendor, {
      feishu: { requestsPerMinute: 100 },
      audit: { since: '45m', backlog: '1m' },
      top: { http: { port: 0, token: TOKEN } },
    });
    await openWorld(raw);
    // No worker: all of it waits.
    const scheduler = shenji(['scheduler'], { ...raw, elasticsearch: { url: proxy.url } });
    const url = await until('its address', () => /listen at (http:[^\s"]+)/.exec(scheduler.output().stderr)?.[1]);

    const readiness = async (): Promise<number> => {
      const { statusCode, body } = await request(`${url}/readyz`);
      await body.dump();
      return statusCode;
    };
    const metric = async (name: string): Promise<number> => {
      const { statusCode, body } = await request(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
      expect(statusCode).toBe(200);
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await body.text())?.[1]);
    };
    const slots = (): Promise<number> => metric('shenji_slots_wanted');

    await until('windows that wait', () => metric('shenji_windows_waiting'), (seen) => seen > 10); // prettier-ignore
    await until('slots for as many as may begin at once', slots, (seen) => seen > 0);
    // Those that are far behind wait in the background, the last ones among the live: two of each.
    expect(await slots()).toBeLessThanOrEqual(4);
    expect(await readiness()).toBe(200);

    proxy.setMode('cut');
    await until('that it is not ready', readiness, (status) => status === 503);
    await until('no word of slots', slots, Number.isNaN, FORGOTTEN_MS);
    expect(await metric('shenji_windows_waiting')).toBeGreaterThan(10);
    expect(await readiness()).toBe(503);

    proxy.setMode('pass');
    await until('that it is ready', readiness, (status) => status === 200);
    await until('slots again', slots, (seen) => seen > 0);
  },
);
