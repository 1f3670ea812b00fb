/** One run of a window that was fetched: collected, or given to BullMQ in its terms, and told. */
import { UnrecoverableError, type Job } from 'bullmq';
import type { Logger } from 'pino';
import { messageOf, NoCallLeftError, WaitError } from '../../sdk/errors.ts';
import { sourceKeyOf } from '../../core/stream.ts';
import type { WorkedSource } from './admission.ts';
import type { Answers } from './answers.ts';
import { toBullMqOutcome } from './outcome.ts';
import type { Processor } from './puller.ts';
import { windowOf, type WindowJob } from './window-job.ts';

/** `run` tells this run of the window apart from any other. */
export type WindowRun = {
  readonly job: WindowJob;
  readonly run: string;
  readonly attempts: number;
  readonly signal: AbortSignal;
};

export type WindowRunnerOptions = {
  /** By key, as `acme/feishu.openapi_audit`. */
  readonly sources: ReadonlyMap<string, WorkedSource>;
  readonly answers: Answers;
  readonly collect: (run: WindowRun) => Promise<void>;
  /** Whether what is aborted is given back unharmed. */
  readonly isStopping: () => boolean;
  readonly scrub: (text: string) => string;
  readonly log: Logger;
};

export type WindowRunner = {
  readonly process: Processor;
  /** Resolves when all that was under way has ended, however it did. */
  idle(): Promise<void>;
};

export function createWindowRunner(options: WindowRunnerOptions): WindowRunner {
  const { sources, answers, collect, isStopping, scrub, log } = options;
  const underWay = new Set<Promise<void>>();

  function tell({ job: { tenant, source, pass, from }, attempts }: WindowRun, error: unknown): void {
    const message = `window ${pass} ${new Date(from).toISOString()} ${error instanceof WaitError ? 'waits' : 'did not succeed'}: ${scrub(messageOf(error))}`;
    log[error instanceof NoCallLeftError ? 'debug' : 'warn']({ tenant, source, attempt: attempts }, message);
  }

  async function run(job: Job<WindowJob>, token: string | undefined, signal: AbortSignal): Promise<void> {
    const window = windowOf(job);
    if (window === undefined) throw new UnrecoverableError('what the job carried is gone: its window is planned again');
    const source = sources.get(sourceKeyOf(window));
    if (source === undefined) {
      log.warn(
        `${job.id}: this worker knows its source not, and nobody who does took it in the hour since it was first put back: it is let go, and planned again by a scheduler that knows its tenant`,
      );
      return;
    }
    const running: WindowRun = {
      job: window,
      // A worker that was only slow may end its run after another began one: what each created has to be on record.
      run: `${job.timestamp}-${job.attemptsStarted}`,
      attempts: job.attemptsMade + 1,
      signal,
    };
    const startedAt = performance.now();
    let outcome: unknown;
    try {
      await source.gate.run(() => collect(running));
    } catch (error) {
      outcome = error;
      const isGivenBack = isStopping() && signal.aborted;
      if (!isGivenBack) tell(running, error);
      return await toBullMqOutcome(job, token, error, isGivenBack, scrub);
    } finally {
      if (!signal.aborted && !(outcome instanceof WaitError))
        void answers.note(sourceKeyOf(window), outcome, performance.now() - startedAt).catch(() => undefined);
    }
  }

  // Three parameters declared: BullMQ lends a signal only to processors that name it.
  const process: Processor = async (job, token, signal) => {
    const running = run(job, token, signal ?? new AbortController().signal);
    underWay.add(running);
    try {
      await running;
    } finally {
      underWay.delete(running);
    }
  };

  return { process, idle: async () => void (await Promise.allSettled(underWay)) };
}
