import { expect, it } from 'vitest';
import { DestinationUnavailableError } from '../../src/pipeline/errors.ts';
import { createHalfOpen } from '../../src/queue/half-open.ts';

/** Windows that end when they are told to. */
function windows() {
  const halfOpen = createHalfOpen();
  const begun: PromiseWithResolvers<void>[] = [];
  const take = (): Promise<void> =>
    halfOpen.run(() => {
      const window = Promise.withResolvers<void>();
      begun.push(window);
      return window.promise;
    });
  return { halfOpen, begun, take };
}

it('after a pause one window goes first, and the others go once it was not refused', async () => {
  const { halfOpen, begun, take } = windows();
  halfOpen.narrow();
  const taken = [take(), take(), take()];
  expect(begun).toHaveLength(1);
  begun[0]?.reject(new Error('its own trouble'));
  await expect(taken[0]).rejects.toThrow('its own trouble');
  await new Promise(setImmediate);
  expect(begun).toHaveLength(3);
  for (const { resolve } of begun) resolve();
  await Promise.all(taken.slice(1));
});

it('where the first is refused, the others wait without having begun', async () => {
  const { halfOpen, begun, take } = windows();
  halfOpen.narrow();
  const taken = [take(), take(), take()];
  begun[0]?.reject(new DestinationUnavailableError('read-only'));
  const ended = await Promise.allSettled(taken);
  expect(begun).toHaveLength(1);
  for (const { status } of ended) expect(status).toBe('rejected');
  void take();
  expect(begun).toHaveLength(2);
});
