/** A pipeline at work in the test's own process. */
import { onTestFinished } from 'vitest';
import type { Stream } from '../../src/pipeline/stream.ts';
import { startCollector } from '../../src/runtime/collector.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { startScheduler } from '../../src/runtime/scheduler.ts';

const MINUTE = 60_000;

export const live: Stream = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' };

/** Scheduler and workers of this world, stopped with the test, if not before. */
export async function work(world: Runtime, tickMs = 100): Promise<{ readonly stop: () => Promise<void> }> {
  const workers = await startCollector(world, { concurrency: 4 });
  const scheduler = startScheduler(world, { tickMs });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= scheduler.stop().then(() => workers.stop(1_000)));
  onTestFinished(stop);
  return { stop };
}

export const watermark = async ({ checkpoints }: Runtime, stream = live): Promise<number> =>
  (await checkpoints.read(stream))?.watermark ?? 0;

export const minutesAgo = (minutes: number): number => Math.floor(Date.now() / MINUTE) * MINUTE - minutes * MINUTE;
