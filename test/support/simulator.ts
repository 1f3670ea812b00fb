import { onTestFinished } from 'vitest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/dev/simulator/index.ts';

/** The vendors, until the test ends. */
export async function simulator(options: SimulatorOptions): Promise<Simulator> {
  const started = await startSimulator(options);
  onTestFinished(() => started.close());
  return started;
}
