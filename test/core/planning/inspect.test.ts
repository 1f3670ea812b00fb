/** What `status` and `gaps` are told, by streams in memory. */
import { expect, it } from 'vitest';
import { createPlanner } from '../../../src/core/planning/planner.ts';
import { inMemory, scene } from '../../support/planning.ts';
import { silent } from '../../support/silent.ts';

const HOUR = 3_600_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');

it('a stream whose checkpoint is lost shows as the ledger knows it, also before a scheduler has rebuilt it', async () => {
  const ports = inMemory();
  const world = scene(ports, T0, T0);
  await world.work(T0 + 6 * HOUR, HOUR);
  const planner = createPlanner({ ...ports, log: silent, now: () => T0 + 6 * HOUR });
  const before = await planner.inspect(world.planned());
  const lost = { tenant: 'acme', source: world.planned().source, pass: 'live' } as const;
  const failed = {
    stream: lost,
    span: { from: T0, to: T0 + HOUR },
    run: 'x',
    attempts: 1,
    startedAt: T0,
    endedAt: T0 + HOUR,
  };
  ports.memory.entries = ports.memory.entries.filter(({ from }) => from >= T0 + HOUR);
  await ports.ledger.append({ ...failed, status: 'failed', error: { type: 'Error', message: 'no', retryable: true } });
  ports.memory.checkpoints.clear();
  expect(before).toMatchObject([{ watermark: T0 + 6 * HOUR - 10 * 60_000, gaps: [] }]);
  expect(await planner.inspect(world.planned())).toMatchObject([
    { stream: lost, watermark: T0, gaps: [{ from: T0, to: T0 + HOUR, error: 'no' }] },
  ]);
});
