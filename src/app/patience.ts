/** Who a check waits for, and what it says of it when the time is over: silence alone would name the wrong one. */
import { withinBound } from '../core/time/within-bound.ts';
import type { RequestBudget } from '../sdk/source.ts';
import { DestinationUnavailableError } from '../sdk/errors.ts';
import { runCheck, type CheckResult, type Outcome } from './check/run-check.ts';
import { probeElasticsearch, type Runtime, type TenantSource } from './runtime.ts';

/** How long a server may take before it counts as away. */
export const PATIENCE_MS = 10_000;
/** So that whoever knows why it took so long says it first. */
export const GRACE_MS = 2_000;

/** Whoever waits at a terminal hears within five seconds which server is silent, the start of the program included. */
const AT_ONCE_MS = 3_000;

/** For a command of a person. @throws Error that names the server that does not answer, and what to look at */
export async function requireAnswers(runtime: Runtime, servers: readonly ('Redis' | 'Elasticsearch')[]): Promise<void> {
  const { config, elasticsearch, scrub } = runtime;
  const asked = {
    Redis: { answer: () => pingRedis(runtime, AT_ONCE_MS), setting: 'redis.url', url: config.redis.url },
    Elasticsearch: {
      answer: () => probeElasticsearch(elasticsearch),
      setting: 'elasticsearch.url',
      url: config.elasticsearch.url,
    },
  };
  const trouble = await Promise.all(
    servers.map(async (name) => {
      const { answer, setting, url } = asked[name];
      const where = URL.canParse(url) ? new URL(url).host : url;
      const fails = (why: string): string =>
        `${name} at ${where} does not answer: ${scrub(why)}; check ${setting} and that it runs`;
      const asking = answer().then(
        () => undefined,
        (error: unknown) =>
          error instanceof DestinationUnavailableError ? error.message : fails((error as Error).message),
      );
      const answered = await withinBound(asking, AT_ONCE_MS + 200);
      return answered === undefined ? fails(`silent for ${AT_ONCE_MS / 1_000} s`) : answered.value;
    }),
  );
  const told = trouble.filter((line) => line !== undefined);
  if (told.length > 0) throw new Error(told.join('\n'));
}

/** Redis' answer. @throws Error with what the connection last ran into, which a client that goes on trying keeps to itself */
export async function pingRedis({ redis }: Runtime, patienceMs = PATIENCE_MS): Promise<string> {
  let trouble = `silent for ${patienceMs / 1_000} s`;
  const remember = ({ message, code = message }: Error & { code?: string }): void => {
    trouble = message || code;
  };
  redis.on('error', remember);
  try {
    const answer = await withinBound(redis.ping(), patienceMs);
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
  check: string,
  probe: () => Promise<Outcome>,
): Promise<CheckResult> => {
  const once = async (): Promise<Outcome> => {
    const answers = await redis.then(
      () => true,
      () => false,
    );
    return answers ? probe() : { state: 'fault', message: 'could not be tried without Redis' };
  };
  return runCheck(runtime, check, once, { patienceMs: 2 * PATIENCE_MS + GRACE_MS });
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
export async function askVendor({ instance }: TenantSource, shared: RequestBudget) {
  const budget = watched(shared);
  try {
    return await instance.probe({ budget, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    if (!budget.isAwaited()) throw error;
    throw new Error(
      `waited ${PATIENCE_MS / 1_000} s for the request budget, and did not ask: windows use all of it, or the vendor has asked to wait; see "shenji status", and try again`,
      { cause: error },
    );
  }
}
