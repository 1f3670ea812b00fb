/** Metrics under shenji's name, in one registry. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Families = ReturnType<typeof createFamilies>;

/** In seconds: what takes moments, and what takes minutes. */
export const FAST = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
export const SLOW = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

export function createFamilies(registry: Registry) {
  const registers = [registry];
  return {
    counter: <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
      new Counter({ name: `shenji_${name}`, help, labelNames, registers }),
    /** `collect` sets it whenever it is asked for. */
    gauge: <L extends string>(name: string, help: string, labelNames: L[], collect?: () => void): Gauge<L> =>
      new Gauge({ name: `shenji_${name}`, help, labelNames, registers, ...(collect === undefined ? {} : { collect }) }),
    histogram: <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> =>
      new Histogram({ name: `shenji_${name}`, help, labelNames, buckets, registers }),
  };
}
