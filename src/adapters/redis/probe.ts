/** The one window that is sent now and then to see whether a suspended source answers again; its turn is kept in Redis. */
import type { Redis } from 'ioredis';
import type { WindowQueue } from '../../core/planning/planned-source.ts';
import type { Interval } from '../../core/time/intervals.ts';
import type { Stream } from '../../core/stream.ts';
import { jobId, parseJobId } from './window-job.ts';

/** The part in the place of the window, for as long as that would have been. KEYS: the probe. ARGV: window, part. */
const HAND_OVER = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end`;
/** What stands in the probe's place while none may be sent. */
const RESTS = 'rests';

export type Probe = Pick<WindowQueue, 'probe' | 'claimProbe' | 'rest'> & {
  /** Where the window is the probe, the part is that from now on. */
  handOver(window: Stream & Interval, part: Interval): Promise<void>;
};

/** `source`: of a tenant. */
export function createProbe(connection: Redis, prefix: string, source: Omit<Stream, 'pass'>): Probe {
  const probeKey = `${prefix}:probe:${source.tenant}.${source.source}`;
  return {
    probe: async () => {
      const window = parseJobId((await connection.get(probeKey)) ?? RESTS);
      return window && { pass: window.pass, from: window.from, to: window.to };
    },
    claimProbe: async ({ pass, ...span }, lifeMs) =>
      (await connection.set(probeKey, jobId({ ...source, pass }, span), 'PX', lifeMs, 'NX')) === 'OK',
    rest: async (milliseconds) => {
      if (milliseconds > 0) await connection.set(probeKey, RESTS, 'PX', milliseconds);
      else await connection.del(probeKey);
    },
    handOver: async (window, part) =>
      void (await connection.eval(HAND_OVER, 1, probeKey, jobId(window, window), jobId(window, part))),
  };
}
