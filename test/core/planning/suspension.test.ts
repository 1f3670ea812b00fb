/** What concerns a whole source suspends it, and a probe that gets through ends that; by streams in memory. */
import { describe, expect, it } from 'vitest';
import type { RecordedError } from '../../../src/core/ledger.ts';
import type { QueuedWindow } from '../../../src/core/planning/planned-source.ts';
import { inMemory, scene } from '../../support/planning.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const SIX = T0 + 6 * HOUR;

const error = (type: string): RecordedError => ({ type, message: `${type} of the vendor`, retryable: false });

/** A source that was collected for six hours; its last window is still to be read. */
async function collected() {
  const ports = inMemory();
  const { memory } = ports;
  const world = scene(ports, T0, T0);
  world.configure([HOUR]);
  await world.work(SIX, HOUR);
  world.skipTo(SIX + HOUR);
  await world.tick();
  /** The queue has given these windows up. */
  function fail(windows: readonly QueuedWindow[], type: string): void {
    memory.windows = memory.windows.filter((window) => !windows.includes(window));
    memory.failed = windows.map(({ pass, from, to }) => ({
      id: `${pass}_${from}_${to}`,
      entry: {
        stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass },
        span: { from, to },
        run: '1',
        attempts: 1,
        startedAt: SIX,
        endedAt: SIX,
        status: 'failed',
        error: error(type),
      },
      remove: async () => void (memory.failed = memory.failed.filter(({ id }) => id !== `${pass}_${from}_${to}`)),
    }));
  }
  const failures = (): number => memory.entries.filter(({ failedAt }) => failedAt !== undefined).length;
  return { world, memory, fail, failures };
}

async function suspended(type = 'CredentialsError') {
  const of = await collected();
  const [first] = of.memory.windows;
  if (first === undefined) throw new Error('something was due');
  of.fail([first], type);
  const states = await of.world.tick();
  return { ...of, states, refused: first };
}

describe('a source whose vendor refuses it', () => {
  it.each(['CredentialsError', 'QuotaExhaustedError', 'RefusedTokenError', 'ApiGoneError'])(
    'for a %s is suspended in all its passes, as one gap each',
    async (type) => {
      const { states, memory, failures, world } = await suspended(type);
      expect(memory.windows).toEqual([]);
      expect([memory.failed, failures()]).toEqual([[], 0]);
      for (const { suspension, gaps, planned, watermark, dueUntil } of states) {
        expect([suspension?.error.type, planned]).toEqual([type, 0]);
        if (watermark < dueUntil) expect(gaps).toMatchObject([{ from: watermark, to: dueUntil }]);
      }
      expect(states[0]?.gaps[0]?.error).toBe(`suspended since 2026-03-01T07:00:00.000Z: ${type} of the vendor`);
      world.skipTo(SIX + 2 * HOUR);
      const [later] = await world.tick();
      expect(later?.gaps).toMatchObject([{ from: states[0]?.watermark, to: later?.dueUntil }]);
      expect([memory.windows, failures()]).toEqual([[], 0]);
    },
  );

  it('is not suspended for a failure of a window', async () => {
    const { world, memory, fail, failures } = await collected();
    const [first] = memory.windows;
    fail(first === undefined ? [] : [first], 'RejectedPageError');
    const [state] = await world.tick();
    expect([state?.suspension, failures()]).toEqual([undefined, 1]);
  });

  it('is asked again by one window at a time, and what becomes of it is only logged', async () => {
    const { world, memory, fail, failures } = await suspended();
    for (let probes = 0; probes < 3; probes += 1) {
      memory.probe = undefined;
      const states = await world.tick();
      expect(states.map(({ planned }) => planned)).toEqual([1, 0]);
      expect(memory.windows).toHaveLength(1);
      // While it is under way, and until its time is over, there is no other.
      await world.tick();
      fail(memory.windows, 'CredentialsError');
      await world.tick();
      expect([memory.windows, memory.failed, failures()]).toEqual([[], [], 0]);
    }
    expect(world.told.filter((line) => line.startsWith('still suspended'))).toHaveLength(3);
  });

  it.each(['is read', 'fails for a reason of its own'])('goes on at full speed once a probe %s', async (end) => {
    const { world, memory, fail, failures } = await suspended();
    memory.probe = undefined;
    await world.tick();
    if (end === 'is read') await world.readQueued();
    else fail(memory.windows, 'RejectedPageError');
    const states = await world.tick();
    expect(states.map(({ suspension }) => suspension)).toEqual([undefined, undefined]);
    expect(memory.windows.length).toBeGreaterThan(1);
    expect(failures()).toBe(end === 'is read' ? 0 : 1);
    expect(world.told.at(-1)).toMatch(/^goes on, it was suspended since/);
    const [live] = await world.catchUp();
    if (end === 'is read') expect(live?.watermark).toBe(live?.dueUntil);
  });

  it.each(['RetryableError', 'WorkerLostError'])(
    'stays suspended while the vendor cannot be asked, as one gap (%s)',
    async (type) => {
      const { world, memory, fail, failures } = await suspended();
      memory.probe = undefined;
      await world.tick();
      fail(memory.windows, type);
      const [live] = await world.tick();
      expect(live?.suspension?.error.type).toBe('CredentialsError');
      expect([memory.windows, memory.failed, failures()]).toEqual([[], [], 0]);
      expect(world.told.at(-1)).toMatch(/^still suspended, the probe did not get through: /);
    },
  );

  it('is asked by another window than the one that was refused, and that one is a gap of its own when it is refused again', async () => {
    const { world, memory, fail, failures, refused } = await suspended();
    memory.probe = undefined;
    await world.tick();
    const [probe] = memory.windows;
    expect(probe?.from).toBeGreaterThan(refused.from);
    await world.readQueued();
    await world.tick();
    const again = memory.windows.filter(({ pass, from }) => pass === refused.pass && from === refused.from);
    expect([again.length, memory.windows.length > 1]).toEqual([1, true]);
    fail(again, 'CredentialsError');
    const [live] = await world.tick();
    expect([live?.suspension, failures()]).toEqual([undefined, 1]);
    // Another one is refused too: it concerns the source after all.
    const [other] = memory.windows;
    fail(other === undefined ? [] : [other], 'CredentialsError');
    expect((await world.tick())[0]?.suspension?.error.type).toBe('CredentialsError');
  });

  it('is not taken for one that answers because an operator has given its time up', async () => {
    const { world, memory, states } = await suspended();
    memory.probe = undefined;
    await world.tick();
    const [live] = states;
    const [probe] = memory.windows;
    await world.accept(live?.watermark ?? 0, live?.dueUntil ?? 0);
    memory.windows = [];
    const [after] = await world.tick();
    expect(probe).toBeDefined();
    expect(after).toMatchObject({ watermark: live?.dueUntil, gaps: [] });
    expect(after?.suspension).toBeDefined();
  });
});
