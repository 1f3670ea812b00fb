/** Translates our failures into BullMQ's terms, in this one place. */
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { CollectionError, isRetryable, messageOf, WaitError } from '../../sdk/errors.ts';
import type { RecordedError } from '../../core/ledger.ts';
import type { WindowJob } from './window-job.ts';

/** What the ledger keeps of an error. `scrub` takes out whatever looks like a secret. */
export function recordError(error: unknown, scrub: (text: string) => string): RecordedError {
  const known = error instanceof Error ? error : new Error(messageOf(error));
  return {
    type: known.name,
    message: scrub(known.message).slice(0, 2_000),
    retryable: isRetryable(error),
    ...(error instanceof CollectionError ? { details: error.details } : {}),
  };
}

/**
 * Always throws what tells BullMQ to do the right thing: waiting costs no attempt, a permanent failure is final at once,
 * anything else counts as an attempt. `stopping` means that this worker gives the window back unharmed.
 */
export async function toBullMqOutcome(
  job: Job<WindowJob>,
  token: string | undefined,
  error: unknown,
  stopping: boolean,
  scrub: (text: string) => string,
): Promise<never> {
  if (stopping || error instanceof WaitError) {
    const waitMs = error instanceof WaitError ? error.waitMs : 0;
    await job.moveToDelayed(Date.now() + waitMs, token);
    throw new DelayedError();
  }
  const recorded = recordError(error, scrub);
  await job.updateData({ ...job.data, error: recorded });
  if (!isRetryable(error)) throw new UnrecoverableError(recorded.message);
  // A clean error: BullMQ stores message and stack of whatever is thrown.
  throw new Error(recorded.message);
}
