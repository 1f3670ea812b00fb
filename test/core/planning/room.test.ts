import { expect, it } from 'vitest';
import { inMemory, scene } from '../../support/planning.ts';

const MINUTE = 60_000;
const TEN = 10 * MINUTE;

it('windows that rest after a failure leave room for those behind them, up to a bound', async () => {
  const ports = inMemory();
  const queue = { ...ports.queue, share: () => 2 };
  const here = scene({ ...ports, queue }, 3 * TEN, 0);
  const queued = (): string[] =>
    ports.memory.windows.map(({ from, isResting }) => `${from / TEN}${isResting === true ? ' rests' : ''}`);
  await here.tick();
  expect(queued()).toEqual(['0', '1']);
  const rest = (): void => {
    ports.memory.windows = ports.memory.windows.map((window) => ({ ...window, isResting: true as const }));
  };
  rest();
  here.skipTo(80 * TEN);
  await here.tick();
  // What is far behind is cut by the hour.
  expect(queued()).toEqual(['0 rests', '1 rests', '2', '6']);
  for (let ticks = 0; ticks < 5; ticks += 1) {
    rest();
    await here.tick();
  }
  expect(queued()).toHaveLength(8);
});
