/** Who a check waits for, and what it says of it when the time is over: silence alone would name the wrong one. */
import { withinBound } from '../pipeline/within-bound.ts';
import type { RequestBudget } from '../source.ts';
import { runCheck, type Finding, type Found } from './readiness.ts';
import type { Runtime, TenantSource } from './runtime.ts';

/** How long a server may take before it counts as away. */
export const PATIENCE_MS = 10_000;
/** So that whoever knows why it took so long says it first. */
export const GRACE_MS = 2_000;

/** Redis' answer. @throws Error with what the connection last ran into, which a client that goes on trying keeps to itself */
export async function pingRedis({ redis }: Runtime): Promise<string> {
  let trouble = `no answer within ${PATIENCE_MS / 1_000} s`;
  const remember = ({ message, code = message }: Error & { code?: string }): void => {
    trouble = message || code;
  };
  redis.on('error', remember);
  try {
    const answer = await withinBound(redis.ping(), PATIENCE_MS);
    if (answer === undefined) throw new Error(trouble);
    return answer.value;
  } finally {
    redis.off('error', remember);
  }
}

/** For what goes by Redis: without it the silence would be taken for somebody else's. */
export const checkByRedis = (
  runtime: Runtime,
  redis: Promise<string>,
  what: string,
  probe: () => Promise<Found>,
): Promise<Finding> => {
  const once = async (): Promise<Found> => {
    const answers = await redis.then(
      () => true,
      () => false,
    );
    return answers ? probe() : { state: 'fault', says: 'could not be tried without Redis' };
  };
  return runCheck(runtime, what, once, { patienceMs: 2 * PATIENCE_MS + GRACE_MS });
};

/** The budget, which also tells whether somebody still waits, or waited in vain. */
function watched(budget: RequestBudget): RequestBudget & { readonly isAwaited: () => boolean } {
  let waiting = 0;
  return {
    hold: (quota, milliseconds) => budget.hold(quota, milliseconds),
    isAwaited: () => waiting > 0,
    take: async (quota, signal) => {
      waiting += 1;
      await budget.take(quota, signal);
      waiting -= 1;
    },
  };
}

/** One real call. @throws Error that tells a used-up budget from a vendor that does not answer */
export async function askVendor({ made }: TenantSource, shared: RequestBudget) {
  const budget = watched(shared);
  try {
    return await made.probe({ budget, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    if (!budget.isAwaited()) throw error;
    throw new Error(
      `waited ${PATIENCE_MS / 1_000} s for the request budget, and did not ask: windows use all of it, or the vendor has asked to wait; see "shenji status", and try again`,
      { cause: error },
    );
  }
}
