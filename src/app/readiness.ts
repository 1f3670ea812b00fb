/** Whether this process can work: Redis and Elasticsearch answer, and its workers have found what they need. */
import { withinBound } from '../core/time/within-bound.ts';
import { probeElasticsearch, type Runtime } from './runtime.ts';

/** Probes of Kubernetes give up after a second by default; deployments here give them five. */
const PATIENCE_MS = 3_000;

export type Finding = { readonly what: string; readonly state: 'ok' | 'warning' | 'fault'; readonly says: string };
export type Found = Omit<Finding, 'what'>;

/** Never rejects: a probe that fails, or takes longer than `patienceMs`, is a fault with its words and the remedy, if any. */
export async function runCheck(
  { scrub }: Pick<Runtime, 'scrub'>,
  what: string,
  probe: () => Promise<Found>,
  { remedy = '', patienceMs }: { readonly remedy?: string; readonly patienceMs: number },
): Promise<Finding> {
  try {
    const ended = await withinBound(probe(), patienceMs);
    if (ended === undefined) throw new Error(`no answer within ${patienceMs / 1_000} s`);
    const { state, says } = ended.value;
    return { what, state, says: scrub(says) };
  } catch (error) {
    const says = [scrub((error as Error).message), remedy].filter((part) => part !== '');
    return { what, state: 'fault', says: says.join('; ') };
  }
}

/** One line for each thing that is missing; none when ready. */
export async function faultsOf(runtime: Runtime): Promise<string[]> {
  const { redis, elasticsearch } = runtime;
  const answers = (work: Promise<unknown>): Promise<Found> => work.then(() => ({ state: 'ok', says: 'answers' }));
  const patience = { patienceMs: PATIENCE_MS };
  const found = await Promise.all([
    runCheck(runtime, 'Redis', () => answers(redis.ping()), patience),
    runCheck(runtime, 'Elasticsearch', () => answers(probeElasticsearch(elasticsearch)), patience),
  ]);
  return found.filter(({ state }) => state === 'fault').map(({ what, says }) => `${what}: ${says}`);
}
