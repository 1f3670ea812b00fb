import { expect, it } from 'vitest';
import { DestinationUnavailableError } from '../../../src/sdk/errors.ts';
import { createHalfOpen } from '../../../src/adapters/redis/half-open.ts';
import { until } from '../../support/until.ts';

/** Windows that end when they are told to. */
function windows(turnMs?: number) {
  const halfOpen = createHalfOpen(turnMs);
  const begun: PromiseWithResolvers<void>[] = [];
  const take = (): Promise<void> =>
    halfOpen.run(() => {
      const window = Promise.withResolvers<void>();
      begun.push(window);
      return window.promise;
    });
  return { halfOpen, begun, take };
}

it('after a pause one window goes first, and the others go once the destination has taken it', async () => {
  const { halfOpen, begun, take } = windows();
  halfOpen.narrow();
  const taken = [take(), take(), take()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await taken[0];
  await new Promise(setImmediate);
  expect(begun).toHaveLength(3);
  for (const { resolve } of begun) resolve();
  await Promise.all(taken);
});

it('where the first fails for a reason of its own, the next goes in its place, alone', async () => {
  const { halfOpen, begun, take } = windows();
  halfOpen.narrow();
  const taken = [take(), take(), take()];
  begun[0]?.reject(new Error('its own trouble'));
  await expect(taken[0]).rejects.toThrow('its own trouble');
  await new Promise(setImmediate);
  expect(begun).toHaveLength(2);
  begun[1]?.resolve();
  await taken[1];
  await new Promise(setImmediate);
  expect(begun).toHaveLength(3);
  begun[2]?.resolve();
  await taken[2];
});

it('where the first waits long for its vendor, the next goes in its place', async () => {
  const { halfOpen, begun, take } = windows(10);
  halfOpen.narrow();
  const [held, next] = [take(), take()];
  await until('the next', () => begun.length === 2);
  begun[1]?.resolve();
  await next;
  const third = take();
  expect(begun).toHaveLength(3);
  for (const { resolve } of begun) resolve();
  await Promise.all([held, third]);
});

it('where the first is refused, nobody begins until the next pause is over', async () => {
  const { halfOpen, begun, take } = windows();
  halfOpen.narrow();
  const taken = [take(), take(), take()];
  begun[0]?.reject(new DestinationUnavailableError('read-only'));
  const ended = await Promise.allSettled(taken);
  expect(begun).toHaveLength(1);
  for (const { status } of ended) expect(status).toBe('rejected');
  await expect(take()).rejects.toThrow('waits with the window');
  expect(begun).toHaveLength(1);
  halfOpen.narrow();
  void take();
  expect(begun).toHaveLength(2);
});
