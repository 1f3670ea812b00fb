/** Whether a window that was fetched may begin now; one that may not gives its slot to others, and keeps its rank. */
import type { Redis } from 'ioredis';
import type { Queue } from 'bullmq';
import { sourceKeyOf } from '../../core/stream.ts';
import type { Answers } from './answers.ts';
import type { Gate } from './gate.ts';
import { parseJobId, type WindowJob } from './window-job.ts';

/** `gate`: of the data stream that its windows are written to. `windowsAtOnce`: over all workers, in one lane. */
export type WorkedSource = { readonly gate: Gate; readonly windowsAtOnce: number };

/** After so many milliseconds it is tried again. */
export type Later = { readonly afterMs: number };

const SHUT_MS = 5_000;
const UNANSWERED_MS = 2_000;
const CROWDED_MS = 1_000;

export type Admission = {
  /** Undefined where the window may begin; it is under way until `ended`. */
  ask(queue: Pick<Queue, 'toKey'>, id: string, window: WindowJob, source: WorkedSource): Promise<Later | undefined>;
  ended(id: string): void;
};

export function createAdmission(redis: Redis, answers: Answers): Admission {
  /** Of those that got no answer, the one that holds the slot which they share. */
  let waitingOn: string | undefined;

  /** Who came first is first in all workers' eyes: of one source no more than its number ever begin. */
  async function isCrowded(key: string, id: string, window: WindowJob, most: number): Promise<boolean> {
    const active = await redis.lrange(key, 0, -1);
    const own = sourceKeyOf(window);
    const before = active.slice(active.indexOf(id) + 1).filter((other) => {
      const named = parseJobId(other);
      return named !== undefined && sourceKeyOf(named) === own;
    });
    return before.length >= most;
  }

  return {
    ask: async (queue, id, window, { gate, windowsAtOnce }) => {
      if (gate.isShut()) return { afterMs: SHUT_MS };
      if (await isCrowded(queue.toKey('active'), id, window, windowsAtOnce)) return { afterMs: CROWDED_MS };
      if (await answers.isUnanswered(sourceKeyOf(window))) {
        if (waitingOn !== undefined) return { afterMs: UNANSWERED_MS };
        waitingOn = id;
      }
      return undefined;
    },
    ended: (id) => {
      if (waitingOn === id) waitingOn = undefined;
    },
  };
}
