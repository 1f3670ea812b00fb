/**
 * What shenji counts, for Prometheus: a method for each thing that happens. Label values are bounded: tenants, sources,
 * vendors and APIs come from the configuration, everything else is one of a few words; no id of a window, record or backfill
 * is ever a label.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createCallMetrics } from './calls.ts';
import { createDestinationMetrics } from './destination.ts';
import type { Metrics } from './events.ts';
import { createFamilies } from './families.ts';
import { createSlotMetrics } from './slots.ts';
import { createDemandMetrics, createPlanMetrics } from './streams.ts';
import { createWindowMetrics } from './windows.ts';

export { statusOfFailure, type Metrics, type WindowStatus } from './events.ts';

/** A registry of its own for each call. `version` is the program's; `now` in epoch milliseconds. */
export function createMetrics(version: string, now: () => number = Date.now): Metrics {
  const registry = new Registry();
  const families = createFamilies(registry);
  collectDefaultMetrics({ register: registry });
  families.gauge('build_info', 'Always 1; the version is a label', ['version']).set({ version }, 1);
  return {
    ...createCallMetrics(families),
    ...createWindowMetrics(families),
    ...createDestinationMetrics(families),
    ...createDemandMetrics(families),
    ...createPlanMetrics(families, now),
    ...createSlotMetrics(families, now),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
