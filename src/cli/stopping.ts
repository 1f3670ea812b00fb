/**
 * SIGINT and SIGTERM, from the first moment on: `cli.ts` loads this before anything else, since loading takes its time
 * and the kernel drops a signal to PID 1 that nobody handles. Must import nothing.
 */

type Signal = 'SIGINT' | 'SIGTERM';
const NUMBERS: Readonly<Record<Signal, number>> = { SIGINT: 2, SIGTERM: 15 };

/** What a shell makes of a process that the signal has ended. */
export const exitCodeOf = (signal: Signal): number => 128 + NUMBERS[signal];

/** The command was ended by a signal before its work was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: Signal;

  constructor(signal: Signal) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

const first = Promise.withResolvers<Signal>();
let received = false;
let endsByItself = false;

for (const signal of Object.keys(NUMBERS) as Signal[]) {
  process.on(signal, () => {
    // The second one is for those who do not want to wait.
    if (received) process.exit(exitCodeOf(signal));
    received = true;
    first.resolve(signal);
  });
}

/** Whether one has come. */
export const stopRequested = (): boolean => received;

/** Resolves with the signal, also where it came before this call. Whoever asks ends by itself: `interruptible` lets it. */
export function stopSignal(): Promise<Signal> {
  endsByItself = true;
  return first.promise;
}

/** Closing connections to servers that do not answer may take for ever. */
const CLOSING_MS = 3_000;

function interrupt(signal: Signal): never {
  process.stderr.write(`${signal}: ended before the work was done\n`);
  setTimeout(() => process.exit(exitCodeOf(signal)), CLOSING_MS).unref();
  throw new Interrupted(signal);
}

/** @throws Interrupted as soon as a signal comes, or has come, unless `stopSignal` was asked for it: the caller closes what it has opened */
export async function interruptible<T>(begin: () => Promise<T>): Promise<T> {
  if (received && !endsByItself) interrupt(await first.promise);
  const work = begin();
  return Promise.race([work, first.promise.then((signal) => (endsByItself ? work : interrupt(signal)))]);
}
