import { expect, it } from 'vitest';
import { DestinationUnavailableError } from '../../../src/sdk/errors.ts';
import { createGate, createTurns, type Gate, type Turns } from '../../../src/adapters/redis/gate.ts';
import { until } from '../../support/until.ts';

it('one data stream at a time sends a window to see whether it is taken, and the next once it was', () => {
  const turns = createTurns(Infinity);
  const [first, second] = [{}, {}];
  expect(turns.take(first)).toBe(true);
  expect(turns.take(second)).toBe(false);
  turns.succeed(second);
  expect(turns.take(second)).toBe(false);
  turns.succeed(first);
  expect(turns.take(second)).toBe(true);
});

const refuse = (): Promise<void> => Promise.reject(new DestinationUnavailableError('read-only'));

/** A gate whose destination answers at once, and what becomes of it. */
function gate(turns: Turns) {
  const told: string[] = [];
  const made: Gate = createGate({
    probe: async () => undefined,
    turns,
    restMs: 0,
    onPaused: (reason) => void told.push(reason),
    onResumed: () => void told.push('goes on'),
  });
  return { told, made };
}

it('shuts once however many windows are refused, and goes on where the destination answers', async () => {
  const { told, made } = gate(createTurns(0));
  const runs = await Promise.allSettled([made.run(refuse), made.run(refuse)]);
  expect(runs.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await until('it to go on', () => told.includes('goes on'));
  expect(told).toEqual(['read-only', 'goes on']);
  expect(made.isShut()).toBe(false);
});

it('stays shut while another has its turn', async () => {
  const turns = createTurns(Infinity);
  const other = {};
  turns.take(other);
  const { told, made } = gate(turns);
  await expect(made.run(refuse)).rejects.toThrow('read-only');
  expect(made.isShut()).toBe(true);
  expect(told).toEqual(['read-only']);
  turns.succeed(other);
  await until('it to go on', () => told.includes('goes on'));
});

it('is of no effect on windows whose failure is their own', async () => {
  const { told, made } = gate(createTurns(0));
  await expect(made.run(() => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  expect(told).toEqual([]);
});
