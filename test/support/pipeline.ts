/** A pipeline at work in the test's own process. */
import { onTestFinished } from 'vitest';
import { createDeadLetters } from '../../src/adapters/elasticsearch/dead-letters.ts';
import { collectWindow } from '../../src/core/collecting/collect.ts';
import type { DocumentWriter } from '../../src/core/collecting/writer.ts';
import type { Pass } from '../../src/sdk/pass.ts';
import type { Stream } from '../../src/core/stream.ts';
import { documentWriters, preparationOf } from '../../src/app/preparation.ts';
import { startCollector } from '../../src/app/collector.ts';
import type { Runtime, TenantSource } from '../../src/app/runtime.ts';
import { startWorkers, type Workers, type WorkersOptions } from '../../src/adapters/redis/workers.ts';
import { startScheduler } from '../../src/app/scheduler.ts';
import { sourceContext } from '../../src/testing/stand-in.ts';
import { silent } from './silent.ts';

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

/** Only the queue's part of a worker, for these tenants: what is done with a window is up to the test. Stopped with it, if not before. */
export async function workQueue(
  { redis, prefix }: Runtime,
  tenants: readonly string[],
  collect: WorkersOptions['collect'],
  more: Partial<WorkersOptions> = {},
): Promise<Workers> {
  const dataStream = 'logs-feishu.openapi_audit-test';
  const workers = await startWorkers({
    queues: tenants.map((tenant) => ({ tenant, source: live.source, dataStream, windowsAtOnce: 100 })),
    connection: redis,
    prefix,
    concurrency: 2,
    backoff: { baseMs: 100, maxMs: 100 },
    collect,
    probeDestination: async () => undefined,
    scrub: (text) => text,
    log: silent,
    ...more,
  });
  onTestFinished(() => workers.stop(100));
  return workers;
}

export const watermark = async ({ checkpoints }: Runtime, stream = live): Promise<number> =>
  (await checkpoints.read(stream))?.watermark ?? 0;

export const minutesAgo = (minutes: number): number => Math.floor(Date.now() / MINUTE) * MINUTE - minutes * MINUTE;

export function sourceOf({ sources }: Runtime, name: string = live.source): TenantSource {
  const found = sources.find(({ definition }) => definition.name === name);
  if (found === undefined) throw new Error(`this world has no source ${name}`);
  return found;
}

let runs = 0;

/** Reads one window as a worker does, in this process, and writes its ledger entry. */
export async function readWindow(
  world: Runtime,
  from: number,
  to: number,
  { pass = 'backfill-test', name = live.source }: { readonly pass?: Pass; readonly name?: string } = {},
): Promise<void> {
  const source = sourceOf(world, name);
  const stream = { tenant: source.tenant.id, source: source.definition.name, pass };
  const startedAt = Date.now();
  const collection = {
    ...preparationOf(world, source, stream),
    span: { from, to },
    completeAfter: to,
    mostPages: undefined,
    documents: documentWriters(world).get(name) as DocumentWriter,
    deadLetters: createDeadLetters(world.elasticsearch, world.config.namespace),
  };
  const collected = await collectWindow(collection, sourceContext({ pass }));
  const run = { run: `run-${(runs += 1)}`, attempts: 1, startedAt, endedAt: Date.now() };
  await world.ledger.append({ stream, span: { from, to }, ...run, status: 'done', ...collected });
}
